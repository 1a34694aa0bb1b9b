#include "sim/peers/mit_gss.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sspilab::sim {
namespace {

// RFC 2744's types, as MIT's gssapi.h of 1.20 has them.
struct Buffer {
  size_t length = 0;
  void* value = nullptr;
};
struct Oid {
  uint32_t length;
  const void* elements;
};
struct OidSet {
  size_t count;
  const Oid* elements;
};
// gssapi_ext.h's: where credentials come from.
struct StoreElement {
  const char* key;
  const char* value;
};
struct Store {
  uint32_t count;
  const StoreElement* elements;
};
using Handle = void*;

constexpr uint32_t kComplete = 0;
constexpr uint32_t kContinueNeeded = 1;
constexpr uint32_t kIndefinite = 0xFFFFFFFF;
constexpr int kInitiate = 1;
constexpr int kAccept = 2;
constexpr uint32_t kMutual = 0x02;
constexpr uint32_t kConfidentiality = 0x10;
constexpr uint32_t kIntegrity = 0x20;

// 1.2.840.113554.1.2.2, and below it the form of names that are principals.
constexpr char kPrincipalNameBytes[] =
    "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01";
constexpr Oid kKerberos = {9, kPrincipalNameBytes};
constexpr Oid kPrincipalName = {10, kPrincipalNameBytes};

// krb5.h's, as of 1.20.
struct Data {
  int32_t magic = 0;
  unsigned length = 0;
  char* data = nullptr;
};
struct Keyblock {
  int32_t magic = 0;
  int32_t enctype = 0;
  unsigned length = 0;
  uint8_t* contents = nullptr;
};
struct Credentials {
  int32_t magic = 0;
  Handle client = nullptr;
  Handle server = nullptr;
  Keyblock keyblock;
  struct {
    int32_t authtime = 0;
    int32_t starttime = 0;
    int32_t endtime = 0;
    int32_t renew_till = 0;
  } times;
  unsigned is_skey = 0;
  int32_t ticket_flags = 0;
  void** addresses = nullptr;
  Data ticket;
  Data second_ticket;
  void** authdata = nullptr;
};
struct KeytabEntry {
  int32_t magic = 0;
  Handle principal = nullptr;
  int32_t timestamp = 0;
  unsigned vno = 0;
  Keyblock key;
};

// What it takes is not const, and not changed.
Keyblock KeyblockOf(int32_t etype, absl::Span<const uint8_t> key) {
  return {.enctype = etype,
          .length = static_cast<unsigned>(key.size()),
          .contents = const_cast<uint8_t*>(key.data())};
}

absl::Status Unexpected(std::string_view call, int32_t code) {
  return absl::InternalError(absl::StrCat(call, ": error ", code));
}
absl::Status Unexpected(std::string_view call, uint32_t major, uint32_t minor) {
  return absl::InternalError(
      absl::StrFormat("%s: 0x%08X, 0x%08X", call, major, minor));
}

}  // namespace

struct MitGss::Functions {
  uint32_t (*acquire_cred_from)(uint32_t* minor, Handle name, uint32_t time,
                                const OidSet*, int usage, const Store*,
                                Handle* credential, OidSet** mechanisms,
                                uint32_t* time_out);
  uint32_t (*import_name)(uint32_t* minor, const Buffer*, const Oid* type,
                          Handle* name);
  uint32_t (*init_sec_context)(uint32_t* minor, Handle credential,
                               Handle* context, Handle target, const Oid*,
                               uint32_t flags, uint32_t time, void* bindings,
                               const Buffer* input, const Oid** mechanism,
                               Buffer* output, uint32_t* flags_out,
                               uint32_t* time_out);
  uint32_t (*accept_sec_context)(uint32_t* minor, Handle* context,
                                 Handle credential, const Buffer* input,
                                 void* bindings, Handle* source,
                                 const Oid** mechanism, Buffer* output,
                                 uint32_t* flags, uint32_t* time,
                                 Handle* delegated);
  uint32_t (*delete_sec_context)(uint32_t* minor, Handle* context,
                                 Buffer* output);
  uint32_t (*release_buffer)(uint32_t* minor, Buffer*);
  uint32_t (*release_cred)(uint32_t* minor, Handle* credential);
  uint32_t (*release_name)(uint32_t* minor, Handle* name);

  int32_t (*init_context)(Handle* context);
  void (*free_context)(Handle context);
  int32_t (*parse_name)(Handle context, const char* name, Handle* principal);
  void (*free_principal)(Handle context, Handle principal);
  int32_t (*cc_new_unique)(Handle context, const char* type, const char* hint,
                           Handle* cache);
  int32_t (*cc_initialize)(Handle context, Handle cache, Handle principal);
  int32_t (*cc_store_cred)(Handle context, Handle cache, Credentials*);
  const char* (*cc_get_name)(Handle context, Handle cache);
  int32_t (*cc_destroy)(Handle context, Handle cache);
  int32_t (*kt_resolve)(Handle context, const char* name, Handle* keytab);
  int32_t (*kt_add_entry)(Handle context, Handle keytab, KeytabEntry*);
  int32_t (*kt_close)(Handle context, Handle keytab);
};

struct MitGss::State {
  Handle krb5 = nullptr;
  Handle client = nullptr;
  Handle service = nullptr;
  Handle cache = nullptr;
  Handle keytab = nullptr;

  Handle initiator_credential = nullptr;
  Handle acceptor_credential = nullptr;
  Handle target = nullptr;
  Handle initiator = nullptr;
  Handle acceptor = nullptr;
  Buffer token;
};

MitGss::MitGss()
    : functions_(std::make_unique<Functions>()),
      state_(std::make_unique<State>()) {}

MitGss::~MitGss() {
  const Functions& f = *functions_;
  State& s = *state_;
  if (s.krb5 == nullptr) return;
  uint32_t minor;
  f.release_buffer(&minor, &s.token);
  f.delete_sec_context(&minor, &s.initiator, nullptr);
  f.delete_sec_context(&minor, &s.acceptor, nullptr);
  f.release_cred(&minor, &s.initiator_credential);
  f.release_cred(&minor, &s.acceptor_credential);
  f.release_name(&minor, &s.target);
  if (s.cache != nullptr) f.cc_destroy(s.krb5, s.cache);
  if (s.keytab != nullptr) f.kt_close(s.krb5, s.keytab);
  f.free_principal(s.krb5, s.client);
  f.free_principal(s.krb5, s.service);
  f.free_context(s.krb5);
}

absl::Status MitGss::Load() {
  // Neither what the machine is set up for, nor a file for each exchange.
  setenv("KRB5_CONFIG", "/dev/null", 1);
  setenv("KRB5RCACHENAME", "none:", 1);
  // RTLD_LOCAL: as for WinPR.
  void* const gss = dlopen("libgssapi_krb5.so.2", RTLD_NOW | RTLD_LOCAL);
  if (gss == nullptr) return absl::NotFoundError(dlerror());
  void* const krb5 = dlopen("libkrb5.so.3", RTLD_NOW | RTLD_LOCAL);
  if (krb5 == nullptr) return absl::NotFoundError(dlerror());
  absl::Status status;
  const auto find = [&status](void* library, const char* name, auto* function) {
    *function = reinterpret_cast<std::remove_pointer_t<decltype(function)>>(
        dlsym(library, name));
    if (*function == nullptr) status = absl::NotFoundError(dlerror());
  };
  Functions& f = *functions_;
  find(gss, "gss_acquire_cred_from", &f.acquire_cred_from);
  find(gss, "gss_import_name", &f.import_name);
  find(gss, "gss_init_sec_context", &f.init_sec_context);
  find(gss, "gss_accept_sec_context", &f.accept_sec_context);
  find(gss, "gss_delete_sec_context", &f.delete_sec_context);
  find(gss, "gss_release_buffer", &f.release_buffer);
  find(gss, "gss_release_cred", &f.release_cred);
  find(gss, "gss_release_name", &f.release_name);
  find(krb5, "krb5_init_context", &f.init_context);
  find(krb5, "krb5_free_context", &f.free_context);
  find(krb5, "krb5_parse_name", &f.parse_name);
  find(krb5, "krb5_free_principal", &f.free_principal);
  find(krb5, "krb5_cc_new_unique", &f.cc_new_unique);
  find(krb5, "krb5_cc_initialize", &f.cc_initialize);
  find(krb5, "krb5_cc_store_cred", &f.cc_store_cred);
  find(krb5, "krb5_cc_get_name", &f.cc_get_name);
  find(krb5, "krb5_cc_destroy", &f.cc_destroy);
  find(krb5, "krb5_kt_resolve", &f.kt_resolve);
  find(krb5, "krb5_kt_add_entry", &f.kt_add_entry);
  find(krb5, "krb5_kt_close", &f.kt_close);
  return status;
}

absl::Status MitGss::StoreTicket(const Session& session,
                                 std::string* cache_name) {
  const Functions& f = *functions_;
  State& s = *state_;
  int32_t code = f.cc_new_unique(s.krb5, "MEMORY", nullptr, &s.cache);
  if (code != 0) return Unexpected("krb5_cc_new_unique", code);
  code = f.cc_initialize(s.krb5, s.cache, s.client);
  if (code != 0) return Unexpected("krb5_cc_initialize", code);
  Credentials credentials;
  credentials.client = s.client;
  credentials.server = s.service;
  credentials.keyblock = KeyblockOf(session.etype, session.session_key);
  credentials.times = {.authtime = static_cast<int32_t>(session.starttime),
                       .starttime = static_cast<int32_t>(session.starttime),
                       .endtime = static_cast<int32_t>(session.endtime)};
  credentials.ticket.length = static_cast<unsigned>(session.ticket.size());
  credentials.ticket.data =
      const_cast<char*>(reinterpret_cast<const char*>(session.ticket.data()));
  code = f.cc_store_cred(s.krb5, s.cache, &credentials);
  if (code != 0) return Unexpected("krb5_cc_store_cred", code);
  *cache_name = absl::StrCat("MEMORY:", f.cc_get_name(s.krb5, s.cache));
  return absl::OkStatus();
}

absl::Status MitGss::StoreKey(const Session& session,
                              std::string* keytab_name) {
  // Those of one name are one; they live as long as they are open.
  *keytab_name = absl::StrCat("MEMORY:sspilab", session.etype);
  const Functions& f = *functions_;
  State& s = *state_;
  int32_t code = f.kt_resolve(s.krb5, keytab_name->c_str(), &s.keytab);
  if (code != 0) return Unexpected("krb5_kt_resolve", code);
  KeytabEntry entry = {.principal = s.service,
                       .vno = session.kvno,
                       .key = KeyblockOf(session.etype, session.service_key)};
  code = f.kt_add_entry(s.krb5, s.keytab, &entry);
  return code == 0 ? absl::OkStatus() : Unexpected("krb5_kt_add_entry", code);
}

absl::StatusOr<std::unique_ptr<MitGss>> MitGss::New(const Session& session) {
  auto mit = std::unique_ptr<MitGss>(new MitGss);
  if (absl::Status status = mit->Load(); !status.ok()) return status;
  const Functions& f = *mit->functions_;
  State& s = *mit->state_;
  int32_t code = f.init_context(&s.krb5);
  if (code != 0) return Unexpected("krb5_init_context", code);
  code = f.parse_name(s.krb5, session.client.c_str(), &s.client);
  if (code != 0) return Unexpected("krb5_parse_name", code);
  code = f.parse_name(s.krb5, session.service.c_str(), &s.service);
  if (code != 0) return Unexpected("krb5_parse_name", code);
  std::string cache;
  if (absl::Status status = mit->StoreTicket(session, &cache); !status.ok()) {
    return status;
  }
  std::string keytab;
  if (absl::Status status = mit->StoreKey(session, &keytab); !status.ok()) {
    return status;
  }

  const OidSet mechanisms = {1, &kKerberos};
  const auto acquire = [&](int usage, const char* key, const std::string& value,
                           Handle* credential) {
    const StoreElement element = {key, value.c_str()};
    const Store store = {1, &element};
    uint32_t minor = 0;
    const uint32_t major =
        f.acquire_cred_from(&minor, nullptr, kIndefinite, &mechanisms, usage,
                            &store, credential, nullptr, nullptr);
    return major == kComplete
               ? absl::OkStatus()
               : Unexpected("gss_acquire_cred_from", major, minor);
  };
  absl::Status status =
      acquire(kInitiate, "ccache", cache, &s.initiator_credential);
  if (status.ok()) {
    status = acquire(kAccept, "keytab", keytab, &s.acceptor_credential);
  }
  if (!status.ok()) return status;
  // As a principal's, so that no DNS is asked for its host.
  const Buffer name = {session.service.size(),
                       const_cast<char*>(session.service.data())};
  uint32_t minor = 0;
  const uint32_t major =
      f.import_name(&minor, &name, &kPrincipalName, &s.target);
  if (major != kComplete) return Unexpected("gss_import_name", major, minor);
  return mit;
}

absl::Status MitGss::Authenticate() {
  const Functions& f = *functions_;
  State& s = *state_;
  const auto initialize = [&](uint32_t expected) {
    const Buffer input = s.token;
    Buffer output;
    uint32_t minor = 0;
    const uint32_t major = f.init_sec_context(
        &minor, s.initiator_credential, &s.initiator, s.target, &kKerberos,
        kMutual | kConfidentiality | kIntegrity, kIndefinite, nullptr, &input,
        nullptr, &output, nullptr, nullptr);
    uint32_t ignored;
    f.release_buffer(&ignored, &s.token);
    s.token = output;
    return major == expected ? absl::OkStatus()
                             : Unexpected("gss_init_sec_context", major, minor);
  };
  const auto accept = [&] {
    Buffer output;
    Handle source = nullptr;
    uint32_t minor = 0;
    const uint32_t major = f.accept_sec_context(
        &minor, &s.acceptor, s.acceptor_credential, &s.token, nullptr, &source,
        nullptr, &output, nullptr, nullptr, nullptr);
    uint32_t ignored;
    f.release_name(&ignored, &source);
    f.release_buffer(&ignored, &s.token);
    s.token = output;
    return major == kComplete
               ? absl::OkStatus()
               : Unexpected("gss_accept_sec_context", major, minor);
  };
  absl::Status status = initialize(kContinueNeeded);
  if (status.ok()) status = accept();
  if (status.ok()) status = initialize(kComplete);
  if (!status.ok()) return status;
  uint32_t minor = 0;
  for (Handle* const context : {&s.initiator, &s.acceptor}) {
    const uint32_t major = f.delete_sec_context(&minor, context, nullptr);
    if (major != kComplete) {
      return Unexpected("gss_delete_sec_context", major, minor);
    }
  }
  return absl::OkStatus();
}

}  // namespace sspilab::sim
