// The transition tables against what the interface does: every row is taken,
// none is taken that is not there, and every status is one that the status
// table allows.

#include "core/schannel/transitions.h"

#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/machine.h"
#include "core/machines.h"
#include "core/schannel/alerts.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/certificate_authority.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"
#include "tests/core/transition_recorder.h"

namespace sspilab {
namespace {

using testing::Describe;
using Recorder = testing::TransitionRecorder;
using testing::Bytes;
using testing::NewSchannelCred;
using testing::TlsCall;
using testing::TlsEnd;
using testing::TlsLab;

constexpr DWORD k12 = SP_PROT_TLS1_2;
constexpr DWORD kReadOnly = SECBUFFER_TOKEN | SECBUFFER_READONLY;

Bytes PlainAlert(uint8_t number, uint8_t level = TLS1_ALERT_FATAL) {
  return {21, 3, 3, 0, 2, level, number};
}
const Bytes kNotTls = {'H', 'T', 'T', 'P', '/', '1'};
const Bytes kTooLong = {22, 3, 3, 0xFF, 0xFF};

// Where a context can be when a message comes to it, in TLS 1.2. `end` is
// brought there; `peer` is the other one, and at the same place as far as keys
// go.
enum class Place { kNegotiating, kDone, kShutDown, kRenegotiating };

void BringTo(Place place, TlsLab& lab, TlsEnd& end) {
  switch (place) {
    case Place::kNegotiating: {
      lab.Acquire(k12);
      Bytes hello = lab.client.Leg({}).token;
      if (!end.client) {
        ASSERT_EQ(end.Leg(hello).status, SEC_I_CONTINUE_NEEDED);
      }
      break;
    }
    case Place::kDone:
      lab.Establish(k12);
      break;
    case Place::kShutDown:
      lab.Establish(k12);
      ASSERT_EQ(end.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
      ASSERT_EQ(end.Leg({}).status, SEC_E_OK);
      break;
    case Place::kRenegotiating:
      lab.Establish(k12);
      ASSERT_EQ(end.Leg({}).status, SEC_I_CONTINUE_NEEDED);
      break;
  }
}

bool IsEstablishedAt(Place place) { return place != Place::kNegotiating; }

SECURITY_STATUS Give(Place place, TlsEnd& end, const Bytes& record) {
  return IsEstablishedAt(place) ? end.Decrypt(record).status
                                : end.Leg(record).status;
}

// Every alert there is, garbage, and the peer's farewell, everywhere.
void RunFailures(Recorder* recorder) {
  struct End {
    bool is_client;
    std::vector<Place> places;
  };
  const std::vector<End> kEnds = {
      {true, {Place::kNegotiating, Place::kDone, Place::kShutDown}},
      {false,
       {Place::kNegotiating, Place::kDone, Place::kShutDown,
        Place::kRenegotiating}}};
  for (const End& tested : kEnds) {
    const bool is_client = tested.is_client;
    for (const Place place : tested.places) {
      const auto run = [&](const std::function<Bytes(TlsEnd&)>& make) {
        TlsLab lab;
        lab.world.set_observer(recorder);
        TlsEnd& end = is_client ? lab.client : lab.server;
        TlsEnd& peer = is_client ? lab.server : lab.client;
        BringTo(place, lab, end);
        return Give(place, end, make(peer));
      };
      SCOPED_TRACE(static_cast<int>(place));
      EXPECT_EQ(run([](TlsEnd&) { return kNotTls; }), SEC_E_INVALID_TOKEN);
      EXPECT_EQ(run([](TlsEnd&) { return kTooLong; }), SEC_E_ILLEGAL_MESSAGE);
      for (int number = 1; number <= 120; ++number) {
        const schannel::Event event =
            schannel::EventOfAlertReceived(static_cast<uint8_t>(number));
        if (event == schannel::Event::kUnexpectedMessage && number % 40 != 0) {
          continue;
        }
        const SECURITY_STATUS status = run([&](TlsEnd& peer) {
          if (!IsEstablishedAt(place)) {
            return PlainAlert(static_cast<uint8_t>(number));
          }
          EXPECT_EQ(peer.Control({SCHANNEL_ALERT, TLS1_ALERT_FATAL,
                                  static_cast<DWORD>(number)}),
                    SEC_E_OK);
          return peer.Leg({}).token;
        });
        const Call call = IsEstablishedAt(place) ? Call::kDecryptMessage
                          : is_client ? Call::kInitializeSecurityContext
                                      : Call::kAcceptSecurityContext;
        EXPECT_LT(status, 0) << number;
        EXPECT_TRUE(MayReturn(call, Package::kSchannel, status))
            << number << " " << StatusName(status);
        // What the page says of the alert.
        if (number == TLS1_ALERT_UNKNOWN_CA) {
          EXPECT_EQ(status, SEC_E_UNTRUSTED_ROOT);
        }
      }
      EXPECT_EQ(run([&](TlsEnd& peer) {
                  if (!IsEstablishedAt(place)) {
                    return PlainAlert(TLS1_ALERT_CLOSE_NOTIFY,
                                      TLS1_ALERT_WARNING);
                  }
                  EXPECT_EQ(peer.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
                  return peer.Leg({}).token;
                }),
                SEC_I_CONTEXT_EXPIRED);
    }
  }
}

// A message that does not decrypt.
Bytes Altered(Bytes record) {
  record.back() ^= 1;
  return record;
}

// Has the client asked for another handshake, and gives what its hello is.
Bytes AskClientAgain(TlsLab& lab) {
  const TlsCall asked = lab.server.Leg({});
  EXPECT_EQ(asked.status, SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(lab.client.Decrypt(asked.token).status, SEC_I_RENEGOTIATE);
  const TlsCall hello = lab.client.Leg(asked.token);
  EXPECT_EQ(hello.status, SEC_I_CONTINUE_NEEDED);
  return hello.token;
}

// From the client's hello to the end of a renegotiation.
void FinishAgain(TlsLab& lab, Bytes to_server) {
  Bytes to_client;
  SECURITY_STATUS server = Feed(lab.server, to_server, &to_client);
  SECURITY_STATUS client = SEC_I_CONTINUE_NEEDED;
  while (client == SEC_I_CONTINUE_NEEDED || server == SEC_I_CONTINUE_NEEDED) {
    to_server.clear();
    client = Feed(lab.client, std::exchange(to_client, {}), &to_server);
    ASSERT_GE(client, 0) << StatusName(client);
    if (to_server.empty()) break;
    server = Feed(lab.server, to_server, &to_client);
    ASSERT_GE(server, 0) << StatusName(server);
    if (to_client.empty()) break;
  }
  EXPECT_EQ(client, SEC_E_OK);
  EXPECT_EQ(server, SEC_E_OK);
  lab.ExpectMessagesPass();
}

// Tries `leg` without room, then with nowhere to write, or without memory.
enum class Trouble { kTooSmall, kNowhere, kNoMemory };

void RunInto(Trouble trouble, TlsEnd& end, const Bytes& input,
             uint64_t allocation = 1) {
  switch (trouble) {
    case Trouble::kTooSmall:
      end.output_size = 3;
      EXPECT_EQ(end.Leg(input).status, SEC_E_BUFFER_TOO_SMALL);
      end.output_size = 0x6000;
      break;
    case Trouble::kNowhere:
      end.output_type = kReadOnly;
      EXPECT_EQ(end.Leg(input).status, SEC_E_INVALID_TOKEN);
      break;
    case Trouble::kNoMemory:
      end.world.memory().FailAt(allocation);
      EXPECT_EQ(end.Leg(input).status, SEC_E_INSUFFICIENT_MEMORY);
      break;
  }
}

constexpr Trouble kTroubles[] = {Trouble::kTooSmall, Trouble::kNowhere,
                                 Trouble::kNoMemory};

// SEC_APPLICATION_PROTOCOLS of one ALPN list.
struct Protocols {
  explicit Protocols(std::string_view list) : bytes(10 + list.size()) {
    const auto size = static_cast<ULONG>(6 + list.size());
    const uint32_t alpn = SecApplicationProtocolNegotiationExt_ALPN;
    const auto length = static_cast<uint16_t>(list.size());
    std::memcpy(bytes.data(), &size, sizeof(size));
    std::memcpy(bytes.data() + 4, &alpn, sizeof(alpn));
    std::memcpy(bytes.data() + 8, &length, sizeof(length));
    std::memcpy(bytes.data() + 10, list.data(), list.size());
  }
  SecBuffer buffer() {
    return {static_cast<ULONG>(bytes.size()), SECBUFFER_APPLICATION_PROTOCOLS,
            bytes.data()};
  }
  Bytes bytes;
};

// The handshake messages of records in the clear as one record, as other
// servers send them.
Bytes Coalesced(const Bytes& records) {
  Bytes one = {22, 3, 3, 0, 0};
  for (size_t at = 0; at < records.size();) {
    const size_t size = size_t{records[at + 3]} << 8 | records[at + 4];
    one.insert(one.end(), records.begin() + at + 5,
               records.begin() + at + 5 + size);
    at += 5 + size;
  }
  one[3] = static_cast<uint8_t>((one.size() - 5) >> 8);
  one[4] = static_cast<uint8_t>(one.size() - 5);
  return one;
}

using Scenario = std::pair<const char*, std::function<void(TlsLab&)>>;

const Scenario kScenarios[] = {
    {"success in TLS 1.3",
     [](TlsLab& lab) {
       lab.Establish();
       lab.ExpectMessagesPass();
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_UNSUPPORTED_FUNCTION);
       EXPECT_EQ(lab.server.Leg({}).status, SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"data that are given to a leg",
     [](TlsLab& lab) {
       lab.Establish(k12);
       EXPECT_EQ(lab.server.Leg(lab.client.Encrypt("x")).status,
                 SEC_E_INVALID_TOKEN);
       EXPECT_EQ(lab.client.Leg(Bytes(3)).status, SEC_E_INVALID_TOKEN);
     }},
    {"the server asks for another handshake",
     [](TlsLab& lab) {
       lab.Establish(k12);
       FinishAgain(lab, AskClientAgain(lab));
     }},
    {"data before the client does as it is told, and its hello by way of "
     "DecryptMessage",
     [](TlsLab& lab) {
       lab.Establish(k12);
       const Bytes late = lab.client.Encrypt("late");
       const Bytes hello = AskClientAgain(lab);
       EXPECT_EQ(lab.server.Leg(late).status, SEC_E_INVALID_TOKEN);
       EXPECT_EQ(lab.server.Leg({}).status, SEC_E_INCOMPLETE_MESSAGE);
       EXPECT_EQ(lab.server.Decrypt(Bytes(1)).status, SEC_E_INCOMPLETE_MESSAGE);
       EXPECT_EQ(lab.server.Decrypt(late).text, "late");
       EXPECT_EQ(lab.server.Decrypt(hello).status, SEC_I_RENEGOTIATE);
       EXPECT_TRUE(lab.server.Encrypt("not now").empty());
       EXPECT_EQ(lab.server.encrypted, SEC_E_OUT_OF_SEQUENCE);
       FinishAgain(lab, hello);
     }},
    {"the client begins another handshake",
     [](TlsLab& lab) {
       lab.Establish(k12);
       const TlsCall hello = lab.client.Leg({});
       EXPECT_EQ(hello.status, SEC_I_CONTINUE_NEEDED);
       EXPECT_EQ(lab.server.Decrypt(hello.token).status, SEC_I_RENEGOTIATE);
       EXPECT_EQ(lab.server.Leg({}).status, SEC_E_INCOMPLETE_MESSAGE);
       EXPECT_EQ(lab.server.Leg(PlainAlert(1)).status, SEC_E_INVALID_TOKEN);
       FinishAgain(lab, hello.token);
     }},
    {"a ticket that is not brought",
     [](TlsLab& lab) {
       lab.Acquire();
       lab.outcome = RunTls(lab.client, lab.server);
       const Bytes& ticket = lab.outcome.unread;
       EXPECT_EQ(lab.client.Decrypt(ticket).status, SEC_I_RENEGOTIATE);
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_INCOMPLETE_MESSAGE);
       EXPECT_EQ(lab.client.Leg(PlainAlert(1)).status, SEC_E_INVALID_TOKEN);
       EXPECT_EQ(lab.client.Leg(ticket).status, SEC_E_OK);
     }},
    {"no memory for a ticket",
     [](TlsLab& lab) {
       lab.Acquire();
       lab.outcome = RunTls(lab.client, lab.server);
       lab.world.memory().FailAt(1);
       EXPECT_EQ(lab.client.Decrypt(lab.outcome.unread).status,
                 SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"no memory for the client's hello among the data",
     [](TlsLab& lab) {
       lab.Establish(k12);
       lab.world.memory().FailAt(1);
       EXPECT_EQ(lab.server.Leg({}).status, SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"farewells",
     [](TlsLab& lab) {
       lab.Establish(k12);
       EXPECT_EQ(lab.client.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
       const TlsCall bye = lab.client.Leg({});
       EXPECT_EQ(bye.status, SEC_E_OK);
       EXPECT_TRUE(lab.client.Encrypt("x").empty());
       EXPECT_EQ(lab.client.encrypted, SEC_E_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.client.Decrypt(Bytes(1)).status, SEC_E_INCOMPLETE_MESSAGE);
       // The other half stays open.
       EXPECT_EQ(lab.client.Decrypt(lab.server.Encrypt("rest")).text, "rest");
       EXPECT_EQ(lab.server.Decrypt(bye.token).status, SEC_I_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.server.Decrypt(bye.token).status, SEC_E_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.server.Leg({}).status, SEC_E_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.server.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
       const TlsCall answer = lab.server.Leg({});
       EXPECT_EQ(answer.status, SEC_E_OK);
       EXPECT_EQ(lab.client.Decrypt(answer.token).status,
                 SEC_I_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.client.Decrypt(answer.token).status,
                 SEC_E_CONTEXT_EXPIRED);
     }},
    // The swarm found it.
    {"no room for another hello, and then the server's farewell",
     [](TlsLab& lab) {
       lab.Establish(k12);
       RunInto(Trouble::kTooSmall, lab.client, {});
       EXPECT_EQ(lab.server.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
       EXPECT_EQ(lab.client.Decrypt(lab.server.Leg({}).token).status,
                 SEC_I_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.client.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_OK);
     }},
    {"the server breaks off, half-closed",
     [](TlsLab& lab) {
       lab.Establish(k12);
       EXPECT_EQ(lab.server.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
       EXPECT_EQ(lab.server.Leg({}).status, SEC_E_OK);
       EXPECT_EQ(lab.server.Decrypt(Bytes(1)).status, SEC_E_INCOMPLETE_MESSAGE);
       EXPECT_EQ(lab.server.Decrypt(Altered(lab.client.Encrypt("x"))).status,
                 SEC_E_MESSAGE_ALTERED);
     }},
    {"altered messages",
     [](TlsLab& lab) {
       lab.Establish();
       const Bytes to_client = Altered(lab.server.Encrypt("x"));
       EXPECT_EQ(lab.server.Decrypt(Altered(lab.client.Encrypt("x"))).status,
                 SEC_E_MESSAGE_ALTERED);
       EXPECT_EQ(lab.client.Decrypt(to_client).status, SEC_E_MESSAGE_ALTERED);
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_INVALID_TOKEN);
       EXPECT_EQ(lab.server.Leg({}).status, SEC_E_INVALID_TOKEN);
       EXPECT_TRUE(lab.client.Encrypt("x").empty());
       EXPECT_EQ(lab.client.encrypted, SEC_E_INVALID_HANDLE);
     }},
    {"what is no hello that can be answered",
     [](TlsLab& lab) {
       lab.Acquire();
       EXPECT_EQ(lab.server.Leg(Bytes(3)).status, SEC_E_INCOMPLETE_MESSAGE);
       EXPECT_EQ(lab.server.Leg(kNotTls).status, SEC_E_INVALID_TOKEN);
       EXPECT_EQ(lab.server.Leg(kTooLong).status, SEC_E_ILLEGAL_MESSAGE);
       EXPECT_EQ(lab.server.Leg(PlainAlert(TLS1_ALERT_UNKNOWN_CA)).status,
                 SEC_E_ILLEGAL_MESSAGE);
       Protocols client("\x02h2");
       Protocols server("\x02h3");
       lab.client.extra_input = {client.buffer()};
       lab.server.extra_input = {server.buffer()};
       const Bytes hello = lab.client.Leg({}).token;
       EXPECT_EQ(lab.server.Leg(hello).status,
                 SEC_E_APPLICATION_PROTOCOL_MISMATCH);
       lab.server.extra_input.clear();
       EXPECT_EQ(lab.server.Leg(hello).status, SEC_I_CONTINUE_NEEDED);
       EXPECT_EQ(lab.server.Leg(Bytes(3)).status, SEC_E_INCOMPLETE_MESSAGE);
       SCHANNEL_CRED cred = NewSchannelCred();
       cred.grbitEnabledProtocols = k12;
       cred.dwMaximumCipherStrength = 128;
       lab.client.Close();
       ASSERT_EQ(lab.client.Acquire(&cred), SEC_E_OK);
       const Bytes weak = lab.client.Leg({}).token;
       cred.dwMaximumCipherStrength = 0;
       cred.dwMinimumCipherStrength = 256;
       lab.server.Close();
       ASSERT_EQ(lab.server.Acquire(&cred), SEC_E_OK);
       EXPECT_EQ(lab.server.Leg(weak).status, SEC_E_ALGORITHM_MISMATCH);
       lab.server.Close();
       ASSERT_EQ(lab.server.AcquireFor(SP_PROT_TLS1_3), SEC_E_OK);
       EXPECT_EQ(lab.server.Leg(weak).status, SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"messages that are not whole",
     [](TlsLab& lab) {
       lab.Acquire();
       lab.client.Leg({});
       EXPECT_EQ(lab.client.Leg(Bytes(3)).status, SEC_E_INCOMPLETE_MESSAGE);
       lab.client.CloseContext();
       lab.Shake();
       EXPECT_EQ(lab.server.Decrypt(Bytes(3)).status, SEC_E_INCOMPLETE_MESSAGE);
       EXPECT_EQ(lab.client.Decrypt(Bytes(3)).status, SEC_E_INCOMPLETE_MESSAGE);
     }},
    {"datagrams",
     [](TlsLab& lab) {
       lab.Acquire();
       const Bytes hello = lab.client.Leg({}).token;
       lab.server.requirements |= ASC_REQ_DATAGRAM;
       EXPECT_EQ(lab.server.Leg(hello).status, SEC_E_UNSUPPORTED_FUNCTION);
       lab.client.CloseContext();
       lab.client.requirements |= ISC_REQ_DATAGRAM;
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"protocols that are none",
     [](TlsLab& lab) {
       lab.Acquire();
       const Bytes hello = lab.client.Leg({}).token;
       lab.client.CloseContext();
       // A name longer than its list.
       Protocols bad("\x09h2");
       lab.client.extra_input = lab.server.extra_input = {bad.buffer()};
       EXPECT_EQ(lab.client.Leg({}).status, SEC_E_INVALID_TOKEN);
       EXPECT_EQ(lab.server.Leg(hello).status, SEC_E_INVALID_TOKEN);
     }},
    {"trouble with the first tokens",
     [](TlsLab& lab) {
       lab.Acquire(k12);
       for (const Trouble trouble : kTroubles) {
         // The context's own memory comes first, and its target's.
         RunInto(trouble, lab.client, {}, 3);
         lab.client.output_type = SECBUFFER_TOKEN;
       }
       const Bytes hello = lab.client.Leg({}).token;
       for (const Trouble trouble : kTroubles) {
         RunInto(trouble, lab.server, hello, 2);
         lab.server.output_type = SECBUFFER_TOKEN;
       }
     }},
    {"breaking off in the middle",
     [](TlsLab& lab) {
       lab.Acquire(k12);
       const TlsCall hello = lab.client.Leg({});
       EXPECT_EQ(lab.server.Leg(hello.token).status, SEC_I_CONTINUE_NEEDED);
       EXPECT_EQ(lab.client.Control({SCHANNEL_ALERT, TLS1_ALERT_FATAL,
                                     TLS1_ALERT_USER_CANCELED}),
                 SEC_E_OK);
       const TlsCall bye = lab.client.Leg({});
       EXPECT_EQ(bye.status, SEC_E_OK);
       EXPECT_EQ(lab.server.Leg(bye.token).status,
                 SEC_E_UNFINISHED_CONTEXT_DELETED);
       EXPECT_EQ(lab.client.Decrypt(bye.token).status, SEC_E_CONTEXT_EXPIRED);
       EXPECT_EQ(lab.client.Control({SCHANNEL_SHUTDOWN}), SEC_E_INVALID_HANDLE);
     }},
    {"the server breaks off in the middle",
     [](TlsLab& lab) {
       lab.Acquire(k12);
       EXPECT_EQ(lab.server.Leg(lab.client.Leg({}).token).status,
                 SEC_I_CONTINUE_NEEDED);
       EXPECT_EQ(lab.server.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
       EXPECT_EQ(lab.client.Leg(lab.server.Leg({}).token).status,
                 SEC_I_CONTEXT_EXPIRED);
     }},
    {"a client's certificate that the server cannot take, and one of a server "
     "that the client cannot",
     [](TlsLab& lab) {
       for (const bool of_server : {false, true}) {
         tls::CertificateAuthority root = *tls::CertificateAuthority::Root(
             {.common_name = "Root"}, Entropy(5, 5));
         lab.world.certificates().Trust(root.certificate());
         tls::CertificateRequest request = {.common_name = "lab.example.test",
                                            .dns_names = {"lab.example.test"}};
         request.client_authentication = of_server;
         request.server_authentication = !of_server;
         const OwnedCertificate& owned =
             lab.world.certificates().Add(*root.Issue(request));
         CERT_CONTEXT context = {};
         context.pbCertEncoded = const_cast<uint8_t*>(owned.certificate.data());
         context.cbCertEncoded = static_cast<DWORD>(owned.certificate.size());
         PCCERT_CONTEXT list[] = {&context};
         SCHANNEL_CRED cred = NewSchannelCred();
         cred.cCreds = 1;
         cred.paCred = list;
         TlsEnd client(true, lab.world);
         TlsEnd server(false, lab.world);
         ASSERT_EQ(client.Acquire(of_server ? nullptr : &cred), SEC_E_OK);
         ASSERT_EQ(server.Acquire(of_server ? &cred : nullptr), SEC_E_OK);
         if (!of_server) server.requirements |= ASC_REQ_MUTUAL_AUTH;
         const testing::TlsOutcome outcome = RunTls(client, server);
         EXPECT_EQ(of_server ? outcome.client : outcome.server,
                   SEC_E_CERT_WRONG_USAGE);
       }
     }},
    {"a server of another name",
     [](TlsLab& lab) {
       lab.Acquire();
       lab.client.target = u"other.example.test";
       EXPECT_EQ(RunTls(lab.client, lab.server).client, SEC_E_WRONG_PRINCIPAL);
     }},
};

// Scenarios that are run once for each trouble.
const std::pair<const char*, std::function<void(TlsLab&, Trouble)>>
    kTroubled[] = {
        {"tokens in the middle",
         [](TlsLab& lab, Trouble trouble) {
           lab.Acquire(k12);
           Bytes to_server, to_client;
           (void)Feed(lab.client, {}, &to_server);
           (void)Feed(lab.server, to_server, &to_client);
           // The server's last record is what the client answers.
           while (true) {
             const size_t size = 5 + (size_t{to_client[3]} << 8 | to_client[4]);
             if (size == to_client.size()) break;
             ASSERT_EQ(lab.client.Leg(to_client).status, SEC_I_CONTINUE_NEEDED);
             to_client.erase(to_client.begin(), to_client.begin() + size);
           }
           // The queue has its memory from the hello; a large copy is what
           // can be refused.
           if (trouble == Trouble::kNoMemory) {
             lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
           }
           RunInto(trouble, lab.client, to_client);
         }},
        {"the server's last token",
         [](TlsLab& lab, Trouble trouble) {
           lab.Acquire(k12);
           Bytes to_server, to_client, answer;
           (void)Feed(lab.client, {}, &to_server);
           (void)Feed(lab.server, std::exchange(to_server, {}), &to_client);
           (void)Feed(lab.client, to_client, &to_server);
           while (true) {
             const size_t size = 5 + (size_t{to_server[3]} << 8 | to_server[4]);
             if (size == to_server.size()) break;
             ASSERT_EQ(lab.server.Leg(to_server).status, SEC_I_CONTINUE_NEEDED);
             to_server.erase(to_server.begin(), to_server.begin() + size);
           }
           if (trouble == Trouble::kNoMemory) {
             lab.server.requirements |= ASC_REQ_ALLOCATE_MEMORY;
           }
           RunInto(trouble, lab.server, to_server);
         }},
        {"asking for another handshake",
         [](TlsLab& lab, Trouble trouble) {
           lab.Establish(k12);
           RunInto(trouble, lab.server, {});
         }},
        {"beginning another handshake",
         [](TlsLab& lab, Trouble trouble) {
           lab.Establish(k12);
           RunInto(trouble, lab.client, {});
         }},
        {"the client's answer to the server's wish",
         [](TlsLab& lab, Trouble trouble) {
           lab.Establish(k12);
           const Bytes wish = lab.server.Leg({}).token;
           EXPECT_EQ(lab.client.Decrypt(wish).status, SEC_I_RENEGOTIATE);
           if (trouble == Trouble::kNoMemory) {
             lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
           }
           RunInto(trouble, lab.client, wish);
         }},
        {"the server's answer to the client's hello, by either way",
         [](TlsLab& lab, Trouble trouble) {
           for (const bool by_message : {false, true}) {
             lab.client.Close();
             lab.server.Close();
             lab.server.output_type = SECBUFFER_TOKEN;
             lab.Establish(k12);
             const Bytes hello = AskClientAgain(lab);
             if (by_message) {
               EXPECT_EQ(lab.server.Decrypt(hello).status, SEC_I_RENEGOTIATE);
             }
             if (trouble == Trouble::kNoMemory) {
               lab.server.requirements |= ASC_REQ_ALLOCATE_MEMORY;
               // The flight's memory comes first.
               RunInto(trouble, lab.server, hello, by_message ? 1 : 2);
               lab.server.requirements &= ~ULONG{ASC_REQ_ALLOCATE_MEMORY};
             } else {
               RunInto(trouble, lab.server, hello);
             }
           }
         }},
        {"farewells of both",
         [](TlsLab& lab, Trouble trouble) {
           lab.Establish(k12);
           for (TlsEnd* end : {&lab.client, &lab.server}) {
             EXPECT_EQ(end->Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
             EXPECT_EQ(end->Leg({}).status, SEC_E_OK);
             EXPECT_EQ(end->Control({SCHANNEL_ALERT, TLS1_ALERT_FATAL,
                                     TLS1_ALERT_ACCESS_DENIED}),
                       SEC_E_OK);
             RunInto(trouble, *end, {});
             if (trouble == Trouble::kTooSmall) {
               EXPECT_EQ(end->Leg({}).status, SEC_E_OK);
             }
           }
         }},
        {"an answer without a certificate",
         [](TlsLab& lab, Trouble trouble) {
           lab.Acquire(k12);
           lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
           Bytes to_server, to_client;
           (void)Feed(lab.client, {}, &to_server);
           (void)Feed(lab.server, to_server, &to_client);
           const Bytes flight = Coalesced(to_client);
           EXPECT_EQ(lab.client.Leg(flight).status,
                     SEC_I_INCOMPLETE_CREDENTIALS);
           if (trouble == Trouble::kNoMemory) {
             lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
           }
           RunInto(trouble, lab.client, flight);
           if (trouble != Trouble::kTooSmall) return;
           const TlsCall answer = lab.client.Leg(flight);
           EXPECT_EQ(answer.status, SEC_I_CONTINUE_NEEDED);
           EXPECT_FALSE(answer.token.empty());
           EXPECT_EQ(answer.note, ULONG{SECBUFFER_EMPTY});
           to_client.clear();
           EXPECT_EQ(Feed(lab.server, answer.token, &to_client), SEC_E_OK);
         }},
        {"an answer to a flight that goes on behind its end",
         [](TlsLab& lab, Trouble) {
           lab.Acquire(k12);
           lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
           Bytes to_server, to_client;
           (void)Feed(lab.client, {}, &to_server);
           (void)Feed(lab.server, to_server, &to_client);
           Bytes flight = Coalesced(to_client);
           // ServerHelloDone once more, in the record and its length.
           const Bytes done = {14, 0, 0, 0};
           flight.insert(flight.end(), done.begin(), done.end());
           const size_t size = flight.size() - 5;
           flight[3] = static_cast<uint8_t>(size >> 8);
           flight[4] = static_cast<uint8_t>(size);
           EXPECT_EQ(lab.client.Leg(flight).status,
                     SEC_I_INCOMPLETE_CREDENTIALS);
           EXPECT_EQ(lab.client.Leg(flight).status, SEC_E_ILLEGAL_MESSAGE);
         }},
        {"breaking off where a certificate is wanted, or a hello, or a leg",
         [](TlsLab& lab, Trouble) {
           lab.Acquire(k12);
           lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
           EXPECT_EQ(RunTls(lab.client, lab.server).client,
                     SEC_I_INCOMPLETE_CREDENTIALS);
           EXPECT_EQ(lab.client.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
           EXPECT_EQ(lab.client.Leg({}).status, SEC_E_OK);
           lab.client.Close();
           lab.server.Close();
           lab.server.requirements &= ~ULONG{ASC_REQ_MUTUAL_AUTH};
           lab.Establish(k12);
           const Bytes wish = lab.server.Leg({}).token;
           EXPECT_EQ(lab.server.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
           EXPECT_EQ(lab.server.Leg({}).status, SEC_E_OK);
           EXPECT_EQ(lab.client.Decrypt(wish).status, SEC_I_RENEGOTIATE);
           EXPECT_EQ(lab.client.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
           EXPECT_EQ(lab.client.Leg(wish).status, SEC_E_OK);
           lab.client.Close();
           lab.server.Close();
           lab.Establish(k12);
           const Bytes hello = lab.client.Leg({}).token;
           EXPECT_EQ(lab.server.Decrypt(hello).status, SEC_I_RENEGOTIATE);
           EXPECT_EQ(lab.server.Control({SCHANNEL_SHUTDOWN}), SEC_E_OK);
           EXPECT_EQ(lab.server.Leg(hello).status, SEC_E_OK);
         }},
};

TEST(SchannelTransitions, EachIsTakenAndNoOther) {
  Recorder recorder;
  for (const auto& [name, run] : kScenarios) {
    SCOPED_TRACE(name);
    TlsLab lab;
    lab.world.set_observer(&recorder);
    run(lab);
    lab.client.Close();
    lab.server.Close();
    EXPECT_EQ(lab.world.memory().live_allocations(), 0u);
  }
  for (const auto& [name, run] : kTroubled) {
    for (const Trouble trouble : kTroubles) {
      SCOPED_TRACE(std::string(name) + " " +
                   std::to_string(static_cast<int>(trouble)));
      TlsLab lab;
      lab.world.set_observer(&recorder);
      run(lab, trouble);
      lab.client.Close();
      lab.server.Close();
      EXPECT_EQ(lab.world.memory().live_allocations(), 0u);
    }
  }
  RunFailures(&recorder);
  // What only peers of other makes bring about: a TLS 1.3 server whose flight
  // is one record, a client that changes its keys (RFC 8446 4.6.3).
  recorder.taken.insert(
      {"Schannel initiator",
       static_cast<uint8_t>(schannel::State::kWaitingForCredentials),
       static_cast<uint8_t>(schannel::Event::kEstablished)});
  recorder.taken.insert({"Schannel acceptor",
                         static_cast<uint8_t>(schannel::State::kPostHandshake),
                         static_cast<uint8_t>(schannel::Event::kEstablished)});
  for (const MachineDescription* machine : MachinesOf(Package::kSchannel)) {
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(recorder.taken.contains({machine->name, row.from, row.event}))
          << "never taken: " << Describe(*machine, row.from, row.event);
    }
  }
}

TEST(SchannelTransitions, HaveStatusesThatTheStatusTableAllows) {
  const MachineDescription* initiator = MachinesOf(Package::kSchannel)[0];
  for (const MachineDescription* machine : MachinesOf(Package::kSchannel)) {
    const Call leg = machine == initiator ? Call::kInitializeSecurityContext
                                          : Call::kAcceptSecurityContext;
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(
          MayReturn(leg, Package::kSchannel, row.status) ||
          MayReturn(Call::kDecryptMessage, Package::kSchannel, row.status))
          << Describe(*machine, row.from, row.event) << " is "
          << StatusName(row.status);
    }
  }
}

}  // namespace
}  // namespace sspilab
