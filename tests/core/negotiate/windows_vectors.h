#ifndef SSPILAB_TESTS_CORE_NEGOTIATE_WINDOWS_VECTORS_H_
#define SSPILAB_TESTS_CORE_NEGOTIATE_WINDOWS_VECTORS_H_

#include <string_view>

// Tokens that Windows 7 and its IIS or Java servers exchanged in the
// Authorization and WWW-Authenticate headers of HTTP, as their users showed
// them in public.
namespace sspilab::negotiate {

// A client with nothing but NTLM.
inline constexpr std::string_view kWindowsInit =
    "604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a"
    "04284e544c4d5353500001000000978208e20000000000000000000000000000"
    "00000601b11d0000000f";
// Server and last answer are of one exchange, in a question to Waffle's authors
// (2010).
inline constexpr std::string_view kWindowsChallenge =
    "a181ba3081b7a0030a0101a10c060a2b06010401823702020aa281a104819e4e"
    "544c4d53535000020000000e000e003800000015c28ae25cf19d860d3bcd2570"
    "2ac8010000000058005800460000000601b01d0000000f430041005000520049"
    "004300410002000e00430041005000520049004300410001000e004300410050"
    "00520049004300410004000e00630061007000720069006300610003000e0063"
    "00610070007200690063006100070008000218925af02bcb0100000000";
inline constexpr std::string_view kWindowsLast =
    "a11b3019a0030a0100a3120410010000004387e088c136e3a900000000";

}  // namespace sspilab::negotiate

#endif  // SSPILAB_TESTS_CORE_NEGOTIATE_WINDOWS_VECTORS_H_
