#ifndef SSPILAB_TESTS_INTEROP_SSPI_PEER_H_
#define SSPILAB_TESTS_INTEROP_SSPI_PEER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/sspi.h"
#include "tests/interop/peer.h"

namespace sspilab::interop {

// The status by its name, as an error. `what` is the function that gave it.
absl::Status SspiError(absl::string_view what, SECURITY_STATUS status);

// What a SECBUFFER_CHANNEL_BINDINGS holds: the struct, and behind it the
// application data, as Schannel gives it. Empty for none.
Bytes MarshalBindings(const std::string& application_data);

// One end of an exchange behind a SecurityFunctionTable: what all
// implementations of the SSPI have in common.
class SspiContext : public Context {
 public:
  SspiContext(PSecurityFunctionTableW table, bool initiator, Terms terms)
      : table_(table), initiator_(initiator), terms_(std::move(terms)) {}
  // A subclass whose members the handles need calls Close() first.
  ~SspiContext() override { Close(); }

  // To be called once, before anything else.
  absl::Status AcquireCredentials();

  absl::StatusOr<Bytes> Step(ByteView token) override;
  absl::StatusOr<Bytes> Seal(ByteView message) override;
  absl::StatusOr<Bytes> Unseal(ByteView sealed) override;
  absl::StatusOr<Bytes> Sign(ByteView message) override;
  absl::Status Verify(ByteView message, ByteView signature) override;
  std::optional<Bytes> SessionKey() override;
  absl::StatusOr<Name> Initiator() override;

 protected:
  void Close();
  // After every call of ISC or ASC that has left a context.
  virtual absl::Status ContextExists() { return absl::OkStatus(); }

  PSecurityFunctionTableW table() const { return table_; }
  CtxtHandle* context() { return &context_; }
  const Terms& terms() const { return terms_; }
  bool initiator() const { return initiator_; }

 private:
  absl::StatusOr<Bytes> Protect(ByteView message, bool encrypt);

  SecurityFunctionTableW* const table_;
  const bool initiator_;
  const Terms terms_;
  bool has_credentials_ = false;
  CredHandle credentials_ = {};
  bool has_context_ = false;
  CtxtHandle context_ = {};
  ULONG max_token_ = 0;
  Bytes bindings_;
  // Some implementations count by themselves, some go by what they are told.
  ULONG sent_ = 0;
  ULONG received_ = 0;
};

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_SSPI_PEER_H_
