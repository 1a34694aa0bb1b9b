// What parses as TSCredentials, or as what is in them, can be written, and
// parses to the same.

#include <algorithm>
#include <optional>

#include "core/credssp/messages.h"
#include "fuzz/der_round_trip.h"

namespace sspilab::fuzz {
namespace {

using credssp::TsCredentials;
using credssp::TsPasswordCreds;
using credssp::TsRemoteGuardCreds;
using credssp::TsRemoteGuardPackageCred;
using credssp::TsSmartCardCreds;

bool IsSame(const TsCredentials& a, const TsCredentials& b) {
  return a.type == b.type && a.credentials == b.credentials;
}
bool IsSame(const TsPasswordCreds& a, const TsPasswordCreds& b) {
  return a.domain_name == b.domain_name && a.user_name == b.user_name &&
         a.password == b.password;
}
bool IsSame(const TsSmartCardCreds& a, const TsSmartCardCreds& b) {
  return a.pin == b.pin && a.csp_data.key_spec == b.csp_data.key_spec &&
         a.csp_data.card_name == b.csp_data.card_name &&
         a.csp_data.reader_name == b.csp_data.reader_name &&
         a.csp_data.container_name == b.csp_data.container_name &&
         a.csp_data.csp_name == b.csp_data.csp_name &&
         a.user_hint == b.user_hint && a.domain_hint == b.domain_hint;
}
bool IsSame(const TsRemoteGuardPackageCred& a,
            const TsRemoteGuardPackageCred& b) {
  return a.package_name == b.package_name && a.cred_buffer == b.cred_buffer;
}
bool IsSame(const TsRemoteGuardCreds& a, const TsRemoteGuardCreds& b) {
  const auto& ours = a.supplemental_creds;
  const auto& theirs = b.supplemental_creds;
  return IsSame(a.logon_cred, b.logon_cred) &&
         ours.has_value() == theirs.has_value() &&
         (!ours.has_value() ||
          std::equal(ours->begin(), ours->end(), theirs->begin(), theirs->end(),
                     [](const auto& one, const auto& other) {
                       return IsSame(one, other);
                     }));
}

// As one of the three, alone and in TSCredentials.
template <typename Credentials>
void TryAs(absl::Span<const uint8_t> bytes) {
  const auto same = [](const auto& a, const auto& b) { return IsSame(a, b); };
  const auto write = [](const auto& message, wire::DerWriter& writer) {
    message.WriteTo(writer);
  };
  const auto parsed = DerRoundTrip<Credentials>(bytes, write, same);
  if (!parsed.has_value()) return;
  const auto wrapped = TsCredentials::Parse(Written(
      [&](wire::DerWriter& writer) {
        credssp::WrappedCredentials<Credentials>{*parsed}.WriteTo(writer);
      },
      bytes.size() + 64));
  RequireDer(
      wrapped.ok() && wrapped->type == static_cast<int64_t>(Credentials::kType),
      "TSCredentials around them are none");
  const auto inside = Credentials::Parse(wrapped->credentials);
  RequireDer(inside.ok() && IsSame(*inside, *parsed),
             "they are others in TSCredentials");
}

struct Kind {
  int64_t type;
  void (*try_as)(absl::Span<const uint8_t> bytes);
};
template <typename Credentials>
constexpr Kind KindOf() {
  return {static_cast<int64_t>(Credentials::kType), TryAs<Credentials>};
}
constexpr Kind kKinds[] = {KindOf<TsPasswordCreds>(),
                           KindOf<TsSmartCardCreds>(),
                           KindOf<TsRemoteGuardCreds>()};

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  const absl::Span<const uint8_t> bytes(data, size);
  if (size + 64 > kLongestDer) return 0;
  const auto credentials = DerRoundTrip<TsCredentials>(
      bytes,
      [](const TsCredentials& message, sspilab::wire::DerWriter& writer) {
        message.WriteTo(writer);
      },
      [](const auto& a, const auto& b) { return IsSame(a, b); });
  for (const Kind& kind : kKinds) {
    if (!credentials.has_value()) {
      // As what is inside: that is nearer to a mutation.
      kind.try_as(bytes);
    } else if (credentials->type == kind.type) {
      kind.try_as(credentials->credentials);
    }
  }
  return 0;
}
