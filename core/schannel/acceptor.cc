#include "core/schannel/acceptor.h"

#include <string>

#include "core/schannel/certificate_check.h"
#include "core/schannel/sessions.h"
#include "core/tls/reading.h"

namespace sspilab::schannel {
namespace {

struct NamesFree {
  void operator()(STACK_OF(X509_NAME) * names) const {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
  }
};

// The names of the World's roots, for the client to choose a certificate by.
std::unique_ptr<STACK_OF(X509_NAME), NamesFree> RootNames(const World& world) {
  std::unique_ptr<STACK_OF(X509_NAME), NamesFree> names(
      sk_X509_NAME_new_null());
  if (names == nullptr) return nullptr;
  for (const DerBytes& der : world.certificates().roots()) {
    const tls::X509Ptr root = tls::ReadCertificate(der);
    if (root == nullptr) continue;
    X509_NAME* name = X509_NAME_dup(X509_get_subject_name(root.get()));
    if (name == nullptr || sk_X509_NAME_push(names.get(), name) == 0) {
      X509_NAME_free(name);
      return nullptr;
    }
  }
  return names;
}

}  // namespace

SECURITY_STATUS Acceptor::Take(Event event) {
  return machine_.Take(event, world().observer());
}

// ASC_REQ_* and ASC_RET_* have the same bits here.
uint32_t Acceptor::Granted(uint32_t requirements) const {
  static_assert(ASC_REQ_EXTENDED_ERROR == ASC_RET_EXTENDED_ERROR);
  uint32_t granted = ASC_RET_SEQUENCE_DETECT | ASC_RET_REPLAY_DETECT |
                     ASC_RET_CONFIDENTIALITY | ASC_RET_STREAM;
  granted |= requirements & ASC_REQ_EXTENDED_ERROR;
  if (established() && SSL_get0_peer_certificate(ssl()) != nullptr) {
    granted |= ASC_RET_MUTUAL_AUTH;
  }
  return granted;
}

std::optional<Event> Acceptor::Prepare(const Leg& leg) {
  if (!SetMutual(leg)) return Event::kOutOfMemory;
  return std::nullopt;
}

bool Acceptor::PrepareAgain(const Leg& leg) { return SetMutual(leg); }

// RFC 8446 4.3.2. A client without a certificate is let in, and the caller asks
// for SECPKG_ATTR_REMOTE_CERT_CONTEXT. A session is taken up only where as much
// was asked when it was made.
bool Acceptor::SetMutual(const Leg& leg) {
  const bool mutual = (leg.requirements & ASC_REQ_MUTUAL_AUTH) != 0;
  SSL_set_verify(ssl(), mutual ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!mutual) return true;
  constexpr unsigned char kMutual[] = {'S', 'M'};
  if (SSL_set_session_id_context(ssl(), kMutual, sizeof(kMutual)) != 1) {
    return false;
  }
  if (world().options().schannel.send_trusted_issuer_list) {
    auto names = RootNames(world());
    if (names == nullptr) return false;
    SSL_set0_CA_list(ssl(), names.release());
  }
  return true;
}

bool Acceptor::VerifyPeer(X509_STORE_CTX* chain) {
  if (schannel_credential().has_flag(SCH_CRED_MANUAL_CRED_VALIDATION)) {
    return true;
  }
  return Judge(CheckCertificates(chain, world().now(), ""));
}

SessionKey Acceptor::Key(absl::Span<const uint8_t> id) const {
  return {.credential = schannel_credential().cache_id(),
          .session_id = std::string(id.begin(), id.end())};
}

void Acceptor::SaveSession(SSL_SESSION* session) {
  unsigned int size = 0;
  const unsigned char* id = SSL_SESSION_get_id(session, &size);
  KeepSession(Key({id, size}), session);
}

SSL_SESSION* Acceptor::FindSession(absl::Span<const uint8_t> id) {
  return reconnects() ? LoadSession(world(), Key(id)) : nullptr;
}

void Acceptor::ForgetSession() {
  const SSL_SESSION* session = SSL_get0_session(ssl());
  if (session == nullptr) return;
  unsigned int size = 0;
  const unsigned char* id = SSL_SESSION_get_id(session, &size);
  world().tls_sessions().Erase(Key({id, size}));
}

const X509* Acceptor::own_certificate() const {
  return SSL_get_certificate(ssl());
}

}  // namespace sspilab::schannel
