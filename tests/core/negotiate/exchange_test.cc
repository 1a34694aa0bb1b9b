// Negotiate through the C interface, with NTLM inside: who says what, what
// comes of it, and what the package lists do.

#include <cstdint>
#include <string>
#include <vector>

#include "core/negotiate/messages.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/attribute_text.h"
#include "tests/core/established.h"
#include "tests/support/hex.h"

namespace sspilab::negotiate {
namespace {

using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::ExpectSealedMessageArrives;
using sspilab::testing::Message;
using sspilab::testing::SignatureRoom;
using sspilab::testing::ToHex;

struct Lab : sspilab::testing::Lab {
  explicit Lab(ULONG requirements = ISC_REQ_CONFIDENTIALITY,
               WorldOptions options = {})
      : sspilab::testing::Lab(requirements, std::move(options)) {
    client.package = server.package = u"Negotiate";
  }
  // All four tokens, the last one being the acceptor's.
  std::vector<Bytes> Run() {
    Acquire();
    std::vector<Bytes> tokens;
    Bytes token;
    EXPECT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    tokens.push_back(token);
    EXPECT_EQ(server.Accept(&token), SEC_I_CONTINUE_NEEDED);
    tokens.push_back(token);
    EXPECT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    tokens.push_back(token);
    EXPECT_EQ(server.Accept(&token), SEC_E_OK);
    tokens.push_back(token);
    EXPECT_EQ(client.Initialize(&token), SEC_E_OK);
    EXPECT_EQ(token, Bytes());
    return tokens;
  }
};

TEST(NegotiateExchange, WithNtlmAndMics) {
  Lab lab;
  const std::vector<Bytes> tokens = lab.Run();
  EXPECT_EQ(lab.client.SessionKey().size(), 16u);
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");

  const auto init = NegTokenInit::Parse(tokens[0]);
  ASSERT_TRUE(init.ok()) << init.status();
  EXPECT_EQ(ToHex(init->mech_types.der()), "300c060a2b06010401823702020a");
  EXPECT_EQ(KindOf(*init->mech_token), TokenKind::kRawNtlm);
  EXPECT_FALSE(init->mech_list_mic.has_value());

  const auto challenge = NegTokenResp::Parse(tokens[1]);
  ASSERT_TRUE(challenge.ok()) << challenge.status();
  EXPECT_EQ(challenge->neg_state, NegState::kAcceptIncomplete);
  EXPECT_EQ(*challenge->supported_mech, absl::MakeConstSpan(oid::kNtlm));
  EXPECT_TRUE(challenge->response_token.has_value());
  EXPECT_FALSE(challenge->mech_list_mic.has_value());

  const auto authenticate = NegTokenResp::Parse(tokens[2]);
  ASSERT_TRUE(authenticate.ok()) << authenticate.status();
  EXPECT_EQ(authenticate->neg_state, NegState::kAcceptIncomplete);
  EXPECT_FALSE(authenticate->supported_mech.has_value());
  EXPECT_TRUE(authenticate->response_token.has_value());
  EXPECT_EQ(authenticate->mech_list_mic->size(), 16u);

  const auto last = NegTokenResp::Parse(tokens[3]);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->neg_state, NegState::kAcceptCompleted);
  EXPECT_FALSE(last->response_token.has_value());
  EXPECT_EQ(last->mech_list_mic->size(), 16u);
}

// MS-SPNG 3.3.5.1: keystreams as new, numbers not.
TEST(NegotiateExchange, TheFirstMessageAfterMicsHasTheSecondNumber) {
  Lab lab;
  lab.Run();
  Message message({{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "x"}});
  ASSERT_EQ(MakeSignature(&lab.client.context, 0, message.descriptor(), 0),
            SEC_E_OK);
  EXPECT_EQ(message.text(0).substr(12), std::string("\1\0\0\0", 4));
  ASSERT_EQ(
      VerifySignature(&lab.server.context, message.descriptor(), 0, nullptr),
      SEC_E_OK);
  for (int i = 0; i < 3; ++i) {
    ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "abc");
    ExpectSealedMessageArrives(&lab.server.context, &lab.client.context, "def");
  }
}

TEST(NegotiateExchange, AllocatedTokens) {
  Lab lab(ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY);
  lab.server.requirements = ASC_REQ_ALLOCATE_MEMORY;
  lab.Run();
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
}

// NTLM's own MIC is what makes Windows send mechListMICs.
TEST(NegotiateExchange, WithoutNtlmsMicThereAreNoMechListMics) {
  WorldOptions options;
  options.ntlm.send_timestamp = false;
  Lab lab(ISC_REQ_CONFIDENTIALITY, options);
  const std::vector<Bytes> tokens = lab.Run();
  EXPECT_FALSE(NegTokenResp::Parse(tokens[2])->mech_list_mic.has_value());
  EXPECT_EQ(ToHex(tokens[3]), "a1073005a0030a0100");
  ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "abc");
}

// RFC 4178 4.2.2: the acceptor may ask for them.
TEST(NegotiateExchange, RequestMic) {
  WorldOptions options;
  options.ntlm.send_timestamp = false;
  options.negotiate.request_mic = true;
  Lab lab(ISC_REQ_CONFIDENTIALITY, options);
  const std::vector<Bytes> tokens = lab.Run();
  EXPECT_EQ(NegTokenResp::Parse(tokens[1])->neg_state, NegState::kRequestMic);
  EXPECT_TRUE(NegTokenResp::Parse(tokens[2])->mech_list_mic.has_value());
  EXPECT_TRUE(NegTokenResp::Parse(tokens[3])->mech_list_mic.has_value());
}

// RFC 4178 5: who cannot sign sends none, even when asked.
TEST(NegotiateExchange, NoMicsWithoutIntegrity) {
  WorldOptions options;
  options.ntlm.unsupported_flags = 0x30;  // Neither signing nor sealing.
  options.negotiate.request_mic = true;
  Lab lab(0, options);
  const std::vector<Bytes> tokens = lab.Run();
  EXPECT_FALSE(NegTokenResp::Parse(tokens[2])->mech_list_mic.has_value());
  EXPECT_FALSE(NegTokenResp::Parse(tokens[3])->mech_list_mic.has_value());
}

// MS-SPNG 1.3.4 and 3.2.5.2.
TEST(NegotiateExchange, TheServerSpeaksFirst) {
  Lab lab;
  lab.Acquire();
  Bytes token;
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  const auto hint = NegTokenInit::Parse(token);
  ASSERT_TRUE(hint.ok()) << hint.status();
  EXPECT_EQ(*hint->hint_name, sspilab::testing::BytesOf(kHintName));
  EXPECT_FALSE(hint->mech_token.has_value());
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
}

// A client that has only NTLM, and a server's Negotiate.
TEST(NegotiateExchange, RawNtlm) {
  for (const bool after_hint : {false, true}) {
    Lab lab;
    lab.client.package = u"NTLM";
    lab.Acquire();
    Bytes token;
    if (after_hint) {
      ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
    }
    token.clear();
    ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(KindOf(token), TokenKind::kRawNtlm);
    ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
    ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
    EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
    EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
    ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "abc");
  }
}

// NTLM's token is the caller's to complete where it is all of the output.
TEST(NegotiateExchange, UnfinishedRawTokensAreTheCallersToFinish) {
  WorldOptions options;
  options.ntlm.complete_auth_token = true;
  Lab lab(ISC_REQ_CONFIDENTIALITY, options);
  lab.client.package = u"NTLM";
  lab.Acquire();
  const auto complete = [](Bytes* token, CtxtHandle* context) {
    SecBuffer buffer = {static_cast<ULONG>(token->size()), SECBUFFER_TOKEN,
                        token->data()};
    SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &buffer};
    return CompleteAuthToken(context, &descriptor);
  };
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_COMPLETE_AND_CONTINUE);
  ASSERT_EQ(complete(&token, &lab.server.context), SEC_E_OK);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_COMPLETE_NEEDED);
  ASSERT_EQ(complete(&token, &lab.client.context), SEC_E_OK);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_COMPLETE_NEEDED);
  EXPECT_EQ(lab.server.Name(), u"");
  ASSERT_EQ(complete(&token, &lab.server.context), SEC_E_OK);
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
}

// The caller does not see NTLM's token, so it cannot complete it.
TEST(NegotiateExchange, UnfinishedTokensAreFinished) {
  WorldOptions options;
  options.ntlm.complete_auth_token = true;
  Lab lab(ISC_REQ_CONFIDENTIALITY, options);
  lab.Run();
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
}

TEST(NegotiateExchange, OutputWrittenOverInput) {
  Lab lab;
  lab.Acquire();
  std::vector<uint8_t> memory(4096);
  size_t size = 0;
  const auto leg = [&](bool client) {
    SecBuffer in = {static_cast<ULONG>(size), SECBUFFER_TOKEN, memory.data()};
    SecBuffer out = {static_cast<ULONG>(memory.size()), SECBUFFER_TOKEN,
                     memory.data()};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    End& end = client ? lab.client : lab.server;
    CtxtHandle* current = end.has_context ? &end.context : nullptr;
    const SECURITY_STATUS status =
        client ? InitializeSecurityContextW(&end.credential, current,
                                            end.target.data(), end.requirements,
                                            0, 0, &input, 0, &end.context,
                                            &output, &end.attributes, nullptr)
               : AcceptSecurityContext(&end.credential, current, &input,
                                       end.requirements, 0, &end.context,
                                       &output, &end.attributes, nullptr);
    end.has_context = end.has_context || status >= 0;
    size = out.cbBuffer;
    return status;
  };
  EXPECT_EQ(leg(true), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(leg(false), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(leg(true), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(leg(false), SEC_E_OK);
  EXPECT_EQ(leg(true), SEC_E_OK);
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
}

TEST(NegotiateExchange, WrongPasswordIsNtlmsStatus) {
  Lab lab;
  ASSERT_EQ(lab.client.AcquireOutbound(lab.world, u"alice", u"EXAMPLE", u"no"),
            SEC_E_OK);
  ASSERT_EQ(lab.server.AcquireInbound(lab.world), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(lab.server.Accept(&token), SEC_E_LOGON_DENIED);
  EXPECT_EQ(lab.server.Accept(&token), SEC_E_OUT_OF_SEQUENCE);
}

// RFC 4178 4.2.2: whoever asked for it has a reject to send.
TEST(NegotiateExchange, AReject) {
  for (const bool asked : {false, true}) {
    Lab lab;
    ASSERT_EQ(
        lab.client.AcquireOutbound(lab.world, u"alice", u"EXAMPLE", u"no"),
        SEC_E_OK);
    ASSERT_EQ(lab.server.AcquireInbound(lab.world), SEC_E_OK);
    if (asked) lab.server.requirements |= ASC_REQ_EXTENDED_ERROR;
    Bytes token;
    ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
    ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    const Bytes authenticate = token;
    EXPECT_EQ(lab.server.Accept(&token), SEC_E_LOGON_DENIED);
    EXPECT_EQ(lab.server.attributes, asked ? ASC_RET_EXTENDED_ERROR : 0u);
    if (!asked) {
      EXPECT_EQ(token, authenticate);
      continue;
    }
    EXPECT_EQ(ToHex(token), "a1073005a0030a0102");
    EXPECT_EQ(lab.client.Initialize(&token), SEC_E_LOGON_DENIED);
  }
}

// Also to a first token, after which there is no context.
TEST(NegotiateExchange, ARejectOfAllMechanisms) {
  Lab lab;
  lab.Acquire();
  lab.server.requirements |= ASC_REQ_EXTENDED_ERROR;
  // NegTokenInit {mechTypes: Kerberos}.
  Bytes token = sspilab::testing::FromHex(
      "601b06062b0601050502a011300fa00d300b06092a864886f712010202");
  EXPECT_EQ(lab.server.Accept(&token), SEC_E_BAD_PKGID);
  EXPECT_FALSE(lab.server.has_context);
  EXPECT_EQ(ToHex(token), "a1073005a0030a0102");
}

TEST(NegotiateExchange, PackageLists) {
  const struct {
    const char16_t* list;
    SECURITY_STATUS status;
  } cases[] = {
      {u"", SEC_E_OK},
      {u"ntlm", SEC_E_OK},
      {u"NTLM", SEC_E_OK},
      {u"kerberos,ntlm", SEC_E_OK},
      {u"!kerberos", SEC_E_OK},
      {u" ntlm , !kerberos ", SEC_E_OK},
      {u"!ntlm", SEC_E_NO_CREDENTIALS},
      {u"! NTLM", SEC_E_NO_CREDENTIALS},
      {u"kerberos", SEC_E_NO_CREDENTIALS},
      {u"kerberos,!ntlm", SEC_E_NO_CREDENTIALS},
      {u"ntlm,!ntlm", SEC_E_NO_CREDENTIALS},
      {u",", SEC_E_OK},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(::testing::PrintToString(std::u16string(c.list)));
    Lab lab;
    lab.client.package_list = c.list;
    EXPECT_EQ(lab.client.AcquireOutbound(lab.world, u"alice", u"EXAMPLE",
                                         u"Sesame1!"),
              c.status);
    EXPECT_TRUE(MayReturn(Call::kAcquireCredentialsHandle, Package::kNegotiate,
                          c.status));
  }
}

// What SECPKG_ATTR_NEGOTIATION_INFO says: the package's name, and the state.
std::string NegotiationInfo(End& end) {
  SecPkgContext_NegotiationInfoA info = {};
  const SECURITY_STATUS status = QueryContextAttributesA(
      &end.context, SECPKG_ATTR_NEGOTIATION_INFO, &info);
  if (status != SEC_E_OK) return StatusName(status);
  const std::string text = std::string(info.PackageInfo->Name) + " " +
                           std::to_string(info.NegotiationState);
  FreeContextBuffer(info.PackageInfo);
  return text;
}

TEST(NegotiateAttributes, NegotiationInfoAtEachStep) {
  static_assert(SECPKG_NEGOTIATION_COMPLETE == 0 &&
                SECPKG_NEGOTIATION_OPTIMISTIC == 1 &&
                SECPKG_NEGOTIATION_IN_PROGRESS == 2);
  Lab lab;
  lab.Acquire();
  Bytes token;
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(NegotiationInfo(lab.server), "Negotiate 2");
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(NegotiationInfo(lab.client), "NTLM 1");
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(NegotiationInfo(lab.server), "NTLM 2");
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(NegotiationInfo(lab.client), "NTLM 2");
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  EXPECT_EQ(NegotiationInfo(lab.server), "NTLM 0");
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(NegotiationInfo(lab.client), "NTLM 0");
  SecPkgContext_PackageInfoA info = {};
  ASSERT_EQ(QueryContextAttributesA(&lab.client.context,
                                    SECPKG_ATTR_PACKAGE_INFO, &info),
            SEC_E_OK);
  EXPECT_STREQ(info.PackageInfo->Name, "NTLM");
  FreeContextBuffer(info.PackageInfo);
}

// CVE-2015-2695 and its kin: an unfinished context is asked everything. NTLM is
// established in the client here, but who the acceptor is, is not.
TEST(NegotiateAttributes, NothingOfAnUnfinishedContextCanBeUsed) {
  Lab lab;
  lab.Acquire();
  Bytes token;
  for (int leg = 0; leg < 4; ++leg) {
    End& end = leg % 2 == 0 ? lab.server : lab.client;
    ASSERT_EQ(leg % 2 == 0 ? end.Accept(&token) : end.Initialize(&token),
              SEC_I_CONTINUE_NEEDED);
    uint64_t room[32] = {};
    for (const ULONG attribute :
         {SECPKG_ATTR_NAMES, SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_KEY_INFO,
          SECPKG_ATTR_LIFESPAN, SECPKG_ATTR_FLAGS, SECPKG_ATTR_NATIVE_NAMES,
          SECPKG_ATTR_STREAM_SIZES, 0x7FFF}) {
      EXPECT_EQ(QueryContextAttributesW(&end.context, attribute, room),
                SEC_E_INVALID_HANDLE)
          << leg << " " << attribute;
    }
    Message message(
        {{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "x"}});
    SecBufferDesc* descriptor = message.descriptor();
    CtxtHandle* context = &end.context;
    EXPECT_EQ(MakeSignature(context, 0, descriptor, 0), SEC_E_INVALID_HANDLE);
    EXPECT_EQ(VerifySignature(context, descriptor, 0, nullptr),
              SEC_E_INVALID_HANDLE);
    EXPECT_EQ(EncryptMessage(context, 0, descriptor, 0), SEC_E_INVALID_HANDLE);
    EXPECT_EQ(DecryptMessage(context, descriptor, 0, nullptr),
              SEC_E_INVALID_HANDLE);
    EXPECT_EQ(ImpersonateSecurityContext(context), SEC_E_NO_IMPERSONATION);
    SecBuffer packed = {};
    EXPECT_EQ(ExportSecurityContext(context, 0, &packed, nullptr),
              SEC_E_INVALID_HANDLE);
    EXPECT_EQ(CompleteAuthToken(context, descriptor),
              SEC_E_UNSUPPORTED_FUNCTION);
  }
}

TEST(NegotiateExport, ASealedConversationGoesOnElsewhere) {
  Lab lab;
  lab.Run();
  ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "abc");
  SecBuffer packed = {};
  ASSERT_EQ(ExportSecurityContext(&lab.server.context, 0, &packed, nullptr),
            SEC_E_OK);
  ScopedWorld bind(&lab.world);
  char16_t package[] = u"Negotiate";
  CtxtHandle imported = {};
  ASSERT_EQ(ImportSecurityContextW(package, &packed, nullptr, &imported),
            SEC_E_OK);
  // Cut anywhere, it is none.
  for (const ULONG size : {0U, 5U, 12U, 30U, packed.cbBuffer - 1}) {
    SecBuffer cut = packed;
    cut.cbBuffer = size;
    CtxtHandle none = {};
    EXPECT_EQ(ImportSecurityContextW(package, &cut, nullptr, &none),
              SEC_E_INVALID_TOKEN)
        << size;
  }
  FreeContextBuffer(packed.pvBuffer);
  lab.server.Close();
  ExpectSealedMessageArrives(&lab.client.context, &imported, "def");
  ExpectSealedMessageArrives(&imported, &lab.client.context, "ghi");
  EXPECT_EQ(DeleteSecurityContext(&imported), SEC_E_OK);
}

// The context goes on with the credential that it began with, freed or not.
TEST(NegotiateExchange, CredentialsMayBeFreedMeanwhile) {
  Lab lab;
  lab.Acquire();
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  Lab other;
  other.Acquire();
  std::swap(lab.client.credential, other.client.credential);
  other.client.Close();
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
}

TEST(NegotiateDeterminism, OneSeedIsOneRun) {
  const auto run = [](uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    return Lab(ISC_REQ_CONFIDENTIALITY, options).Run();
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

// Every allocation of a whole exchange is refused once.
TEST(NegotiateMemory, EachAllocationCanFail) {
  for (const ULONG allocate : {0U, unsigned{ISC_REQ_ALLOCATE_MEMORY}}) {
    uint64_t total = 0;
    for (uint64_t nth = 0; nth == 0 || nth <= total; ++nth) {
      Lab lab(ISC_REQ_CONFIDENTIALITY | allocate);
      lab.server.requirements = allocate;
      const uint64_t before = lab.world.memory().allocations();
      if (nth != 0) lab.world.memory().FailAt(nth);
      SECURITY_STATUS status = lab.client.AcquireOutbound(
          lab.world, u"alice", u"EXAMPLE", u"Sesame1!");
      if (status >= 0) status = lab.server.AcquireInbound(lab.world);
      Bytes token;
      for (int leg = 0; leg < 6 && status >= 0; ++leg) {
        status = leg % 2 == 0 ? lab.server.Accept(&token)
                              : lab.client.Initialize(&token);
      }
      if (nth == 0) {
        ASSERT_EQ(status, SEC_E_OK);
        total = lab.world.memory().allocations() - before;
        EXPECT_GT(total, 10u);
      } else {
        EXPECT_EQ(status, SEC_E_INSUFFICIENT_MEMORY) << nth;
      }
      lab.client.Close();
      lab.server.Close();
      EXPECT_EQ(lab.world.memory().live_allocations(), 0u) << nth;
    }
  }
}

}  // namespace
}  // namespace sspilab::negotiate
