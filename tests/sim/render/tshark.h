#ifndef SSPILAB_TESTS_SIM_RENDER_TSHARK_H_
#define SSPILAB_TESTS_SIM_RENDER_TSHARK_H_

#include <string>
#include <string_view>

// tshark, which judges captures. It must be installed: a capture that nobody
// read is not a capture that is right.
namespace sspilab::testing {

// What tshark says of `capture`, with `arguments`.
std::string Tshark(const std::string& capture, std::string_view arguments);

// Malformed packets, errors and warnings of any dissector, bad checksums.
inline constexpr std::string_view kComplaints =
    "-T fields -e frame.number -e _ws.expert.message "
    "-Y '_ws.malformed || _ws.expert.severity >= 6291456 || "
    "ip.checksum.status == 0 || tcp.checksum.status == 0 || "
    "tcp.analysis.flags'";

// Root gets a warning of its own, which is not about the capture.
std::string WithoutRootWarning(std::string text);

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_SIM_RENDER_TSHARK_H_
