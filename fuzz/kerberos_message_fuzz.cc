// What parses as a message of Kerberos that goes over a wire, or as what stands
// in it unencrypted, can be written, and parses to the same.

#include <cstdint>

#include "absl/types/span.h"
#include "core/kerberos/messages.h"
#include "core/wire/der.h"
#include "fuzz/kerberos_round_trip.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using kerberos::Element;
using kerberos::List;
using kerberos::PaData;

void Show(Bytes bytes) {
  // Parts that name no application: all that they may be.
  KerberosRoundTrip<kerberos::KdcReqBody>(bytes);
  KerberosRoundTrip<kerberos::EncryptedData>(bytes);
  KerberosRoundTrip<kerberos::PrincipalName>(bytes);
  KerberosRoundTrip<List<kerberos::EtypeInfo2Entry>>(bytes);
  const auto methods = KerberosRoundTrip<List<PaData>>(bytes);
  if (!methods.has_value()) return;
  for (const PaData& method : *methods) {
    KerberosRoundTrip<List<kerberos::EtypeInfo2Entry>>(method.padata_value);
  }
}

void ShowTicket(const Element& ticket) {
  KerberosRoundTrip<kerberos::Ticket>(ticket.der);
}

void ShowPaData(const List<PaData>& list) {
  for (const PaData& data : list) {
    KerberosRoundTrip<kerberos::EncryptedData>(data.padata_value);
    const auto ap_req = KerberosRoundTrip<kerberos::ApReq>(data.padata_value);
    if (ap_req.has_value()) ShowTicket(ap_req->ticket);
  }
}

// One kind of message, and what is in it.
template <typename Message>
void Try(Bytes bytes) {
  const auto message = KerberosRoundTrip<Message>(bytes);
  if (!message.has_value()) return;
  if constexpr (requires { message->req_body; }) {
    KerberosRoundTrip<kerberos::KdcReqBody>(message->req_body.der);
  }
  if constexpr (requires { message->padata->front(); }) {
    if (message->padata.has_value()) ShowPaData(*message->padata);
  } else if constexpr (requires { message->padata.front(); }) {
    ShowPaData(message->padata);
  }
  if constexpr (requires { message->ticket.der; }) ShowTicket(message->ticket);
  if constexpr (requires { message->tickets.front(); }) {
    for (const Element& ticket : message->tickets) ShowTicket(ticket);
  }
  if constexpr (requires { message->e_data; }) {
    if (message->e_data.has_value()) Show(*message->e_data);
  }
}

// RFC 4120 5.10.
constexpr MessageKind kKinds[] = {
    {wire::ApplicationTag(1), Try<kerberos::Ticket>},
    {wire::ApplicationTag(10), Try<kerberos::AsReq>},
    {wire::ApplicationTag(11), Try<kerberos::AsRep>},
    {wire::ApplicationTag(12), Try<kerberos::TgsReq>},
    {wire::ApplicationTag(13), Try<kerberos::TgsRep>},
    {wire::ApplicationTag(14), Try<kerberos::ApReq>},
    {wire::ApplicationTag(15), Try<kerberos::ApRep>},
    {wire::ApplicationTag(22), Try<kerberos::KrbCred>},
    {wire::ApplicationTag(30), Try<kerberos::KrbError>},
    {wire::DerTag::kSequence, Try<kerberos::TgtRequest>},
    {wire::DerTag::kSequence, Try<kerberos::TgtReply>},
    {wire::DerTag::kSequence, Show},
};

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  TryKinds(kKinds, {data, size});
  return 0;
}
