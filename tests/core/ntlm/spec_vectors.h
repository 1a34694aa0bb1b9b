#ifndef SSPILAB_TESTS_CORE_NTLM_SPEC_VECTORS_H_
#define SSPILAB_TESTS_CORE_NTLM_SPEC_VECTORS_H_

#include <cstdint>
#include <string_view>

// MS-NLMP 4.2: every value that the specification computes for the user "User"
// of "Domain" with password "Password". As hex, in the specification's order of
// bytes; the section of each is beside it.
namespace sspilab::ntlm::spec {

// 4.2.1 Common values.
inline constexpr std::u16string_view kUser = u"User";
inline constexpr std::u16string_view kDomain = u"Domain";
inline constexpr std::u16string_view kPassword = u"Password";
inline constexpr std::u16string_view kServer = u"Server";
inline constexpr std::u16string_view kWorkstation = u"COMPUTER";
inline constexpr std::string_view kRandomSessionKey =
    "55555555555555555555555555555555";
inline constexpr uint64_t kTime = 0;
inline constexpr std::string_view kClientChallenge = "aaaaaaaaaaaaaaaa";
inline constexpr std::string_view kServerChallenge = "0123456789abcdef";
// "Plaintext", the message that is sealed in 4.2.2.4, 4.2.3.4 and 4.2.4.4.
inline constexpr std::string_view kPlaintext =
    "50006c00610069006e007400650078007400";

// 4.2.2 NTLMv1 authentication.
namespace v1 {
inline constexpr uint32_t kFlags = 0xE2028233;
inline constexpr std::string_view kLmOwf =  // 4.2.2.1.1
    "e52cac67419a9a224a3b108f3fa6cb6d";
inline constexpr std::string_view kNtOwf =  // 4.2.2.1.2
    "a4f49c406510bdcab6824ee7c30fd852";
inline constexpr std::string_view kSessionBaseKey =  // 4.2.2.1.3
    "d87262b0cde4b1cb7499becccdf10784";
inline constexpr std::string_view kNtResponse =  // 4.2.2.2.1
    "67c43011f30298a2ad35ece64f16331c44bdbed927841f94";
inline constexpr std::string_view kLmResponse =  // 4.2.2.2.2
    "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13";
// 4.2.2.2.3, as it is, with NON_NT_SESSION_KEY, and with LM_KEY.
inline constexpr std::string_view kEncryptedSessionKey =
    "518822b1b3f350c8958682ecbb3e3cb7";
inline constexpr std::string_view kEncryptedSessionKeyNonNt =
    "7452ca55c225a1ca04b48fae32cf56fc";
inline constexpr std::string_view kKeyExchangeKeyLmKey =
    "b09e379f7fbecb1eaf0afdcb0383c8a0";
inline constexpr std::string_view kEncryptedSessionKeyLmKey =
    "4cd7bb57d697ef9b549f02b8f9b37864";
inline constexpr std::string_view kChallengeMessage =  // 4.2.2.3
    "4e544c4d53535000020000000c000c0038000000338202e20123456789abcdef"
    "00000000000000000000000000000000060070170000000f5300650072007600"
    "65007200";
inline constexpr std::string_view kAuthenticateMessage =  // 4.2.2.3
    "4e544c4d5353500003000000180018006c00000018001800840000000c000c00"
    "480000000800080054000000100010005c000000100010009c000000358280e2"
    "0501280a0000000f44006f006d00610069006e00550073006500720043004f00"
    "4d005000550054004500520098def7b87f88aa5dafe2df779688a172def11c7d"
    "5ccdef1367c43011f30298a2ad35ece64f16331c44bdbed927841f94518822b1"
    "b3f350c8958682ecbb3e3cb7";
// 4.2.2.4.
inline constexpr std::string_view kSealedMessage =
    "56fe04d861f9319af0d7238a2e3b4d457fb8";
inline constexpr std::string_view kSignature =
    "010000000000000009dcd1df2e459d36";
}  // namespace v1

// 4.2.3 NTLMv1 with client challenge.
namespace v1_client_challenge {
inline constexpr uint32_t kFlags = 0x820A8233;
inline constexpr std::string_view kKeyExchangeKey =  // 4.2.3.1.3
    "eb93429a8bd952f8b89c55b87f475edc";
inline constexpr std::string_view kLmResponse =  // 4.2.3.2.1
    "aaaaaaaaaaaaaaaa00000000000000000000000000000000";
inline constexpr std::string_view kNtResponse =  // 4.2.3.2.2
    "7537f803ae367128ca458204bde7caf81e97ed2683267232";
inline constexpr std::string_view kChallengeMessage =  // 4.2.3.3
    "4e544c4d53535000020000000c000c003800000033820a820123456789abcdef"
    "00000000000000000000000000000000060070170000000f5300650072007600"
    "65007200";
inline constexpr std::string_view kAuthenticateMessage =  // 4.2.3.3
    "4e544c4d5353500003000000180018006c00000018001800840000000c000c00"
    "480000000800080054000000100010005c000000000000009c00000035820882"
    "0501280a0000000f44006f006d00610069006e00550073006500720043004f00"
    "4d0050005500540045005200aaaaaaaaaaaaaaaa000000000000000000000000"
    "000000007537f803ae367128ca458204bde7caf81e97ed2683267232";
// 4.2.3.4.
inline constexpr std::string_view kClientSealKey =
    "04dd7f014d8504d265a25cc86a3a7c06";
inline constexpr std::string_view kClientSignKey =
    "60e799be5c72fc92922ae8ebe961fb8d";
inline constexpr std::string_view kSealedMessage =
    "a02372f6530273f3aa1eb90190ce5200c99d";
inline constexpr std::string_view kSignature =
    "01000000ff2aeb52f681793a00000000";
}  // namespace v1_client_challenge

// 4.2.4 NTLMv2 authentication.
namespace v2 {
inline constexpr uint32_t kFlags = 0xE28A8233;
inline constexpr std::string_view kTargetInfo =
    "02000c0044006f006d00610069006e00"
    "01000c00530065007200760065007200"
    "00000000";
inline constexpr std::string_view kNtOwf =  // 4.2.4.1.1
    "0c868a403bfd7a93a3001ef22ef02e3f";
inline constexpr std::string_view kSessionBaseKey =  // 4.2.4.1.2
    "8de40ccadbc14a82f15cb0ad0de95ca3";
inline constexpr std::string_view kTemp =  // 4.2.4.1.3
    "01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c00"
    "44006f006d00610069006e0001000c00530065007200760065007200"
    "0000000000000000";
inline constexpr std::string_view kLmResponse =  // 4.2.4.2.1
    "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa";
inline constexpr std::string_view kNtProof =  // 4.2.4.2.2
    "68cd0ab851e51c96aabc927bebef6a1c";
inline constexpr std::string_view kEncryptedSessionKey =  // 4.2.4.2.3
    "c5dad2544fc9799094ce1ce90bc9d03e";
inline constexpr std::string_view kChallengeMessage =  // 4.2.4.3
    "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef"
    "00000000000000002400240044000000060070170000000f5300650072007600"
    "6500720002000c0044006f006d00610069006e0001000c005300650072007600"
    "6500720000000000";
inline constexpr std::string_view kAuthenticateMessage =  // 4.2.4.3
    "4e544c4d5353500003000000180018006c00000054005400840000000c000c00"
    "480000000800080054000000100010005c00000010001000d8000000358288e2"
    "0501280a0000000f44006f006d00610069006e00550073006500720043004f00"
    "4d005000550054004500520086c35097ac9cec102554764a57cccc19aaaaaaaa"
    "aaaaaaaa68cd0ab851e51c96aabc927bebef6a1c010100000000000000000000"
    "00000000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e00"
    "01000c005300650072007600650072000000000000000000c5dad2544fc97990"
    "94ce1ce90bc9d03e";
// 4.2.4.4.
inline constexpr std::string_view kClientSealKey =
    "59f600973cc4960a25480a7c196e4c58";
inline constexpr std::string_view kClientSignKey =
    "4788dc861b4782f35d43fd98fe1a2d39";
inline constexpr std::string_view kSealedMessage =
    "54e50165bf1936dc996020c1811b0f06fb5f";
inline constexpr std::string_view kSignature =
    "010000007fb38ec5c55d497600000000";
}  // namespace v2

}  // namespace sspilab::ntlm::spec

#endif  // SSPILAB_TESTS_CORE_NTLM_SPEC_VECTORS_H_
