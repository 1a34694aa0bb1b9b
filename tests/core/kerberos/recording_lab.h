#ifndef SSPILAB_TESTS_CORE_KERBEROS_RECORDING_LAB_H_
#define SSPILAB_TESTS_CORE_KERBEROS_RECORDING_LAB_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/encrypted_part.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/kerberos/lab.h"

// Both ends of Kerberos under an observer, and the tokens that neither would
// send.
namespace sspilab::testing {

// A lab that records, with a token on its way from one end to the other.
struct RecordingLab : KerberosLab {
  explicit RecordingLab(WorldObserver* recorder) {
    client_world.set_observer(recorder);
    server_world.set_observer(recorder);
    client.requirements = ISC_REQ_MUTUAL_AUTH;
  }

  void Answer(SECURITY_STATUS expected) {
    EXPECT_EQ(client.Initialize(&token), expected);
  }
  void Deliver(SECURITY_STATUS expected) {
    EXPECT_EQ(server.Accept(&token), expected);
  }
  void Begin() {
    ASSERT_EQ(Acquire(), SEC_E_OK);
    Answer(SEC_I_CONTINUE_NEEDED);
    if (after_tgt) AskForTgt();
  }
  // The server sends its ticket-granting ticket, whether or not it is needed.
  void AskForTgt() {
    Bytes request = kerberos::Encode(kerberos::TgtRequest{});
    EXPECT_EQ(server.Accept(&request), SEC_I_CONTINUE_NEEDED);
  }
  void BeginDce() {
    client.requirements = ISC_REQ_USE_DCE_STYLE;
    Begin();
  }
  kerberos::Realm& server_realm() {
    return *server_world.realms().Find("EXAMPLE.TEST");
  }

  // The initiator has asked for the acceptor's ticket-granting ticket, and got
  // it.
  void RequestTgt() {
    client.requirements |= ISC_REQ_USE_SESSION_KEY;
    ASSERT_EQ(Acquire(), SEC_E_OK);
    Answer(SEC_I_CONTINUE_NEEDED);
    Deliver(SEC_I_CONTINUE_NEEDED);
  }
  // The initiator has sent an AP-REQ, and the acceptor wants user-to-user.
  void Demand() {
    server.requirements = ASC_REQ_USE_SESSION_KEY;
    ASSERT_EQ(Acquire(), SEC_E_OK);
    Answer(SEC_I_CONTINUE_NEEDED);
    Deliver(SEC_I_CONTINUE_NEEDED);
  }

  Bytes token;
  bool after_tgt = false;
};

inline Bytes EncodeError(kerberos::ErrorCode code, const Bytes& e_data = {}) {
  kerberos::KrbError error{.error_code = static_cast<int32_t>(code),
                           .realm = "EXAMPLE.TEST"};
  if (!e_data.empty()) error.e_data = e_data;
  return kerberos::Encode(error);
}

// As an acceptor sends it.
inline Bytes Framed(const Bytes& message) {
  Bytes token(kerberos::FramedSize(message.size(), false));
  std::copy(message.begin(), message.end(),
            token.end() - static_cast<std::ptrdiff_t>(message.size()));
  kerberos::WriteFraming(kerberos::TokenId::kKrbError, false, message.size(),
                         absl::MakeSpan(token));
  return token;
}

// An AP-REQ with a ticket that no KDC of ours would give, nor our initiator
// use: it ended an hour ago.
inline Bytes ApReqOfAnOldTicket(RecordingLab& lab) {
  using namespace kerberos;
  Entropy entropy(5, 5);
  const Key& service_key = lab.realm().Find("LAB$")->keys[0];
  const Key session_key = NewKey(service_key.type(), entropy);
  const PreciseTime now = FromFileTime(lab.client_world.now());
  const KerberosTime hour_ago{now.time.seconds - 3600};
  const auto etype = static_cast<int32_t>(service_key.type().etype);
  const PrincipalName alice = SplitName("alice", NameType::kPrincipal);
  const Bytes ticket_part =
      EncryptPart(service_key, KeyUsage::kTicket,
                  Encode(EncTicketPart{.key = ViewOf(session_key),
                                       .crealm = "EXAMPLE.TEST",
                                       .cname = alice,
                                       .transited = {.tr_type = 1},
                                       .authtime = {hour_ago.seconds - 3600},
                                       .endtime = hour_ago}),
                  entropy);
  const Bytes ticket = Encode(Ticket{
      .realm = "EXAMPLE.TEST",
      .sname = SplitName("cifs/lab.example.test", NameType::kServiceInstance),
      .enc_part = {.etype = etype, .cipher = ticket_part}});
  const Bytes authenticator = EncryptPart(
      session_key, KeyUsage::kApReqAuthenticator,
      Encode(Authenticator{
          .crealm = "EXAMPLE.TEST", .cname = alice, .ctime = now.time}),
      entropy);
  return Encode(
      ApReq{.ticket = {ticket},
            .authenticator = {.etype = etype, .cipher = authenticator}});
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_KERBEROS_RECORDING_LAB_H_
