#include "sim/keytab.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kVersion = "\x05\x02";

// All numbers have their highest byte first.
void Put(size_t bytes, uint64_t value, std::string* out) {
  for (size_t i = bytes; i-- > 0;) {
    out->push_back(static_cast<char>(value >> (8 * i)));
  }
}

void PutCounted(std::string_view text, std::string* out) {
  Put(2, text.size(), out);
  out->append(text);
}

std::string_view TextOf(kerberos::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// One key under one name: its size, then what it is of.
void PutEntry(std::string_view name, std::string_view realm, uint32_t kvno,
              const kerberos::Key& key, std::string* out) {
  if (const size_t at = name.find('@'); at != std::string_view::npos) {
    realm = name.substr(at + 1);
    name = name.substr(0, at);
  }
  const std::vector<std::string_view> parts = absl::StrSplit(name, '/');
  std::string entry;
  Put(2, parts.size(), &entry);
  PutCounted(realm, &entry);
  for (const std::string_view part : parts) PutCounted(part, &entry);
  const kerberos::NameType type = parts.size() > 1
                                      ? kerberos::NameType::kServiceInstance
                                      : kerberos::NameType::kPrincipal;
  Put(4, static_cast<uint32_t>(type), &entry);
  // When it was written; nobody goes by it.
  Put(4, 0, &entry);
  // The version's low byte, and at the end all of it.
  Put(1, kvno, &entry);
  Put(2, static_cast<uint32_t>(key.type().etype), &entry);
  PutCounted(TextOf(key.bytes()), &entry);
  Put(4, kvno, &entry);
  Put(4, entry.size(), out);
  out->append(entry);
}

void PutPrincipal(const kerberos::Principal& principal, std::string_view realm,
                  std::string* out) {
  std::vector<std::string_view> names = {principal.name};
  names.insert(names.end(), principal.aliases.begin(), principal.aliases.end());
  for (const std::string_view name : names) {
    for (const kerberos::Key& key : principal.keys.All()) {
      PutEntry(name, realm, principal.kvno, key, out);
    }
  }
}

}  // namespace

std::string RealmsToKeytab(const kerberos::Realms& realms) {
  std::string keytab(kVersion);
  for (const kerberos::Realm& realm : realms.all()) {
    for (const kerberos::Principal& principal : realm.principals()) {
      PutPrincipal(principal, realm.name(), &keytab);
    }
  }
  return keytab;
}

std::string PrincipalToKeytab(const kerberos::Principal& principal,
                              std::string_view realm) {
  std::string keytab(kVersion);
  PutPrincipal(principal, realm, &keytab);
  return keytab;
}

}  // namespace sspilab::sim
