#include "core/package_info.h"

#include "core/context_buffer.h"
#include "core/sspi.h"

namespace sspilab {
namespace {

template <typename Info, typename Char>
void* Build(World& world, absl::Span<const PackageInfo* const> infos) {
  size_t size = infos.size() * sizeof(Info);
  for (const PackageInfo* info : infos) {
    size += (info->name.size() + info->comment.size() + 2) * sizeof(Char);
  }
  void* block = NewContextBuffer(world, size);
  if (block == nullptr) return nullptr;
  auto* out = static_cast<Info*>(block);
  auto* text = reinterpret_cast<Char*>(out + infos.size());
  const auto store = [&text](std::u16string_view string) {
    Char* stored = text;
    for (const char16_t c : string) *text++ = static_cast<Char>(c);
    *text++ = 0;
    return stored;
  };
  for (const PackageInfo* info : infos) {
    *out++ = {.fCapabilities = info->capabilities,
              .wVersion = info->version,
              .wRPCID = info->rpc_id,
              .cbMaxToken = info->max_token,
              .Name = store(info->name),
              .Comment = store(info->comment)};
  }
  return block;
}

}  // namespace

void* NewPackageInfos(World& world, CharSet charset,
                      absl::Span<const PackageInfo* const> infos) {
  return charset == CharSet::kWide ? Build<SecPkgInfoW, SEC_WCHAR>(world, infos)
                                   : Build<SecPkgInfoA, SEC_CHAR>(world, infos);
}

}  // namespace sspilab
