#ifndef SSPILAB_CORE_SCHANNEL_POLICY_H_
#define SSPILAB_CORE_SCHANNEL_POLICY_H_

#include <cstddef>
#include <cstdint>

#include "core/sspi.h"

namespace sspilab {

// What the administrator of the machine has decided about Schannel: the values
// of the registry key SecurityProviders\SCHANNEL, under their own names where
// there is one.
struct SchannelPolicy {
  // SP_PROT_*_CLIENT and ..._SERVER: what credentials get that ask for nothing,
  // and the most that they can get.
  uint32_t enabled_protocols = SP_PROT_TLS1_2 | SP_PROT_TLS1_3;
  // ClientCacheTime and ServerCacheTime, in ms: how long a session may be
  // resumed, where the credential says nothing else (dwSessionLifespan).
  uint32_t cache_time = 10 * 3600 * 1000;
  // MaximumCacheSize: sessions of one cache. 0 is no cache.
  size_t maximum_cache_size = 20000;
  // Whether servers say which authorities they believe when they ask for a
  // client's certificate (SendTrustedIssuerList). Windows has not done so since
  // Server 2012; it does here, for lists are short and clients that cope with
  // one are worth testing.
  bool send_trusted_issuer_list = true;
  // DisableRenegoOnClient, DisableRenegoOnServer: whether the peer may begin
  // another handshake in TLS 1.2.
  bool disable_renegotiation_on_client = false;
  bool disable_renegotiation_on_server = false;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_SCHANNEL_POLICY_H_
