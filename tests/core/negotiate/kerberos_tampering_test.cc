// Somebody between the two ends wants less than Kerberos, or something else:
// changes to the list, to the MICs and to the optimistic token.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/negotiate/messages.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/negotiate/side.h"

namespace sspilab::negotiate {
namespace {

using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::KerberosLab;

constexpr int kLegs = 7;

// A token on its way; `leg` counts from 0, the initiator's first.
using Attack = std::function<void(int leg, Bytes* token)>;

struct Outcome {
  SECURITY_STATUS client = SEC_I_CONTINUE_NEEDED;
  SECURITY_STATUS server = SEC_I_CONTINUE_NEEDED;
  bool both_done() const { return client == SEC_E_OK && server == SEC_E_OK; }
  std::vector<Bytes> sent;
  std::u16string package;
  std::u16string name;
  bool same_key = false;
};

std::u16string PackageOf(End& end) {
  SecPkgContext_PackageInfoW info = {};
  EXPECT_EQ(
      QueryContextAttributesW(&end.context, SECPKG_ATTR_PACKAGE_INFO, &info),
      SEC_E_OK);
  std::u16string name = info.PackageInfo->Name;
  FreeContextBuffer(info.PackageInfo);
  return name;
}

// One for all: what costs time is making keys of passwords.
KerberosLab& TheLab() {
  static KerberosLab& lab = *[] {
    auto* made = new KerberosLab;
    made->client.package = made->server.package = u"Negotiate";
    made->client.requirements = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY;
    made->server_world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
    EXPECT_EQ(made->Acquire(), SEC_E_OK);
    return made;
  }();
  return lab;
}

Outcome RunUnder(const Attack& attack, bool request_mic) {
  KerberosLab& lab = TheLab();
  lab.server_world.options().negotiate.request_mic = request_mic;
  for (End* end : {&lab.client, &lab.server}) {
    if (std::exchange(end->has_context, false)) {
      DeleteSecurityContext(&end->context);
    }
  }
  Outcome outcome;
  Bytes token;
  for (int leg = 0; leg < kLegs; ++leg) {
    SECURITY_STATUS& status = leg % 2 == 0 ? outcome.client : outcome.server;
    if (status != SEC_I_CONTINUE_NEEDED) break;
    status = leg % 2 == 0 ? lab.client.Initialize(&token)
                          : lab.server.Accept(&token);
    EXPECT_TRUE(MayReturn(leg % 2 == 0 ? Call::kInitializeSecurityContext
                                       : Call::kAcceptSecurityContext,
                          Package::kNegotiate, status))
        << StatusName(status);
    if (status < 0) return outcome;
    if (token.empty()) break;
    outcome.sent.push_back(token);
    attack(leg, &token);
  }
  if (outcome.both_done()) {
    outcome.package = PackageOf(lab.server);
    outcome.name = lab.server.Name();
    outcome.same_key = lab.client.SessionKey() == lab.server.SessionKey();
    EXPECT_EQ(PackageOf(lab.client), outcome.package);
  }
  return outcome;
}

Attack None() {
  return [](int, Bytes*) {};
}

// The bytes of a MechTypeList.
using Oid = absl::Span<const uint8_t>;
Bytes ListOf(const std::vector<Oid>& oids) {
  Bytes storage(64);
  wire::DerWriter writer(absl::MakeSpan(storage));
  writer.Write(wire::DerTag::kSequence, [&] {
    for (size_t i = oids.size(); i-- > 0;) writer.WriteOid(oids[i]);
  });
  return Bytes(writer.written().begin(), writer.written().end());
}

// NegTokenInit with another list, and with its token or without.
Attack NewList(std::vector<Oid> oids, bool keep_token) {
  return [oids = std::move(oids), keep_token](int leg, Bytes* token) {
    if (leg != 0) return;
    const Bytes original = *token;
    NegTokenInit init = *NegTokenInit::Parse(original);
    const Bytes list = ListOf(oids);
    init.mech_types = *MechTypeList::Parse(list);
    if (!keep_token) init.mech_token.reset();
    *token = Written(init);
  };
}

Attack ChangeResp(int which, std::function<void(NegTokenResp&)> change) {
  return [which, change = std::move(change)](int leg, Bytes* token) {
    if (leg != which) return;
    const Bytes original = *token;
    NegTokenResp resp = *NegTokenResp::Parse(original);
    change(resp);
    *token = Written(resp);
  };
}

Attack Both(Attack one, Attack other) {
  return
      [one = std::move(one), other = std::move(other)](int leg, Bytes* token) {
        one(leg, token);
        other(leg, token);
      };
}

TEST(KerberosTampering, WithoutAnybodyBetweenThem) {
  for (const bool request_mic : {false, true}) {
    const Outcome outcome = RunUnder(None(), request_mic);
    EXPECT_TRUE(outcome.both_done());
    EXPECT_EQ(outcome.package, u"Kerberos");
    EXPECT_EQ(outcome.sent.size(), request_mic ? 3U : 2U);
  }
}

// Whatever is done to have NTLM in Kerberos' place is noticed: the list that
// the MICs are over is not what the initiator sent.
TEST(KerberosTampering, KerberosCannotBeTakenAway) {
  const std::pair<const char*, Attack> kAttacks[] = {
      {"removed", NewList({oid::kNtlm}, false)},
      {"removed, its token for NTLM's", NewList({oid::kNtlm}, true)},
      {"behind NTLM",
       NewList({oid::kNtlm, oid::kWindowsKerberos, oid::kKerberos}, false)},
      {"behind NTLM, with the token",
       NewList({oid::kNtlm, oid::kWindowsKerberos, oid::kKerberos}, true)},
      {"names that nobody knows before NTLM",
       NewList({oid::kNegoEx, oid::kKerberosUserToUser, oid::kNtlm}, true)},
      {"removed, and the answer says that nobody wants MICs",
       Both(NewList({oid::kNtlm}, false),
            ChangeResp(1,
                       [](NegTokenResp& resp) {
                         resp.neg_state = NegState::kAcceptIncomplete;
                       }))},
      {"the answer chooses NTLM", ChangeResp(1,
                                             [](NegTokenResp& resp) {
                                               resp = NegTokenResp();
                                               resp.neg_state =
                                                   NegState::kRequestMic;
                                               resp.supported_mech = oid::kNtlm;
                                             })},
  };
  for (const bool request_mic : {false, true}) {
    for (const auto& [name, attack] : kAttacks) {
      SCOPED_TRACE(name);
      const Outcome outcome = RunUnder(attack, request_mic);
      EXPECT_FALSE(outcome.both_done());
      EXPECT_NE(outcome.client, SEC_E_OK) << StatusName(outcome.client);
    }
  }
}

// Stripped MICs are missed as much as wrong ones.
TEST(KerberosTampering, KerberosTakenAwayWithTheMics) {
  const Attack strip = [](int leg, Bytes* token) {
    if (leg == 0) return;
    const Bytes original = *token;
    auto resp = NegTokenResp::Parse(original);
    if (!resp.ok()) return;
    resp->mech_list_mic.reset();
    *token = Written(*resp);
  };
  const Outcome outcome =
      RunUnder(Both(NewList({oid::kNtlm}, false), strip), false);
  EXPECT_EQ(outcome.server, SEC_E_INVALID_TOKEN);
  EXPECT_EQ(outcome.client, SEC_I_CONTINUE_NEEDED);
}

// RFC 4178 5: who gets the first choice needs no MIC, and what else is on the
// list is then not protected. It does not matter either: nothing came of it.
TEST(KerberosTampering, WhatIsBehindTheFirstChoiceIsNotProtected) {
  const std::vector<Oid> kLists[] = {
      {oid::kWindowsKerberos},
      {oid::kWindowsKerberos, oid::kNtlm},
      {oid::kWindowsKerberos, oid::kNtlm, oid::kKerberos, oid::kNegoEx},
  };
  for (const std::vector<Oid>& list : kLists) {
    const Outcome outcome = RunUnder(NewList(list, true), false);
    EXPECT_TRUE(outcome.both_done());
    EXPECT_EQ(outcome.package, u"Kerberos");
    EXPECT_EQ(outcome.name, u"EXAMPLE\\alice");
    EXPECT_TRUE(outcome.same_key);
    // With MICs it is.
    EXPECT_FALSE(RunUnder(NewList(list, true), true).both_done());
  }
}

// Kerberos' two names are one mechanism, whose token is good under each. Under
// the other one the acceptor says so, and the initiator had not put it first.
TEST(KerberosTampering, TheOtherNameFirst) {
  const std::vector<Oid> swapped = {oid::kKerberos, oid::kWindowsKerberos,
                                    oid::kNtlm};
  EXPECT_FALSE(RunUnder(NewList(swapped, true), false).both_done());
  // Only who changes the answer back gets away with it, with nothing gained.
  const auto back = [](NegTokenResp& resp) {
    resp.supported_mech = oid::kWindowsKerberos;
  };
  const Outcome outcome =
      RunUnder(Both(NewList(swapped, true), ChangeResp(1, back)), false);
  EXPECT_TRUE(outcome.both_done());
  EXPECT_EQ(outcome.package, u"Kerberos");
  EXPECT_FALSE(RunUnder(Both(NewList(swapped, true), ChangeResp(1, back)), true)
                   .both_done());
}

TEST(KerberosTampering, MicsCannotBeStrippedOrBent) {
  const auto strip = [](NegTokenResp& resp) { resp.mech_list_mic.reset(); };
  // The acceptor's is optional where the initiator has got its first choice,
  // but this one was asked for.
  EXPECT_EQ(RunUnder(ChangeResp(1, strip), true).client, SEC_E_INVALID_TOKEN);
  EXPECT_EQ(RunUnder(ChangeResp(2, strip), true).server, SEC_E_INVALID_TOKEN);
  for (const int which : {1, 2}) {
    const Outcome clean = RunUnder(None(), true);
    ASSERT_EQ(clean.sent.size(), 3U);
    const auto resp = NegTokenResp::Parse(clean.sent[which]);
    ASSERT_TRUE(resp.ok());
    ASSERT_TRUE(resp->mech_list_mic.has_value());
    const size_t begin = static_cast<size_t>(resp->mech_list_mic->data() -
                                             clean.sent[which].data());
    for (size_t i = 0; i < resp->mech_list_mic->size(); ++i) {
      const Outcome outcome = RunUnder(
          [&](int leg, Bytes* token) {
            if (leg == which) (*token)[begin + i] ^= 1;
          },
          true);
      EXPECT_EQ(which % 2 == 1 ? outcome.client : outcome.server,
                SEC_E_MESSAGE_ALTERED)
          << which << " " << i;
    }
  }
}

// One who strips request-mic and the acceptor's MIC has the initiator content,
// for it has got what it wanted; the acceptor, who asked, is not.
TEST(KerberosTampering, WhoAskedForMicsMissesThem) {
  const Outcome outcome = RunUnder(ChangeResp(1,
                                              [](NegTokenResp& resp) {
                                                resp.neg_state =
                                                    NegState::kAcceptCompleted;
                                                resp.mech_list_mic.reset();
                                              }),
                                   true);
  EXPECT_EQ(outcome.client, SEC_E_OK);
  EXPECT_EQ(outcome.server, SEC_I_CONTINUE_NEEDED);
}

// Every bit of every token, flipped: nothing of the list, the key or the name
// changes unnoticed.
TEST(KerberosTampering, EveryBit) {
  for (const bool request_mic : {false, true}) {
    const Outcome clean = RunUnder(None(), request_mic);
    std::map<std::pair<size_t, size_t>, int> unnoticed;
    for (size_t which = 0; which < clean.sent.size(); ++which) {
      for (size_t bit = 0; bit < clean.sent[which].size() * 8; ++bit) {
        const Outcome outcome = RunUnder(
            [&](int leg, Bytes* token) {
              if (leg != static_cast<int>(which)) return;
              (*token)[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            },
            request_mic);
        if (!outcome.both_done()) continue;
        ++unnoticed[{which, bit / 8}];
        EXPECT_EQ(outcome.package, u"Kerberos") << which << " " << bit;
        EXPECT_EQ(outcome.name, u"EXAMPLE\\alice") << which << " " << bit;
        EXPECT_TRUE(outcome.same_key) << which << " " << bit;
      }
    }
    std::string seen;
    for (const auto& [place, bits] : unnoticed) {
      seen += std::to_string(place.first) + "@" + std::to_string(place.second) +
              ":" + std::to_string(bits) + " ";
    }
    // All that nobody misses:
    // - the end of the list, without MICs: see above;
    // - of the AP-REQ what RFC 4120 leaves in the clear: bits of ap-options
    //   (MUTUAL-REQUIRED is in the authenticator, too), and the ticket's realm
    //   (only its case), service and key version, which an acceptor with one
    //   key does not look at;
    // - with MICs, that request-mic or accept-incomplete is said.
    const std::string list =
        "0@37:8 0@38:8 0@39:8 0@40:8 0@41:8 0@42:8 0@43:8 0@44:8 0@45:7 "
        "0@48:8 0@49:8 0@50:8 0@51:8 0@52:8 0@53:7 0@54:8 0@55:8 0@56:8 "
        "0@57:7 ";
    const std::string ap_req =
        "0@105:3 0@106:8 0@107:8 0@108:8 0@109:8 0@131:1 0@132:1 0@133:1 "
        "0@134:1 0@135:1 0@136:1 0@137:1 0@139:1 0@140:1 0@141:1 0@142:1 "
        "0@151:8 0@158:8 0@159:8 0@160:8 0@161:8 0@164:8 0@165:8 0@166:8 "
        "0@167:8 0@168:8 0@169:8 0@170:8 0@171:8 0@172:8 0@173:8 0@174:8 "
        "0@175:8 0@176:8 0@177:8 0@178:8 0@179:8 0@195:8 ";
    EXPECT_EQ(seen, request_mic ? ap_req + "1@10:1 2@8:1 " : list + ap_req)
        << request_mic;
  }
}

}  // namespace
}  // namespace sspilab::negotiate
