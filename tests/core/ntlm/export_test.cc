// ExportSecurityContext and ImportSecurityContext of NTLM contexts.

#include <cstdint>
#include <cstring>
#include <string>
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
using testing::Bytes;
using testing::End;
using testing::Established;
using testing::ExpectSealedMessageArrives;
using testing::Lab;
using testing::Message;
using testing::QueryText;
using testing::Returns;
using testing::SignatureRoom;

// The packed context, given back.
Bytes Export(CtxtHandle* context, ULONG flags) {
  SecBuffer packed = {};
  void* token = &packed;
  EXPECT_TRUE(Returns(Call::kExportSecurityContext,
                      ExportSecurityContext(context, flags, &packed, &token),
                      SEC_E_OK));
  EXPECT_EQ(token, nullptr);
  const auto* bytes = static_cast<const uint8_t*>(packed.pvBuffer);
  Bytes copy(bytes, bytes + packed.cbBuffer);
  EXPECT_EQ(FreeContextBuffer(packed.pvBuffer), SEC_E_OK);
  return copy;
}

SECURITY_STATUS Import(World& world, const Bytes& packed, CtxtHandle* context) {
  ScopedWorld bind(&world);
  char16_t package[] = u"NTLM";
  // Of exactly this size, for AddressSanitizer.
  Bytes copy = packed;
  SecBuffer buffer = {static_cast<ULONG>(copy.size()), SECBUFFER_EMPTY,
                      copy.data()};
  return ImportSecurityContextW(package, &buffer, nullptr, context);
}

// A context that closes itself.
struct Imported {
  Imported(World& world, const Bytes& packed) {
    EXPECT_TRUE(Returns(Call::kImportSecurityContext,
                        Import(world, packed, &context), SEC_E_OK));
  }
  ~Imported() { EXPECT_EQ(DeleteSecurityContext(&context), SEC_E_OK); }
  Imported(const Imported&) = delete;
  Imported& operator=(const Imported&) = delete;

  CtxtHandle context = {};
};

// With extended session security and without, with full keys and with the
// oldest.
struct Kind {
  const char* name;
  ULONG requirements;
  uint32_t unsupported;
};
constexpr Kind kKinds[] = {
    {"Extended", ISC_REQ_CONFIDENTIALITY, 0},
    {"Basic", ISC_REQ_CONFIDENTIALITY, 0x00080000},
    {"ExtendedWith40Bits", ISC_REQ_CONFIDENTIALITY, 0xA0000000},
    {"BasicWith40Bits", ISC_REQ_CONFIDENTIALITY, 0xA0080000},
};

WorldOptions OptionsFor(const Kind& kind) {
  WorldOptions options;
  options.ntlm.unsupported_flags = kind.unsupported;
  options.ntlm.minimum_client_security = 0;
  options.ntlm.minimum_server_security = 0;
  return options;
}

class ExportedContexts : public ::testing::TestWithParam<Kind> {
 protected:
  ExportedContexts()
      : lab_(GetParam().requirements, OptionsFor(GetParam())),
        client_(&lab_.client.context),
        server_(&lab_.server.context) {}

  Established lab_;
  CtxtHandle* client_;
  CtxtHandle* server_;
};

INSTANTIATE_TEST_SUITE_P(Each, ExportedContexts, ::testing::ValuesIn(kKinds),
                         [](const auto& tested) {
                           return std::string(tested.param.name);
                         });

TEST_P(ExportedContexts, GoOnWhereTheyWere) {
  // Directions of unequal length, so that nothing fits by chance.
  for (int i = 0; i < 3; ++i) {
    ExpectSealedMessageArrives(client_, server_, "a longer message there");
  }
  ExpectSealedMessageArrives(server_, client_, "back");
  World elsewhere;
  Imported client(elsewhere, Export(client_, 0));
  Imported server(elsewhere, Export(server_, 0));
  ExpectSealedMessageArrives(&client.context, &server.context, "there");
  ExpectSealedMessageArrives(&server.context, &client.context, "and back");
  // The originals know nothing of it, and go on as well.
  ExpectSealedMessageArrives(client_, server_, "there");
  ExpectSealedMessageArrives(server_, client_, "and back");
}

TEST_P(ExportedContexts, GoOnWithAPeerThatStayed) {
  ExpectSealedMessageArrives(client_, server_, "there");
  World elsewhere;
  Imported server(elsewhere, Export(server_, 0));
  ExpectSealedMessageArrives(client_, &server.context, "there again");
  ExpectSealedMessageArrives(&server.context, client_, "and back");
}

TEST_P(ExportedContexts, MayStartAnew) {
  ExpectSealedMessageArrives(client_, server_, "there");
  ExpectSealedMessageArrives(server_, client_, "and back");
  Imported client(lab_.world, Export(client_, SECPKG_CONTEXT_EXPORT_RESET_NEW));
  // The same as if it never had been used.
  Established unused(GetParam().requirements, OptionsFor(GetParam()));
  for (int i = 0; i < 2; ++i) {
    Message first(
        {{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "text"}});
    Message second(
        {{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "text"}});
    ASSERT_EQ(EncryptMessage(&client.context, 0, first.descriptor(), 0),
              SEC_E_OK);
    ASSERT_EQ(EncryptMessage(&unused.client.context, 0, second.descriptor(), 0),
              SEC_E_OK);
    EXPECT_EQ(first.text(0), second.text(0));
    EXPECT_EQ(first.text(1), second.text(1));
  }
}

TEST_P(ExportedContexts, AnswerTheSameQuestions) {
  World elsewhere;
  for (CtxtHandle* original : {client_, server_}) {
    Imported imported(elsewhere, Export(original, 0));
    for (ULONG attribute = 0; attribute < 40; ++attribute) {
      SCOPED_TRACE(attribute);
      std::string before;
      std::string after;
      const SECURITY_STATUS expected =
          QueryText<Ansi>(original, attribute, &before);
      EXPECT_EQ(QueryText<Ansi>(&imported.context, attribute, &after),
                expected);
      EXPECT_EQ(after, before);
    }
  }
  EXPECT_EQ(elsewhere.memory().live_allocations(), 0U);
}

// 3.4.5.3: connectionless, a peer whose Version is older than revision 15 gets
// another sealing key. An exported context remembers, also when it starts anew.
TEST(ExportedContext, OfAnOldPeerStartsAnewWithItsKeys) {
  const auto run = [](bool exported) {
    const Kind kind = {"", ISC_REQ_CONFIDENTIALITY | ISC_REQ_DATAGRAM,
                       0xA0080080};
    Lab lab(kind.requirements, OptionsFor(kind));
    lab.server.requirements = ASC_REQ_DATAGRAM;
    lab.Acquire();
    Bytes token;
    EXPECT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
    // MS-NLMP 2.2.1.2: NTLMRevisionCurrent of the CHALLENGE.
    constexpr size_t kRevision = 55;
    EXPECT_EQ(token.at(kRevision), 15);
    token[kRevision] = 10;
    EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK);
    CtxtHandle fresh = lab.client.context;
    if (exported) {
      EXPECT_EQ(
          Import(lab.world,
                 Export(&lab.client.context, SECPKG_CONTEXT_EXPORT_RESET_NEW),
                 &fresh),
          SEC_E_OK);
    }
    Message message(
        {{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "text"}});
    EXPECT_EQ(EncryptMessage(&fresh, 0, message.descriptor(), 0), SEC_E_OK);
    if (exported) DeleteSecurityContext(&fresh);
    return message.text(0) + message.text(1);
  };
  EXPECT_EQ(run(/*exported=*/true), run(/*exported=*/false));
}

TEST(ExportSecurityContextTest, DeletesTheOldOneOnDemand) {
  Established lab;
  const Bytes packed =
      Export(&lab.client.context, SECPKG_CONTEXT_EXPORT_DELETE_OLD);
  EXPECT_EQ(DeleteSecurityContext(&lab.client.context), SEC_E_INVALID_HANDLE);
  lab.client.has_context = false;
  Imported client(lab.world, packed);
  ExpectSealedMessageArrives(&client.context, &lab.server.context, "text");
}

TEST(ExportSecurityContextTest, ChecksItsArguments) {
  Established lab;
  CtxtHandle* context = &lab.client.context;
  SecBuffer packed = {7, SECBUFFER_DATA, &lab};
  EXPECT_TRUE(Returns(Call::kExportSecurityContext,
                      ExportSecurityContext(context, 0, nullptr, nullptr),
                      SEC_E_INVALID_PARAMETER));
  for (const ULONG flags : {4U, 8U, 0x80000000U}) {
    EXPECT_TRUE(Returns(Call::kExportSecurityContext,
                        ExportSecurityContext(context, flags, &packed, nullptr),
                        SEC_E_INVALID_PARAMETER));
  }
  EXPECT_EQ(packed.cbBuffer, 7U);
  EXPECT_EQ(packed.pvBuffer, &lab);

  Lab unfinished;
  unfinished.Acquire();
  Bytes token;
  ASSERT_EQ(unfinished.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_TRUE(Returns(
      Call::kExportSecurityContext,
      ExportSecurityContext(&unfinished.client.context,
                            SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, nullptr),
      SEC_E_INVALID_HANDLE));
  EXPECT_EQ(packed.pvBuffer, &lab);
  // It was not deleted.
  ASSERT_EQ(unfinished.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(unfinished.client.Initialize(&token), SEC_E_OK);
}

TEST(ImportSecurityContextTest, ChecksItsArguments) {
  Established lab;
  Bytes bytes = Export(&lab.client.context, 0);
  SecBuffer packed = {static_cast<ULONG>(bytes.size()), SECBUFFER_EMPTY,
                      bytes.data()};
  SecBuffer no_memory = {8, SECBUFFER_EMPTY, nullptr};
  SecBuffer empty = {0, SECBUFFER_EMPTY, nullptr};
  CtxtHandle context;
  char16_t wide[] = u"ntlm";
  char narrow[] = "Ntlm";
  char16_t unknown[] = u"Kerberos?";
  const auto import = [&](char16_t* package, SecBuffer* buffer,
                          CtxtHandle* handle, SECURITY_STATUS expected) {
    EXPECT_TRUE(Returns(
        Call::kImportSecurityContext,
        ImportSecurityContextW(package, buffer, nullptr, handle), expected));
  };
  import(wide, nullptr, &context, SEC_E_INVALID_PARAMETER);
  import(wide, &packed, nullptr, SEC_E_INVALID_PARAMETER);
  import(wide, &no_memory, &context, SEC_E_INVALID_PARAMETER);
  import(wide, &empty, &context, SEC_E_INVALID_TOKEN);
  import(unknown, &packed, &context, SEC_E_SECPKG_NOT_FOUND);
  import(nullptr, &packed, &context, SEC_E_SECPKG_NOT_FOUND);
  ScopedWorld bind(&lab.world);
  ASSERT_EQ(ImportSecurityContextA(narrow, &packed, nullptr, &context),
            SEC_E_OK);
  ExpectSealedMessageArrives(&context, &lab.server.context, "text");
  EXPECT_EQ(DeleteSecurityContext(&context), SEC_E_OK);
}

TEST(ImportedContext, HasNothingLeftToNegotiate) {
  Established lab;
  Imported client(lab.world, Export(&lab.client.context, 0));
  Imported server(lab.world, Export(&lab.server.context, 0));
  std::swap(lab.client.context, client.context);
  std::swap(lab.server.context, server.context);
  Bytes token(32);
  EXPECT_TRUE(Returns(Call::kInitializeSecurityContext,
                      lab.client.Initialize(&token), SEC_E_OUT_OF_SEQUENCE));
  EXPECT_TRUE(Returns(Call::kAcceptSecurityContext, lab.server.Accept(&token),
                      SEC_E_OUT_OF_SEQUENCE));
  std::swap(lab.client.context, client.context);
  std::swap(lab.server.context, server.context);
}

// Whatever is done to the bytes: refused, or a context with which nothing worse
// can happen than that its messages do not fit.
void ExpectHarmless(const Bytes& packed) {
  World world;
  CtxtHandle context;
  const SECURITY_STATUS status = Import(world, packed, &context);
  if (status != SEC_E_OK) {
    ASSERT_TRUE(
        Returns(Call::kImportSecurityContext, status, SEC_E_INVALID_TOKEN));
    EXPECT_EQ(world.memory().live_allocations(), 0U);
    return;
  }
  // All that has strings or bytes out of the packed context.
  for (const ULONG attribute :
       {SECPKG_ATTR_NATIVE_NAMES, SECPKG_ATTR_AUTHORITY, SECPKG_ATTR_KEY_INFO,
        SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_TARGET_INFORMATION}) {
    std::string text;
    EXPECT_EQ(QueryText<Ansi>(&context, attribute, &text), SEC_E_OK);
  }
  Message message(
      {{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "some text"}});
  const SECURITY_STATUS sealed =
      EncryptMessage(&context, 0, message.descriptor(), 0);
  // Never says that it sealed what is still there for all to read.
  if (sealed == SEC_E_OK) {
    EXPECT_NE(message.text(1), "some text");
  } else {
    EXPECT_EQ(sealed, SEC_E_UNSUPPORTED_FUNCTION);
  }
  DecryptMessage(&context, message.descriptor(), 0, nullptr);
  MakeSignature(&context, 0, message.descriptor(), 0);
  VerifySignature(&context, message.descriptor(), 0, nullptr);
  const Bytes again = Export(&context, 0);
  EXPECT_EQ(again.size(), packed.size());
  EXPECT_EQ(DeleteSecurityContext(&context), SEC_E_OK);
  EXPECT_EQ(world.memory().live_allocations(), 0U);
}

TEST(ImportedContext, OfEveryTruncationIsRefused) {
  Established lab;
  const Bytes packed = Export(&lab.client.context, 0);
  World world;
  for (size_t size = 0; size < packed.size(); ++size) {
    CtxtHandle context;
    EXPECT_EQ(
        Import(world, Bytes(packed.begin(), packed.begin() + size), &context),
        SEC_E_INVALID_TOKEN)
        << size;
  }
  Bytes longer = packed;
  longer.push_back(0);
  CtxtHandle context;
  EXPECT_EQ(Import(world, longer, &context), SEC_E_INVALID_TOKEN);
  EXPECT_EQ(world.memory().live_allocations(), 0U);
}

TEST(ImportedContext, OfEveryBentByteIsRefusedOrHarmless) {
  for (const Kind& kind : {kKinds[0], kKinds[3]}) {
    Established lab(kind.requirements, OptionsFor(kind));
    std::vector<Bytes> contexts;
    for (CtxtHandle* context : {&lab.client.context, &lab.server.context}) {
      contexts.push_back(Export(context, 0));
    }
    ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "hi");
    for (CtxtHandle* context : {&lab.client.context, &lab.server.context}) {
      contexts.push_back(Export(context, 0));
    }
    for (const Bytes& packed : contexts) {
      for (size_t i = 0; i < packed.size(); ++i) {
        SCOPED_TRACE(i);
        const uint8_t byte = packed[i];
        for (const int value : {0x00, 0xFF, byte ^ 0x01, byte ^ 0x80}) {
          Bytes bent = packed;
          bent[i] = static_cast<uint8_t>(value);
          ExpectHarmless(bent);
        }
      }
    }
  }
}

}  // namespace
}  // namespace sspilab
