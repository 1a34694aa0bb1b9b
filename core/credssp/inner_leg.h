#ifndef SSPILAB_CORE_CREDSSP_INNER_LEG_H_
#define SSPILAB_CORE_CREDSSP_INNER_LEG_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/security_package.h"

namespace sspilab::credssp {

// One leg of a context inside: a token goes in, and what comes out is here for
// as long as this object lives.
class InnerLeg {
 public:
  explicit InnerLeg(World& world) : world_(world) {}
  ~InnerLeg();
  InnerLeg(const InnerLeg&) = delete;
  InnerLeg& operator=(const InnerLeg&) = delete;

  struct Arguments {
    uint32_t requirements;
    std::u16string_view target;
    // As Leg::credential.
    CredentialTable::Pin* credential = nullptr;
  };

  // Without `token` (null) the context is called without input.
  SECURITY_STATUS Advance(Context& context, const absl::Span<uint8_t>* token,
                          const Arguments& arguments);

  // Empty where there is nothing to be sent. There may be something after an
  // error, too.
  absl::Span<const uint8_t> output() const;
  uint32_t attributes() const { return attributes_; }
  FileTime expiry() const { return expiry_; }

 private:
  World& world_;
  SecBuffer output_{};
  uint32_t attributes_ = 0;
  FileTime expiry_ = kFileTimeNever;
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_INNER_LEG_H_
