#ifndef SSPILAB_CORE_SCHANNEL_CONNECTION_H_
#define SSPILAB_CORE_SCHANNEL_CONNECTION_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <string_view>

#include "core/sspi.h"

namespace sspilab::schannel {

// An algorithm as Windows numbers (ALG_ID) and names (CNG) it.
struct Algorithm {
  ALG_ID id = 0;
  std::string_view name;
  uint32_t bits = 0;
};

// What was agreed on, in Windows' terms.
struct Connection {
  uint32_t protocol = 0;  // One of SP_PROT_*.
  uint32_t suite = 0;     // As on the wire.
  std::string_view suite_name;
  Algorithm cipher;
  uint32_t block = 0;  // Bytes.
  Algorithm hash;
  Algorithm exchange;
  // What the certificate is for: "RSA", "ECDSA"; empty in TLS 1.3, whose suites
  // do not say.
  std::string_view certificate;
};

// Of a connection whose handshake is done.
[[nodiscard]] Connection DescribeConnection(const SSL* ssl, bool client);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_CONNECTION_H_
