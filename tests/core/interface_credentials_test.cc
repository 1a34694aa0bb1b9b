// Packages and credentials: the arguments of EnumerateSecurityPackages to
// ChangeAccountPassword, in both character sets, and the identities that
// AcquireCredentialsHandle takes.

#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/attribute_text.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Ansi;
using testing::End;
using testing::Lab;
using testing::Returns;
using testing::TakePackage;
using testing::TakeText;
using testing::TextOf;
using testing::Wide;

constexpr char kPackage[] = "NTLM|NTLM Security Package|1|10|2888|0x82b37";

// The half of the interface for one character set.
template <typename C>
struct Functions;
template <>
struct Functions<Wide> {
  using Info = SecPkgInfoW;
  using Names = SecPkgCredentials_NamesW;
  static constexpr auto Enumerate = EnumerateSecurityPackagesW;
  static constexpr auto QueryPackage = QuerySecurityPackageInfoW;
  static constexpr auto Acquire = AcquireCredentialsHandleW;
  static constexpr auto Add = AddCredentialsW;
  static constexpr auto Query = QueryCredentialsAttributesW;
  static constexpr auto QueryEx = QueryCredentialsAttributesExW;
  static constexpr auto Set = SetCredentialsAttributesW;
  static constexpr auto ChangePassword = ChangeAccountPasswordW;
};
template <>
struct Functions<Ansi> {
  using Info = SecPkgInfoA;
  using Names = SecPkgCredentials_NamesA;
  static constexpr auto Enumerate = EnumerateSecurityPackagesA;
  static constexpr auto QueryPackage = QuerySecurityPackageInfoA;
  static constexpr auto Acquire = AcquireCredentialsHandleA;
  static constexpr auto Add = AddCredentialsA;
  static constexpr auto Query = QueryCredentialsAttributesA;
  static constexpr auto QueryEx = QueryCredentialsAttributesExA;
  static constexpr auto Set = SetCredentialsAttributesA;
  static constexpr auto ChangePassword = ChangeAccountPasswordA;
};

// An argument of either character set: what `text` says, or null.
template <typename C>
class Argument {
 public:
  explicit Argument(const char* text) : is_null_(text == nullptr) {
    if (!is_null_) text_.assign(text, text + std::strlen(text));
  }
  typename C::Char* get() { return is_null_ ? nullptr : text_.data(); }

 private:
  bool is_null_;
  std::basic_string<typename C::Char> text_;
};

template <typename C>
class Credentials : public ::testing::Test {
 protected:
  using F = Functions<C>;

  SECURITY_STATUS Acquire(const char* package, ULONG use, void* identity,
                          CredHandle* handle, void* logon = nullptr) {
    ScopedWorld bind(&lab_.world);
    Argument<C> name(package);
    TimeStamp expiry;
    expiry.QuadPart = 0;
    const SECURITY_STATUS status =
        F::Acquire(nullptr, name.get(), use, logon, identity, nullptr, nullptr,
                   handle, &expiry);
    EXPECT_EQ(expiry.QuadPart,
              status == SEC_E_OK ? static_cast<LONGLONG>(kFileTimeNever) : 0);
    return status;
  }
  // Whom a credential is of, with the handle given back.
  std::string TakeName(CredHandle* handle) {
    typename F::Names names = {};
    if (F::Query(handle, SECPKG_CRED_ATTR_NAMES, &names) != SEC_E_OK) {
      return "(nobody)";
    }
    EXPECT_EQ(FreeCredentialsHandle(handle), SEC_E_OK);
    return TakeText(names.sUserName);
  }

  Lab lab_;
};
using CharacterSets = ::testing::Types<Wide, Ansi>;
TYPED_TEST_SUITE(Credentials, CharacterSets);

TYPED_TEST(Credentials, PackagesAreListed) {
  using Half = Functions<TypeParam>;
  ULONG count = 0;
  typename Half::Info* infos = nullptr;
  ASSERT_TRUE(Returns(Call::kEnumerateSecurityPackages,
                      Half::Enumerate(&count, &infos), SEC_E_OK));
  // Each as it is by its name.
  ASSERT_GE(count, 2U);
  std::string names;
  for (ULONG i = 0; i < count; ++i) {
    const std::string name = TextOf(infos[i].Name);
    names += name + " ";
    Argument<TypeParam> argument(name.c_str());
    typename Half::Info* info = nullptr;
    ASSERT_EQ(Half::QueryPackage(argument.get(), &info), SEC_E_OK);
    EXPECT_EQ(info->cbMaxToken, infos[i].cbMaxToken);
    EXPECT_EQ(TakePackage(info).substr(0, name.size()), name);
  }
  EXPECT_EQ(names, "Negotiate Kerberos NTLM Schannel CREDSSP ");
  EXPECT_EQ(FreeContextBuffer(infos), SEC_E_OK);
  EXPECT_TRUE(Returns(Call::kEnumerateSecurityPackages,
                      Half::Enumerate(nullptr, &infos),
                      SEC_E_INVALID_PARAMETER));
  EXPECT_TRUE(Returns(Call::kEnumerateSecurityPackages,
                      Half::Enumerate(&count, nullptr),
                      SEC_E_INVALID_PARAMETER));
}

TYPED_TEST(Credentials, PackagesAreFoundByNameInAnyCase) {
  using Half = Functions<TypeParam>;
  for (const char* name : {"NTLM", "ntlm", "nTlM"}) {
    Argument<TypeParam> argument(name);
    typename Half::Info* info = nullptr;
    ASSERT_TRUE(Returns(Call::kQuerySecurityPackageInfo,
                        Half::QueryPackage(argument.get(), &info), SEC_E_OK));
    EXPECT_EQ(TakePackage(info), kPackage);
    CredHandle handle;
    ASSERT_TRUE(Returns(
        Call::kAcquireCredentialsHandle,
        this->Acquire(name, SECPKG_CRED_INBOUND, nullptr, &handle), SEC_E_OK));
    EXPECT_EQ(FreeCredentialsHandle(&handle), SEC_E_OK);
  }
  for (const char* name : {static_cast<const char*>(nullptr), "", "NTL",
                           "NTLM ", "NTLMX", "\\NTLM"}) {
    SCOPED_TRACE(name == nullptr ? "null" : name);
    Argument<TypeParam> argument(name);
    typename Half::Info* info = nullptr;
    EXPECT_TRUE(Returns(Call::kQuerySecurityPackageInfo,
                        Half::QueryPackage(argument.get(), &info),
                        SEC_E_SECPKG_NOT_FOUND));
    EXPECT_EQ(info, nullptr);
    CredHandle handle = {1, 2};
    EXPECT_TRUE(
        Returns(Call::kAcquireCredentialsHandle,
                this->Acquire(name, SECPKG_CRED_INBOUND, nullptr, &handle),
                SEC_E_SECPKG_NOT_FOUND));
    EXPECT_FALSE(SecIsValidHandle(&handle));
    EXPECT_TRUE(Returns(Call::kChangeAccountPassword,
                        Half::ChangePassword(argument.get(), nullptr, nullptr,
                                             nullptr, nullptr, 0, 0, nullptr),
                        SEC_E_SECPKG_NOT_FOUND));
  }
  Argument<TypeParam> ntlm("NTLM");
  EXPECT_TRUE(Returns(Call::kQuerySecurityPackageInfo,
                      Half::QueryPackage(ntlm.get(), nullptr),
                      SEC_E_INVALID_PARAMETER));
  EXPECT_TRUE(Returns(Call::kChangeAccountPassword,
                      Half::ChangePassword(ntlm.get(), nullptr, nullptr,
                                           nullptr, nullptr, 0, 0, nullptr),
                      SEC_E_UNSUPPORTED_FUNCTION));
}

TYPED_TEST(Credentials, HaveAKnownUse) {
  CredHandle handle;
  for (const ULONG use :
       {SECPKG_CRED_INBOUND, SECPKG_CRED_OUTBOUND, SECPKG_CRED_BOTH,
        SECPKG_CRED_OUTBOUND | SECPKG_CRED_AUTOLOGON_RESTRICTED}) {
    ASSERT_TRUE(Returns(Call::kAcquireCredentialsHandle,
                        this->Acquire("NTLM", use, nullptr, &handle),
                        SEC_E_OK));
    EXPECT_EQ(FreeCredentialsHandle(&handle), SEC_E_OK);
  }
  for (const ULONG use : {0, SECPKG_CRED_DEFAULT, 0x40}) {
    EXPECT_TRUE(Returns(Call::kAcquireCredentialsHandle,
                        this->Acquire("NTLM", use, nullptr, &handle),
                        SEC_E_UNKNOWN_CREDENTIALS));
    EXPECT_FALSE(SecIsValidHandle(&handle));
  }
}

TYPED_TEST(Credentials, NeedAHandleAndTheCallersOwnLogon) {
  EXPECT_TRUE(
      Returns(Call::kAcquireCredentialsHandle,
              this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, nullptr, nullptr),
              SEC_E_INVALID_PARAMETER));
  uint64_t another_logon = 999;
  CredHandle handle;
  EXPECT_TRUE(Returns(Call::kAcquireCredentialsHandle,
                      this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, nullptr,
                                    &handle, &another_logon),
                      SEC_E_NOT_OWNER));
}

// An identity in all the forms that a caller may bring, with every length and
// pointer right until a test spoils it. The text is UTF-8.
struct Identity {
  enum Form { kWide, kAnsi, kWideEx, kAnsiEx };

  Identity(Form f, std::string u, std::string d, std::string p)
      : form(f), narrow{std::move(u), std::move(d), std::move(p)} {
    for (size_t i = 0; i < 3; ++i) {
      // "ë" is all that is beyond ASCII here.
      for (size_t j = 0; j < narrow[i].size(); ++j) {
        const bool two = static_cast<uint8_t>(narrow[i][j]) == 0xC3;
        wide[i] += two ? u'ë' : static_cast<char16_t>(narrow[i][j]);
        j += two ? 1 : 0;
      }
    }
    const bool is_wide = form == kWide || form == kWideEx;
    using Text = decltype(plain.User);
    const auto text = [&](size_t i) {
      return is_wide ? reinterpret_cast<Text>(wide[i].data())
                     : reinterpret_cast<Text>(narrow[i].data());
    };
    const auto length = [&](size_t i) {
      return static_cast<ULONG>(is_wide ? wide[i].size() : narrow[i].size());
    };
    plain = {text(0),
             length(0),
             text(1),
             length(1),
             text(2),
             length(2),
             is_wide ? ULONG{SEC_WINNT_AUTH_IDENTITY_UNICODE}
                     : ULONG{SEC_WINNT_AUTH_IDENTITY_ANSI}};
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  void* get() {
    if (form == kWide || form == kAnsi) return &plain;
    extended.User = plain.User;
    extended.UserLength = plain.UserLength;
    extended.Domain = plain.Domain;
    extended.DomainLength = plain.DomainLength;
    extended.Password = plain.Password;
    extended.PasswordLength = plain.PasswordLength;
    extended.Flags = plain.Flags;
    return &extended;
  }

  const Form form;
  std::string narrow[3];
  std::u16string wide[3];
  SEC_WINNT_AUTH_IDENTITY_W plain;
  SEC_WINNT_AUTH_IDENTITY_EXW extended = {
      .Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
      .Length = sizeof(SEC_WINNT_AUTH_IDENTITY_EXW)};
};
constexpr Identity::Form kForms[] = {Identity::kWide, Identity::kAnsi,
                                     Identity::kWideEx, Identity::kAnsiEx};

// Which character set an identity is of, its flags say, not the function.
TYPED_TEST(Credentials, TakeIdentitiesInEveryForm) {
  this->lab_.world.accounts().Add(u"zoë", u"EXAMPLE", u"Sësame");
  ASSERT_EQ(this->lab_.server.AcquireInbound(this->lab_.world), SEC_E_OK);
  for (const Identity::Form form : kForms) {
    SCOPED_TRACE(form);
    Identity identity(form, "zo\xC3\xAB", "EXAMPLE", "S\xC3\xABsame");
    End client;
    ASSERT_TRUE(Returns(Call::kAcquireCredentialsHandle,
                        this->Acquire("NTLM", SECPKG_CRED_OUTBOUND,
                                      identity.get(), &client.credential),
                        SEC_E_OK));
    client.has_credential = true;
    End server;
    server.credential = this->lab_.server.credential;
    ASSERT_EQ(testing::RunNtlm(client, server).accept, SEC_E_OK);
    EXPECT_EQ(server.Name(), u"EXAMPLE\\zoë");
    typename Functions<TypeParam>::Names names = {};
    ASSERT_TRUE(Returns(Call::kQueryCredentialsAttributes,
                        Functions<TypeParam>::Query(
                            &client.credential, SECPKG_CRED_ATTR_NAMES, &names),
                        SEC_E_OK));
    if constexpr (std::is_same_v<TypeParam, Wide>) {
      EXPECT_EQ(std::u16string_view(names.sUserName), u"EXAMPLE\\zoë");
    } else {
      EXPECT_STREQ(names.sUserName, "EXAMPLE\\zo\xC3\xAB");
    }
    EXPECT_EQ(FreeContextBuffer(names.sUserName), SEC_E_OK);
  }
}

// Seen on Windows (Wine's tests): each of the strings may be missing.
TYPED_TEST(Credentials, TakeIdentitiesInPart) {
  for (const Identity::Form form : kForms) {
    const struct {
      std::function<void(SEC_WINNT_AUTH_IDENTITY_W&)> change;
      const char* name;
    } kCases[] = {
        {[](auto& id) { id.DomainLength = 0; }, "alice"},
        {[](auto& id) { id.Domain = nullptr, id.DomainLength = 0; }, "alice"},
        {[](auto& id) { id.User = nullptr, id.UserLength = 0; }, "EXAMPLE\\"},
        {[](auto& id) { id.Password = nullptr, id.PasswordLength = 0; },
         "EXAMPLE\\alice"},
        {[](auto& id) { id.UserLength = 3; }, "EXAMPLE\\ali"},
        {[](auto& id) { id.Flags |= SEC_WINNT_AUTH_IDENTITY_ONLY; },
         "EXAMPLE\\alice"},
        {[](auto& id) { id.Flags |= SEC_WINNT_AUTH_IDENTITY_MARSHALLED; },
         "EXAMPLE\\alice"},
    };
    for (const auto& c : kCases) {
      Identity identity(form, "alice", "EXAMPLE", "Sesame1!");
      c.change(identity.plain);
      CredHandle handle;
      ASSERT_TRUE(Returns(
          Call::kAcquireCredentialsHandle,
          this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, identity.get(), &handle),
          SEC_E_OK));
      EXPECT_EQ(this->TakeName(&handle), c.name);
    }
  }
}

// A caller that only has a package list means the logged-on user.
TYPED_TEST(Credentials, WithoutAnyPartAreTheLoggedOnUsers) {
  this->lab_.world.options().logon = {u"carol", u"EXAMPLE", u"secret"};
  for (const Identity::Form form : kForms) {
    Identity identity(form, "", "", "");
    CredHandle handle;
    ASSERT_EQ(
        this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, identity.get(), &handle),
        SEC_E_OK);
    EXPECT_NE(this->TakeName(&handle), "EXAMPLE\\carol");
    SEC_WINNT_AUTH_IDENTITY_W& id = identity.plain;
    id.User = id.Domain = id.Password = nullptr;
    ASSERT_EQ(
        this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, identity.get(), &handle),
        SEC_E_OK);
    EXPECT_EQ(this->TakeName(&handle), "EXAMPLE\\carol");
  }
}

TYPED_TEST(Credentials, RefuseIdentitiesThatMakeNoSense) {
  const struct {
    const char* name;
    std::function<void(Identity&)> spoil;
    SECURITY_STATUS status;
  } kCases[] = {
      {"neither character set", [](auto& id) { id.plain.Flags = 0; },
       SEC_E_INVALID_PARAMETER},
      {"both", [](auto& id) { id.plain.Flags = 3; }, SEC_E_INVALID_PARAMETER},
      {"no user of some length", [](auto& id) { id.plain.User = nullptr; },
       SEC_E_INVALID_PARAMETER},
      {"no domain of some length", [](auto& id) { id.plain.Domain = nullptr; },
       SEC_E_INVALID_PARAMETER},
      {"no password of some length",
       [](auto& id) { id.plain.Password = nullptr; }, SEC_E_INVALID_PARAMETER},
      {"a user too long", [](auto& id) { id.plain.UserLength = 0x8000; },
       SEC_E_INVALID_PARAMETER},
      {"absurd lengths", [](auto& id) { id.plain.DomainLength = 0xFFFFFFFF; },
       SEC_E_INVALID_PARAMETER},
      {"encrypted for the process",
       [](auto& id) {
         id.plain.Flags |= SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED;
       },
       SEC_E_UNKNOWN_CREDENTIALS},
      {"encrypted for the system",
       [](auto& id) {
         id.plain.Flags |= SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED;
       },
       SEC_E_UNKNOWN_CREDENTIALS},
  };
  const uint64_t live = this->lab_.world.memory().live_allocations();
  for (const Identity::Form form : kForms) {
    for (const auto& c : kCases) {
      SCOPED_TRACE(c.name);
      Identity identity(form, "alice", "EXAMPLE", "Sesame1!");
      c.spoil(identity);
      CredHandle handle = {1, 2};
      EXPECT_TRUE(Returns(
          Call::kAcquireCredentialsHandle,
          this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, identity.get(), &handle),
          c.status));
      EXPECT_FALSE(SecIsValidHandle(&handle));
    }
  }
  Identity identity(Identity::kWideEx, "alice", "EXAMPLE", "Sesame1!");
  CredHandle handle;
  --identity.extended.Length;
  EXPECT_TRUE(Returns(
      Call::kAcquireCredentialsHandle,
      this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, identity.get(), &handle),
      SEC_E_INVALID_PARAMETER));
  // SEC_WINNT_AUTH_IDENTITY_EX2 is not read here.
  identity.extended.Version = SEC_WINNT_AUTH_IDENTITY_VERSION_2;
  EXPECT_TRUE(Returns(
      Call::kAcquireCredentialsHandle,
      this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, identity.get(), &handle),
      SEC_E_UNKNOWN_CREDENTIALS));
  EXPECT_EQ(this->lab_.world.memory().live_allocations(), live);
}

TYPED_TEST(Credentials, MayBeTheLoggedOnUsers) {
  CredHandle handle;
  ASSERT_EQ(this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, nullptr, &handle),
            SEC_E_OK);
  using Half = Functions<TypeParam>;
  typename Half::Names names = {};
  EXPECT_TRUE(Returns(Call::kQueryCredentialsAttributes,
                      Half::Query(&handle, SECPKG_CRED_ATTR_NAMES, &names),
                      SEC_E_NO_CREDENTIALS));
  EXPECT_EQ(FreeCredentialsHandle(&handle), SEC_E_OK);
  this->lab_.world.options().logon = Logon{u"bob", u"EXAMPLE", u"secret"};
  ASSERT_EQ(this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, nullptr, &handle),
            SEC_E_OK);
  EXPECT_EQ(this->TakeName(&handle), "EXAMPLE\\bob");
  // The caller's own word counts for more.
  Identity identity(Identity::kAnsi, "alice", "EXAMPLE", "Sesame1!");
  ASSERT_EQ(
      this->Acquire("NTLM", SECPKG_CRED_OUTBOUND, identity.get(), &handle),
      SEC_E_OK);
  EXPECT_EQ(this->TakeName(&handle), "EXAMPLE\\alice");
}

TYPED_TEST(Credentials, HaveAName) {
  using Half = Functions<TypeParam>;
  this->lab_.Acquire();
  CredHandle* handle = &this->lab_.client.credential;
  const uint64_t live = this->lab_.world.memory().live_allocations();
  typename Half::Names names = {};
  for (ULONG size = 0; size < sizeof(names); ++size) {
    EXPECT_TRUE(
        Returns(Call::kQueryCredentialsAttributes,
                Half::QueryEx(handle, SECPKG_CRED_ATTR_NAMES, &names, size),
                SEC_E_BUFFER_TOO_SMALL));
    EXPECT_EQ(names.sUserName, nullptr);
  }
  ASSERT_EQ(
      Half::QueryEx(handle, SECPKG_CRED_ATTR_NAMES, &names, sizeof(names)),
      SEC_E_OK);
  EXPECT_EQ(TakeText(names.sUserName), "EXAMPLE\\alice");
  EXPECT_TRUE(Returns(Call::kQueryCredentialsAttributes,
                      Half::Query(handle, SECPKG_CRED_ATTR_NAMES, nullptr),
                      SEC_E_INVALID_PARAMETER));
  for (const ULONG attribute : {0, 2, 3, 4, 5, 6, 100}) {
    uint8_t answer[64];
    EXPECT_TRUE(Returns(Call::kQueryCredentialsAttributes,
                        Half::Query(handle, attribute, answer),
                        SEC_E_UNSUPPORTED_FUNCTION));
    EXPECT_TRUE(Returns(Call::kSetCredentialsAttributes,
                        Half::Set(handle, attribute, answer, sizeof(answer)),
                        SEC_E_UNSUPPORTED_FUNCTION));
  }
  EXPECT_EQ(this->lab_.world.memory().live_allocations(), live);
}

// NTLM has one identity a credential.
TYPED_TEST(Credentials, CannotBeAddedTo) {
  using Half = Functions<TypeParam>;
  this->lab_.Acquire();
  Argument<TypeParam> ntlm("NTLM");
  Argument<TypeParam> unknown("MTLN");
  Identity good(Identity::kAnsi, "bob", "EXAMPLE", "secret");
  const auto add = [&](Argument<TypeParam>& package, Identity& identity,
                       SECURITY_STATUS status) {
    TimeStamp expiry;
    EXPECT_TRUE(Returns(Call::kAddCredentials,
                        Half::Add(&this->lab_.client.credential, nullptr,
                                  package.get(), SECPKG_CRED_OUTBOUND,
                                  identity.get(), nullptr, nullptr, &expiry),
                        status));
  };
  add(unknown, good, SEC_E_SECPKG_NOT_FOUND);
  add(ntlm, good, SEC_E_UNSUPPORTED_FUNCTION);
}

TEST(FreeContextBufferTest, KnowsItsOwn) {
  Lab lab;
  ScopedWorld bind(&lab.world);
  EXPECT_TRUE(
      Returns(Call::kFreeContextBuffer, FreeContextBuffer(nullptr), SEC_E_OK));
  EXPECT_TRUE(Returns(Call::kFreeContextBuffer, FreeContextBuffer(&lab),
                      SEC_E_INVALID_HANDLE));
  ULONG count = 0;
  PSecPkgInfoA infos = nullptr;
  ASSERT_EQ(EnumerateSecurityPackagesA(&count, &infos), SEC_E_OK);
  // A part of one is not one.
  EXPECT_TRUE(Returns(Call::kFreeContextBuffer, FreeContextBuffer(infos->Name),
                      SEC_E_INVALID_HANDLE));
  EXPECT_TRUE(
      Returns(Call::kFreeContextBuffer, FreeContextBuffer(infos), SEC_E_OK));
  EXPECT_TRUE(Returns(Call::kFreeContextBuffer, FreeContextBuffer(infos),
                      SEC_E_INVALID_HANDLE));
  EXPECT_EQ(lab.world.memory().live_allocations(), 0U);
}

}  // namespace
}  // namespace sspilab
