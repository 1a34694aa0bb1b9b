#include <memory>
#include <utility>

#include "sim/peers/winpr.h"
#include "tests/interop/peer.h"
#include "tests/interop/sspi_peer.h"

namespace sspilab::interop {
namespace {

// WinPR's own attribute, and the struct that goes with it (winpr/sspi.h of
// 2.11).
constexpr ULONG kAttrAuthIdentity = 1001;

struct WinPrAuthIdentity {
  char user[257];
  char domain[257];
};

bool IsAscii(std::u16string_view text) {
  for (const char16_t unit : text) {
    if (unit >= 0x80) return false;
  }
  return true;
}

class WinPrContext : public SspiContext {
 public:
  WinPrContext(const sim::WinPr& winpr, bool is_initiator, Terms terms)
      : SspiContext(&winpr.table(), is_initiator, std::move(terms)),
        winpr_(winpr) {}

  // MakeSignature and VerifySignature are not written; in a context without
  // confidentiality EncryptMessage does what they should.
  absl::StatusOr<Bytes> Sign(ByteView message) override {
    absl::StatusOr<Bytes> sealed = Seal(message);
    if (sealed.ok()) sealed->resize(16);
    return sealed;
  }

  absl::Status Verify(ByteView message, ByteView signature) override {
    Bytes sealed(signature.begin(), signature.end());
    sealed.insert(sealed.end(), message.begin(), message.end());
    return Unseal(sealed).status();
  }

  absl::StatusOr<Name> Initiator() override {
    WinPrAuthIdentity identity = {};
    const SECURITY_STATUS status = table()->QueryContextAttributesW(
        context(), kAttrAuthIdentity, &identity);
    if (status != SEC_E_OK) return SspiError("QueryContextAttributes", status);
    return Name{ToUtf16(identity.user), ToUtf16(identity.domain)};
  }

 private:
  absl::Status ContextExists() override {
    if (initiator() || done()) return absl::OkStatus();
    const sim::WinPr::NtHash hash = winpr_.Hash(terms().account_password);
    // It counts the characters of a name in one encoding and compares with
    // another, and never finds a user whose name is not ASCII; it can be told
    // the hash instead.
    const SECURITY_STATUS status =
        IsAscii(terms().user) && IsAscii(terms().domain)
            ? winpr_.SetSamFile(
                  context(),
                  WriteTestFile("winpr_sam", sim::WinPr::SamLine(
                                                 ToUtf8(terms().user),
                                                 ToUtf8(terms().domain), hash)))
            : winpr_.SetHash(context(), hash);
    if (status != SEC_E_OK) return SspiError("SetContextAttributes", status);
    return absl::OkStatus();
  }

  const sim::WinPr winpr_;
};

class WinPr : public Peer {
 public:
  WinPr() { UseUtf8Locale(); }

  absl::StatusOr<std::unique_ptr<Context>> NewInitiator(
      const Terms& terms) override {
    return New(true, terms);
  }
  absl::StatusOr<std::unique_ptr<Context>> NewAcceptor(
      const Terms& terms) override {
    return New(false, terms);
  }

 private:
  static absl::StatusOr<std::unique_ptr<Context>> New(bool initiator,
                                                      const Terms& terms) {
    static const auto* const winpr =
        new absl::StatusOr<sim::WinPr>(sim::WinPr::Load());
    if (!winpr->ok()) return winpr->status();
    auto context = std::make_unique<WinPrContext>(**winpr, initiator, terms);
    if (const absl::Status status = context->AcquireCredentials();
        !status.ok()) {
      return status;
    }
    return context;
  }
};

}  // namespace

std::unique_ptr<Peer> NewWinPr() { return std::make_unique<WinPr>(); }

}  // namespace sspilab::interop
