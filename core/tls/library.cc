#include "core/tls/library.h"

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

// A provider of one algorithm, a random generator without state of its own:
// provider-base(7), provider-rand(7).
namespace sspilab::tls {
namespace {

constexpr char kProviderName[] = "sspilab";
constexpr char kGeneratorName[] = "SSPILAB-ENTROPY";

// What the generator says of itself; OpenSSL asks for 256 bits at most.
constexpr unsigned int kStrengthBits = 256;
constexpr size_t kMaxRequestBytes = size_t{1} << 20;

thread_local Entropy* current_entropy = nullptr;

// Each context of the generator is this one: there is nothing in it.
char the_context;

void* NewContext(void* /*provider*/, void* /*parent*/,
                 const OSSL_DISPATCH* /*parent_calls*/) {
  return &the_context;
}

void FreeContext(void* /*context*/) {}

int Instantiate(void* /*context*/, unsigned int /*strength*/,
                int /*prediction_resistance*/, const unsigned char* /*text*/,
                size_t /*text_size*/, const OSSL_PARAM /*params*/[]) {
  return 1;
}

int Uninstantiate(void* /*context*/) { return 1; }

int Generate(void* /*context*/, unsigned char* out, size_t size,
             unsigned int /*strength*/, int /*prediction_resistance*/,
             const unsigned char* /*additional*/, size_t /*additional_size*/) {
  if (current_entropy == nullptr) return 0;
  current_entropy->Fill(absl::MakeSpan(out, size));
  return 1;
}

// Entropy belongs to one thread; there is nothing to lock.
int EnableLocking(void* /*context*/) { return 1; }
int Lock(void* /*context*/) { return 1; }
void Unlock(void* /*context*/) {}

int GetParams(void* /*context*/, OSSL_PARAM params[]) {
  OSSL_PARAM* param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
  if (param != nullptr && !OSSL_PARAM_set_size_t(param, kMaxRequestBytes)) {
    return 0;
  }
  param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
  if (param != nullptr && !OSSL_PARAM_set_uint(param, kStrengthBits)) return 0;
  param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
  return param == nullptr || OSSL_PARAM_set_int(param, EVP_RAND_STATE_READY);
}

using AnyFunction = void (*)();

template <typename Function>
OSSL_DISPATCH Entry(int id, Function* function) {
  return {id, reinterpret_cast<AnyFunction>(function)};
}

const OSSL_ALGORITHM* QueryOperation(void* /*provider*/, int operation,
                                     int* no_cache) {
  static const OSSL_DISPATCH kGenerator[] = {
      Entry(OSSL_FUNC_RAND_NEWCTX, NewContext),
      Entry(OSSL_FUNC_RAND_FREECTX, FreeContext),
      Entry(OSSL_FUNC_RAND_INSTANTIATE, Instantiate),
      Entry(OSSL_FUNC_RAND_UNINSTANTIATE, Uninstantiate),
      Entry(OSSL_FUNC_RAND_GENERATE, Generate),
      Entry(OSSL_FUNC_RAND_ENABLE_LOCKING, EnableLocking),
      Entry(OSSL_FUNC_RAND_LOCK, Lock),
      Entry(OSSL_FUNC_RAND_UNLOCK, Unlock),
      Entry(OSSL_FUNC_RAND_GET_CTX_PARAMS, GetParams),
      {0, nullptr},
  };
  static const OSSL_ALGORITHM kAlgorithms[] = {
      {kGeneratorName, "provider=sspilab", kGenerator, nullptr},
      {nullptr, nullptr, nullptr, nullptr},
  };
  *no_cache = 0;
  return operation == OSSL_OP_RAND ? kAlgorithms : nullptr;
}

int InitProvider(const OSSL_CORE_HANDLE* /*handle*/,
                 const OSSL_DISPATCH* /*core*/, const OSSL_DISPATCH** out,
                 void** provider) {
  static const OSSL_DISPATCH kProvider[] = {
      Entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, QueryOperation),
      {0, nullptr},
  };
  *out = kProvider;
  *provider = &the_context;
  return 1;
}

OSSL_LIB_CTX* MakeLibrary() {
  // The configuration's ssl section would apply to every SSL_CTX of the
  // process, in whatever library context.
  if (!OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr)) return nullptr;
  OSSL_LIB_CTX* library = OSSL_LIB_CTX_new();
  if (library == nullptr) return nullptr;
  if (OSSL_PROVIDER_load(library, "default") == nullptr ||
      !OSSL_PROVIDER_add_builtin(library, kProviderName, InitProvider) ||
      OSSL_PROVIDER_load(library, kProviderName) == nullptr ||
      !RAND_set_DRBG_type(library, kGeneratorName, nullptr, nullptr, nullptr) ||
      !RAND_set_seed_source_type(library, kGeneratorName, nullptr)) {
    OSSL_LIB_CTX_free(library);
    return nullptr;
  }
  return library;
}

}  // namespace

OSSL_LIB_CTX* Library() {
  static OSSL_LIB_CTX* const library = MakeLibrary();
  return library;
}

EntropyScope::EntropyScope(Entropy* entropy) : previous_(current_entropy) {
  current_entropy = entropy;
}

EntropyScope::~EntropyScope() { current_entropy = previous_; }

}  // namespace sspilab::tls
