#ifndef SSPILAB_TESTS_CORE_KERBEROS_SEALED_H_
#define SSPILAB_TESTS_CORE_KERBEROS_SEALED_H_

#include "core/sspi.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"

namespace sspilab::testing {

// A message in TOKEN, DATA and PADDING buffers.
struct Sealed {
  Bytes token;
  Bytes data;
  Bytes padding;
};

inline SECURITY_STATUS Encrypt(End& end, Sealed* message, ULONG qop = 0) {
  SecPkgContext_Sizes sizes = {};
  SECURITY_STATUS status =
      QueryContextAttributesW(&end.context, SECPKG_ATTR_SIZES, &sizes);
  if (status != SEC_E_OK) return status;
  message->token.resize(sizes.cbSecurityTrailer);
  message->padding.resize(1);
  SecBuffer buffers[] = {{static_cast<ULONG>(message->token.size()),
                          SECBUFFER_TOKEN, message->token.data()},
                         {static_cast<ULONG>(message->data.size()),
                          SECBUFFER_DATA, message->data.data()},
                         {1, SECBUFFER_PADDING, message->padding.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 3, buffers};
  status = EncryptMessage(&end.context, qop, &descriptor, 0);
  message->token.resize(buffers[0].cbBuffer);
  message->padding.resize(buffers[2].cbBuffer);
  return status;
}

inline SECURITY_STATUS Decrypt(End& end, Sealed* message,
                               ULONG* qop = nullptr) {
  SecBuffer buffers[] = {{static_cast<ULONG>(message->token.size()),
                          SECBUFFER_TOKEN, message->token.data()},
                         {static_cast<ULONG>(message->data.size()),
                          SECBUFFER_DATA, message->data.data()},
                         {static_cast<ULONG>(message->padding.size()),
                          SECBUFFER_PADDING, message->padding.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 3, buffers};
  return DecryptMessage(&end.context, &descriptor, 0, qop);
}

inline SECURITY_STATUS Sign(End& end, Sealed* message) {
  SecPkgContext_Sizes sizes = {};
  SECURITY_STATUS status =
      QueryContextAttributesW(&end.context, SECPKG_ATTR_SIZES, &sizes);
  if (status != SEC_E_OK) return status;
  message->token.resize(sizes.cbMaxSignature);
  SecBuffer buffers[] = {{static_cast<ULONG>(message->token.size()),
                          SECBUFFER_TOKEN, message->token.data()},
                         {static_cast<ULONG>(message->data.size()),
                          SECBUFFER_DATA, message->data.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  return MakeSignature(&end.context, 0, &descriptor, 0);
}

inline SECURITY_STATUS Verify(End& end, Sealed* message) {
  SecBuffer buffers[] = {{static_cast<ULONG>(message->token.size()),
                          SECBUFFER_TOKEN, message->token.data()},
                         {static_cast<ULONG>(message->data.size()),
                          SECBUFFER_DATA, message->data.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  return VerifySignature(&end.context, &descriptor, 0, nullptr);
}

// One message, sealed and opened again.
inline void ExpectArrives(End& from, End& to, const Bytes& text) {
  Sealed message{{}, text, {}};
  ASSERT_EQ(Encrypt(from, &message), SEC_E_OK);
  ASSERT_EQ(Decrypt(to, &message), SEC_E_OK);
  EXPECT_EQ(message.data, text);
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_KERBEROS_SEALED_H_
