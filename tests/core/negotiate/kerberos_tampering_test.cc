// Somebody between the two ends wants less than Kerberos, or something else:
// changes to the list, to the MICs and to the optimistic token.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "core/negotiate/messages.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/wire/der.h"
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

// What a token says, field by field, but for what is always the same.
using Fields = std::map<std::string, std::string>;

std::string AsText(absl::Span<const uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

void AddEncrypted(const std::string& name, const kerberos::EncryptedData& data,
                  Fields* fields) {
  (*fields)[name + ".etype"] = absl::StrCat(data.etype);
  (*fields)[name + ".kvno"] =
      data.kvno.has_value() ? absl::StrCat(*data.kvno) : "none";
  (*fields)[name + ".cipher"] = AsText(data.cipher);
}

// How many bits at the end of an AP-REQ's ap-options are said not to count,
// which kerberos::Parse does not tell.
std::string UnusedOptions(absl::Span<const uint8_t> ap_req) {
  wire::DerReader reader(ap_req, wire::DerRules::kBer);
  wire::DerReader message;
  wire::DerReader fields;
  wire::DerReader options;
  Oid skipped;
  unsigned unused = 0;
  const bool read = reader.Enter(wire::ApplicationTag(14), &message) &&
                    message.Enter(wire::DerTag::kSequence, &fields) &&
                    fields.ReadWhole(&skipped) && fields.ReadWhole(&skipped) &&
                    fields.Enter(wire::ContextTag(2), &options) &&
                    options.ReadBitString(&skipped, &unused);
  return read ? absl::StrCat(unused) : "unreadable";
}

// False where there is nothing to be read.
bool AddApReq(absl::Span<const uint8_t> message, Fields* fields) {
  const auto ap_req = kerberos::Parse<kerberos::ApReq>(message);
  if (!ap_req.ok()) return false;
  const auto ticket = kerberos::Parse<kerberos::Ticket>(ap_req->ticket.der);
  if (!ticket.ok()) return false;
  using kerberos::ap_option::kMutualRequired;
  using kerberos::ap_option::kUseSessionKey;
  const uint32_t options = ap_req->ap_options.bits;
  (*fields)["ap-options.use-session-key"] =
      absl::StrCat(options & kUseSessionKey);
  (*fields)["ap-options.mutual-required"] =
      absl::StrCat(options & kMutualRequired);
  (*fields)["ap-options.reserved"] =
      absl::StrCat(options & ~(kUseSessionKey | kMutualRequired));
  (*fields)["ap-options' unused bits"] = UnusedOptions(message);
  std::string cases;
  for (const char c : ticket->realm)
    cases += absl::ascii_isupper(c) ? 'A' : 'a';
  (*fields)["Ticket.realm"] = absl::AsciiStrToLower(ticket->realm);
  (*fields)["Ticket.realm's case"] = cases;
  (*fields)["Ticket.sname.name-type"] = absl::StrCat(ticket->sname.name_type);
  (*fields)["Ticket.sname.name-string"] =
      absl::StrJoin(ticket->sname.name_string, "/");
  AddEncrypted("Ticket.enc-part", ticket->enc_part, fields);
  AddEncrypted("authenticator", ap_req->authenticator, fields);
  return true;
}

bool AddApRep(absl::Span<const uint8_t> message, Fields* fields) {
  const auto ap_rep = kerberos::Parse<kerberos::ApRep>(message);
  if (!ap_rep.ok()) return false;
  AddEncrypted("AP-REP.enc-part", ap_rep->enc_part, fields);
  return true;
}

bool AddMechanismToken(absl::Span<const uint8_t> token, Fields* fields) {
  const auto framed = kerberos::GssToken::Parse(token);
  if (!framed.ok()) return false;
  (*fields)["thisMech"] = absl::StrCat(framed->user_to_user);
  (*fields)["TOK_ID"] = absl::StrCat(static_cast<int>(framed->id));
  return framed->id == kerberos::TokenId::kApReq
             ? AddApReq(framed->message, fields)
             : AddApRep(framed->message, fields);
}

bool AddInit(const NegTokenInit& init, Fields* fields) {
  wire::DerReader rest = init.mech_types.Begin();
  Oid oid;
  for (int i = 0; MechTypeList::Next(&rest, &oid); ++i) {
    (*fields)[i == 0 ? "the first mechType" : "other mechTypes"] += AsText(oid);
  }
  (*fields)["mechListMIC"] = AsText(init.mech_list_mic.value_or(Oid()));
  return init.mech_token.has_value() &&
         AddMechanismToken(*init.mech_token, fields);
}

bool AddResp(const NegTokenResp& resp, Fields* fields) {
  (*fields)["negState"] = absl::StrCat(
      resp.neg_state.has_value() ? static_cast<int>(*resp.neg_state) : -1);
  (*fields)["supportedMech"] = AsText(resp.supported_mech.value_or(Oid()));
  (*fields)["mechListMIC"] = AsText(resp.mech_list_mic.value_or(Oid()));
  return !resp.response_token.has_value() ||
         AddMechanismToken(*resp.response_token, fields);
}

Fields FieldsOf(const Bytes& token) {
  Fields fields;
  const auto init = NegTokenInit::Parse(token);
  const auto resp = NegTokenResp::Parse(token);
  if (!(init.ok() && AddInit(*init, &fields)) &&
      !(resp.ok() && AddResp(*resp, &fields))) {
    fields["what nobody here can read"] = AsText(token);
  }
  return fields;
}

// The fields in which two tokens differ.
std::set<std::string> Differences(const Bytes& one, const Bytes& other) {
  const Fields before = FieldsOf(one);
  const Fields after = FieldsOf(other);
  std::set<std::string> names;
  for (const auto& [field, value] : before) {
    const auto same = after.find(field);
    if (same == after.end() || same->second != value) names.insert(field);
  }
  for (const auto& [field, value] : after) {
    if (before.count(field) == 0) names.insert(field);
  }
  if (names.empty()) names.insert("how the same is written");
  return names;
}

// What somebody may bend with nobody missing it, since nothing hangs on it.
struct Loose {
  std::string_view field;
  bool without_mics;
  bool with_mics;
};
const Loose kLoose[] = {
    // The first choice was taken: what else there was to choose from is under
    // the MICs alone (RFC 4178 5).
    {"other mechTypes", true, false},
    // An AP-REQ has no integrity but that of its encrypted parts (RFC 4120
    // 5.5.1). That mutual authentication is wanted the authenticator's checksum
    // says, too, and it is believed (RFC 4121 4.1.1.1). Not so
    // use-session-key: there is no such key.
    {"ap-options.mutual-required", true, true},
    {"ap-options.reserved", true, true},
    // Whatever they say of themselves, all 32 bits count (RFC 4120 5.2.8).
    {"ap-options' unused bits", true, true},
    // The same for a ticket outside its enc-part (RFC 4120 5.3). The realm is
    // looked for among the acceptor's, without regard to case, as Windows' DNS
    // names are.
    {"Ticket.realm's case", true, true},
    // RFC 4120 3.2.3 has a server choose its key by the name. Windows does not
    // look at it: who can open the ticket is who it is for.
    {"Ticket.sname.name-type", true, true},
    {"Ticket.sname.name-string", true, true},
    // The acceptor has one version of its key, and tries it.
    {"Ticket.enc-part.kvno", true, true},
    // Neither request-mic nor the last accept-completed is protected (RFC 4178
    // 4.2.2). Both MICs came, and are right.
    {"negState", false, true},
};

// Every bit of every token, flipped: nothing of the list, the key or the name
// changes unnoticed, and no field but the loose ones.
TEST(KerberosTampering, EveryBit) {
  for (const bool request_mic : {false, true}) {
    std::set<std::string> expected;
    for (const Loose& row : kLoose) {
      if (request_mic ? row.with_mics : row.without_mics) {
        expected.emplace(row.field);
      }
    }
    std::set<std::string> unnoticed;
    const Outcome clean = RunUnder(None(), request_mic);
    for (size_t which = 0; which < clean.sent.size(); ++which) {
      for (size_t bit = 0; bit < clean.sent[which].size() * 8; ++bit) {
        Bytes bent;
        const Outcome outcome = RunUnder(
            [&](int leg, Bytes* token) {
              if (leg != static_cast<int>(which)) return;
              (*token)[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
              bent = *token;
            },
            request_mic);
        if (!outcome.both_done()) continue;
        const std::string place =
            absl::StrCat("token ", which, ", byte ", bit / 8, ", bit ", bit % 8,
                         request_mic ? ", with MICs" : "");
        EXPECT_EQ(outcome.package, u"Kerberos") << place;
        EXPECT_EQ(outcome.name, u"EXAMPLE\\alice") << place;
        EXPECT_TRUE(outcome.same_key) << place;
        for (const std::string& field :
             Differences(outcome.sent[which], bent)) {
          EXPECT_EQ(expected.count(field), 1U)
              << place << ": nobody misses what " << field << " was";
          unnoticed.insert(field);
        }
      }
    }
    // No row is there for nothing.
    EXPECT_EQ(unnoticed, expected);
  }
}

}  // namespace
}  // namespace sspilab::negotiate
