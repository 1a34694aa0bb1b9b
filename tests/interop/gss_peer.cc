#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/interop/peer.h"

namespace sspilab::interop {
namespace {

// 1.3.6.1.4.1.311.2.2.10, NTLMSSP.
char kMechanismBytes[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
gss_OID_desc kMechanism = {10, kMechanismBytes};
// 1.3.6.1.5.5.2, SPNEGO.
char kSpnegoBytes[] = "\x2b\x06\x01\x05\x05\x02";
gss_OID_desc kSpnego = {6, kSpnegoBytes};
// 1.3.6.1.4.1.7165.655.1.2: asked by SPNEGO, and by whoever wants the
// initiator to add a MIC, which gss-ntlmssp does not do else.
char kRequireMicBytes[] = "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x02";
gss_OID_desc kRequireMic = {11, kRequireMicBytes};

// 1.3.6.1.4.1.7165.655.1.1: the number of the next message, in either
// direction, of a connectionless context.
char kSetNumberBytes[] = "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x01";
gss_OID_desc kSetNumber = {11, kSetNumberBytes};
// gss-ntlmssp's GSS_C_DATAGRAM_FLAG, which MIT's headers do not have.
constexpr OM_uint32 kDatagramFlag = 0x10000;

gss_buffer_desc Buffer(ByteView bytes) {
  return {bytes.size(), const_cast<uint8_t*>(bytes.data())};
}

gss_buffer_desc Buffer(const std::string& text) {
  return {text.size(), const_cast<char*>(text.data())};
}

// Copies what a call gave, and gives it back.
Bytes Take(gss_buffer_desc* buffer) {
  const auto* const data = static_cast<const uint8_t*>(buffer->value);
  Bytes bytes(data, data + buffer->length);
  OM_uint32 minor;
  gss_release_buffer(&minor, buffer);
  return bytes;
}

absl::Status GssError(absl::string_view what, OM_uint32 major,
                      OM_uint32 minor) {
  std::string text = absl::StrFormat("%s: 0x%08X", what, major);
  for (const auto& [code, type] :
       {std::pair(major, GSS_C_GSS_CODE), std::pair(minor, GSS_C_MECH_CODE)}) {
    OM_uint32 ignored;
    OM_uint32 more = 0;
    gss_buffer_desc words = GSS_C_EMPTY_BUFFER;
    if (gss_display_status(&ignored, code, type, &kMechanism, &more, &words) ==
        GSS_S_COMPLETE) {
      const Bytes bytes = Take(&words);
      absl::StrAppend(&text, "; ", std::string(bytes.begin(), bytes.end()));
    }
  }
  return absl::UnknownError(text);
}

absl::StatusOr<gss_name_t> ImportName(const std::string& text, gss_OID type) {
  gss_buffer_desc buffer = Buffer(text);
  gss_name_t name = GSS_C_NO_NAME;
  OM_uint32 minor;
  const OM_uint32 major = gss_import_name(&minor, &buffer, type, &name);
  if (GSS_ERROR(major)) return GssError("gss_import_name", major, minor);
  return name;
}

class GssContext : public Context {
 public:
  GssContext(bool initiator, const Terms& terms)
      : initiator_(initiator), terms_(terms) {}

  ~GssContext() override {
    OM_uint32 minor;
    gss_delete_sec_context(&minor, &context_, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &credentials_);
    gss_release_name(&minor, &self_);
    gss_release_name(&minor, &target_);
    gss_release_name(&minor, &source_);
  }

  absl::Status AcquireCredentials() {
    // Credentials go by it too: they have an LM hash, or not.
    setenv("LM_COMPAT_LEVEL",
           absl::StrCat(terms_.lm_compatibility_level).c_str(), 1);
    absl::StatusOr<gss_name_t> target =
        ImportName("HTTP@lab.example.test", GSS_C_NT_HOSTBASED_SERVICE);
    if (!target.ok()) return target.status();
    target_ = *target;
    gss_OID_set_desc mechanisms = {1, mechanism()};
    OM_uint32 minor;
    OM_uint32 major;
    if (initiator_) {
      absl::StatusOr<gss_name_t> self = ImportName(
          absl::StrCat(ToUtf8(terms_.domain), "\\", ToUtf8(terms_.user)),
          GSS_C_NT_USER_NAME);
      if (!self.ok()) return self.status();
      self_ = *self;
      const std::string password = ToUtf8(terms_.password);
      gss_buffer_desc buffer = Buffer(password);
      major = gss_acquire_cred_with_password(
          &minor, self_, &buffer, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
          &credentials_, nullptr, nullptr);
    } else {
      // DOMAIN:USER:PASSWORD
      const std::string accounts = WriteTestFile(
          "gss_accounts", absl::StrFormat("%s:%s:%s\n", ToUtf8(terms_.domain),
                                          ToUtf8(terms_.user),
                                          ToUtf8(terms_.account_password)));
      setenv("NTLM_USER_FILE", accounts.c_str(), 1);
      major = gss_acquire_cred(&minor, target_, GSS_C_INDEFINITE, &mechanisms,
                               GSS_C_ACCEPT, &credentials_, nullptr, nullptr);
    }
    if (GSS_ERROR(major)) return GssError("gss_acquire_cred", major, minor);
    if (terms_.negotiate) {
      // Else MIT's SPNEGO would offer Kerberos, too.
      gss_OID_set_desc ntlm = {1, &kMechanism};
      major = gss_set_neg_mechs(&minor, credentials_, &ntlm);
      if (GSS_ERROR(major)) return GssError("gss_set_neg_mechs", major, minor);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Bytes> Step(ByteView token) override {
    const std::string& application_data =
        initiator_ ? terms_.initiator_bindings : terms_.acceptor_bindings;
    gss_channel_bindings_struct bindings = {};
    bindings.application_data = Buffer(application_data);
    const gss_channel_bindings_t bindings_or_none =
        application_data.empty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings;
    gss_buffer_desc in = Buffer(token);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    OM_uint32 major;
    if (initiator_) {
      // SPNEGO does it itself.
      if (context_ != GSS_C_NO_CONTEXT && !terms_.negotiate) AskForMic();
      const OM_uint32 flags = GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG |
                              GSS_C_SEQUENCE_FLAG |
                              (terms_.seal ? GSS_C_CONF_FLAG : 0) |
                              (terms_.connectionless ? kDatagramFlag : 0);
      major = gss_init_sec_context(&minor, credentials_, &context_, target_,
                                   mechanism(), flags, GSS_C_INDEFINITE,
                                   bindings_or_none, &in, nullptr, &out,
                                   nullptr, nullptr);
    } else {
      major = gss_accept_sec_context(&minor, &context_, credentials_, &in,
                                     bindings_or_none, &source_, nullptr, &out,
                                     nullptr, nullptr, nullptr);
    }
    Bytes output = Take(&out);
    if (GSS_ERROR(major)) {
      return GssError(
          initiator_ ? "gss_init_sec_context" : "gss_accept_sec_context", major,
          minor);
    }
    done_ = major == GSS_S_COMPLETE;
    return output;
  }

  // gss_wrap's token is the signature, then the message: nothing around them.
  absl::StatusOr<Bytes> Seal(ByteView message) override {
    gss_buffer_desc in = Buffer(message);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    int sealed = 0;
    OM_uint32 minor;
    const OM_uint32 major =
        gss_wrap(&minor, context_, 1, GSS_C_QOP_DEFAULT, &in, &sealed, &out);
    if (GSS_ERROR(major)) return GssError("gss_wrap", major, minor);
    return Take(&out);
  }

  absl::StatusOr<Bytes> Unseal(ByteView sealed) override {
    gss_buffer_desc in = Buffer(sealed);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    const OM_uint32 major =
        gss_unwrap(&minor, context_, &in, &out, nullptr, nullptr);
    if (GSS_ERROR(major)) return GssError("gss_unwrap", major, minor);
    return Take(&out);
  }

  absl::StatusOr<Bytes> Sign(ByteView message) override {
    if (absl::Status status = SetNumber(&sent_); !status.ok()) return status;
    gss_buffer_desc in = Buffer(message);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    const OM_uint32 major =
        gss_get_mic(&minor, context_, GSS_C_QOP_DEFAULT, &in, &out);
    if (GSS_ERROR(major)) return GssError("gss_get_mic", major, minor);
    return Take(&out);
  }

  absl::Status Verify(ByteView message, ByteView signature) override {
    if (absl::Status status = SetNumber(&received_); !status.ok()) {
      return status;
    }
    gss_buffer_desc in = Buffer(message);
    gss_buffer_desc mic = Buffer(signature);
    OM_uint32 minor;
    const OM_uint32 major =
        gss_verify_mic(&minor, context_, &in, &mic, nullptr);
    if (GSS_ERROR(major)) return GssError("gss_verify_mic", major, minor);
    return absl::OkStatus();
  }

  std::optional<Bytes> SessionKey() override {
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor;
    const OM_uint32 major = gss_inquire_sec_context_by_oid(
        &minor, context_, GSS_C_INQ_SSPI_SESSION_KEY, &set);
    if (GSS_ERROR(major)) return std::nullopt;
    const auto* const data =
        static_cast<const uint8_t*>(set->elements[0].value);
    Bytes key(data, data + set->elements[0].length);
    gss_release_buffer_set(&minor, &set);
    return key;
  }

  absl::StatusOr<Name> Initiator() override {
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    const OM_uint32 major = gss_display_name(&minor, source_, &text, nullptr);
    if (GSS_ERROR(major)) return GssError("gss_display_name", major, minor);
    const Bytes bytes = Take(&text);
    // The terminator is counted in.
    const std::u16string name =
        ToUtf16(std::string(bytes.begin(), bytes.end()).c_str());
    const size_t slash = name.find(u'\\');
    if (slash == name.npos) return Name{name, u""};
    return Name{name.substr(slash + 1), name.substr(0, slash)};
  }

 private:
  gss_OID mechanism() const {
    return terms_.negotiate ? &kSpnego : &kMechanism;
  }

  absl::Status SetNumber(uint32_t* next) {
    if (!terms_.connectionless) return absl::OkStatus();
    gss_buffer_desc number = {sizeof(*next), next};
    OM_uint32 minor;
    const OM_uint32 major =
        gss_set_sec_context_option(&minor, &context_, &kSetNumber, &number);
    ++*next;
    if (GSS_ERROR(major)) {
      return GssError("gss_set_sec_context_option", major, minor);
    }
    return absl::OkStatus();
  }

  void AskForMic() {
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor;
    gss_inquire_sec_context_by_oid(&minor, context_, &kRequireMic, &set);
    gss_release_buffer_set(&minor, &set);
  }

  const bool initiator_;
  const Terms terms_;
  gss_name_t self_ = GSS_C_NO_NAME;
  gss_name_t target_ = GSS_C_NO_NAME;
  gss_name_t source_ = GSS_C_NO_NAME;
  gss_cred_id_t credentials_ = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context_ = GSS_C_NO_CONTEXT;
  // Of connectionless contexts, which do not count by themselves.
  uint32_t sent_ = 0;
  uint32_t received_ = 0;
};

class GssNtlmssp : public Peer {
 public:
  GssNtlmssp() {
    UseUtf8Locale();
    // Or it would ask the system and winbind who we are.
    setenv("NETBIOS_COMPUTER_NAME", "LAB", 1);
    // This name means that there is no domain; in one, LM_COMPAT_LEVEL is the
    // domain controller's affair.
    setenv("NETBIOS_DOMAIN_NAME", "WORKSTATION", 1);
    setenv("KRB5_CONFIG",
           WriteTestFile("krb5.conf",
                         "[libdefaults]\n"
                         "dns_canonicalize_hostname = false\n"
                         "dns_lookup_kdc = false\n"
                         "dns_lookup_realm = false\n")
               .c_str(),
           1);
  }

  absl::StatusOr<std::unique_ptr<Context>> NewInitiator(
      const Terms& terms) override {
    return New(true, terms);
  }
  absl::StatusOr<std::unique_ptr<Context>> NewAcceptor(
      const Terms& terms) override {
    return New(false, terms);
  }

 private:
  static absl::StatusOr<std::unique_ptr<Context>> New(bool initiator,
                                                      const Terms& terms) {
    auto context = std::make_unique<GssContext>(initiator, terms);
    if (const absl::Status status = context->AcquireCredentials();
        !status.ok()) {
      return status;
    }
    return context;
  }
};

}  // namespace

std::unique_ptr<Peer> NewGssNtlmssp() { return std::make_unique<GssNtlmssp>(); }

}  // namespace sspilab::interop
