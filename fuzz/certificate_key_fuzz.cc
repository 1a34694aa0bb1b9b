// The public key that is found in a certificate lies within it.

#include "core/credssp/subject_public_key.h"
#include "fuzz/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab;
  const auto key = credssp::SubjectPublicKey({data, size});
  if (key.has_value() &&
      (key->data() < data || key->data() + key->size() > data + size)) {
    fuzz::Fail(fuzz::Rule::kOnlyItsOwnBytes, "the key is elsewhere");
  }
  return 0;
}
