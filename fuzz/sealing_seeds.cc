// Messages between contexts that are done.

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "fuzz/ready_contexts.h"
#include "fuzz/seeds.h"
#include "sim/input/sealing_operation.h"

namespace sspilab::fuzz {
namespace {

namespace shapes = sim::sealing_shape;
using sim::SealingKind;
using sim::SealingOperation;

SealingOperation Do(SealingKind kind, SealingOperation operation = {}) {
  operation.kind = static_cast<uint8_t>(kind);
  return operation;
}

constexpr SealingKind kSeal = SealingKind::kSeal, kSign = SealingKind::kSign,
                      kDeliver = SealingKind::kDeliver,
                      kMove = SealingKind::kMove;

}  // namespace

void RecordSealing(Seeds& seeds) {
  for (uint8_t i = 0; i < kReadyPairs; ++i) {
    const auto add = [&](std::string_view name,
                         const std::vector<SealingOperation>& operations) {
      std::vector<uint8_t>& seed =
          seeds[absl::StrCat("sealing/", ReadyPairOf(i).name, "_", name)];
      const auto* const begin =
          reinterpret_cast<const uint8_t*>(operations.data());
      seed = {i};
      seed.insert(seed.end(), begin,
                  begin + operations.size() * sizeof(SealingOperation));
    };
    add("each_way",
        {Do(kSeal, {.size = 20}), Do(kDeliver),
         Do(kSeal, {.which = 1, .size = 33, .value = 1}), Do(kDeliver),
         Do(kSign, {.size = 5}), Do(kDeliver),
         Do(kSign, {.which = 1, .size = 7}),
         Do(kDeliver, {.shape = shapes::kStream}), Do(kSeal, {.size = 3}),
         Do(kDeliver, {.shape = shapes::kStream})});
    add("order",
        {Do(kSeal, {.size = 9}), Do(kSeal, {.size = 9}), Do(kDeliver),
         Do(kDeliver, {.which = 1}), Do(kDeliver), Do(kDeliver, {.which = 1}),
         Do(kSign, {.which = 1, .size = 4}), Do(SealingKind::kReflect),
         Do(kDeliver), Do(kDeliver)});
    add("altered",
        {Do(kSeal, {.size = 12}),
         Do(SealingKind::kDeliverDamaged, {.place = 20, .value = 1}),
         Do(kSign, {.size = 12}),
         Do(SealingKind::kDeliverDamaged, {.place = 2, .value = 0x80}),
         Do(SealingKind::kDeliverResized, {.place = 1, .value = 0xFF}),
         Do(SealingKind::kDeliverResized, {.value = 1}),
         Do(SealingKind::kOpenOtherwise), Do(kDeliver)});
    add("shapes",
        {Do(kSeal, {.size = 40, .shape = 3, .place = 100}),
         Do(kDeliver, {.shape = 2}),
         Do(kSeal, {.size = 40, .shape = 1 | shapes::kReadOnly, .place = 100}),
         Do(kDeliver, {.shape = 1}),
         Do(kSeal, {.size = 40,
                    .shape = 1 | shapes::kCheckedOnly | shapes::kTokenLast,
                    .place = 100}),
         Do(kDeliver), Do(kSeal, {.shape = shapes::kLittleRoom, .place = 15}),
         Do(kSeal, {.shape = shapes::kNoToken}),
         Do(kSign, {.shape = shapes::kNoToken, .place = 1}),
         Do(kSign, {.shape = shapes::kNoToken, .place = 2}),
         Do(kSeal, {.shape = shapes::kNoPadding}), Do(kDeliver)});
    add("moved", {Do(kSeal, {.size = 9}), Do(kDeliver), Do(kMove),
                  Do(kMove, {.which = 1}), Do(kSeal, {.size = 9}), Do(kDeliver),
                  Do(kMove, {.value = SECPKG_CONTEXT_EXPORT_DELETE_OLD}),
                  Do(kSeal, {.which = 1, .size = 9}), Do(kDeliver),
                  Do(kMove, {.value = SECPKG_CONTEXT_EXPORT_RESET_NEW}),
                  Do(kSeal, {.size = 9}), Do(kDeliver),
                  Do(SealingKind::kMoveDamaged, {.size = 1, .place = 40})});
  }
}

}  // namespace sspilab::fuzz
