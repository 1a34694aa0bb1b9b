#ifndef SSPILAB_SIM_RENDER_DER_FIELDS_H_
#define SSPILAB_SIM_RENDER_DER_FIELDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "sim/render/field_tree.h"
#include "sim/render/piece.h"

namespace sspilab::sim {

// DER for display. Where core's reader refuses, this one goes on: an element
// that ends past what is there is shown as far as it goes.

// One element: what it is, and where its contents stand.
struct DerElement {
  uint8_t tag = 0;
  Piece whole;
  Piece contents;
};

// Takes DER apart, and keeps the first thing that makes no sense.
class DerDissector {
 public:
  // Says what the contents of an element are, as the value or the children of
  // `*field`.
  using Show = void (*)(DerDissector& dissector, Piece contents, Field* field);

  // A member of a SEQUENCE, [number] EXPLICIT around an element with `tag`.
  struct Member {
    uint8_t number;
    std::string_view name;
    uint8_t tag;
    Show show;
  };

  // The element that `*from` begins with, which is then behind it. False, and
  // stopped, where there is none; `what` is what it should have been.
  bool CutElement(std::string_view what, Piece* from, DerElement* element);
  // One that must have this tag.
  bool CutElement(std::string_view what, uint8_t tag, Piece* from,
                  DerElement* element);

  // The members of a SEQUENCE, whose contents `in` is, as children.
  void ShowMembers(absl::Span<const Member> members, Piece in, Field* field);

  // What common types hold.
  static void ShowHex(DerDissector& dissector, Piece in, Field* field);
  static void ShowInteger(DerDissector& dissector, Piece in, Field* field);
  static void ShowUtf16(DerDissector& dissector, Piece in, Field* field);
  static void ShowText(DerDissector& dissector, Piece in, Field* field);

  void Stop(size_t offset, std::string_view what) { error_.Stop(offset, what); }
  const std::string& error() const { return error_.text(); }

 private:
  FirstError error_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_DER_FIELDS_H_
