// Schannel: TLS.

#include <array>
#include <iterator>
#include <string_view>

#include "core/sspi.h"
#include "fuzz/lab_certificates.h"
#include "fuzz/profile.h"
#include "fuzz/tls_flow.h"

namespace sspilab::fuzz {
namespace {

// By the lower two bits of SideSettings::policy[1].
constexpr DWORD kProtocols[] = {0, SP_PROT_TLS1_2, SP_PROT_TLS1_3,
                                SP_PROT_TLS1_0};

// By the others: what else is in the structures, most of it only in the new one
// (policy[2]).
struct Extras {
  // CRYPTO_SETTINGS; all of them are the first.
  DWORD disabled = 0;
  const char16_t* algorithm = u"AES";
  DWORD modes = 0;
  const char16_t* mode = nullptr;
  DWORD least_bits = 0;
  DWORD most_bits = 0;
  eTlsAlgorithmUsage usage = TlsParametersCngAlgUsageCipher;
  // TLS_PARAMETERS; all of them are the first.
  DWORD parameters = 1;
  DWORD application_protocols = 0;
  DWORD lifespan = 0;
  // More than there are.
  DWORD certificates = 0;
  bool no_disabled = false;
  bool no_parameters = false;
  enum class Certificate : uint8_t { kOwn, kNull, kNone, kOfAuthority };
  Certificate certificate = Certificate::kOwn;
};
constexpr Extras kExtras[] = {
    {},
    {.disabled = 1},
    {.disabled = 1, .modes = 1, .mode = u"ChainingModeGCM"},
    {.disabled = 1, .modes = 1, .mode = u"ChainingModeCBC"},
    {.disabled = 1, .modes = 1, .mode = u"ChainingModeCCM"},
    {.disabled = 1, .least_bits = 256},
    {.disabled = 1, .most_bits = 128},
    {.disabled = 1, .algorithm = u"3DES"},
    {.disabled = 1, .algorithm = nullptr},
    {.disabled = 1, .modes = 1},
    {.disabled = 1,
     .modes = SCH_CRED_MAX_SUPPORTED_CHAINING_MODES + 1,
     .mode = u"ChainingModeGCM"},
    {.disabled = 1, .usage = TlsParametersCngAlgUsageDigest},
    {.disabled = SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS + 1},
    {.disabled = 1, .no_disabled = true},
    {.application_protocols = 1},
    {.parameters = SCH_CRED_MAX_SUPPORTED_PARAMETERS + 1},
    {.no_parameters = true},
    {.lifespan = 1000},
    {.certificates = SCH_CRED_MAX_SUPPORTED_CERTS + 1},
    {.certificate = Extras::Certificate::kNull},
    {.certificate = Extras::Certificate::kNone},
    {.certificate = Extras::Certificate::kOfAuthority}};
static_assert(std::size(kExtras) <= 64);

// By bit of SideSettings::policy[2]; the highest bit asks for SCH_CREDENTIALS.
constexpr DWORD kFlags[] = {SCH_CRED_MANUAL_CRED_VALIDATION,
                            SCH_CRED_NO_DEFAULT_CREDS,
                            SCH_CRED_NO_SERVERNAME_CHECK,
                            SCH_CRED_DISABLE_RECONNECTS,
                            SCH_USE_STRONG_CRYPTO,
                            SCH_CRED_AUTO_CRED_VALIDATION,
                            SCH_CRED_IGNORE_REVOCATION_OFFLINE};
constexpr uint8_t kNewStructure = 0x80;

constexpr const char16_t* kTargets[] = {u"lab.ex", nullptr, u"", u"other.ex",
                                        u"\u65E5\u672C.ex/\xD800"};

WorldOptions Options(const sim::Settings& settings, Role role,
                     Verification verification) {
  const sim::SideSettings& side = settings.side(role);
  WorldOptions options = {
      .seed = settings.seed + (role == Role::kInitiator ? 0 : 0x100u),
      .names = {.computer = role == Role::kInitiator ? u"CLIENT" : u"LAB",
                .dns_computer = u"lab.ex"},
      .verification = verification};
  if (side.has(sim::kClockAhead)) options.now += 400 * 86'400 * kFileTimeSecond;
  return options;
}

void Furnish(const sim::Settings& settings, Role role, World& world) {
  FurnishWithCertificates(settings.side(role).policy[0], role, world);
}

// What the caller's CERT_CONTEXT holds; null where it has none.
const DerBytes* Shown(Extras::Certificate certificate, const World& world) {
  static const DerBytes& kNoCertificate = *new DerBytes{0x30, 0x00};
  const OwnedCertificate* const own = world.certificates().Default();
  switch (certificate) {
    case Extras::Certificate::kNone:
      return &kNoCertificate;
    case Extras::Certificate::kOfAuthority:
      return world.certificates().roots().empty()
                 ? nullptr
                 : &world.certificates().roots().front();
    default:
      return own != nullptr ? &own->certificate : nullptr;
  }
}

UNICODE_STRING TextOf(const char16_t* text) {
  if (text == nullptr) return {};
  const auto size =
      static_cast<USHORT>(std::u16string_view(text).size() * sizeof(char16_t));
  return {size, size, reinterpret_cast<PWSTR>(const_cast<char16_t*>(text))};
}

SECURITY_STATUS WithAuthData(
    const sim::Settings& settings, Role role, World& world,
    absl::FunctionRef<SECURITY_STATUS(void* auth_data)> acquire) {
  const sim::SideSettings& side = settings.side(role);
  const Extras& extras =
      kExtras[side.policy[1] / std::size(kProtocols) % std::size(kExtras)];
  const DerBytes* const shown = Shown(extras.certificate, world);
  CERT_CONTEXT certificate = {};
  PCCERT_CONTEXT certificates[] = {&certificate};
  if (shown != nullptr) {
    certificate.dwCertEncodingType = X509_ASN_ENCODING;
    certificate.pbCertEncoded = const_cast<BYTE*>(shown->data());
    certificate.cbCertEncoded = static_cast<DWORD>(shown->size());
  }
  if (extras.certificate == Extras::Certificate::kNull) {
    certificates[0] = nullptr;
  }
  const DWORD count =
      extras.certificates != 0 ? extras.certificates
      : shown != nullptr || extras.certificate == Extras::Certificate::kNull
          ? 1
          : 0;
  const DWORD protocols = kProtocols[side.policy[1] % std::size(kProtocols)];
  DWORD flags = 0;
  for (size_t bit = 0; bit < std::size(kFlags); ++bit) {
    if ((side.policy[2] >> bit & 1) != 0) flags |= kFlags[bit];
  }
  if ((side.policy[2] & kNewStructure) == 0) {
    SCHANNEL_CRED credential = {};
    credential.dwVersion = SCHANNEL_CRED_VERSION;
    credential.cCreds = count;
    credential.paCred = certificates;
    credential.grbitEnabledProtocols = protocols;
    credential.dwSessionLifespan = extras.lifespan;
    credential.dwFlags = flags;
    return acquire(&credential);
  }
  UNICODE_STRING mode = TextOf(extras.mode);
  CRYPTO_SETTINGS disabled = {};
  disabled.eAlgorithmUsage = extras.usage;
  disabled.strCngAlgId = TextOf(extras.algorithm);
  disabled.cChainingModes = extras.modes;
  disabled.rgstrChainingModes = extras.mode != nullptr ? &mode : nullptr;
  disabled.dwMinBitLength = extras.least_bits;
  disabled.dwMaxBitLength = extras.most_bits;
  TLS_PARAMETERS parameters = {};
  parameters.cAlpnIds = extras.application_protocols;
  parameters.grbitDisabledProtocols = protocols == 0 ? 0 : ~protocols;
  parameters.cDisabledCrypto = extras.disabled;
  parameters.pDisabledCrypto = extras.no_disabled ? nullptr : &disabled;
  SCH_CREDENTIALS credential = {};
  credential.dwVersion = SCH_CREDENTIALS_VERSION;
  credential.cCreds = count;
  credential.paCred = certificates;
  credential.dwSessionLifespan = extras.lifespan;
  credential.dwFlags = flags;
  credential.cTlsParameters = extras.parameters;
  credential.pTlsParameters = extras.no_parameters ? nullptr : &parameters;
  return acquire(&credential);
}

bool MustComplete(const sim::Settings& settings) {
  const Profile& profile = SchannelProfile();
  const auto is_plain = [](const sim::SideSettings& side) {
    return side.IsOrdinary() &&
           side.input_shape() != sim::InputShape::kTwoTokens &&
           side.policy[0] == 0 && side.policy[1] == 0 &&
           (side.policy[2] & ~kNewStructure) == 0;
  };
  const uint32_t initiator = profile.RequirementsOf(settings, Role::kInitiator);
  const uint32_t acceptor = profile.RequirementsOf(settings, Role::kAcceptor);
  return settings.target == 0 && is_plain(settings.initiator) &&
         is_plain(settings.acceptor) && (initiator & ISC_REQ_DATAGRAM) == 0 &&
         (acceptor & (ASC_REQ_DATAGRAM | ASC_REQ_MUTUAL_AUTH)) == 0;
}

bool Always(const sim::Settings&) { return true; }

// The Finished messages are over all of them.
bool TokensAreProtected(Tokens) { return true; }

}  // namespace

const Profile& SchannelProfile() {
  static constexpr Profile kProfile = {
      .package = Package::kSchannel,
      .name = u"Schannel",
      // A HelloRetryRequest among them, and an alert.
      .max_tokens = 7,
      .stream = true,
      .failures = Profile::Failures::kToldWhenAsked,
      .room_comes_first = true,
      .initiator_requirements = {ISC_REQ_STREAM, ISC_REQ_EXTENDED_ERROR,
                                 ISC_REQ_MANUAL_CRED_VALIDATION,
                                 ISC_REQ_USE_SUPPLIED_CREDS,
                                 ISC_REQ_MUTUAL_AUTH, ISC_REQ_CONFIDENTIALITY,
                                 ISC_REQ_INTEGRITY, ISC_REQ_REPLAY_DETECT,
                                 ISC_REQ_SEQUENCE_DETECT, ISC_REQ_DATAGRAM,
                                 ISC_REQ_CONNECTION, ISC_REQ_DELEGATE,
                                 ISC_REQ_IDENTIFY, ISC_REQ_NULL_SESSION,
                                 ISC_REQ_USE_SESSION_KEY,
                                 ISC_REQ_UNVERIFIED_TARGET_NAME},
      .acceptor_requirements = {ASC_REQ_STREAM, ASC_REQ_EXTENDED_ERROR,
                                ASC_REQ_MUTUAL_AUTH, ASC_REQ_CONFIDENTIALITY,
                                ASC_REQ_INTEGRITY, ASC_REQ_REPLAY_DETECT,
                                ASC_REQ_SEQUENCE_DETECT, ASC_REQ_DATAGRAM,
                                ASC_REQ_CONNECTION, ASC_REQ_DELEGATE,
                                ASC_REQ_IDENTIFY, ASC_REQ_ALLOW_NULL_SESSION,
                                ASC_REQ_USE_SESSION_KEY, ASC_REQ_SESSION_TICKET,
                                ASC_REQ_ALLOW_MISSING_BINDINGS,
                                ASC_REQ_LICENSING},
      .always = 0,
      .targets = kTargets,
      .options = Options,
      .furnish = Furnish,
      .with_auth_data = WithAuthData,
      .acceptor_begins = nullptr,
      .must_complete = MustComplete,
      .credential_is_right = Always,
      .names_agree = Always,
      .same_attributes = {},
      .tokens_are_protected = TokensAreProtected,
      .require_proof = nullptr,
      .prove = nullptr,
      .require_result = nullptr,
      .require_noticed = RequireTlsNoticed,
  };
  return kProfile;
}

}  // namespace sspilab::fuzz
