#ifndef SSPILAB_CORE_KERBEROS_CODEC_H_
#define SSPILAB_CORE_KERBEROS_CODEC_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/times.h"
#include "core/wire/der.h"

// Reads and writes a SEQUENCE by the table of its fields, so that the two
// cannot differ. messages.cc has the tables.
namespace sspilab::kerberos::codec {

// `[tag] EXPLICIT`, with the member of the struct. A member that is a
// std::optional may be missing.
template <typename Message, typename Member>
struct Field {
  unsigned tag;
  std::string_view name;
  Member Message::*member;
};
template <typename Message, typename Member>
Field(unsigned, const char*, Member Message::*) -> Field<Message, Member>;

// A number that is always the same: pvno, msg-type.
struct Fixed {
  unsigned tag;
  std::string_view name;
  int32_t value;
};

inline constexpr unsigned kNoApplication = 0;

// A message: its name, its [APPLICATION n] or kNoApplication, its fields.
template <typename... Fields>
struct Table {
  std::string_view name;
  unsigned application;
  std::tuple<Fields...> fields;
};
template <typename... Fields>
Table(const char*, unsigned, std::tuple<Fields...>) -> Table<Fields...>;

// Specialized for each message.
template <typename Message>
inline constexpr auto kTable = nullptr;
template <typename Message>
concept Described =
    !std::is_same_v<decltype(kTable<Message>), const std::nullptr_t>;

// What is wrong with a message first, and where. Its text is made once, when
// reading is over: each structure around what is wrong is named in it.
class Failure {
 public:
  bool any() const { return what_ != What::kNothing; }

  // The first of these stays: an element that is missing or not of its type, a
  // number that is another one, something behind the last field.
  void Malformed(std::string_view name, size_t position) {
    Set(What::kMalformed, name, position);
  }
  void WrongNumber(const Fixed& field, int32_t value) {
    if (any()) return;
    Set(What::kWrongNumber, field.name, 0);
    value_ = value;
    expected_ = field.value;
  }
  void UnknownField(size_t position) { Set(What::kUnknownField, "", position); }

  // It is in this structure.
  void IsIn(std::string_view structure) { around_.push_back(structure); }

  // OkStatus() where nothing is wrong.
  absl::Status ToStatus() const;

 private:
  enum class What : uint8_t {
    kNothing,
    kMalformed,
    kWrongNumber,
    kUnknownField
  };

  void Set(What what, std::string_view name, size_t position) {
    if (any()) return;
    what_ = what;
    name_ = name;
    position_ = position;
  }

  What what_ = What::kNothing;
  std::string_view name_;
  size_t position_ = 0;
  int32_t value_ = 0;
  int32_t expected_ = 0;
  // From the inside out.
  absl::InlinedVector<std::string_view, 6> around_;
};

// --- Reading. Each Read says whether its element is well-formed.

template <typename Integer>
bool ReadNumber(wire::DerReader& reader, Integer* value) {
  // Unsigned numbers come as signed ones of 32 bits, too: MIT's sequence
  // numbers once did (RFC 4120 5.2.4, 5.5.1).
  int64_t number;
  if (!reader.ReadInteger(&number) ||
      number < std::numeric_limits<int32_t>::min() ||
      number > int64_t{std::numeric_limits<Integer>::max()}) {
    return false;
  }
  *value = static_cast<Integer>(number);
  return true;
}

inline bool Read(wire::DerReader& reader, int32_t* value) {
  return ReadNumber(reader, value);
}
inline bool Read(wire::DerReader& reader, uint32_t* value) {
  return ReadNumber(reader, value);
}
inline bool Read(wire::DerReader& reader, Bytes* value) {
  return reader.ReadOctetString(value);
}
inline bool Read(wire::DerReader& reader, Text* value) {
  Bytes bytes;
  if (!reader.Read(wire::DerTag::kGeneralString, &bytes)) return false;
  *value = Text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return true;
}
inline bool Read(wire::DerReader& reader, KerberosTime* value) {
  Bytes text;
  return reader.Read(wire::DerTag::kGeneralizedTime, &text) &&
         ParseTime(text, value);
}
inline bool Read(wire::DerReader& reader, Flags* value) {
  Bytes bits;
  unsigned unused;
  if (!reader.ReadBitString(&bits, &unused)) return false;
  // 5.2.8: what is missing is zero, and what is behind the 32nd bit is
  // nobody's yet.
  value->bits = 0;
  for (size_t i = 0; i < 4; ++i) {
    value->bits = value->bits << 8 | (i < bits.size() ? bits[i] : 0U);
  }
  return true;
}
inline bool Read(wire::DerReader& reader, Element* value) {
  return reader.ReadWhole(&value->der);
}
template <Described Message>
bool Read(wire::DerReader& reader, Message* message, Failure* failure);
template <typename T>
bool Read(wire::DerReader& reader, List<T>* list, Failure* failure);

template <typename T>
bool ReadInto(wire::DerReader& reader, T* value, Failure* failure) {
  if constexpr (requires { Read(reader, value, failure); }) {
    return Read(reader, value, failure);
  } else {
    return Read(reader, value);
  }
}

template <typename T>
bool Read(wire::DerReader& reader, List<T>* list, Failure* failure) {
  wire::DerReader inside;
  if (!reader.Enter(wire::DerTag::kSequence, &inside)) return false;
  while (!inside.AtEnd()) {
    T element;
    if (!ReadInto(inside, &element, failure)) return false;
    list->push_back(std::move(element));
  }
  return true;
}

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

// One field of a SEQUENCE that `inside` reads. The first failure stays.
template <typename T>
bool ReadTagged(wire::DerReader& inside, unsigned tag, std::string_view name,
                T* value, Failure* failure) {
  if constexpr (IsOptional<T>::value) {
    if (!inside.NextIs(wire::ContextTag(tag))) return true;
    return ReadTagged(inside, tag, name, &value->emplace(), failure);
  } else {
    wire::DerReader field;
    size_t position = inside.position();
    if (inside.Enter(wire::ContextTag(tag), &field)) {
      position = field.position();
      if (ReadInto(field, value, failure) && field.AtEnd()) return true;
    }
    failure->Malformed(name, position);
    return false;
  }
}

template <typename Message, typename Owner, typename Member>
bool ReadField(wire::DerReader& inside, const Field<Owner, Member>& field,
               Message* message, Failure* failure) {
  return ReadTagged(inside, field.tag, field.name, &(message->*field.member),
                    failure);
}
template <typename Message>
bool ReadField(wire::DerReader& inside, const Fixed& field,
               Message* /*message*/, Failure* failure) {
  int32_t value;
  if (!ReadTagged(inside, field.tag, field.name, &value, failure)) return false;
  if (value != field.value) failure->WrongNumber(field, value);
  return value == field.value;
}

template <Described Message>
bool ReadSequence(wire::DerReader& reader, Message* message, Failure* failure) {
  const auto& table = kTable<Message>;
  wire::DerReader inside;
  if (!reader.Enter(wire::DerTag::kSequence, &inside)) {
    failure->Malformed(table.name, reader.position());
    return false;
  }
  const bool read = std::apply(
      [&](const auto&... fields) {
        return (ReadField(inside, fields, message, failure) && ...);
      },
      table.fields);
  if (read && !inside.AtEnd()) failure->UnknownField(inside.position());
  if (!failure->any()) return true;
  failure->IsIn(table.name);
  return false;
}

template <Described Message>
bool Read(wire::DerReader& reader, Message* message, Failure* failure) {
  if constexpr (kTable<Message>.application == kNoApplication) {
    return ReadSequence(reader, message, failure);
  } else {
    wire::DerReader inside;
    if (!reader.Enter(wire::ApplicationTag(kTable<Message>.application),
                      &inside)) {
      failure->Malformed(kTable<Message>.name, reader.position());
      return false;
    }
    if (!ReadSequence(inside, message, failure)) return false;
    if (inside.AtEnd()) return true;
    failure->Malformed(kTable<Message>.name, inside.position());
    return false;
  }
}

// --- Writing, from the last byte to the first.

inline void WriteValue(int32_t value, wire::DerWriter* writer) {
  writer->WriteInteger(value);
}
inline void WriteValue(uint32_t value, wire::DerWriter* writer) {
  writer->WriteInteger(value);
}
inline void WriteValue(Bytes value, wire::DerWriter* writer) {
  writer->WriteOctetString(value);
}
inline void WriteValue(Text value, wire::DerWriter* writer) {
  writer->WriteElement(
      wire::DerTag::kGeneralString,
      {reinterpret_cast<const uint8_t*>(value.data()), value.size()});
}
inline void WriteValue(KerberosTime value, wire::DerWriter* writer) {
  writer->WriteElement(wire::DerTag::kGeneralizedTime, kTimeTextSize,
                       [value](absl::Span<uint8_t> out) {
                         const std::array<uint8_t, kTimeTextSize> text =
                             FormatTime(value);
                         std::copy(text.begin(), text.end(), out.begin());
                       });
}
inline void WriteValue(Flags value, wire::DerWriter* writer) {
  const uint8_t bits[] = {static_cast<uint8_t>(value.bits >> 24),
                          static_cast<uint8_t>(value.bits >> 16),
                          static_cast<uint8_t>(value.bits >> 8),
                          static_cast<uint8_t>(value.bits)};
  writer->WriteBitString(bits, 0);
}
inline void WriteValue(const Element& value, wire::DerWriter* writer) {
  writer->WriteBytes(value.der);
}
template <Described Message>
void WriteValue(const Message& message, wire::DerWriter* writer);

template <typename T>
void WriteValue(const List<T>& list, wire::DerWriter* writer) {
  const size_t end = writer->size();
  for (size_t i = list.size(); i-- > 0;) WriteValue(list[i], writer);
  writer->Close(wire::DerTag::kSequence, end);
}

template <typename T>
void WriteTagged(unsigned tag, const T& value, wire::DerWriter* writer) {
  if constexpr (IsOptional<T>::value) {
    if (value.has_value()) WriteTagged(tag, *value, writer);
  } else {
    writer->Write(wire::ContextTag(tag), [&] { WriteValue(value, writer); });
  }
}

template <typename Message, typename Owner, typename Member>
void WriteField(const Field<Owner, Member>& field, const Message& message,
                wire::DerWriter* writer) {
  WriteTagged(field.tag, message.*field.member, writer);
}
template <typename Message>
void WriteField(const Fixed& field, const Message& /*message*/,
                wire::DerWriter* writer) {
  WriteTagged(field.tag, field.value, writer);
}

template <Described Message>
void WriteValue(const Message& message, wire::DerWriter* writer) {
  const auto& table = kTable<Message>;
  const size_t end = writer->size();
  constexpr size_t kCount =
      std::tuple_size_v<std::remove_cvref_t<decltype(table.fields)>>;
  [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
    (WriteField(std::get<kCount - 1 - kIndex>(table.fields), message, writer),
     ...);
  }
  (std::make_index_sequence<kCount>());
  writer->Close(wire::DerTag::kSequence, end);
  if (table.application != kNoApplication) {
    writer->Close(wire::ApplicationTag(table.application), end);
  }
}

}  // namespace sspilab::kerberos::codec

#endif  // SSPILAB_CORE_KERBEROS_CODEC_H_
