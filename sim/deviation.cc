#include "sim/deviation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/sspi.h"
#include "sim/did_you_mean.h"

namespace sspilab::sim {
namespace {

using When = DeviationPlace::When;

// By the number of When.
constexpr std::array<std::string_view, 5> kWhenWords = {
    "", "before ", "after ", "instead of ", "during "};

// What handles and buffers can be without anybody saving them.
constexpr std::array<std::string_view, 3> kHandleWords = {"zero", "wrong",
                                                          "peer"};
constexpr std::array<std::string_view, 2> kBufferWords = {"caller", "null"};

struct AttributeName {
  uint32_t value;
  std::string_view name;
};
constexpr AttributeName kAttributeNames[] = {
    {SECPKG_ATTR_SIZES, "SIZES"},
    {SECPKG_ATTR_NAMES, "NAMES"},
    {SECPKG_ATTR_LIFESPAN, "LIFESPAN"},
    {SECPKG_ATTR_DCE_INFO, "DCE_INFO"},
    {SECPKG_ATTR_STREAM_SIZES, "STREAM_SIZES"},
    {SECPKG_ATTR_KEY_INFO, "KEY_INFO"},
    {SECPKG_ATTR_AUTHORITY, "AUTHORITY"},
    {SECPKG_ATTR_PROTO_INFO, "PROTO_INFO"},
    {SECPKG_ATTR_PASSWORD_EXPIRY, "PASSWORD_EXPIRY"},
    {SECPKG_ATTR_SESSION_KEY, "SESSION_KEY"},
    {SECPKG_ATTR_PACKAGE_INFO, "PACKAGE_INFO"},
    {SECPKG_ATTR_USER_FLAGS, "USER_FLAGS"},
    {SECPKG_ATTR_NEGOTIATION_INFO, "NEGOTIATION_INFO"},
    {SECPKG_ATTR_NATIVE_NAMES, "NATIVE_NAMES"},
    {SECPKG_ATTR_FLAGS, "FLAGS"},
    {SECPKG_ATTR_USE_VALIDATED, "USE_VALIDATED"},
    {SECPKG_ATTR_CREDENTIAL_NAME, "CREDENTIAL_NAME"},
    {SECPKG_ATTR_TARGET_INFORMATION, "TARGET_INFORMATION"},
    {SECPKG_ATTR_ACCESS_TOKEN, "ACCESS_TOKEN"},
    {SECPKG_ATTR_TARGET, "TARGET"},
    {SECPKG_ATTR_AUTHENTICATION_ID, "AUTHENTICATION_ID"},
    {SECPKG_ATTR_LOGOFF_TIME, "LOGOFF_TIME"},
    {SECPKG_ATTR_NEGO_KEYS, "NEGO_KEYS"},
    {SECPKG_ATTR_PROMPTING_NEEDED, "PROMPTING_NEEDED"},
    {SECPKG_ATTR_UNIQUE_BINDINGS, "UNIQUE_BINDINGS"},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, "ENDPOINT_BINDINGS"},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, "CLIENT_SPECIFIED_TARGET"},
    {SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, "LAST_CLIENT_TOKEN_STATUS"},
    {SECPKG_ATTR_NEGO_PKG_INFO, "NEGO_PKG_INFO"},
    {SECPKG_ATTR_NEGO_STATUS, "NEGO_STATUS"},
    {SECPKG_ATTR_CONTEXT_DELETED, "CONTEXT_DELETED"},
    {SECPKG_ATTR_DTLS_MTU, "DTLS_MTU"},
    {SECPKG_ATTR_APPLICATION_PROTOCOL, "APPLICATION_PROTOCOL"},
    {SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, "NEGOTIATED_TLS_EXTENSIONS"},
    {SECPKG_ATTR_IS_LOOPBACK, "IS_LOOPBACK"},
    {SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES, "SUBJECT_SECURITY_ATTRIBUTES"},
    {SECPKG_ATTR_ISSUER_LIST, "ISSUER_LIST"},
    {SECPKG_ATTR_REMOTE_CRED, "REMOTE_CRED"},
    {SECPKG_ATTR_LOCAL_CRED, "LOCAL_CRED"},
    {SECPKG_ATTR_REMOTE_CERT_CONTEXT, "REMOTE_CERT_CONTEXT"},
    {SECPKG_ATTR_LOCAL_CERT_CONTEXT, "LOCAL_CERT_CONTEXT"},
    {SECPKG_ATTR_ROOT_STORE, "ROOT_STORE"},
    {SECPKG_ATTR_SUPPORTED_ALGS, "SUPPORTED_ALGS"},
    {SECPKG_ATTR_CIPHER_STRENGTHS, "CIPHER_STRENGTHS"},
    {SECPKG_ATTR_SUPPORTED_PROTOCOLS, "SUPPORTED_PROTOCOLS"},
    {SECPKG_ATTR_ISSUER_LIST_EX, "ISSUER_LIST_EX"},
    {SECPKG_ATTR_CONNECTION_INFO, "CONNECTION_INFO"},
    {SECPKG_ATTR_EAP_KEY_BLOCK, "EAP_KEY_BLOCK"},
    {SECPKG_ATTR_MAPPED_CRED_ATTR, "MAPPED_CRED_ATTR"},
    {SECPKG_ATTR_SESSION_INFO, "SESSION_INFO"},
    {SECPKG_ATTR_APP_DATA, "APP_DATA"},
    {SECPKG_ATTR_REMOTE_CERTIFICATES, "REMOTE_CERTIFICATES"},
    {SECPKG_ATTR_CLIENT_CERT_POLICY, "CLIENT_CERT_POLICY"},
    {SECPKG_ATTR_CC_POLICY_RESULT, "CC_POLICY_RESULT"},
    {SECPKG_ATTR_USE_NCRYPT, "USE_NCRYPT"},
    {SECPKG_ATTR_LOCAL_CERT_INFO, "LOCAL_CERT_INFO"},
    {SECPKG_ATTR_CIPHER_INFO, "CIPHER_INFO"},
    {SECPKG_ATTR_EAP_PRF_INFO, "EAP_PRF_INFO"},
    {SECPKG_ATTR_SUPPORTED_SIGNATURES, "SUPPORTED_SIGNATURES"},
    {SECPKG_ATTR_REMOTE_CERT_CHAIN, "REMOTE_CERT_CHAIN"},
    {SECPKG_ATTR_UI_INFO, "UI_INFO"},
    {SECPKG_ATTR_EARLY_START, "EARLY_START"},
    {SECPKG_ATTR_KEYING_MATERIAL_INFO, "KEYING_MATERIAL_INFO"},
    {SECPKG_ATTR_KEYING_MATERIAL, "KEYING_MATERIAL"},
    {SECPKG_ATTR_SRTP_PARAMETERS, "SRTP_PARAMETERS"},
    {SECPKG_ATTR_TOKEN_BINDING, "TOKEN_BINDING"},
    {SECPKG_ATTR_CONNECTION_INFO_EX, "CONNECTION_INFO_EX"},
    {SECPKG_ATTR_KEYING_MATERIAL_TOKEN_BINDING,
     "KEYING_MATERIAL_TOKEN_BINDING"},
    {SECPKG_ATTR_KEYING_MATERIAL_INPROC, "KEYING_MATERIAL_INPROC"},
    {SECPKG_ATTR_CREDS, "CREDS"},
    {SECPKG_ATTR_NEGOTIATION_PACKAGE, "NEGOTIATION_PACKAGE"},
    {SECPKG_ATTR_C_ACCESS_TOKEN, "C_ACCESS_TOKEN"},
    {SECPKG_ATTR_C_FULL_ACCESS_TOKEN, "C_FULL_ACCESS_TOKEN"},
    {SECPKG_ATTR_SERVER_AUTH_FLAGS, "SERVER_AUTH_FLAGS"},
    {SECPKG_ATTR_CERT_TRUST_STATUS, "CERT_TRUST_STATUS"},
    {SECPKG_CRED_ATTR_NAMES, "CRED_ATTR_NAMES"},
    {SECPKG_CRED_ATTR_SSI_PROVIDER, "CRED_ATTR_SSI_PROVIDER"},
    {SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS, "CRED_ATTR_KDC_PROXY_SETTINGS"},
    {SECPKG_CRED_ATTR_CERT, "CRED_ATTR_CERT"},
    {SECPKG_CRED_ATTR_PAC_BYPASS, "CRED_ATTR_PAC_BYPASS"},
};

template <typename Words, typename Word>
bool Contains(const Words& words, const Word& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Finds what is wrong with one deviation among `saved` names.
class Judge {
 public:
  Judge(const Deviation& deviation, const std::vector<std::string_view>& saved)
      : deviation_(deviation), saved_(saved) {}

  absl::Status Check() {
    CheckCall();
    CheckName("credential", deviation_.credential, kHandleWords);
    CheckName("context", deviation_.context, kHandleWords);
    CheckName("packed", deviation_.packed, std::array<std::string_view, 0>());
    CheckBuffers("input", deviation_.input);
    CheckBuffers("output", deviation_.output);
    return status_;
  }

 private:
  void Fail(std::string_view member, std::string_view what) {
    status_.Update(absl::InvalidArgumentError(absl::StrCat(member, " ", what)));
  }

  bool HasArguments() const {
    Deviation without;
    without.side = deviation_.side;
    without.at = deviation_.at;
    without.advance = deviation_.advance;
    without.authority_reachable = deviation_.authority_reachable;
    return !(without == deviation_);
  }

  void CheckCall() {
    const bool own = deviation_.at.when == When::kIn;
    if (own && deviation_.call.has_value()) {
      Fail("call", "needs a place before, after, instead of or during a call");
    }
    if (!own && !deviation_.call.has_value() && HasArguments()) {
      Fail("call", "is missing: there are arguments for one");
    }
    if (deviation_.attribute.has_value() && deviation_.number.has_value()) {
      Fail("number", "is the attribute's, too: say one of them");
    }
  }

  template <size_t N>
  void CheckName(std::string_view member, std::string_view name,
                 const std::array<std::string_view, N>& words) {
    if (name.empty() || Contains(words, name) || Contains(saved_, name)) {
      return;
    }
    std::vector<std::string_view> known(words.begin(), words.end());
    known.insert(known.end(), saved_.begin(), saved_.end());
    Fail(member, absl::StrCat("is '", name, "', which no deviation saves: ",
                              known.empty() ? "none saves anything"
                                            : DidYouMean(name, known)));
  }

  void CheckBuffers(std::string_view member,
                    const std::optional<std::vector<DeviantBuffer>>& buffers) {
    if (!buffers.has_value()) {
      return;
    }
    for (const DeviantBuffer& buffer : *buffers) {
      CheckName(absl::StrCat(member, ".of"), buffer.of, kBufferWords);
      if (!buffer.of.empty() && !buffer.bytes.empty()) {
        Fail(absl::StrCat(member, ".bytes"),
             "are given, and 'of' says where others come from");
      }
    }
  }

  const Deviation& deviation_;
  const std::vector<std::string_view>& saved_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<Call> ParseCallName(std::string_view text) {
  std::vector<std::string_view> names;
  for (int i = 0; i < kCallCount; ++i) {
    names.push_back(CallName(static_cast<Call>(i)));
    if (names.back() == text) {
      return static_cast<Call>(i);
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no function: ", DidYouMean(text, names)));
}

absl::StatusOr<NullableArgument> ParseNullableArgument(std::string_view text) {
  const auto* const it = std::find(kNullableArgumentNames.begin(),
                                   kNullableArgumentNames.end(), text);
  if (it == kNullableArgumentNames.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is no argument that can be null: ",
                     DidYouMean(text, kNullableArgumentNames)));
  }
  return static_cast<NullableArgument>(it - kNullableArgumentNames.begin());
}

std::string DeviationPlaceToString(const DeviationPlace& place) {
  return absl::StrCat(kWhenWords[static_cast<size_t>(place.when)],
                      CallName(place.call), " ", place.nth);
}

absl::StatusOr<DeviationPlace> ParseDeviationPlace(std::string_view text) {
  DeviationPlace place;
  for (size_t i = 1; i < kWhenWords.size(); ++i) {
    if (absl::ConsumePrefix(&text, kWhenWords[i])) {
      place.when = static_cast<When>(i);
      break;
    }
  }
  const size_t space = text.find(' ');
  const std::string_view number =
      space == std::string_view::npos ? "" : text.substr(space + 1);
  if (!absl::SimpleAtoi(number, &place.nth) || place.nth == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text,
        "' does not end in a call's number, as 'AcceptSecurityContext 1' "
        "does"));
  }
  const absl::StatusOr<Call> call = ParseCallName(text.substr(0, space));
  if (!call.ok()) {
    return call.status();
  }
  place.call = *call;
  return place;
}

std::string AttributeNumberToString(AttributeNumber attribute) {
  for (const AttributeName& row : kAttributeNames) {
    if (row.value == attribute.value) {
      return std::string(row.name);
    }
  }
  return absl::StrCat(attribute.value);
}

absl::StatusOr<AttributeNumber> ParseAttributeNumber(std::string_view text) {
  AttributeNumber attribute;
  std::vector<std::string_view> names;
  for (const AttributeName& row : kAttributeNames) {
    if (row.name == text) {
      return AttributeNumber{row.value};
    }
    names.push_back(row.name);
  }
  if (absl::SimpleAtoi(text, &attribute.value)) {
    return attribute;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no attribute: ", DidYouMean(text, names)));
}

std::string DeviationToString(const Deviation& deviation) {
  std::string text =
      absl::StrCat(kSideNames[static_cast<size_t>(deviation.side)], ", ",
                   DeviationPlaceToString(deviation.at));
  if (deviation.call.has_value()) {
    absl::StrAppend(&text, ": ", CallName(*deviation.call));
  }
  return text;
}

absl::Status CheckDeviations(absl::Span<const Deviation> deviations) {
  std::vector<std::string_view> saved;
  for (const Deviation& deviation : deviations) {
    const std::string_view name = deviation.save;
    if (name.empty()) {
      continue;
    }
    if (Contains(kHandleWords, name) || Contains(kBufferWords, name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("deviation ", &deviation - deviations.data() + 1,
                       ": save is '", name, "', which means something else"));
    }
    saved.push_back(name);
  }
  for (const Deviation& deviation : deviations) {
    const absl::Status status = Judge(deviation, saved).Check();
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("deviation ", &deviation - deviations.data() + 1, ": ",
                       status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace sspilab::sim
