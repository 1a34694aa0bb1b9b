#ifndef SSPILAB_CORE_CREDSSP_MESSAGES_H_
#define SSPILAB_CORE_CREDSSP_MESSAGES_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/wire/der.h"

// The messages of CredSSP (MS-CSSP 2.2): parse and write, nothing else.
//
// Views point into the bytes that were parsed. What can be parsed can be
// written, as DER and with the tags that Windows writes; read is what Windows
// takes, which is BER of definite length. An error names the message, the
// field and the byte.
namespace sspilab::credssp {

using Bytes = absl::Span<const uint8_t>;

// Versions of the protocol (TSRequest.version).
inline constexpr uint32_t kLowestVersion = 2;
inline constexpr uint32_t kHighestVersion = 6;
// From this version on, hashes bind the TLS session, and a nonce is in them.
inline constexpr uint32_t kVersionWithNonce = 5;

inline constexpr size_t kNonceSize = 32;

// 2.2.1: all that goes to and fro once TLS is there.
struct TsRequest {
  uint32_t version = kHighestVersion;
  // NegoData, 2.2.1.1. Windows sends one token or none; the field is there only
  // if this is not empty.
  absl::InlinedVector<Bytes, 1> nego_tokens;
  // Both encrypted by what SPNEGO agreed on.
  std::optional<Bytes> auth_info;
  std::optional<Bytes> pub_key_auth;
  // An NTSTATUS.
  std::optional<uint32_t> error_code;
  // kNonceSize bytes, of peers that know what it is.
  std::optional<Bytes> client_nonce;

  // The whole of `bytes`. Fields of versions that are not known here are passed
  // over, as servers of version 2 to 4 pass over clientNonce.
  static absl::StatusOr<TsRequest> Parse(Bytes bytes);
  void WriteTo(wire::DerWriter& writer) const;
};

// 2.2.1.2.
enum class CredentialType : uint8_t {
  kPassword = 1,
  kSmartCard = 2,
  kRemoteGuard = 6,
};

struct TsCredentials {
  // Of any value: that it is a CredentialType is the receiver's to check.
  int64_t type = 0;
  Bytes credentials;

  static absl::StatusOr<TsCredentials> Parse(Bytes bytes);
  void WriteTo(wire::DerWriter& writer) const;
};

// 2.2.1.2.1. All text in credentials is UTF-16LE, not terminated.
struct TsPasswordCreds {
  static constexpr CredentialType kType = CredentialType::kPassword;

  Bytes domain_name;
  Bytes user_name;
  Bytes password;

  static absl::StatusOr<TsPasswordCreds> Parse(Bytes bytes);
  void WriteTo(wire::DerWriter& writer) const;
};

// 2.2.1.2.2.1.
struct TsCspDataDetail {
  int64_t key_spec = 0;
  std::optional<Bytes> card_name;
  std::optional<Bytes> reader_name;
  std::optional<Bytes> container_name;
  std::optional<Bytes> csp_name;
};

// 2.2.1.2.2.
struct TsSmartCardCreds {
  static constexpr CredentialType kType = CredentialType::kSmartCard;

  Bytes pin;
  TsCspDataDetail csp_data;
  std::optional<Bytes> user_hint;
  std::optional<Bytes> domain_hint;

  static absl::StatusOr<TsSmartCardCreds> Parse(Bytes bytes);
  void WriteTo(wire::DerWriter& writer) const;
};

// 2.2.1.2.3.1.
struct TsRemoteGuardPackageCred {
  Bytes package_name;
  // What it holds is the package's to say.
  Bytes cred_buffer;
};

// 2.2.1.2.3.
struct TsRemoteGuardCreds {
  static constexpr CredentialType kType = CredentialType::kRemoteGuard;

  TsRemoteGuardPackageCred logon_cred;
  std::optional<absl::InlinedVector<TsRemoteGuardPackageCred, 2>>
      supplemental_creds;

  static absl::StatusOr<TsRemoteGuardCreds> Parse(Bytes bytes);
  void WriteTo(wire::DerWriter& writer) const;
};

// Bytes that `message.WriteTo` writes.
template <typename Message>
size_t SerializedSize(const Message& message) {
  wire::DerWriter counter;
  message.WriteTo(counter);
  return counter.size();
}

// TSCredentials around one of the three kinds, in one go.
template <typename Credentials>
struct WrappedCredentials {
  const Credentials& credentials;

  void WriteTo(wire::DerWriter& writer) const {
    writer.Write(wire::DerTag::kSequence, [&] {
      writer.Write(wire::ContextTag(1), [&] {
        writer.Write(wire::DerTag::kOctetString,
                     [&] { credentials.WriteTo(writer); });
      });
      writer.Write(wire::ContextTag(0), [&] {
        writer.WriteInteger(static_cast<int64_t>(Credentials::kType));
      });
    });
  }
};

// Whether `begin` holds the tag and the length of a TSRequest, and if so the
// size of the whole. Nothing for what can be none.
std::optional<size_t> TsRequestSize(Bytes begin);

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_MESSAGES_H_
