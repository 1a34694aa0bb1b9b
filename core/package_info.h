#ifndef SSPILAB_CORE_PACKAGE_INFO_H_
#define SSPILAB_CORE_PACKAGE_INFO_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/attribute_writer.h"
#include "core/status.h"

namespace sspilab {

class World;

// A package as EnumerateSecurityPackages tells it (SecPkgInfo).
struct PackageInfo {
  Package id;
  uint32_t capabilities;  // SECPKG_FLAG_*
  uint16_t version;
  uint16_t rpc_id;
  uint32_t max_token;
  // Both ASCII.
  std::u16string_view name;
  std::u16string_view comment;
};

// An array of SecPkgInfoA or ...W, with its strings in the same block, for the
// caller to give back to FreeContextBuffer. Null when the World refuses.
[[nodiscard]] void* NewPackageInfos(World& world, CharSet charset,
                                    absl::Span<const PackageInfo* const> infos);

}  // namespace sspilab

#endif  // SSPILAB_CORE_PACKAGE_INFO_H_
