#ifndef SSPILAB_FUZZ_CALLER_H_
#define SSPILAB_FUZZ_CALLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "core/crypto/digest.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/world.h"
#include "fuzz/guarded_buffer.h"
#include "fuzz/oracles.h"
#include "fuzz/profile.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {

// One end of an exchange: calls the C interface in the manner that the settings
// choose, each call under the eyes of a Watch, each buffer between guards.
// It judges what one end alone can tell; whoever has both ends judges the rest.
class Caller {
 public:
  // More than any token that is an answer to one of kLongToken bytes.
  static constexpr size_t kAmpleRoom = 8192;
  static constexpr size_t kLongToken = 4096;

  // All of them must outlive the caller.
  Caller(Role role, World& world, const Profile& profile,
         const sim::Settings& settings, Watch& watch);
  ~Caller() { Close(); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // False when there is no credential.
  bool Acquire();

  // One leg with `token`, at most kAmpleRoom bytes, as its input, and what
  // belongs to it: coming again with more room, CompleteAuthToken. Returns the
  // leg's own status.
  SECURITY_STATUS Advance(absl::Span<const uint8_t> token);
  // Room for the output of the legs from now on; nothing: as the settings say.
  void Offer(std::optional<sim::OutputShape> output) { offered_ = output; }
  // What the last leg gave to be sent; gone with the next call.
  absl::Span<const uint8_t> token() const { return token_; }
  // How many bytes at the end of its input the last leg left alone. All of them
  // where it is to be given the same again.
  size_t extra() const { return extra_; }

  Role role() const { return role_; }
  // ISC_REQ_* or ASC_REQ_*, of every leg.
  ULONG requirements() const {
    return profile_.RequirementsOf(settings_, role_);
  }
  World& world() { return world_; }
  Watch& watch() { return watch_; }
  CtxtHandle* context() { return &context_; }
  bool is_refused_memory() const { return side_.refused_allocation != 0; }
  bool has_context() const { return has_context_; }
  // The context can protect messages.
  bool done() const { return done_; }
  // Of the channel that the last leg to name one was given: MD5 over
  // gss_channel_bindings_struct (RFC 4121 4.1.1.2).
  const std::optional<crypto::Digest16>& bindings_hash() const {
    return bindings_hash_;
  }

  // The context was called by another hand: takes note of where it is now.
  void SawTransition();
  // Calls everything that needs nothing but the context, which must not
  // succeed where it did fail: `choice` says with which variations.
  void CallOthers(uint8_t choice);
  // SECPKG_ATTR_*, freeing what comes back. `size` is that of the Ex form; the
  // other form where there is none.
  SECURITY_STATUS Query(ULONG attribute, bool ansi,
                        std::optional<ULONG> size = {});

  // Of a context that is done. Nothing when memory was refused.
  using Key = absl::InlinedVector<uint8_t, 64>;
  std::optional<Key> SessionKey();
  // SECPKG_ATTR_*_BINDINGS.
  std::optional<Key> BindingsFor(ULONG attribute);
  // SECPKG_ATTR_CREDS.
  std::optional<std::vector<uint8_t>> DelegatedCredentials();
  using Name = absl::InlinedVector<char16_t, 64>;
  std::optional<Name> ClientName();
  std::optional<ULONG> Attributes();
  // Zeros where the context has none.
  SecPkgContext_Sizes Sizes();

  // Exports the context with SECPKG_CONTEXT_EXPORT_* flags, lets `damage` at
  // the packed bytes, and imports them instead of it. False when there is no
  // context after it.
  template <typename Damage>
  bool Move(ULONG flags, Damage damage);

  // Closes what is open; the destructor does it else.
  void Close();

 private:
  SECURITY_STATUS Leg(absl::Span<const uint8_t> token, sim::OutputShape output,
                      size_t room);
  void Judge(SECURITY_STATUS status);
  // A leg that is SEC_E_OK may also have been the context's last word.
  bool IsEstablished() const;
  // Of a stream: what the call says about the bytes that it did not take.
  void JudgeRest(SECURITY_STATUS status, absl::Span<const uint8_t> token,
                 absl::Span<const SecBuffer> input);
  void Complete(SECURITY_STATUS leg);
  SECURITY_STATUS CompleteWith(size_t size);
  void FreeCredential();
  void FreeBuffer(void* buffer);

  const Role role_;
  World& world_;
  const Profile& profile_;
  const sim::Settings& settings_;
  const sim::SideSettings& side_;
  Watch& watch_;

  CredHandle credential_ = {};
  CtxtHandle context_ = {};
  bool has_credential_ = false;
  bool has_context_ = false;
  int legs_ = 0;
  std::optional<sim::OutputShape> offered_;
  // As the transitions seen say.
  uint8_t state_ = 0;
  bool done_ = false;
  bool failed_ = false;
  std::optional<crypto::Digest16> bindings_hash_;

  GuardedBuffer<kAmpleRoom> in_;
  GuardedBuffer<kAmpleRoom> out_;
  GuardedBuffer<128> bindings_;
  absl::Span<uint8_t> token_;
  size_t extra_ = 0;
  // A failed leg may have a token that says why.
  const bool tells_peer_;
};

template <typename Damage>
bool Caller::Move(ULONG flags, Damage damage) {
  SecBuffer packed = {};
  const SECURITY_STATUS exported =
      watch_.Run(role_, Call::kExportSecurityContext, [&] {
        return ExportSecurityContext(&context_, flags, &packed, nullptr);
      });
  if (exported != SEC_E_OK) return has_context_;
  watch_.Require(done_, Rule::kFailureIsFinal, "exported");
  if ((flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) == 0) {
    watch_.Run(role_, Call::kDeleteSecurityContext,
               [&] { return DeleteSecurityContext(&context_); });
  }
  damage(
      absl::MakeSpan(static_cast<uint8_t*>(packed.pvBuffer), packed.cbBuffer));
  const ScopedWorld bind(&world_);
  const SECURITY_STATUS imported =
      watch_.Run(role_, Call::kImportSecurityContext, [&] {
        return ImportSecurityContextW(const_cast<char16_t*>(profile_.name),
                                      &packed, nullptr, &context_);
      });
  FreeBuffer(packed.pvBuffer);
  has_context_ = done_ = imported == SEC_E_OK;
  return has_context_;
}

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_CALLER_H_
