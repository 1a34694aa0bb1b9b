#include "tests/interop/mit_gss.h"

#include <gssapi/gssapi_ext.h>

#include <array>
#include <string_view>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"

namespace sspilab::interop {
namespace {

using sspilab::testing::Sealed;

gss_buffer_desc Buffer(const Bytes& bytes) {
  return {bytes.size(), const_cast<uint8_t*>(bytes.data())};
}

Bytes CopyOf(const gss_buffer_desc& buffer) {
  const auto* const data = static_cast<const uint8_t*>(buffer.value);
  return Bytes(data, data + buffer.length);
}

Bytes Take(gss_buffer_desc* buffer) {
  Bytes bytes = CopyOf(*buffer);
  OM_uint32 minor;
  gss_release_buffer(&minor, buffer);
  return bytes;
}

std::string_view TextOf(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string DisplayName(gss_name_t name) {
  OM_uint32 minor;
  gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
  const OM_uint32 major = gss_display_name(&minor, name, &text, nullptr);
  EXPECT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
  return std::string(TextOf(Take(&text)));
}

Bytes CopyOf(const gss_krb5_lucid_key_t& key) {
  const auto* const data = static_cast<const uint8_t*>(key.data);
  return Bytes(data, data + key.length);
}

}  // namespace

std::string Words(OM_uint32 major, OM_uint32 minor) {
  std::string text = absl::StrFormat("0x%08X", major);
  for (const auto& [code, type] :
       {std::pair(major, GSS_C_GSS_CODE), std::pair(minor, GSS_C_MECH_CODE)}) {
    OM_uint32 ignored;
    OM_uint32 more = 0;
    gss_buffer_desc words = GSS_C_EMPTY_BUFFER;
    gss_display_status(&ignored, code, type, GSS_C_NO_OID, &more, &words);
    text.append("; ").append(TextOf(Take(&words)));
  }
  return text;
}

gss_OID SpnegoMechanism() {
  static std::array<uint8_t, 6> bytes = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x02};
  static gss_OID_desc oid = {bytes.size(), bytes.data()};
  return &oid;
}

MitEnd::~MitEnd() {
  OM_uint32 minor;
  gss_delete_sec_context(&minor, &context_, GSS_C_NO_BUFFER);
  gss_release_cred(&minor, &credential_);
  gss_release_cred(&minor, &delegated_);
  gss_release_name(&minor, &target_);
  gss_release_name(&minor, &source_);
}

void MitEnd::Acquire(gss_cred_usage_t usage, const Store& store) {
  std::vector<gss_key_value_element_desc> elements;
  elements.reserve(store.size());
  for (const auto& [key, value] : store) {
    elements.push_back({key.c_str(), value.c_str()});
  }
  const gss_key_value_set_desc set = {static_cast<OM_uint32>(elements.size()),
                                      elements.data()};
  gss_OID_set_desc mechanisms = {1, mechanism_};
  OM_uint32 minor;
  const OM_uint32 major = gss_acquire_cred_from(
      &minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, usage, &set,
      &credential_, nullptr, nullptr);
  ASSERT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
  ImportTarget();
}

void MitEnd::ImportTarget() {
  OM_uint32 minor;
  gss_buffer_desc name = {21, const_cast<char*>("HTTP@lab.example.test")};
  ASSERT_EQ(
      gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &target_),
      GSS_S_COMPLETE);
}

gss_channel_bindings_t MitEnd::Bindings() {
  if (bindings_.empty()) return GSS_C_NO_CHANNEL_BINDINGS;
  bindings_struct_.application_data = {bindings_.size(), bindings_.data()};
  return &bindings_struct_;
}

MitEnd::Outcome MitEnd::Initialize(Bytes* token, OM_uint32 wanted) {
  gss_buffer_desc in = Buffer(*token);
  gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
  Outcome outcome;
  outcome.major = gss_init_sec_context(
      &outcome.minor, credential_, &context_, target_, mechanism_, wanted,
      GSS_C_INDEFINITE, Bindings(), &in, nullptr, &out, &flags_, nullptr);
  *token = Take(&out);
  return outcome;
}

MitEnd::Outcome MitEnd::Accept(Bytes* token) {
  gss_buffer_desc in = Buffer(*token);
  gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
  Outcome outcome;
  outcome.major = gss_accept_sec_context(&outcome.minor, &context_, credential_,
                                         &in, Bindings(), &source_, nullptr,
                                         &out, &flags_, nullptr, &delegated_);
  *token = Take(&out);
  return outcome;
}

MitEnd::Message MitEnd::Wrap(const Bytes& text, bool encrypt) {
  gss_buffer_desc in = Buffer(text);
  gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
  int encrypted = -1;
  Message message;
  message.outcome.major =
      gss_wrap(&message.outcome.minor, context_, encrypt ? 1 : 0,
               GSS_C_QOP_DEFAULT, &in, &encrypted, &out);
  message.bytes = Take(&out);
  message.encrypted = encrypted != 0;
  return message;
}

MitEnd::Message MitEnd::Unwrap(Bytes token) {
  gss_buffer_desc in = Buffer(token);
  gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
  int encrypted = -1;
  Message message;
  message.outcome.major = gss_unwrap(&message.outcome.minor, context_, &in,
                                     &out, &encrypted, nullptr);
  message.bytes = Take(&out);
  message.encrypted = encrypted != 0;
  return message;
}

Bytes MitEnd::GetMic(const Bytes& text) {
  gss_buffer_desc in = Buffer(text);
  gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor;
  const OM_uint32 major =
      gss_get_mic(&minor, context_, GSS_C_QOP_DEFAULT, &in, &out);
  EXPECT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
  return Take(&out);
}

MitEnd::Outcome MitEnd::VerifyMic(const Bytes& text, const Bytes& mic) {
  gss_buffer_desc in = Buffer(text);
  gss_buffer_desc token = Buffer(mic);
  Outcome outcome;
  outcome.major =
      gss_verify_mic(&outcome.minor, context_, &in, &token, nullptr);
  return outcome;
}

MitEnd::Outcome MitEnd::WrapIov(Sealed* message, bool encrypt) {
  std::array<gss_iov_buffer_desc, 3> iov = {};
  iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE;
  iov[1].type = GSS_IOV_BUFFER_TYPE_DATA;
  iov[1].buffer = Buffer(message->data);
  iov[2].type = GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE;
  Outcome outcome;
  outcome.major =
      gss_wrap_iov(&outcome.minor, context_, encrypt ? 1 : 0, GSS_C_QOP_DEFAULT,
                   nullptr, iov.data(), iov.size());
  message->token = CopyOf(iov[0].buffer);
  message->padding = CopyOf(iov[2].buffer);
  OM_uint32 minor;
  gss_release_iov_buffer(&minor, iov.data(), iov.size());
  return outcome;
}

MitEnd::Outcome MitEnd::UnwrapIov(Sealed* message, bool* encrypted) {
  std::array<gss_iov_buffer_desc, 3> iov = {};
  iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
  iov[0].buffer = Buffer(message->token);
  iov[1].type = GSS_IOV_BUFFER_TYPE_DATA;
  iov[1].buffer = Buffer(message->data);
  iov[2].type = GSS_IOV_BUFFER_TYPE_PADDING;
  iov[2].buffer = Buffer(message->padding);
  int sealed = -1;
  Outcome outcome;
  outcome.major = gss_unwrap_iov(&outcome.minor, context_, &sealed, nullptr,
                                 iov.data(), iov.size());
  *encrypted = sealed != 0;
  return outcome;
}

std::string MitEnd::PeerName() const { return DisplayName(source_); }

MitEnd::Delegated MitEnd::InquireDelegated() const {
  Delegated result;
  OM_uint32 minor;
  gss_name_t owner = GSS_C_NO_NAME;
  const OM_uint32 major = gss_inquire_cred(&minor, delegated_, &owner,
                                           &result.lifetime, nullptr, nullptr);
  EXPECT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
  result.owner = DisplayName(owner);
  gss_release_name(&minor, &owner);
  return result;
}

void MitEnd::AcquireDelegated(MitEnd& acceptor) {
  credential_ = std::exchange(acceptor.delegated_, GSS_C_NO_CREDENTIAL);
  ASSERT_NE(credential_, GSS_C_NO_CREDENTIAL);
  ImportTarget();
}

MitEnd::Lucid MitEnd::ExportLucid() {
  Lucid result;
  OM_uint32 minor;
  void* exported = nullptr;
  const OM_uint32 major =
      gss_krb5_export_lucid_sec_context(&minor, &context_, 1, &exported);
  EXPECT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
  if (major != GSS_S_COMPLETE) return result;
  const auto* const lucid =
      static_cast<const gss_krb5_lucid_context_v1_t*>(exported);
  // Protocol 0 is RFC 1964's tokens, which RC4 has; 1 is RFC 4121's.
  result.has_acceptor_subkey =
      lucid->protocol == 1 && lucid->cfx_kd.have_acceptor_subkey != 0;
  const gss_krb5_lucid_key_t& key =
      lucid->protocol == 0         ? lucid->rfc1964_kd.ctx_key
      : result.has_acceptor_subkey ? lucid->cfx_kd.acceptor_subkey
                                   : lucid->cfx_kd.ctx_key;
  result.etype = static_cast<int32_t>(key.type);
  result.key = CopyOf(key);
  result.send_number = lucid->send_seq;
  result.receive_number = lucid->recv_seq;
  gss_krb5_free_lucid_sec_context(&minor, exported);
  return result;
}

}  // namespace sspilab::interop
