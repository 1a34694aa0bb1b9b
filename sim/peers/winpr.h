#ifndef SSPILAB_SIM_PEERS_WINPR_H_
#define SSPILAB_SIM_PEERS_WINPR_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/sspi.h"

namespace sspilab::sim {

// WinPR's SSPI (Debian's libwinpr2-2), where it is installed. Its structs and
// its function table are laid out as ours.
class WinPr {
 public:
  using NtHash = std::array<uint8_t, 16>;

  // Loads the library, for good: it has threads and exit handlers of its own.
  // NotFound with the loader's words when there is none.
  static absl::StatusOr<WinPr> Load();

  SecurityFunctionTableW& table() const { return *table_; }

  NtHash Hash(std::u16string_view password) const;

  // An acceptor gets its accounts through its context, after its first call:
  // from a file in the format of SAM files, or the NT hash of whoever comes.
  SECURITY_STATUS SetSamFile(CtxtHandle* acceptor, std::string path) const;
  SECURITY_STATUS SetHash(CtxtHandle* acceptor, const NtHash& hash) const;
  // A SAM file's line. Names are UTF-8.
  static std::string SamLine(std::string_view user, std::string_view domain,
                             const NtHash& hash);

 private:
  WinPr() = default;

  SecurityFunctionTableW* table_ = nullptr;
  // NTOWFv1W(password, bytes, hash).
  int (*nt_owf_v1_)(char16_t*, uint32_t, uint8_t*) = nullptr;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_PEERS_WINPR_H_
