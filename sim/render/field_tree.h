#ifndef SSPILAB_SIM_RENDER_FIELD_TREE_H_
#define SSPILAB_SIM_RENDER_FIELD_TREE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sspilab::sim {

// A token taken apart: a named piece of it, where it stands, and what it means.
struct Field {
  std::string name;
  // For people, UTF-8, one line. Empty where the children say it all.
  std::string value;
  // Bytes from the token's start. `size` 0: the field is empty, or is one bit
  // of the field around it.
  size_t offset = 0;
  size_t size = 0;
  std::vector<Field> children;
};

struct FieldTree {
  Field root;
  // What makes the token malformed, in the words of the parser that refuses
  // it; empty when it is well-formed. The tree then holds what can still be
  // read.
  std::string error;
};

// The field with that path, names joined by dots ("CHALLENGE.TargetInfo.
// MsvAvTimestamp"), or null. Of several with one name, the first.
const Field* FindField(const FieldTree& tree, std::string_view path);
const Field* FindField(const Field& root, std::string_view path);

// Moves `*field` and all below it: it stands `by` bytes into another token.
void ShiftOffsets(size_t by, Field* field);

// One line a field, offset and size at the left, no longer than `width`
// columns (values are cut with an ellipsis).
std::string FieldTreeToText(const FieldTree& tree, size_t width);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_FIELD_TREE_H_
