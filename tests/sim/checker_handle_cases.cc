// What callers open and do not close, or close wrongly.

#include "tests/sim/checker_cases.h"

namespace sspilab::sim {
namespace {

const RuleCase kHandles[] = {
    {RuleId::kContextLeaked,
     "the client closes only its credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       lab.client.Free();
       lab.server.Close();
     }},
    {RuleId::kCredentialLeaked,
     "the server keeps its credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       lab.client.Close();
       lab.server.Delete();
     }},
    {RuleId::kBufferLeaked,
     "an allocated token is sent and kept",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.client.Leg({}, {.requirements = ISC_REQ_ALLOCATE_MEMORY});
       lab.kept = {lab.client.output.pvBuffer};
       lab.server.Leg(lab.client.token);
       lab.client.Leg(lab.server.token);
       lab.server.Leg(lab.client.token);
       lab.Close();
     }},
    {RuleId::kBufferLeaked,
     "the session key is asked for and kept",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       SecPkgContext_SessionKey key = {};
       ASSERT_EQ(lab.client.table->QueryContextAttributesW(
                     &lab.client.context, SECPKG_ATTR_SESSION_KEY, &key),
                 SEC_E_OK);
       lab.kept = {key.SessionKey};
       lab.Close();
     }},
    {RuleId::kBufferFreedWrongly,
     "memory of the caller's own",
     {},
     {},
     [](CheckerLab& lab) {
       int mine = 0;
       EXPECT_EQ(lab.client.table->FreeContextBuffer(&mine),
                 SEC_E_INVALID_HANDLE);
     }},
    {RuleId::kBufferFreedWrongly,
     "twice",
     {},
     {},
     [](CheckerLab& lab) {
       PSecPkgInfoW info = nullptr;
       SEC_WCHAR name[] = u"NTLM";
       ASSERT_EQ(lab.client.table->QuerySecurityPackageInfoW(name, &info),
                 SEC_E_OK);
       lab.client.table->FreeContextBuffer(info);
       lab.client.table->FreeContextBuffer(info);
     }},
    {RuleId::kUsedAfterDelete,
     "a context",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       const CtxtHandle context = lab.client.context;
       lab.Close();
       lab.client.context = context;
       Token signature;
       EXPECT_EQ(
           lab.client.Protect(Call::kMakeSignature, "text", 0, &signature),
           SEC_E_INVALID_HANDLE);
     }},
    {RuleId::kUsedAfterDelete,
     "a credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Free();
       EXPECT_EQ(lab.client.Leg({}), SEC_E_INVALID_HANDLE);
     }},
    {RuleId::kDeletedTwice,
     "a context",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       lab.client.Delete();
       lab.client.has_context = true;
       lab.Close();
     }},
    {RuleId::kDeletedTwice,
     "a credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Free();
       lab.client.Free();
     }},
    {RuleId::kHandleNeverOpened,
     "what a failed first leg did not give",
     {},
     {},
     [](CheckerLab& lab) {
       lab.server.Acquire();
       EXPECT_EQ(lab.server.Leg(Token(20)), SEC_E_INVALID_TOKEN);
       lab.server.Delete();
       lab.server.Free();
     }},
    {RuleId::kCredentialFreedEarly,
     "after the first leg",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.client.Leg({});
       lab.server.Leg(lab.client.token);
       lab.checker.OnSend(Side::kServer, lab.server.token);
       lab.client.Close();
       lab.server.Free();
       lab.server.Delete();
     }},
    {RuleId::kReservedNotZero,
     "Reserved1",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({}, {.reserved = 1});
       lab.client.Free();
     }},
    {RuleId::kReservedNotZero,
     "ulVersion",
     {{.call = Call::kInitializeSecurityContext,
       .nth = 2,
       .status = SEC_E_INVALID_TOKEN}},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({});
       lab.checker.OnSend(Side::kClient, lab.client.token);
       lab.client.Leg(kAnswer, {.version = 1});
       lab.client.Close();
     }},
};

}  // namespace

absl::Span<const RuleCase> HandleCases() { return kHandles; }

}  // namespace sspilab::sim
