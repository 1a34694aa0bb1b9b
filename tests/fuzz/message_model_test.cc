// The model says of each order of messages what its ends must make of it.

#include "fuzz/message_model.h"

#include <gtest/gtest.h>

#include <string_view>

#include "core/sspi.h"
#include "fuzz/ready_contexts.h"

namespace sspilab::fuzz {
namespace {

using Verdict = MessageModel::Verdict;
constexpr size_t kInitiator = 0, kAcceptor = 1;

MessageModel ModelOf(std::string_view name) {
  for (uint8_t i = 0; i < kReadyPairs; ++i) {
    if (ReadyPairOf(i).name == name) return MessageModel(ReadyPairOf(i));
  }
  ADD_FAILURE() << "no ready contexts " << name;
  return MessageModel(ReadyPairOf(0));
}

TEST(ReadyContextsTest, AreWhatTheirNamesSay) {
  for (uint8_t i = 0; i < kReadyPairs; ++i) {
    const ReadyPair& pair = ReadyPairOf(i);
    SCOPED_TRACE(pair.name);
    EXPECT_FALSE(pair.packed[0].empty() || pair.packed[1].empty());
    const bool seals =
        pair.name != "ntlm_neither" && pair.name.find("sign") == pair.name.npos;
    EXPECT_EQ((pair.attributes[0] & ISC_RET_CONFIDENTIALITY) != 0, seals);
    EXPECT_EQ((pair.attributes[1] & ASC_RET_CONFIDENTIALITY) != 0, seals);
    EXPECT_EQ((pair.attributes[0] & ISC_RET_DATAGRAM) != 0,
              pair.name == "ntlm_datagram");
    EXPECT_EQ((pair.attributes[0] & ISC_RET_USED_DCE_STYLE) != 0,
              pair.name.find("dce") != pair.name.npos);
    const bool is_kerberos = pair.name.find("kerberos") != pair.name.npos;
    EXPECT_EQ(MessageModel(pair).gss(), is_kerberos);
  }
}

TEST(MessageModelTest, NtlmOpensInOrderAndNothingTwice) {
  MessageModel model = ModelOf("ntlm_seal");
  const auto first = model.Send(kInitiator);
  const auto second = model.Send(kInitiator);
  const auto back = model.Send(kAcceptor);
  EXPECT_EQ(model.Judge(kAcceptor, second), Verdict::kMustNot);
  EXPECT_EQ(model.Judge(kAcceptor, first), Verdict::kMust);
  model.Opened(kAcceptor, first);
  EXPECT_EQ(model.Judge(kAcceptor, first), Verdict::kMustNot);
  EXPECT_EQ(model.Judge(kAcceptor, second), Verdict::kMust);
  EXPECT_EQ(model.Judge(kInitiator, back), Verdict::kMust);
  EXPECT_EQ(model.JudgeOwn(kAcceptor), Verdict::kMustNot);
  // It may have used up a number.
  model.FoundAltered(kAcceptor);
  EXPECT_EQ(model.Judge(kAcceptor, second), Verdict::kMay);
}

TEST(MessageModelTest, HalfDuplexTakesTurns) {
  MessageModel model = ModelOf("ntlm_half_duplex");
  const auto first = model.Send(kInitiator);
  model.Opened(kAcceptor, first);
  const auto answer = model.Send(kAcceptor);
  EXPECT_EQ(model.Judge(kInitiator, answer), Verdict::kMust);
  // Both at once are at different places of the one keystream.
  model.Send(kInitiator);
  EXPECT_EQ(model.Judge(kInitiator, answer), Verdict::kMay);
}

TEST(MessageModelTest, DatagramsComeInAnyOrder) {
  MessageModel model = ModelOf("ntlm_datagram");
  model.Send(kInitiator);
  const auto second = model.Send(kInitiator);
  EXPECT_EQ(model.Judge(kAcceptor, second), Verdict::kMust);
  model.Opened(kAcceptor, second);
  EXPECT_EQ(model.Judge(kAcceptor, second), Verdict::kMust);
}

TEST(MessageModelTest, KerberosAsItsFlagsSay) {
  MessageModel in_order = ModelOf("kerberos_aes256_sha1");
  MessageModel once = ModelOf("kerberos_replay");
  MessageModel any = ModelOf("kerberos_any_order");
  for (MessageModel* model : {&in_order, &once, &any}) {
    const auto first = model->Send(kInitiator);
    const auto second = model->Send(kInitiator);
    EXPECT_EQ(model->Judge(kAcceptor, second),
              model == &in_order ? Verdict::kMustNot : Verdict::kMust);
    model->Opened(kAcceptor, first);
    model->Opened(kAcceptor, second);
    EXPECT_EQ(model->Judge(kAcceptor, second),
              model == &any ? Verdict::kMust : Verdict::kMustNot);
    // What was altered leaves it where it is.
    model->FoundAltered(kAcceptor);
    EXPECT_NE(model->Judge(kAcceptor, second), Verdict::kMay);
    model->Restart();
    EXPECT_EQ(model->Judge(kAcceptor, second), Verdict::kMay);
  }
}

}  // namespace
}  // namespace sspilab::fuzz
