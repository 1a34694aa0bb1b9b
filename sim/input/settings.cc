#include "sim/input/settings.h"

#include <algorithm>
#include <cstring>

namespace sspilab::sim {

Settings Settings::TakeFrom(absl::Span<const uint8_t>* input) {
  Settings settings = {};
  const size_t size = std::min(input->size(), sizeof(settings));
  if (size != 0) std::memcpy(&settings, input->data(), size);
  input->remove_prefix(size);
  for (SideSettings* side : {&settings.initiator, &settings.acceptor}) {
    side->completing %= kCompletings;
    side->bindings &= 0xF0 | (kBindingsKinds - 1);
    side->output %= kOutputShapes;
    side->input %= kInputShapes;
  }
  return settings;
}

Bindings SideSettings::BindingsOf(int leg) const {
  constexpr uint8_t kAbsent[] = {0x10, 0x20};
  if (leg < 2 && (bindings & kAbsent[leg]) != 0) return Bindings::kNone;
  const int kind = bindings & 0x0F;
  const int change = leg == 0 ? 0 : bindings >> 6;
  return static_cast<Bindings>((kind + change) % kBindingsKinds);
}

bool SideSettings::IsOrdinary() const {
  constexpr uint8_t kHarmless =
      kCompletesTokens | kNoTimestamp | kFreesCredentialEarly;
  const OutputShape out = output_shape();
  const InputShape in = input_shape();
  const auto completes = static_cast<Completing>(completing % kCompletings);
  return (options & ~kHarmless) == 0 &&
         (out == OutputShape::kAmple || out == OutputShape::kAllocated ||
          out == OutputShape::kTooSmall) &&
         (in == InputShape::kToken || in == InputShape::kAmongOthers ||
          in == InputShape::kTwoTokens || in == InputShape::kReadOnly) &&
         completes != Completing::kNever &&
         completes != Completing::kNotTheLast && refused_allocation == 0;
}

}  // namespace sspilab::sim
