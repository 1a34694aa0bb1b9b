#ifndef SSPILAB_SIM_ATTRIBUTE_SHAPE_H_
#define SSPILAB_SIM_ATTRIBUTE_SHAPE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab::sim {

// What QueryContextAttributes writes for an attribute.
struct AttributeShape {
  ULONG attribute;
  // Of the structure.
  size_t size;
  // Where in it pointers stand to what goes back with FreeContextBuffer; null
  // ones are nothing to free.
  absl::Span<const size_t> memory;
};

// Null for an attribute of which nothing is known here.
const AttributeShape* FindAttributeShape(ULONG attribute);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_ATTRIBUTE_SHAPE_H_
