#include <dlfcn.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "tests/interop/peer.h"
#include "tests/interop/sspi_peer.h"

namespace sspilab::interop {
namespace {

// WinPR's own attribute numbers, and the structs that go with them
// (winpr/sspi.h of 2.11).
constexpr ULONG kAttrAuthIdentity = 1001;
constexpr ULONG kAttrNtlmHash = 1003;
constexpr ULONG kAttrNtlmSamFile = 1004;

struct WinPrAuthIdentity {
  char user[257];
  char domain[257];
};

struct WinPrNtlmHash {
  int32_t version;
  uint8_t hash[16];
};

// The flag of InitSecurityInterfaceEx for WinPR's own table, whatever the
// environment says.
constexpr DWORD kInterfaceWinPr = 1;

struct Library {
  PSecurityFunctionTableW table = nullptr;
  // NTOWFv1W(password, bytes, hash[16]).
  int (*nt_hash)(char16_t*, uint32_t, uint8_t*) = nullptr;
};

absl::StatusOr<Library> Load() {
  // Else it reports on standard output what the tests do to it on purpose.
  setenv("WLOG_LEVEL", "OFF", 1);
  // RTLD_LOCAL: it defines functions of the same names as ours. The library
  // stays, its threads and exit handlers cannot be called back.
  void* const library = dlopen("libwinpr2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return absl::NotFoundError(dlerror());
  const auto init = reinterpret_cast<PSecurityFunctionTableW (*)(DWORD)>(
      dlsym(library, "InitSecurityInterfaceExW"));
  Library result;
  result.nt_hash =
      reinterpret_cast<decltype(Library::nt_hash)>(dlsym(library, "NTOWFv1W"));
  if (init == nullptr || result.nt_hash == nullptr) {
    return absl::NotFoundError(dlerror());
  }
  result.table = init(kInterfaceWinPr);
  if (result.table == nullptr) return absl::NotFoundError("no function table");
  return result;
}

bool IsAscii(std::u16string_view text) {
  for (const char16_t unit : text) {
    if (unit >= 0x80) return false;
  }
  return true;
}

class WinPrContext : public SspiContext {
 public:
  WinPrContext(const Library& library, bool is_initiator, Terms terms)
      : SspiContext(library.table, is_initiator, std::move(terms)),
        library_(library) {}

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
    WinPrNtlmHash hash = {.version = 1, .hash = {}};
    std::u16string password = terms().account_password;
    library_.nt_hash(password.data(),
                     static_cast<uint32_t>(password.size() * 2), hash.hash);
    if (!IsAscii(terms().user) || !IsAscii(terms().domain)) {
      // It counts the characters of a name in one encoding and compares with
      // another, and never finds such a user; it can be told the hash instead.
      return Set(kAttrNtlmHash, &hash, sizeof(hash));
    }
    std::string line = absl::StrFormat("%s:%s::", ToUtf8(terms().user),
                                       ToUtf8(terms().domain));
    for (const uint8_t byte : hash.hash)
      absl::StrAppendFormat(&line, "%02x", byte);
    std::string path = WriteTestFile("winpr_sam", line + ":::\n");
    return Set(kAttrNtlmSamFile, path.data(), path.size() + 1);
  }

  absl::Status Set(ULONG attribute, void* value, size_t size) {
    const SECURITY_STATUS status = table()->SetContextAttributesW(
        context(), attribute, value, static_cast<ULONG>(size));
    if (status != SEC_E_OK) return SspiError("SetContextAttributes", status);
    return absl::OkStatus();
  }

  const Library library_;
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
    static const auto* const library = new absl::StatusOr<Library>(Load());
    if (!library->ok()) return library->status();
    auto context = std::make_unique<WinPrContext>(**library, initiator, terms);
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
