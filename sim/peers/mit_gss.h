#ifndef SSPILAB_SIM_PEERS_MIT_GSS_H_
#define SSPILAB_SIM_PEERS_MIT_GSS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace sspilab::sim {

// MIT's GSSAPI (Debian's libgssapi-krb5-2) at both ends of Kerberos, where it
// is installed: the initiator has its ticket in a cache in memory, the acceptor
// its key in a keytab in memory, and nobody a replay cache. MIT's clock is the
// system's: the ticket's times must hold it.
class MitGss {
 public:
  struct Session {
    // "alice@EXAMPLE.TEST", "HTTP/lab.example.test@EXAMPLE.TEST".
    std::string client;
    std::string service;
    // Of both keys: IANA's number.
    int32_t etype = 0;
    absl::Span<const uint8_t> service_key;
    uint32_t kvno = 1;
    absl::Span<const uint8_t> session_key;
    absl::Span<const uint8_t> ticket;
    // Of the ticket: seconds since 1970.
    int64_t starttime = 0;
    int64_t endtime = 0;
  };

  // Loads the libraries, for good, and acquires both credentials. NotFound with
  // the loader's words when there are none.
  static absl::StatusOr<std::unique_ptr<MitGss>> New(const Session& session);
  MitGss(const MitGss&) = delete;
  MitGss& operator=(const MitGss&) = delete;
  ~MitGss();

  // A mutual exchange with confidentiality, contexts made and deleted.
  absl::Status Authenticate();

 private:
  struct Functions;
  struct State;

  MitGss();

  absl::Status Load();
  absl::Status StoreTicket(const Session& session, std::string* cache_name);
  absl::Status StoreKey(const Session& session, std::string* keytab_name);

  std::unique_ptr<Functions> functions_;
  std::unique_ptr<State> state_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_PEERS_MIT_GSS_H_
