#ifndef SSPILAB_SIM_ARCHIVE_H_
#define SSPILAB_SIM_ARCHIVE_H_

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace sspilab::sim {

// What a struct is in a file, said once for reading and writing and for every
// kind of file. For a struct S:
//
//   template <typename Archive, Either<S> T>
//   void Fields(Archive& archive, T& value) {
//     archive("key", value.member);
//   }
//
// A member is a number, bool, UTF-8 or UTF-16 text, bytes, a fault, or a struct
// with Fields, in vectors and optionals. And in special cases:
//   archive.Optional(key, member)        left out where it has its default
//   archive.Name(key, member, names)     an enumeration
//   archive.Text(key, member, codec)     anything that is text, by a pair of
//                                        functions
//   archive.Range(key, member, low, high)     a number within limits
//   archive.Flags(key, member, names, prefix) bits that people know by name
//   archive.Time(key, member)            a FileTime
template <typename T, typename S>
concept Either = std::same_as<std::remove_const_t<T>, S>;

// A value of a text, and the line where it stands; 0 for what the text does not
// say.
template <typename T>
struct Placed {
  T value = {};
  uint32_t line = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_ARCHIVE_H_
