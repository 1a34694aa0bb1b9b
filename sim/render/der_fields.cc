#include "sim/render/der_fields.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/wire/utf.h"
#include "sim/render/text.h"

namespace sspilab::sim {

bool DerDissector::CutElement(std::string_view what, Piece* from,
                              DerElement* element) {
  Piece rest = *from;
  if (rest.size() < 2) {
    Stop(rest.offset, absl::StrCat(what, " is cut off"));
    return false;
  }
  element->tag = static_cast<uint8_t>(rest.CutNumber(1));
  size_t length = rest.CutNumber(1);
  if (length >= 0x80) {
    // X.690 8.1.3.5. More than four bytes is no length that could be meant.
    const size_t count = length & 0x7F;
    if (count == 0 || count > 4 || count > rest.size()) {
      Stop(rest.offset - 1, absl::StrCat(what, " has no length"));
      return false;
    }
    length = rest.CutNumber(count);
  }
  element->contents = rest.Cut(length);
  const size_t missing = length - element->contents.size();
  element->whole = from->Cut(rest.offset - from->offset);
  if (missing > 0) {
    Stop(element->whole.end(), absl::StrCat(what, " lacks ", missing,
                                            missing == 1 ? " byte" : " bytes"));
  }
  return true;
}

bool DerDissector::CutElement(std::string_view what, uint8_t tag, Piece* from,
                              DerElement* element) {
  const size_t begin = from->offset;
  if (!CutElement(what, from, element)) {
    return false;
  }
  if (element->tag != tag) {
    Stop(begin,
         absl::StrFormat("%s has tag %02x, not %02x", what, element->tag, tag));
    return false;
  }
  return true;
}

void DerDissector::ShowMembers(absl::Span<const Member> members, Piece in,
                               Field* field) {
  while (!in.empty()) {
    const std::string what = absl::StrCat("a member of ", field->name);
    DerElement outer;
    if (!CutElement(what, &in, &outer)) {
      return;
    }
    DerElement inner;
    if (!CutElement(what, &outer.contents, &inner)) {
      return;
    }
    // A number may stand for one thing or, with another type, another.
    const Member* member = nullptr;
    for (const Member& m : members) {
      if (outer.tag == (0xA0 | m.number) &&
          (member == nullptr || m.tag == inner.tag)) {
        member = &m;
      }
    }
    if (member == nullptr) {
      Stop(outer.whole.offset, absl::StrFormat("%s has no member with tag %02x",
                                               field->name, outer.tag));
      field->children.push_back(FieldOf(absl::StrFormat("tag %02x", outer.tag),
                                        Hex(inner.whole.bytes), outer.whole));
      continue;
    }
    Field child = FieldOf(std::string(member->name), "", outer.whole);
    if (inner.tag != member->tag) {
      Stop(inner.whole.offset,
           absl::StrFormat("%s has tag %02x, not %02x", member->name, inner.tag,
                           member->tag));
      child.value = Hex(inner.whole.bytes);
    } else {
      member->show(*this, inner.contents, &child);
    }
    if (!outer.contents.empty()) {
      Stop(outer.contents.offset,
           absl::StrCat("bytes behind the end of ", member->name));
    }
    field->children.push_back(std::move(child));
  }
}

void DerDissector::ShowHex(DerDissector&, Piece in, Field* field) {
  field->value = Hex(in.bytes);
}

void DerDissector::ShowInteger(DerDissector&, Piece in, Field* field) {
  field->value =
      in.size() <= 4 ? absl::StrCat(in.CutNumber(in.size())) : Hex(in.bytes);
}

void DerDissector::ShowUtf16(DerDissector&, Piece in, Field* field) {
  field->value = absl::StrCat("\"", wire::Utf16LeToUtf8Lossy(in.bytes), "\"");
}

void DerDissector::ShowText(DerDissector&, Piece in, Field* field) {
  field->value =
      absl::StrCat("\"", std::string(in.bytes.begin(), in.bytes.end()), "\"");
}

}  // namespace sspilab::sim
