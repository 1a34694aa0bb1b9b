#ifndef SSPILAB_TESTS_CORE_NTLM_WINDOWS_VECTORS_H_
#define SSPILAB_TESTS_CORE_NTLM_WINDOWS_VECTORS_H_

#include <cstdint>
#include <string_view>

// What Windows itself once sent, as published with its password in tests of
// SIPE: a connectionless exchange of Office Communicator 2007 R2 with Office
// Communications Server 2007 R2. MS-NLMP 4.2 has no connectionless example, and
// its messages are not all from real machines.
namespace sspilab::ntlm::windows {

inline constexpr std::u16string_view kUser = u"User";
inline constexpr std::u16string_view kDomain = u"COSMO";
inline constexpr std::u16string_view kPassword = u"Pa$$word";
inline constexpr std::string_view kServerChallenge = "dd1baaf4e7e218d1";
inline constexpr std::string_view kClientChallenge = "d6ae875cb0fdaa41";
inline constexpr uint64_t kTime = 0x01CAB927179A5159;

inline constexpr std::string_view kChallengeMessage =
    "4E544C4D53535000020000000000000038000000F38298E2DD1BAAF4E7E218D1"
    "000000000000000096009600380000000502CE0E0000000F02000A0043004F00"
    "53004D004F000100180043004F0053004D004F002D004F00430053002D005200"
    "320004001600"
    "63006F0073006D006F002E006C006F00630061006C0003003000"
    "63006F0073006D006F002D006F00630073002D00720032002E0063006F007300"
    "6D006F002E006C006F00630061006C000500160063006F0073006D006F002E00"
    "6C006F00630061006C0000000000";

inline constexpr std::string_view kAuthenticateMessage =
    "4E544C4D53535000030000001800180072000000C600C6008A0000000A000A00"
    "480000000800080052000000180018005A000000100010005001000055829862"
    "0502CE0E0000000F43004F0053004D004F00550073006500720043004F005300"
    "4D004F002D004F00430053002D0052003200A1E92EFE4E078BF7C5C0049ACC61"
    "66C2D6AE875CB0FDAA418DC0C800AE76ECA606D2B9FBEBD04731010100000000"
    "000059519A1727B9CA01D6AE875CB0FDAA410000000002000A0043004F005300"
    "4D004F000100180043004F0053004D004F002D004F00430053002D0052003200"
    "0400160063006F0073006D006F002E006C006F00630061006C00030030006300"
    "6F0073006D006F002D006F00630073002D00720032002E0063006F0073006D00"
    "6F002E006C006F00630061006C000500160063006F0073006D006F002E006C00"
    "6F00630061006C00000000000000000031CB739E1CA80A498591E8AE797115E4";

// What was signed, with number 100 in both directions.
inline constexpr uint32_t kNumber = 100;
inline constexpr std::string_view kClientText =
    "<NTLM><13317733><1><SIP Communications Service>"
    "<cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
    "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local>"
    "<><><><>";
inline constexpr std::string_view kClientSignature =
    "0100000029618e9651b65a7764000000";
inline constexpr std::string_view kServerText =
    "<NTLM><9616454F><1><SIP Communications Service>"
    "<cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14><3>"
    "<REGISTER><sip:user@cosmo.local><3e49177a52><sip:user@cosmo.local>"
    "<5E61CCD925D17E043D9A74835A88F664><><><7200><200>";
inline constexpr std::string_view kServerSignature =
    "01000000E615438A917661BE64000000";

// The same service of another year, without extended session security.
inline constexpr std::string_view kOldSessionKey =
    "5F029153BC02505896954861 5E7099BA";
inline constexpr std::string_view kOldServerText =
    "<NTLM><0878F41B><1><SIP Communications Service>"
    "<ocs1.ocs.provo.novell.com>"
    "<8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx><3><REGISTER>"
    "<sip:gabriel@ocs.provo.novell.com><2947328781>"
    "<B816D65C2300A32CFA6D371F2AF537FD><900><200>";
inline constexpr std::string_view kOldServerSignature =
    "0100000000000000BF2E52667DDF6DED";

}  // namespace sspilab::ntlm::windows

#endif  // SSPILAB_TESTS_CORE_NTLM_WINDOWS_VECTORS_H_
