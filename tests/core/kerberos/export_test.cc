// ExportSecurityContext and ImportSecurityContext of Kerberos contexts.

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/attribute_text.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/kerberos/sealed.h"

namespace sspilab {
namespace {

using kerberos::Etype;
using testing::Ansi;
using testing::Bytes;
using testing::End;
using testing::ExpectArrives;
using testing::KerberosLab;
using testing::QueryText;
using testing::Sealed;

constexpr ULONG kWants = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY |
                         ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;

Bytes Export(End& end, ULONG flags = 0) {
  SecBuffer packed = {};
  EXPECT_EQ(ExportSecurityContext(&end.context, flags, &packed, nullptr),
            SEC_E_OK);
  const auto* const bytes = static_cast<const uint8_t*>(packed.pvBuffer);
  Bytes copy(bytes, bytes + packed.cbBuffer);
  EXPECT_EQ(FreeContextBuffer(packed.pvBuffer), SEC_E_OK);
  return copy;
}

SECURITY_STATUS Import(World& world, Bytes packed, End* end) {
  ScopedWorld bind(&world);
  char16_t package[] = u"Kerberos";
  SecBuffer buffer = {static_cast<ULONG>(packed.size()), SECBUFFER_EMPTY,
                      packed.data()};
  const SECURITY_STATUS status =
      ImportSecurityContextW(package, &buffer, nullptr, &end->context);
  end->has_context = status == SEC_E_OK;
  return status;
}

// An encryption type, and whether in DCE style.
class ExportedContexts
    : public ::testing::TestWithParam<std::tuple<Etype, bool>> {
 protected:
  ExportedContexts() : lab_({std::get<0>(GetParam())}) {
    lab_.client.requirements =
        kWants | (std::get<1>(GetParam()) ? ISC_REQ_USE_DCE_STYLE : 0);
    EXPECT_EQ(lab_.Establish(), SEC_E_OK);
  }

  KerberosLab lab_;
};

INSTANTIATE_TEST_SUITE_P(
    Each, ExportedContexts,
    ::testing::Combine(::testing::Values(Etype::kAes256CtsHmacSha1,
                                         Etype::kAes128CtsHmacSha256,
                                         Etype::kRc4Hmac),
                       ::testing::Bool()));

TEST_P(ExportedContexts, GoOnWhereTheyWere) {
  // Directions of unequal length, so that nothing fits by chance.
  for (int i = 0; i < 3; ++i) {
    ExpectArrives(lab_.client, lab_.server, Bytes(20, 1));
  }
  ExpectArrives(lab_.server, lab_.client, Bytes(20, 2));
  World elsewhere;
  End client;
  End server;
  ASSERT_EQ(Import(elsewhere, Export(lab_.client), &client), SEC_E_OK);
  ASSERT_EQ(Import(elsewhere, Export(lab_.server), &server), SEC_E_OK);
  ExpectArrives(client, server, Bytes(20, 3));
  ExpectArrives(server, client, Bytes(20, 4));
  // The originals know nothing of it, and go on as well.
  ExpectArrives(lab_.client, lab_.server, Bytes(20, 5));
  ExpectArrives(lab_.server, lab_.client, Bytes(20, 6));
}

TEST_P(ExportedContexts, TakeNoMessageTwice) {
  Sealed message{{}, Bytes(20, 1), {}};
  ASSERT_EQ(testing::Encrypt(lab_.client, &message), SEC_E_OK);
  Sealed again = message;
  ASSERT_EQ(testing::Decrypt(lab_.server, &message), SEC_E_OK);
  World elsewhere;
  End server;
  ASSERT_EQ(Import(elsewhere, Export(lab_.server), &server), SEC_E_OK);
  EXPECT_EQ(testing::Decrypt(server, &again), SEC_E_OUT_OF_SEQUENCE);
}

TEST_P(ExportedContexts, MayStartAnew) {
  Sealed first{{}, Bytes(20, 1), {}};
  ASSERT_EQ(testing::Encrypt(lab_.client, &first), SEC_E_OK);
  Sealed again = first;
  ASSERT_EQ(testing::Decrypt(lab_.server, &first), SEC_E_OK);
  World elsewhere;
  End server;
  ASSERT_EQ(
      Import(elsewhere, Export(lab_.server, SECPKG_CONTEXT_EXPORT_RESET_NEW),
             &server),
      SEC_E_OK);
  EXPECT_EQ(testing::Decrypt(server, &again), SEC_E_OK);
}

TEST_P(ExportedContexts, AnswerTheSameQuestions) {
  World elsewhere;
  for (End* const original : {&lab_.client, &lab_.server}) {
    End imported;
    ASSERT_EQ(Import(elsewhere, Export(*original), &imported), SEC_E_OK);
    for (ULONG attribute = 0; attribute < 40; ++attribute) {
      SCOPED_TRACE(attribute);
      std::string before;
      std::string after;
      const SECURITY_STATUS expected =
          QueryText<Ansi>(&original->context, attribute, &before);
      EXPECT_EQ(QueryText<Ansi>(&imported.context, attribute, &after),
                expected);
      EXPECT_EQ(after, before);
    }
  }
}

TEST_P(ExportedContexts, HaveNothingLeftToNegotiate) {
  End imported;
  ASSERT_EQ(Import(lab_.client_world, Export(lab_.client), &imported),
            SEC_E_OK);
  std::swap(lab_.client.context, imported.context);
  Bytes token(32);
  EXPECT_EQ(lab_.client.Initialize(&token), SEC_E_OUT_OF_SEQUENCE);
  std::swap(lab_.client.context, imported.context);
}

TEST(KerberosExportTest, NeedsAFinishedContext) {
  KerberosLab lab;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.requirements = kWants;
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  SecBuffer packed = {};
  EXPECT_EQ(ExportSecurityContext(&lab.client.context, 0, &packed, nullptr),
            SEC_E_INVALID_HANDLE);
}

TEST(KerberosExportTest, GoesUnderNegotiateToo) {
  KerberosLab lab;
  lab.client.package = lab.server.package = u"Negotiate";
  lab.client.requirements = kWants;
  ASSERT_EQ(lab.Establish(), SEC_E_OK);
  ExpectArrives(lab.client, lab.server, Bytes(20, 1));
  ScopedWorld bind(&lab.server_world);
  Bytes packed = Export(lab.server);
  char16_t package[] = u"Negotiate";
  SecBuffer buffer = {static_cast<ULONG>(packed.size()), SECBUFFER_EMPTY,
                      packed.data()};
  End server;
  ASSERT_EQ(ImportSecurityContextW(package, &buffer, nullptr, &server.context),
            SEC_E_OK);
  server.has_context = true;
  ExpectArrives(lab.client, server, Bytes(20, 2));
}

// Whatever is done to the bytes: refused, or a context with which nothing worse
// can happen than that its messages do not fit.
void ExpectHarmless(const Bytes& packed) {
  World world;
  {
    End end;
    const SECURITY_STATUS status = Import(world, packed, &end);
    if (status != SEC_E_OK) {
      ASSERT_EQ(status, SEC_E_INVALID_TOKEN);
    } else {
      EXPECT_EQ(Export(end), packed);
      for (const ULONG attribute :
           {SECPKG_ATTR_NATIVE_NAMES, SECPKG_ATTR_LIFESPAN,
            SECPKG_ATTR_SESSION_KEY}) {
        std::string text;
        EXPECT_EQ(QueryText<Ansi>(&end.context, attribute, &text), SEC_E_OK);
      }
      Sealed message{{}, Bytes(20, 1), {}};
      const SECURITY_STATUS sealed = testing::Encrypt(end, &message);
      EXPECT_TRUE(sealed == SEC_E_OK || sealed == SEC_E_CONTEXT_EXPIRED ||
                  sealed == SEC_E_UNSUPPORTED_FUNCTION)
          << StatusName(sealed);
      EXPECT_NE(testing::Decrypt(end, &message), SEC_E_OK);
    }
  }
  EXPECT_EQ(world.memory().live_allocations(), 0U);
}

TEST(KerberosExportTest, OfEveryBentByteIsRefusedOrHarmless) {
  for (const Etype etype : {Etype::kAes256CtsHmacSha1, Etype::kRc4Hmac}) {
    KerberosLab lab({etype});
    lab.client.requirements = kWants;
    ASSERT_EQ(lab.Establish(), SEC_E_OK);
    const Bytes packed = Export(lab.client);
    for (size_t i = 0; i < packed.size(); ++i) {
      SCOPED_TRACE(i);
      for (const int value : {0x00, 0xFF, packed[i] ^ 0x01}) {
        Bytes bent = packed;
        bent[i] = static_cast<uint8_t>(value);
        ExpectHarmless(bent);
      }
      ExpectHarmless(Bytes(packed.begin(),
                           packed.begin() + static_cast<std::ptrdiff_t>(i)));
    }
    Bytes longer = packed;
    longer.push_back(0);
    End end;
    EXPECT_EQ(Import(lab.client_world, longer, &end), SEC_E_INVALID_TOKEN);
  }
}

}  // namespace
}  // namespace sspilab
