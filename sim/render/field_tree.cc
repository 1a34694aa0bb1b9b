#include "sim/render/field_tree.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

// The widest name that has a value beside it, with its indentation, so that
// values stand below each other.
size_t NameColumns(const Field& field, size_t depth) {
  size_t columns = field.value.empty() ? 0 : 2 * depth + Columns(field.name);
  for (const Field& child : field.children) {
    columns = std::max(columns, NameColumns(child, depth + 1));
  }
  return columns;
}

void Append(const Field& field, size_t depth, size_t name_columns, size_t width,
            std::string* text) {
  const std::string place =
      field.size == 0 ? absl::StrFormat("%6u       ", field.offset)
                      : absl::StrFormat("%6u %5u ", field.offset, field.size);
  const std::string name =
      absl::StrCat(std::string(2 * depth, ' '), field.name);
  std::string line = absl::StrCat(place, " ", name);
  if (!field.value.empty()) {
    line = absl::StrCat(place, " ", PadRight(name, name_columns), "  ",
                        Printable(field.value));
  }
  absl::StrAppend(text, Fit(line, width), "\n");
  for (const Field& child : field.children) {
    Append(child, depth + 1, name_columns, width, text);
  }
}

}  // namespace

const Field* FindField(const Field& root, std::string_view path) {
  if (path.substr(0, root.name.size()) != root.name) {
    return nullptr;
  }
  path.remove_prefix(root.name.size());
  if (path.empty()) {
    return &root;
  }
  if (path.front() != '.') {
    return nullptr;
  }
  path.remove_prefix(1);
  for (const Field& child : root.children) {
    if (const Field* found = FindField(child, path); found != nullptr) {
      return found;
    }
  }
  return nullptr;
}

const Field* FindField(const FieldTree& tree, std::string_view path) {
  return FindField(tree.root, path);
}

void ShiftOffsets(size_t by, Field* field) {
  field->offset += by;
  for (Field& child : field->children) {
    ShiftOffsets(by, &child);
  }
}

std::string FieldTreeToText(const FieldTree& tree, size_t width) {
  std::string text = "offset  size  field\n";
  Append(tree.root, 0, NameColumns(tree.root, 0), width, &text);
  if (!tree.error.empty()) {
    absl::StrAppend(&text, "malformed: ", tree.error, "\n");
  }
  return text;
}

}  // namespace sspilab::sim
