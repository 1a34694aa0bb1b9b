#ifndef SSPILAB_CORE_SCHANNEL_RECORD_SHAPE_H_
#define SSPILAB_CORE_SCHANNEL_RECORD_SHAPE_H_

#include <openssl/types.h>

#include <cstdint>

namespace sspilab::schannel {

// How records of application data are built (RFC 8446 5.2, RFC 5246 6.2.3), in
// bytes: a header of this size, as much body as there is data, a trailer of at
// most this size.
struct RecordShape {
  uint32_t header = 0;
  uint32_t trailer = 0;
  uint32_t block = 0;
};

// Of the suite that `ssl` has agreed on.
[[nodiscard]] RecordShape RecordShapeOf(const SSL* ssl);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_RECORD_SHAPE_H_
