#include "sim/field_places.h"

#include "sim/render/field_tree.h"
#include "sim/render/token_fields.h"

namespace sspilab::sim {

std::optional<FieldPlace> FindFieldPlace(absl::Span<const uint8_t> token,
                                         std::string_view path) {
  const FieldTree tree = TokenFields(token);
  const Field* field = FindField(tree, path);
  if (field == nullptr || field->offset + field->size > token.size()) {
    return std::nullopt;
  }
  return FieldPlace{field->offset, field->size};
}

}  // namespace sspilab::sim
