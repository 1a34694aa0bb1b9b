#ifndef SSPILAB_CORE_KERBEROS_MESSAGES_H_
#define SSPILAB_CORE_KERBEROS_MESSAGES_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/wire/der.h"

// The messages of Kerberos (RFC 4120 5): parse and serialize, nothing else.
// Names are the specification's. All views of a parsed message point into it;
// those of a message to be written must outlive the writing.
//
// Parsing takes lengths that are longer than they need (BER), as Windows does;
// what is written is DER. The numbers that every message has for itself (pvno,
// msg-type) are checked and written here, and are no members.
namespace sspilab::kerberos {

using Bytes = absl::Span<const uint8_t>;

// KerberosString, as it came. RFC 4120 5.2.1 has it ASCII; Windows and everyone
// else send UTF-8.
using Text = std::string_view;

// Seconds since 1970, UTC, within the years 0 to 9999.
struct KerberosTime {
  int64_t seconds = 0;
  friend auto operator<=>(const KerberosTime&, const KerberosTime&) = default;
};

// A BIT STRING of 32 bits; bit 0 of the specification is the highest.
struct Flags {
  uint32_t bits = 0;
  bool Has(uint32_t flag) const { return (bits & flag) != 0; }
};
constexpr uint32_t FlagBit(unsigned number) { return 0x80000000U >> number; }

// An element that is passed on as it is, tag and length included.
struct Element {
  Bytes der;
};

template <typename T>
using List = absl::InlinedVector<T, 2>;

// --- Parts.

// 6.2.
enum class NameType : int32_t {
  kUnknown = 0,
  kPrincipal = 1,
  kServiceInstance = 2,
  kServiceHost = 3,
  kEnterprise = 10,
};

struct PrincipalName {
  int32_t name_type = 0;
  List<Text> name_string;
};

struct EncryptionKey {
  int32_t keytype = 0;
  Bytes keyvalue;
};

struct EncryptedData {
  int32_t etype = 0;
  std::optional<uint32_t> kvno;
  Bytes cipher;
};

struct ChecksumField {
  int32_t cksumtype = 0;
  Bytes checksum;
};

// 7.5.2; MS-KILE 2.2.
enum class PaType : int32_t {
  kTgsReq = 1,
  kEncTimestamp = 2,
  kPwSalt = 3,
  kEtypeInfo2 = 19,
  kPacRequest = 128,
};

struct PaData {
  int32_t padata_type = 0;
  Bytes padata_value;
};

struct PaEncTsEnc {
  KerberosTime patimestamp;
  std::optional<int32_t> pausec;
};

struct EtypeInfo2Entry {
  int32_t etype = 0;
  std::optional<Text> salt;
  std::optional<Bytes> s2kparams;
};

// --- Tickets.

// 5.3; in EncKDCRepPart and KrbCredInfo, too.
namespace ticket_flag {
inline constexpr uint32_t kForwardable = FlagBit(1);
inline constexpr uint32_t kForwarded = FlagBit(2);
inline constexpr uint32_t kProxiable = FlagBit(3);
inline constexpr uint32_t kProxy = FlagBit(4);
inline constexpr uint32_t kRenewable = FlagBit(8);
inline constexpr uint32_t kInitial = FlagBit(9);
inline constexpr uint32_t kPreAuthent = FlagBit(10);
inline constexpr uint32_t kOkAsDelegate = FlagBit(13);
}  // namespace ticket_flag

struct Ticket {
  Text realm;
  PrincipalName sname;
  EncryptedData enc_part;
};

struct TransitedEncoding {
  int32_t tr_type = 0;
  Bytes contents;
};

struct EncTicketPart {
  Flags flags;
  EncryptionKey key;
  Text crealm;
  PrincipalName cname;
  TransitedEncoding transited;
  KerberosTime authtime;
  std::optional<KerberosTime> starttime;
  KerberosTime endtime;
  std::optional<KerberosTime> renew_till;
  std::optional<Element> caddr;
  std::optional<Element> authorization_data;
};

// --- What a client asks of a KDC, and what it gets.

// 5.4.1.
namespace kdc_option {
inline constexpr uint32_t kForwardable = FlagBit(1);
inline constexpr uint32_t kForwarded = FlagBit(2);
inline constexpr uint32_t kProxiable = FlagBit(3);
inline constexpr uint32_t kProxy = FlagBit(4);
inline constexpr uint32_t kAllowPostdate = FlagBit(5);
inline constexpr uint32_t kPostdated = FlagBit(6);
inline constexpr uint32_t kRenewable = FlagBit(8);
inline constexpr uint32_t kCanonicalize = FlagBit(15);
inline constexpr uint32_t kRenewableOk = FlagBit(27);
inline constexpr uint32_t kEncTktInSkey = FlagBit(28);
inline constexpr uint32_t kRenew = FlagBit(30);
inline constexpr uint32_t kValidate = FlagBit(31);
}  // namespace kdc_option

struct KdcReqBody {
  Flags kdc_options;
  std::optional<PrincipalName> cname;
  Text realm;
  std::optional<PrincipalName> sname;
  std::optional<KerberosTime> from;
  KerberosTime till;
  std::optional<KerberosTime> rtime;
  uint32_t nonce = 0;
  List<int32_t> etype;
  std::optional<Element> addresses;
  std::optional<EncryptedData> enc_authorization_data;
  std::optional<List<Ticket>> additional_tickets;
};

// The body is kept as it came: a TGS-REQ's authenticator has its checksum.
struct AsReq {
  std::optional<List<PaData>> padata;
  Element req_body;
};
struct TgsReq {
  List<PaData> padata;
  Element req_body;
};

struct KdcRep {
  std::optional<List<PaData>> padata;
  Text crealm;
  PrincipalName cname;
  Element ticket;
  EncryptedData enc_part;
};
struct AsRep : KdcRep {};
struct TgsRep : KdcRep {};

struct LastReq {
  int32_t lr_type = 0;
  KerberosTime lr_value;
};

struct EncKdcRepPart {
  EncryptionKey key;
  List<LastReq> last_req;
  uint32_t nonce = 0;
  std::optional<KerberosTime> key_expiration;
  Flags flags;
  KerberosTime authtime;
  std::optional<KerberosTime> starttime;
  KerberosTime endtime;
  std::optional<KerberosTime> renew_till;
  Text srealm;
  PrincipalName sname;
  std::optional<Element> caddr;
  std::optional<List<PaData>> encrypted_pa_data;
};
// Written with its own tag; either is read as either, as MIT's KDC mixes them.
struct EncAsRepPart : EncKdcRepPart {};
struct EncTgsRepPart : EncKdcRepPart {};

// --- Client and service.

// 5.5.1.
namespace ap_option {
inline constexpr uint32_t kUseSessionKey = FlagBit(1);
inline constexpr uint32_t kMutualRequired = FlagBit(2);
}  // namespace ap_option

struct ApReq {
  Flags ap_options;
  Element ticket;
  EncryptedData authenticator;
};

struct Authenticator {
  Text crealm;
  PrincipalName cname;
  std::optional<ChecksumField> cksum;
  int32_t cusec = 0;
  KerberosTime ctime;
  std::optional<EncryptionKey> subkey;
  std::optional<uint32_t> seq_number;
  std::optional<Element> authorization_data;
};

struct ApRep {
  EncryptedData enc_part;
};

struct EncApRepPart {
  KerberosTime ctime;
  int32_t cusec = 0;
  std::optional<EncryptionKey> subkey;
  std::optional<uint32_t> seq_number;
};

// 7.5.9.
enum class ErrorCode : int32_t {
  kNone = 0,
  kClientExpired = 1,          // KDC_ERR_NAME_EXP
  kServiceExpired = 2,         // KDC_ERR_SERVICE_EXP
  kClientUnknown = 6,          // KDC_ERR_C_PRINCIPAL_UNKNOWN
  kServerUnknown = 7,          // KDC_ERR_S_PRINCIPAL_UNKNOWN
  kNeverValid = 11,            // KDC_ERR_NEVER_VALID
  kPolicy = 12,                // KDC_ERR_POLICY
  kBadOption = 13,             // KDC_ERR_BADOPTION
  kEtypeNotSupported = 14,     // KDC_ERR_ETYPE_NOSUPP
  kChecksumNotSupported = 15,  // KDC_ERR_SUMTYPE_NOSUPP
  kPadataNotSupported = 16,    // KDC_ERR_PADATA_TYPE_NOSUPP
  kClientRevoked = 18,         // KDC_ERR_CLIENT_REVOKED
  kServiceRevoked = 19,        // KDC_ERR_SERVICE_REVOKED
  kKeyExpired = 23,            // KDC_ERR_KEY_EXPIRED
  kPreauthFailed = 24,         // KDC_ERR_PREAUTH_FAILED
  kPreauthRequired = 25,       // KDC_ERR_PREAUTH_REQUIRED
  kMustUseUserToUser = 27,     // KDC_ERR_MUST_USE_USER2USER
  kBadIntegrity = 31,          // KRB_AP_ERR_BAD_INTEGRITY
  kTicketExpired = 32,         // KRB_AP_ERR_TKT_EXPIRED
  kTicketNotYetValid = 33,     // KRB_AP_ERR_TKT_NYV
  kRepeat = 34,                // KRB_AP_ERR_REPEAT
  kNotUs = 35,                 // KRB_AP_ERR_NOT_US
  kBadMatch = 36,              // KRB_AP_ERR_BADMATCH
  kSkew = 37,                  // KRB_AP_ERR_SKEW
  kBadVersion = 39,            // KRB_AP_ERR_BADVERSION
  kMessageType = 40,           // KRB_AP_ERR_MSG_TYPE
  kModified = 41,              // KRB_AP_ERR_MODIFIED
  kBadKeyVersion = 44,         // KRB_AP_ERR_BADKEYVER
  kNoKey = 45,                 // KRB_AP_ERR_NOKEY
  kMutualFailed = 46,          // KRB_AP_ERR_MUT_FAIL
  kBadChecksum = 50,           // KRB_AP_ERR_INAPP_CKSUM
  kUserToUserRequired = 69,    // KRB_AP_ERR_USER_TO_USER_REQUIRED
  kGeneric = 60,               // KRB_ERR_GENERIC
  kWrongRealm = 68,            // KDC_ERR_WRONG_REALM
};
// "KDC_ERR_PREAUTH_REQUIRED"; empty for a code that is not among them.
std::string_view NameOf(ErrorCode code);

struct KrbError {
  std::optional<KerberosTime> ctime;
  std::optional<int32_t> cusec;
  KerberosTime stime;
  int32_t susec = 0;
  int32_t error_code = 0;
  std::optional<Text> crealm;
  std::optional<PrincipalName> cname;
  Text realm;
  PrincipalName sname;
  std::optional<Text> e_text;
  std::optional<Bytes> e_data;
};

// Delegation (5.8).
struct KrbCred {
  List<Element> tickets;
  EncryptedData enc_part;
};

struct KrbCredInfo {
  EncryptionKey key;
  std::optional<Text> prealm;
  std::optional<PrincipalName> pname;
  std::optional<Flags> flags;
  std::optional<KerberosTime> authtime;
  std::optional<KerberosTime> starttime;
  std::optional<KerberosTime> endtime;
  std::optional<KerberosTime> renew_till;
  std::optional<Text> srealm;
  std::optional<PrincipalName> sname;
  std::optional<Element> caddr;
};

struct EncKrbCredPart {
  List<KrbCredInfo> ticket_info;
  std::optional<uint32_t> nonce;
  std::optional<KerberosTime> timestamp;
  std::optional<int32_t> usec;
  std::optional<Element> s_address;
  std::optional<Element> r_address;
};

// User-to-user (MS-KILE 3.4.5.5's KERB-TGT-REQUEST and KERB-TGT-REPLY).
struct TgtRequest {
  std::optional<PrincipalName> server_name;
  std::optional<Text> realm;
};
struct TgtReply {
  Element ticket;
};

// --- All of them.

// `bytes` is one `Message` and nothing else. An InvalidArgumentError names the
// field and the byte.
template <typename Message>
absl::StatusOr<Message> Parse(Bytes bytes);

// The same where the message is a list of them: METHOD-DATA, ETYPE-INFO2.
template <typename Message>
absl::StatusOr<List<Message>> ParseList(Bytes bytes);

template <typename Message>
void Write(const Message& message, wire::DerWriter* writer);

template <typename Message>
size_t SizeOf(const Message& message) {
  wire::DerWriter counter;
  Write(message, &counter);
  return counter.size();
}

template <typename Message>
std::vector<uint8_t> Encode(const Message& message) {
  std::vector<uint8_t> bytes(SizeOf(message));
  wire::DerWriter writer(absl::MakeSpan(bytes));
  Write(message, &writer);
  return bytes;
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_MESSAGES_H_
