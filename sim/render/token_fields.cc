#include "sim/render/token_fields.h"

#include "sim/render/credssp_fields.h"
#include "sim/render/kerberos_fields.h"
#include "sim/render/ntlm_fields.h"
#include "sim/render/spnego_fields.h"
#include "sim/render/tls_fields.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

// In the order in which they are tried: the later ones are less sure.
struct Format {
  bool (*looks_like)(Bytes token);
  FieldTree (*fields)(Bytes token);
};
constexpr Format kFormats[] = {
    {LooksLikeNtlm, NtlmFields},
    {LooksLikeKerberos, KerberosFields},
    {LooksLikeSpnego, SpnegoFields},
    {LooksLikeTls, TlsFields},
    {LooksLikeTsCredentials, TsCredentialsFields},
    {LooksLikeTsRequest, TsRequestFields},
};

}  // namespace

FieldTree TokenFields(Bytes token) {
  for (const Format& format : kFormats) {
    if (format.looks_like(token)) {
      return format.fields(token);
    }
  }
  return NtlmFields(token);
}

FieldTree InnerFields(InnerMessage kind, Bytes message) {
  switch (kind) {
    case InnerMessage::kTlsHandshake:
      return TlsHandshakeFields(message);
    case InnerMessage::kTsRequest:
      return TsRequestFields(message);
    case InnerMessage::kTsCredentials:
      return TsCredentialsFields(message);
  }
  return {};
}

bool IsKnownToken(Bytes token) {
  for (const Format& format : kFormats) {
    if (format.looks_like(token)) {
      return true;
    }
  }
  return false;
}

}  // namespace sspilab::sim
