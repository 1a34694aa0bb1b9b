// The few types of Windows' wincrypt.h that Schannel's and CredSSP's structs
// are made of: certificates as callers hold them, names, algorithm numbers.
// Windows' names, values and layout. Valid C11 and C++20.
#ifndef SSPILAB_CORE_SSPI_WINCRYPT_H_
#define SSPILAB_CORE_SSPI_WINCRYPT_H_

// The names and types are Windows', the language is C:
// NOLINTBEGIN(bugprone-reserved-identifier,google-runtime-int,modernize-use-using)

#include "core/sspi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void* HCERTSTORE;
typedef ULONG_PTR HCRYPTPROV;

typedef struct _CRYPTOAPI_BLOB {
  DWORD cbData;
  BYTE* pbData;
} CERT_NAME_BLOB, *PCERT_NAME_BLOB;

// A certificate. The encoded bytes are the truth, and all that is read here:
// callers may leave pCertInfo null, whose struct (_CERT_INFO) nobody makes.
typedef struct _CERT_INFO* PCERT_INFO;

typedef struct _CERT_CONTEXT {
  DWORD dwCertEncodingType;  // X509_ASN_ENCODING
  BYTE* pbCertEncoded;       // DER
  DWORD cbCertEncoded;
  PCERT_INFO pCertInfo;
  HCERTSTORE hCertStore;
} CERT_CONTEXT, *PCERT_CONTEXT;

typedef const CERT_CONTEXT* PCCERT_CONTEXT;

#define X509_ASN_ENCODING 0x00000001
#define PKCS_7_ASN_ENCODING 0x00010000

// Algorithms: a class in the bits from 13, a type in those from 9, a number.
typedef uint32_t ALG_ID;

// Class 1, signatures.
#define CALG_DSS_SIGN 0x2200
#define CALG_ECDSA 0x2203
#define CALG_RSA_SIGN 0x2400
// Class 3, ciphers.
#define CALG_NULLCIPHER 0x6000
#define CALG_DES 0x6601
#define CALG_RC2 0x6602
#define CALG_3DES 0x6603
#define CALG_AES_128 0x660e
#define CALG_AES_192 0x660f
#define CALG_AES_256 0x6610
#define CALG_AES 0x6611
#define CALG_RC4 0x6801
// Class 4, digests.
#define CALG_MD5 0x8003
#define CALG_SHA 0x8004
#define CALG_SHA1 0x8004
#define CALG_MAC 0x8005
#define CALG_SSL3_SHAMD5 0x8008
#define CALG_HMAC 0x8009
#define CALG_SHA_256 0x800c
#define CALG_SHA_384 0x800d
#define CALG_SHA_512 0x800e
// Class 5, key exchange.
#define CALG_RSA_KEYX 0xa400
#define CALG_DH_SF 0xaa01
#define CALG_DH_EPHEM 0xaa02
#define CALG_ECDH 0xaa05
#define CALG_ECDH_EPHEM 0xae06

#ifdef __cplusplus
}  // extern "C"
#endif

// NOLINTEND(bugprone-reserved-identifier,google-runtime-int,modernize-use-using)

#endif  // SSPILAB_CORE_SSPI_WINCRYPT_H_
