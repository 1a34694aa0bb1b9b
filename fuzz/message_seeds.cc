// Messages that no exchange of the session targets shows: written here, field
// by field.

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/certificates.h"
#include "core/credssp/messages.h"
#include "core/tls/lab_certificates.h"
#include "core/wire/der.h"
#include "core/world.h"
#include "fuzz/seeds.h"

namespace sspilab::fuzz {
namespace {

using Buffer = std::vector<uint8_t>;

template <typename Message>
Buffer Written(const Message& message) {
  Buffer bytes(credssp::SerializedSize(message));
  wire::DerWriter writer(absl::MakeSpan(bytes));
  message.WriteTo(writer);
  return bytes;
}

template <typename Credentials>
Buffer Wrapped(const Credentials& credentials) {
  return Written(credssp::WrappedCredentials<Credentials>{credentials});
}

// What is the machine's own to present to others.
DerBytes Certificate() {
  World server, client;
  if (!tls::GiveServerCertificate(server, client).ok()) return {};
  return server.certificates().Default()->certificate;
}

}  // namespace

void RecordDer(Seeds& seeds) {
  using wire::DerTag;
  using wire::DerWriter;
  const auto add = [&](std::string_view name, auto write) {
    DerWriter counter;
    write(counter);
    Buffer bytes(counter.size());
    DerWriter writer(absl::MakeSpan(bytes));
    write(writer);
    seeds[absl::StrCat("der/", name)] = bytes;
  };
  add("primitives", [](DerWriter& writer) {
    constexpr uint8_t kOid[] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x02};
    constexpr uint8_t kBits[] = {0xA0};
    writer.WriteBoolean(true);
    writer.WriteInteger(-129);
    writer.WriteInteger(INT64_MAX);
    writer.WriteEnumerated(3);
    writer.WriteBitString(kBits, 5);
    writer.WriteOid(kOid);
    writer.WriteNull();
    writer.WriteElement(DerTag::kGeneralString, {});
  });
  add("nested", [](DerWriter& writer) {
    writer.Write(wire::ApplicationTag(0), [&] {
      writer.Write(DerTag::kSequence, [&] {
        const Buffer text(300, 0x41);
        writer.Write(wire::ContextTag(2),
                     [&] { writer.WriteOctetString(text); });
        writer.Write(wire::ContextTag(0), [&] { writer.WriteInteger(0x8000); });
      });
    });
  });
  // Deeper than a reader goes.
  add("deep", [](DerWriter& writer) {
    writer.WriteNull();
    for (int i = 0; i < wire::DerReader::kMaxDepth + 4; ++i) {
      writer.Close(DerTag::kSequence, 0);
    }
  });
  // Integers with more bytes than they need, a true that is not FF, and lengths
  // in the long form: BER.
  seeds["der/ber"] = {0x30, 0x81, 0x09, 0x02, 0x02, 0x00,
                      0x05, 0x01, 0x82, 0x00, 0x01, 0x01};
  seeds["der/certificate"] = Certificate();
}

void RecordCredSspMessages(Seeds& seeds) {
  using credssp::TsRequest;
  const auto bytes = [](std::string_view text) {
    return absl::Span<const uint8_t>(
        reinterpret_cast<const uint8_t*>(text.data()), text.size());
  };
  const auto token = bytes("NTLMSSP, and more of it");
  const auto nonce = bytes("a nonce has thirty-two bytes in.");
  const auto utf16 = bytes({"a\0l\0i\0c\0e\0", 10});

  const auto request = [&](std::string_view name, const TsRequest& message) {
    seeds[absl::StrCat("credssp_tsrequest/", name)] = Written(message);
  };
  // Of a message of 70,000 bytes, and of one whose length has too many octets.
  seeds["credssp_tsrequest/beginning_of_a_long_one"] = {
      0x30, 0x83, 0x01, 0x11, 0x70, 0xA0, 0x03, 0x02, 0x01, 0x06};
  seeds["credssp_tsrequest/beginning_of_none"] = {0x30, 0x85, 0x01, 0x00, 0x00,
                                                  0x00, 0x70, 0xA0, 0x03, 0x02};
  request("first", {.nego_tokens = {token}, .client_nonce = nonce});
  request("two_tokens", {.version = 2, .nego_tokens = {token, nonce}});
  request("bound", {.version = 5, .pub_key_auth = nonce});
  request("credentials", {.version = 3, .auth_info = token});
  request("error", {.version = 6, .error_code = 0xC000006D});
  request("everything", {.version = 6,
                         .nego_tokens = {token},
                         .auth_info = token,
                         .pub_key_auth = nonce,
                         .error_code = 0xC000006D,
                         .client_nonce = nonce});

  const auto credentials = [&](std::string_view name, Buffer message) {
    seeds[absl::StrCat("credssp_tscredentials/", name)] = std::move(message);
  };
  const credssp::TsPasswordCreds password = {
      .domain_name = utf16, .user_name = utf16, .password = utf16};
  credentials("password", Wrapped(password));
  credentials("password_alone", Written(password));
  credentials("empty", Wrapped(credssp::TsPasswordCreds{}));
  const credssp::TsSmartCardCreds card = {.pin = utf16,
                                          .csp_data = {.key_spec = 1,
                                                       .card_name = utf16,
                                                       .reader_name = utf16,
                                                       .container_name = utf16,
                                                       .csp_name = utf16},
                                          .user_hint = utf16,
                                          .domain_hint = utf16};
  credentials("smart_card", Wrapped(card));
  credentials("smart_card_alone", Written(card));
  credssp::TsRemoteGuardCreds guard = {
      .logon_cred = {.package_name = utf16, .cred_buffer = token}};
  credentials("remote_guard", Wrapped(guard));
  guard.supplemental_creds.emplace();
  guard.supplemental_creds->push_back(
      {.package_name = utf16, .cred_buffer = token});
  credentials("remote_guard_alone", Written(guard));
  guard.supplemental_creds->clear();
  credentials("remote_guard_empty_list", Wrapped(guard));

  seeds["certificate_key/server"] = Certificate();
}

}  // namespace sspilab::fuzz
