#ifndef SSPILAB_TESTS_INTEROP_KRB5_PAIR_H_
#define SSPILAB_TESTS_INTEROP_KRB5_PAIR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/kerberos/crypto/encryption_type.h"
#include "core/role.h"
#include "core/sspi.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/kerberos/sealed.h"
#include "tests/interop/loopback_kdc.h"
#include "tests/interop/mit_gss.h"
#include "tests/interop/mit_krb5.h"

// One context with our Kerberos at one end and MIT's GSSAPI at the other, with
// tickets of our KDC.
namespace sspilab::interop {

using sspilab::testing::End;
using sspilab::testing::Sealed;

struct PairTerms {
  kerberos::Etype etype = kerberos::Etype::kAes256CtsHmacSha1;
  // Which end is ours.
  Role ours = Role::kInitiator;
  // SPNEGO around Kerberos.
  bool negotiate = false;
  // What the initiator asks for: of GSS_C_MUTUAL_FLAG, REPLAY, SEQUENCE, CONF,
  // INTEG, DCE_STYLE and DELEG, for which MIT asks our KDC over loopback.
  OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG |
                    GSS_C_SEQUENCE_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
  // Application data of the channel bindings; empty for none.
  std::string initiator_bindings;
  std::string acceptor_bindings;
  // What else our end requires, as ISC_REQ_* or ASC_REQ_*.
  ULONG requirements = 0;
};

class Krb5Pair {
 public:
  explicit Krb5Pair(PairTerms terms);

  // Credentials for both ends, and MIT's initiator its ticket. `keys` is for
  // MIT's acceptor; null: the service's own.
  void Acquire(const kerberos::Principal* keys = nullptr);
  // To and fro until both are done, or one has failed and the other has heard
  // it.
  void RunLegs();
  // Both, and both ends must be done.
  void Connect();

  // The caller may change the machines' Worlds before Acquire.
  sspilab::testing::KerberosLab& lab() { return lab_; }
  MitClient& client() { return *client_; }
  MitEnd& mit() { return mit_; }
  // What MIT's end speaks.
  gss_OID mechanism() const {
    return terms_.negotiate ? SpnegoMechanism() : gss_mech_krb5;
  }
  End& ours() {
    return terms_.ours == Role::kInitiator ? lab_.client : lab_.server;
  }
  // Of the last leg of each.
  SECURITY_STATUS our_status() const { return our_status_; }
  const MitEnd::Outcome& mit_outcome() const { return mit_outcome_; }
  // Sees every token on its way.
  void set_watcher(std::function<void(const Bytes&)> watcher) {
    watcher_ = std::move(watcher);
  }
  // The first leg's token.
  const Bytes& first_token() const { return first_token_; }

  // Our message functions, in the shape of a GSS-API token.
  Bytes Wrap(const Bytes& text, bool encrypt);
  struct Opened {
    SECURITY_STATUS status;
    Bytes text;
    bool encrypted;
  };
  Opened Unwrap(Bytes token);
  Bytes Sign(const Bytes& text);
  SECURITY_STATUS Verify(Bytes text, Bytes token);
  // With TOKEN, DATA and PADDING buffers, in place.
  Sealed WrapInPlace(const Bytes& text, bool encrypt);
  Opened UnwrapInPlace(Sealed message);

 private:
  // Whether there is a token for the other end.
  bool OurLeg(Bytes* token);
  bool MitLeg(Bytes* token);

  const PairTerms terms_;
  sspilab::testing::KerberosLab lab_;
  std::unique_ptr<LoopbackKdc> kdc_;
  std::unique_ptr<MitClient> client_;
  MitEnd mit_;
  SECURITY_STATUS our_status_ = SEC_I_CONTINUE_NEEDED;
  MitEnd::Outcome mit_outcome_{GSS_S_CONTINUE_NEEDED, 0};
  std::function<void(const Bytes&)> watcher_;
  Bytes first_token_;
  Bytes bindings_;
};

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_KRB5_PAIR_H_
