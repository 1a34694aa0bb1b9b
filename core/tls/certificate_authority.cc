#include "core/tls/certificate_authority.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/tls/library.h"

namespace sspilab::tls {
namespace {

using Key = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;
using Certificate = OpenSslPtr<X509, X509_free>;

// What the certificate is for decides its extensions.
enum class Holder { kAuthority, kEndEntity };

constexpr FileTime kUnixEpoch = 116'444'736'000'000'000;
// 9999-12-31 23:59:59, the last time that X.509 can say (RFC 5280 4.1.2.5).
constexpr time_t kLastTime = 253'402'300'799;

// What failed, with OpenSSL's reason; its queue of errors is empty afterwards.
absl::Status Failed(std::string_view what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_peek_last_error(), reason.data(), reason.size());
  ERR_clear_error();
  return absl::InternalError(absl::StrCat(what, ": ", reason.data()));
}

template <typename Object>
DerBytes Encode(int (*encode)(const Object*, unsigned char**),
                const Object* object) {
  const int size = encode(object, nullptr);
  if (size <= 0) return {};
  DerBytes out(static_cast<size_t>(size));
  unsigned char* at = out.data();
  encode(object, &at);
  return out;
}

absl::StatusOr<Key> MakeKey(KeyKind kind) {
  Key key(kind == KeyKind::kP256
              ? EVP_PKEY_Q_keygen(Library(), nullptr, "EC", "P-256")
              : EVP_PKEY_Q_keygen(Library(), nullptr, "RSA", size_t{2048}));
  if (key == nullptr) return Failed("no key was made");
  return key;
}

absl::StatusOr<DerBytes> Pkcs8(const EVP_PKEY* key) {
  const OpenSslPtr<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(
      EVP_PKEY2PKCS8(key));
  DerBytes out;
  if (info != nullptr) out = Encode(i2d_PKCS8_PRIV_KEY_INFO, info.get());
  if (out.empty()) return Failed("the key cannot be encoded");
  return out;
}

absl::Status SetTime(X509* x509, int (*set)(X509*, const ASN1_TIME*),
                     FileTime time) {
  const time_t seconds =
      (static_cast<time_t>(time) - static_cast<time_t>(kUnixEpoch)) /
      static_cast<time_t>(kFileTimeSecond);
  if (seconds > kLastTime) {
    return absl::InvalidArgumentError(
        "a certificate cannot be valid beyond the year 9999");
  }
  const OpenSslPtr<ASN1_TIME, ASN1_TIME_free> asn1(
      ASN1_TIME_adj(nullptr, seconds, 0, 0));
  if (asn1 == nullptr || !set(x509, asn1.get())) return Failed("time");
  return absl::OkStatus();
}

// RFC 5280 4.1.2.2: positive, at most 20 octets; and of the same length for
// all.
absl::Status SetSerialNumber(X509* x509, Entropy& entropy) {
  std::array<uint8_t, 16> bytes;
  entropy.Fill(absl::MakeSpan(bytes));
  bytes[0] = (bytes[0] & 0x3F) | 0x40;
  const OpenSslPtr<BIGNUM, BN_free> number(
      BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  if (number == nullptr ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x509)) ==
          nullptr) {
    return Failed("serial number");
  }
  return absl::OkStatus();
}

absl::Status SetSubject(X509* x509, const std::string& common_name) {
  if (!X509_NAME_add_entry_by_NID(
          X509_get_subject_name(x509), NID_commonName, MBSTRING_UTF8,
          reinterpret_cast<const unsigned char*>(common_name.data()),
          static_cast<int>(common_name.size()), -1, 0)) {
    return Failed(absl::StrCat("common name \"", common_name, "\""));
  }
  return absl::OkStatus();
}

enum class Critical { kNo, kYes };

absl::Status AddExtension(X509* x509, int nid, void* value, Critical critical) {
  if (value == nullptr ||
      X509_add1_ext_i2d(x509, nid, value, critical == Critical::kYes,
                        X509V3_ADD_DEFAULT) != 1) {
    return Failed(absl::StrCat("extension ", OBJ_nid2ln(nid)));
  }
  return absl::OkStatus();
}

// RFC 5280 4.2.1.9.
absl::Status AddBasicConstraints(X509* x509) {
  const OpenSslPtr<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> constraints(
      BASIC_CONSTRAINTS_new());
  if (constraints != nullptr) constraints->ca = 0xFF;  // DER's TRUE.
  return AddExtension(x509, NID_basic_constraints, constraints.get(),
                      Critical::kYes);
}

// RFC 5280 4.2.1.3: a BIT STRING whose bit 0 is KU_DIGITAL_SIGNATURE.
absl::Status AddKeyUsage(X509* x509, uint32_t usage) {
  const OpenSslPtr<ASN1_BIT_STRING, ASN1_BIT_STRING_free> bits(
      ASN1_BIT_STRING_new());
  if (bits != nullptr) {
    for (int bit = 0; bit < 8; ++bit) {
      if ((usage & (0x80u >> bit)) != 0 &&
          !ASN1_BIT_STRING_set_bit(bits.get(), bit, 1)) {
        return Failed("key usage");
      }
    }
  }
  return AddExtension(x509, NID_key_usage, bits.get(), Critical::kYes);
}

absl::Status AddExtendedKeyUsage(X509* x509,
                                 const CertificateRequest& request) {
  const OpenSslPtr<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> usages(
      EXTENDED_KEY_USAGE_new());
  for (const auto& [wanted, nid] :
       {std::pair(request.server_authentication, NID_server_auth),
        std::pair(request.client_authentication, NID_client_auth)}) {
    if (wanted && usages != nullptr &&
        !sk_ASN1_OBJECT_push(usages.get(), OBJ_nid2obj(nid))) {
      return Failed("extended key usage");
    }
  }
  return AddExtension(x509, NID_ext_key_usage, usages.get(), Critical::kNo);
}

absl::Status AddDnsNames(X509* x509, const std::vector<std::string>& names) {
  const OpenSslPtr<GENERAL_NAMES, GENERAL_NAMES_free> list(GENERAL_NAMES_new());
  if (list == nullptr) return Failed("subjectAltName");
  for (const std::string& name : names) {
    OpenSslPtr<GENERAL_NAME, GENERAL_NAME_free> entry(GENERAL_NAME_new());
    OpenSslPtr<ASN1_IA5STRING, ASN1_IA5STRING_free> text(ASN1_IA5STRING_new());
    if (entry == nullptr || text == nullptr ||
        !ASN1_STRING_set(text.get(), name.data(),
                         static_cast<int>(name.size()))) {
      return Failed("subjectAltName");
    }
    GENERAL_NAME_set0_value(entry.get(), GEN_DNS, text.release());
    if (!sk_GENERAL_NAME_push(list.get(), entry.get())) {
      return Failed("subjectAltName");
    }
    entry.release();
  }
  return AddExtension(x509, NID_subject_alt_name, list.get(), Critical::kNo);
}

// RFC 5280 4.2.1.2, method 1: the public key's SHA-1.
absl::Status AddSubjectKeyIdentifier(X509* x509) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  const OpenSslPtr<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> id(
      ASN1_OCTET_STRING_new());
  if (id == nullptr ||
      !X509_pubkey_digest(x509, EVP_sha1(), digest.data(), &size) ||
      !ASN1_OCTET_STRING_set(id.get(), digest.data(), static_cast<int>(size))) {
    return Failed("subject key identifier");
  }
  return AddExtension(x509, NID_subject_key_identifier, id.get(),
                      Critical::kNo);
}

// RFC 5280 4.2.1.1.
absl::Status AddAuthorityKeyIdentifier(X509* x509, X509* issuer) {
  const OpenSslPtr<AUTHORITY_KEYID, AUTHORITY_KEYID_free> id(
      AUTHORITY_KEYID_new());
  const ASN1_OCTET_STRING* key_id = X509_get0_subject_key_id(issuer);
  if (id == nullptr || key_id == nullptr) {
    return Failed("authority key identifier");
  }
  id->keyid = ASN1_OCTET_STRING_dup(key_id);
  return AddExtension(x509, NID_authority_key_identifier, id.get(),
                      Critical::kNo);
}

absl::Status AddExtensions(X509* x509, X509* issuer,
                           const CertificateRequest& request, Holder holder) {
  absl::Status status = AddSubjectKeyIdentifier(x509);
  if (issuer != nullptr) {
    status.Update(AddAuthorityKeyIdentifier(x509, issuer));
  }
  if (holder == Holder::kAuthority) {
    status.Update(AddBasicConstraints(x509));
    status.Update(AddKeyUsage(x509, KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    return status;
  }
  status.Update(AddKeyUsage(x509, request.key_usage));
  if (request.server_authentication || request.client_authentication) {
    status.Update(AddExtendedKeyUsage(x509, request));
  }
  if (!request.dns_names.empty()) {
    status.Update(AddDnsNames(x509, request.dns_names));
  }
  return status;
}

struct Made {
  Key key;
  Certificate x509;
};

// A new key and its certificate, signed by `issuer` with `issuer_key`; by
// itself where they are null.
absl::StatusOr<Made> Make(const CertificateRequest& request, Holder holder,
                          X509* issuer, EVP_PKEY* issuer_key,
                          Entropy& entropy) {
  const EntropyScope scope(&entropy);
  absl::StatusOr<Key> key = MakeKey(request.key);
  if (!key.ok()) return key.status();
  Certificate x509(X509_new_ex(Library(), nullptr));
  if (x509 == nullptr || !X509_set_version(x509.get(), X509_VERSION_3) ||
      !X509_set_pubkey(x509.get(), key->get())) {
    return Failed("no certificate was made");
  }
  absl::Status status = SetSerialNumber(x509.get(), entropy);
  status.Update(SetTime(x509.get(), X509_set1_notBefore, request.valid_from));
  status.Update(SetTime(x509.get(), X509_set1_notAfter, request.valid_to));
  status.Update(SetSubject(x509.get(), request.common_name));
  if (!status.ok()) return status;

  const X509* named = issuer != nullptr ? issuer : x509.get();
  if (!X509_set_issuer_name(x509.get(), X509_get_subject_name(named))) {
    return Failed("issuer");
  }
  status = AddExtensions(x509.get(), issuer, request, holder);
  if (!status.ok()) return status;
  EVP_PKEY* signer = issuer_key != nullptr ? issuer_key : key->get();
  if (X509_sign(x509.get(), signer, EVP_sha256()) <= 0) {
    return Failed("the certificate cannot be signed");
  }
  return Made{*std::move(key), std::move(x509)};
}

absl::StatusOr<OwnedCertificate> Owned(absl::StatusOr<Made> made,
                                       std::vector<DerBytes> chain) {
  if (!made.ok()) return made.status();
  absl::StatusOr<DerBytes> private_key = Pkcs8(made->key.get());
  if (!private_key.ok()) return private_key.status();
  return OwnedCertificate{
      .certificate = Encode<X509>(i2d_X509, made->x509.get()),
      .private_key = *std::move(private_key),
      .chain = std::move(chain)};
}

}  // namespace

CertificateAuthority::CertificateAuthority(Entropy entropy, Key key,
                                           Certificate x509,
                                           std::vector<DerBytes> chain)
    : entropy_(entropy),
      key_(std::move(key)),
      x509_(std::move(x509)),
      certificate_(Encode<X509>(i2d_X509, x509_.get())),
      chain_(std::move(chain)) {}

absl::StatusOr<CertificateAuthority> CertificateAuthority::Root(
    const CertificateRequest& request, Entropy entropy) {
  absl::StatusOr<Made> made =
      Make(request, Holder::kAuthority, nullptr, nullptr, entropy);
  if (!made.ok()) return made.status();
  return CertificateAuthority(entropy, std::move(made->key),
                              std::move(made->x509), {});
}

absl::StatusOr<CertificateAuthority> CertificateAuthority::Intermediate(
    const CertificateRequest& request) {
  absl::StatusOr<Made> made =
      Make(request, Holder::kAuthority, x509_.get(), key_.get(), entropy_);
  if (!made.ok()) return made.status();
  CertificateAuthority authority(Entropy(entropy_.Next(), 0),
                                 std::move(made->key), std::move(made->x509),
                                 {});
  authority.chain_ = {authority.certificate_};
  authority.chain_.insert(authority.chain_.end(), chain_.begin(), chain_.end());
  return authority;
}

absl::StatusOr<OwnedCertificate> CertificateAuthority::Issue(
    const CertificateRequest& request) {
  return Owned(
      Make(request, Holder::kEndEntity, x509_.get(), key_.get(), entropy_),
      chain_);
}

absl::StatusOr<OwnedCertificate> SelfSigned(const CertificateRequest& request,
                                            Entropy entropy) {
  return Owned(Make(request, Holder::kEndEntity, nullptr, nullptr, entropy),
               {});
}

}  // namespace sspilab::tls
