#include "sim/render/kerberos_opened.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "core/kerberos/gss.h"
#include "sim/render/kerberos_fields.h"

namespace sspilab::sim {
namespace {

using kerberos::Bytes;
using kerberos::KeyUsage;
using kerberos::PaType;

class Opener {
 public:
  Opener(KerberosKeys* keys, std::vector<OpenedPart>* parts)
      : keys_(*keys), parts_(*parts) {}

  // The messages that fields of `token` are, at whatever depth.
  void OpenIn(Bytes token, const Field& field);

 private:
  void Open(Bytes message);
  void OpenRequest(absl::Span<const kerberos::PaData> padata, Bytes req_body);
  void OpenReply(const kerberos::KdcRep& reply,
                 absl::Span<const KeyUsage> usages);
  void OpenTicket(Bytes ticket);
  void OpenTicket(const kerberos::Ticket& ticket);
  void OpenCredential(const kerberos::KrbCred& credential);
  // Nothing where no key fits.
  std::optional<Bytes> OpenPart(const kerberos::EncryptedData& data,
                                absl::Span<const KeyUsage> usages,
                                FieldTree (*fields)(Bytes) = KerberosFields);
  void OpenAuthenticator(const kerberos::EncryptedData& data,
                         absl::Span<const KeyUsage> usages);

  // What `bytes` are as a Message, if they are one, to `then`.
  template <typename Message, typename Then>
  void With(Bytes bytes, Then then) {
    const absl::StatusOr<Message> message = kerberos::Parse<Message>(bytes);
    if (message.ok()) {
      then(*message);
    }
  }
  void Learn(const kerberos::EncryptionKey& key) {
    const std::optional<kerberos::Key> known =
        kerberos::Key::Of(key.keytype, key.keyvalue);
    if (known.has_value()) {
      keys_.Add(*known);
    }
  }

  KerberosKeys& keys_;
  std::vector<OpenedPart>& parts_;
};

// Messages with something to open.
constexpr std::string_view kWithParts[] = {
    "Ticket", "AS-REQ", "AS-REP",   "TGS-REQ",       "TGS-REP",
    "AP-REQ", "AP-REP", "KRB-CRED", "KERB-TGT-REPLY"};

void Opener::OpenIn(Bytes token, const Field& field) {
  if (std::find(std::begin(kWithParts), std::end(kWithParts), field.name) !=
      std::end(kWithParts)) {
    if (field.offset + field.size <= token.size()) {
      Open(token.subspan(field.offset, field.size));
    }
    return;
  }
  for (const Field& child : field.children) {
    OpenIn(token, child);
  }
}

void Opener::Open(Bytes message) {
  if (const auto framed = kerberos::GssToken::Parse(message); framed.ok()) {
    message = framed->message;
  }
  // Each message has a tag of its own, and is nothing else.
  With<kerberos::Ticket>(
      message, [&](const kerberos::Ticket& ticket) { OpenTicket(ticket); });
  With<kerberos::AsReq>(message, [&](const kerberos::AsReq& request) {
    absl::Span<const kerberos::PaData> padata;
    if (request.padata.has_value()) padata = *request.padata;
    OpenRequest(padata, request.req_body.der);
  });
  With<kerberos::TgsReq>(message, [&](const kerberos::TgsReq& request) {
    OpenRequest(request.padata, request.req_body.der);
  });
  With<kerberos::AsRep>(message, [&](const kerberos::AsRep& reply) {
    OpenReply(reply, {KeyUsage::kAsRepPart});
  });
  With<kerberos::TgsRep>(message, [&](const kerberos::TgsRep& reply) {
    OpenReply(reply,
              {KeyUsage::kTgsRepPartSubkey, KeyUsage::kTgsRepPartSessionKey});
  });
  With<kerberos::ApReq>(message, [&](const kerberos::ApReq& request) {
    OpenTicket(request.ticket.der);
    OpenAuthenticator(request.authenticator, {KeyUsage::kApReqAuthenticator,
                                              KeyUsage::kTgsReqAuthenticator});
  });
  With<kerberos::ApRep>(message, [&](const kerberos::ApRep& reply) {
    if (const auto plain = OpenPart(reply.enc_part, {KeyUsage::kApRepPart})) {
      With<kerberos::EncApRepPart>(*plain,
                                   [&](const kerberos::EncApRepPart& part) {
                                     if (part.subkey.has_value())
                                       Learn(*part.subkey);
                                   });
    }
  });
  With<kerberos::KrbCred>(message, [&](const kerberos::KrbCred& credential) {
    OpenCredential(credential);
  });
  With<kerberos::TgtReply>(message, [&](const kerberos::TgtReply& reply) {
    OpenTicket(reply.ticket.der);
  });
}

void Opener::OpenRequest(absl::Span<const kerberos::PaData> padata,
                         Bytes req_body) {
  for (const kerberos::PaData& data : padata) {
    switch (static_cast<PaType>(data.padata_type)) {
      case PaType::kTgsReq:
        Open(data.padata_value);
        break;
      case PaType::kEncTimestamp:
        With<kerberos::EncryptedData>(
            data.padata_value, [&](const kerberos::EncryptedData& timestamp) {
              (void)OpenPart(timestamp, {KeyUsage::kAsReqTimestamp},
                             PreauthTimestampFields);
            });
        break;
      default:
        break;
    }
  }
  With<kerberos::KdcReqBody>(req_body, [&](const kerberos::KdcReqBody& body) {
    if (body.additional_tickets.has_value()) {
      for (const kerberos::Ticket& ticket : *body.additional_tickets) {
        OpenTicket(ticket);
      }
    }
  });
}

void Opener::OpenReply(const kerberos::KdcRep& reply,
                       absl::Span<const KeyUsage> usages) {
  OpenTicket(reply.ticket.der);
  if (const auto plain = OpenPart(reply.enc_part, usages)) {
    With<kerberos::EncAsRepPart>(
        *plain, [&](const kerberos::EncAsRepPart& part) { Learn(part.key); });
  }
}

void Opener::OpenTicket(Bytes ticket) {
  With<kerberos::Ticket>(
      ticket, [&](const kerberos::Ticket& parsed) { OpenTicket(parsed); });
}

void Opener::OpenTicket(const kerberos::Ticket& ticket) {
  if (const auto plain = OpenPart(ticket.enc_part, {KeyUsage::kTicket})) {
    With<kerberos::EncTicketPart>(
        *plain, [&](const kerberos::EncTicketPart& part) { Learn(part.key); });
  }
}

void Opener::OpenAuthenticator(const kerberos::EncryptedData& data,
                               absl::Span<const KeyUsage> usages) {
  const std::optional<Bytes> plain = OpenPart(data, usages);
  if (!plain.has_value()) {
    return;
  }
  With<kerberos::Authenticator>(
      *plain, [&](const kerberos::Authenticator& authenticator) {
        if (authenticator.subkey.has_value()) {
          Learn(*authenticator.subkey);
        }
        if (!authenticator.cksum.has_value() ||
            authenticator.cksum->cksumtype != kerberos::kGssChecksumType) {
          return;
        }
        const absl::StatusOr<kerberos::GssChecksum> checksum =
            kerberos::GssChecksum::Parse(authenticator.cksum->checksum);
        if (checksum.ok() && checksum->delegation.has_value()) {
          Open(*checksum->delegation);
        }
      });
}

void Opener::OpenCredential(const kerberos::KrbCred& credential) {
  for (const kerberos::Element& ticket : credential.tickets) {
    OpenTicket(ticket.der);
  }
  if (const auto plain =
          OpenPart(credential.enc_part, {KeyUsage::kKrbCredPart})) {
    With<kerberos::EncKrbCredPart>(
        *plain, [&](const kerberos::EncKrbCredPart& part) {
          for (const kerberos::KrbCredInfo& info : part.ticket_info) {
            Learn(info.key);
          }
        });
  }
}

std::optional<Bytes> Opener::OpenPart(const kerberos::EncryptedData& data,
                                      absl::Span<const KeyUsage> usages,
                                      FieldTree (*fields)(Bytes)) {
  std::optional<std::vector<uint8_t>> plain = keys_.Open(data, usages);
  if (!plain.has_value()) {
    return std::nullopt;
  }
  FieldTree tree = fields(*plain);
  parts_.push_back({*std::move(plain), std::move(tree)});
  return Bytes(parts_.back().bytes);
}

// Nothing where it fits none of the usages.
std::optional<std::vector<uint8_t>> OpenWith(
    const kerberos::Key& key, const kerberos::EncryptedData& data,
    absl::Span<const KeyUsage> usages) {
  for (const KeyUsage usage : usages) {
    std::vector<uint8_t> cipher(data.cipher.begin(), data.cipher.end());
    const std::optional<absl::Span<uint8_t>> plain =
        kerberos::Cipher(key, usage).Decrypt(absl::MakeSpan(cipher));
    if (plain.has_value()) {
      return std::vector<uint8_t>(plain->begin(), plain->end());
    }
  }
  return std::nullopt;
}

}  // namespace

KerberosKeys::KerberosKeys(const kerberos::Realms& realms) {
  for (const kerberos::Realm& realm : realms.all()) {
    for (const kerberos::Principal& principal : realm.principals()) {
      accounts_.push_back(principal.keys);
    }
  }
}

void KerberosKeys::Add(const kerberos::Key& key) {
  if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) {
    keys_.push_back(key);
  }
}

std::optional<std::vector<uint8_t>> KerberosKeys::Open(
    const kerberos::EncryptedData& data,
    absl::Span<const KeyUsage> usages) const {
  // RFC 4120 5.8.1: a KRB-CRED may be sent where nobody else reads it.
  constexpr int32_t kNotEncrypted = 0;
  if (data.etype == kNotEncrypted) {
    return std::vector<uint8_t>(data.cipher.begin(), data.cipher.end());
  }
  for (const kerberos::AccountKeys& account : accounts_) {
    const kerberos::Key* const key = account.Find(data.etype);
    if (key == nullptr) continue;
    std::optional<std::vector<uint8_t>> plain = OpenWith(*key, data, usages);
    if (plain.has_value()) {
      return plain;
    }
  }
  for (const kerberos::Key& key : keys_) {
    if (static_cast<int32_t>(key.type().etype) != data.etype) {
      continue;
    }
    std::optional<std::vector<uint8_t>> plain = OpenWith(key, data, usages);
    if (plain.has_value()) {
      return plain;
    }
  }
  return std::nullopt;
}

std::vector<OpenedPart> OpenKerberosParts(Bytes token, const FieldTree& tree,
                                          KerberosKeys* keys) {
  std::vector<OpenedPart> parts;
  Opener(keys, &parts).OpenIn(token, tree.root);
  return parts;
}

}  // namespace sspilab::sim
