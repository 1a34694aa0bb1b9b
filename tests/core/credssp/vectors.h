#ifndef SSPILAB_TESTS_CORE_CREDSSP_VECTORS_H_
#define SSPILAB_TESTS_CORE_CREDSSP_VECTORS_H_

#include <string_view>

// Messages that others wrote, in hexadecimal.
namespace sspilab::testing {

// MS-CSSP 4: TSCredentials with the credentials of a smart card.
inline constexpr std::string_view kSpecSmartCard =
    "3082010f a003020102 a1820106 04820102"
    "3081ff a01a0418 620062006200620062006200620062006200620062006200"
    "a181e0 3081dd a003020101"
    "a22e042c 4f004d004e0049004b00450059002000430061007200640"
    "04d0061006e0020003300780032003100200030 00"
    "a350044e 6c0065002d004d00530053006d0061007200740063006100720064005500"
    "7300650072002d00380062006400610030003100390066002d0031003200360036002d"
    "002d0035003300320036003800"
    "a4540452 4d006900630072006f0073006f0066007400200042006100730065002000"
    "53006d00610072007400200043006100720064002000430072007900700074006f00"
    "20005000720 06f0076006900640065007200";

// Exchanges recorded by the authors of sspi-rs: an initiator's first TSRequest,
// with a NEGOTIATE message and a nonce...
inline constexpr std::string_view kFirstRequest =
    "305b a003020106 a130302e302ca02a0428"
    "4e544c4d5353500001000000b78208e2000000000000000000000000000000000601b11d"
    "0000000f"
    "a5220420 221012ad125c7a15feb64b1fcb94833ac56f664cf3bce7548a5d9e050a4691db";
// ...the acceptor's last one, with its answer to the binding of keys...
inline constexpr std::string_view kBoundRequest =
    "305d a003020106 a3320430"
    "01000000ce7a5af4f7e2571b00000000dacc168fb23445ed026731c16390a85c"
    "6b01bc1f8d935e34de66b9b3d7f5a1ab"
    "a5220420 221012ad125c7a15feb64b1fcb94833ac56f664cf3bce7548a5d9e050a4691db";
// ...and the credentials.
inline constexpr std::string_view kCredentialsRequest =
    "305a a003020106 a22f042d"
    "01000000e0bae3bac27254e8010000006e037c4c9d024e5eeba19fab603297cd95cf"
    "fe8f4470796e6ccdea746a"
    "a5220420 221012ad125c7a15feb64b1fcb94833ac56f664cf3bce7548a5d9e050a4691db";
// An errorCode beyond what a signed INTEGER of 32 bits could be.
inline constexpr std::string_view kErrorRequest =
    "3065 a003020106 a3320430"
    "01000000d8b30c7e37512184000000006c47c8e302599219d199dfbd0ff571613adf7403"
    "effca52316233755ff9120d8"
    "a4060204c00700ea"
    "a5220420 f88dd4b7559a94e5e87f2b2f94c23858a984fc07697df85776c957a31512eb32";
// TSCredentials with Domain, Username and Password...
inline constexpr std::string_view kPasswordCredentials =
    "3043 a003020101 a13c043a 3038"
    "a00e040c 44006f006d00610069006e00"
    "a1120410 55007300650072006e0061006d006500"
    "a2120410 500061007300730077006f0072006400";
// ...and what is sent where nothing shall be delegated.
inline constexpr std::string_view kEmptyCredentials =
    "3017 a003020101 a110040e 300c a0020400 a1020400 a2020400";

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_CREDSSP_VECTORS_H_
