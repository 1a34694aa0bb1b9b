#ifndef SSPILAB_TESTS_INTEROP_MIT_GSS_H_
#define SSPILAB_TESTS_INTEROP_MIT_GSS_H_

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/kerberos/sealed.h"
#include "tests/interop/peer.h"

// MIT's GSSAPI at one end of a context, and what it takes to hand messages over
// from and to it.
namespace sspilab::interop {

// Both codes, as MIT words them.
std::string Words(OM_uint32 major, OM_uint32 minor);

// 1.3.6.1.5.5.2.
gss_OID SpnegoMechanism();

// One end that is MIT's. What fails, fails the test, unless the caller expects
// it.
class MitEnd {
 public:
  // The majors and minors of calls; `major` has supplementary bits, too.
  struct Outcome {
    OM_uint32 major = GSS_S_FAILURE;
    OM_uint32 minor = 0;

    std::string words() const { return Words(major, minor); }
  };
  struct Message {
    Outcome outcome;
    Bytes bytes;
    bool encrypted = false;
  };
  // What MIT has agreed on, as who would take the context over would need it.
  struct Lucid {
    bool has_acceptor_subkey = false;
    // That protects messages: the acceptor's subkey where there is one.
    int32_t etype = 0;
    Bytes key;
    // Of the next message that it sends, and of the first that it received.
    uint64_t send_number = 0;
    uint64_t receive_number = 0;
  };

  explicit MitEnd(gss_OID mechanism = gss_mech_krb5) : mechanism_(mechanism) {}
  ~MitEnd();
  MitEnd(const MitEnd&) = delete;
  MitEnd& operator=(const MitEnd&) = delete;

  // By the names of gss_acquire_cred_from: "ccache", "keytab", "rcache".
  using Store = std::vector<std::pair<std::string, std::string>>;
  void Acquire(gss_cred_usage_t usage, const Store& store);

  // One leg. The token goes in and comes out.
  Outcome Initialize(Bytes* token, OM_uint32 wanted);
  Outcome Accept(Bytes* token);

  Message Wrap(const Bytes& text, bool encrypt);
  // MIT works on the token where it is.
  Message Unwrap(Bytes token);
  Bytes GetMic(const Bytes& text);
  Outcome VerifyMic(const Bytes& text, const Bytes& mic);
  // In place, as DCE does it: the header stands before the text, and behind it
  // the padding of who has one.
  Outcome WrapIov(sspilab::testing::Sealed* message, bool encrypt);
  Outcome UnwrapIov(sspilab::testing::Sealed* message, bool* encrypted);

  // "alice@EXAMPLE.TEST", of an acceptor.
  std::string PeerName() const;
  // The context is gone afterwards.
  Lucid ExportLucid();

  // Whose credentials an acceptor has been given, and for how many seconds.
  struct Delegated {
    std::string owner;
    OM_uint32 lifetime = 0;
  };
  Delegated InquireDelegated() const;
  // Initiates with what `acceptor` has been given, and no longer has then.
  void AcquireDelegated(MitEnd& acceptor);

  OM_uint32 flags() const { return flags_; }
  // Empty: none.
  void set_bindings(std::string application_data) {
    bindings_ = std::move(application_data);
  }

 private:
  gss_channel_bindings_t Bindings();
  void ImportTarget();

  gss_OID mechanism_;
  gss_cred_id_t credential_ = GSS_C_NO_CREDENTIAL;
  gss_cred_id_t delegated_ = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context_ = GSS_C_NO_CONTEXT;
  gss_name_t target_ = GSS_C_NO_NAME;
  gss_name_t source_ = GSS_C_NO_NAME;
  OM_uint32 flags_ = 0;
  std::string bindings_;
  gss_channel_bindings_struct bindings_struct_ = {};
};

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_MIT_GSS_H_
