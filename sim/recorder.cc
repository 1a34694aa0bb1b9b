#include "sim/recorder.h"

#include <cassert>
#include <string>
#include <utility>

namespace sspilab::sim {
namespace {

thread_local Recorder* current = nullptr;

size_t IndexOf(Side side) { return static_cast<size_t>(side); }

ULONG TypeOf(const SecBuffer& buffer) {
  return buffer.BufferType & ~static_cast<ULONG>(SECBUFFER_ATTRMASK);
}

// SECBUFFER_MISSING has a size and nothing in it.
TraceBuffer Copy(const SecBuffer& buffer) {
  TraceBuffer copy = {TypeOf(buffer), buffer.cbBuffer, {}};
  if (copy.type != SECBUFFER_MISSING && buffer.pvBuffer != nullptr) {
    const auto* bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
    copy.bytes.assign(bytes, bytes + buffer.cbBuffer);
  }
  return copy;
}

// Every buffer of `description`, null or not.
std::vector<TraceBuffer> CopyAll(const SecBufferDesc* description) {
  std::vector<TraceBuffer> copies;
  for (ULONG i = 0; description != nullptr && i < description->cBuffers; ++i) {
    if (TypeOf(description->pBuffers[i]) != SECBUFFER_EMPTY) {
      copies.push_back(Copy(description->pBuffers[i]));
    }
  }
  return copies;
}

// The data of a message that is to be protected: all else is room as yet.
std::vector<TraceBuffer> CopyData(const SecBufferDesc* message) {
  std::vector<TraceBuffer> copies = CopyAll(message);
  std::erase_if(copies, [](const TraceBuffer& copy) {
    return copy.type == SECBUFFER_TOKEN ||
           copy.type == SECBUFFER_STREAM_HEADER ||
           copy.type == SECBUFFER_STREAM_TRAILER;
  });
  return copies;
}

// What a package says about its input by changing the types of buffers.
void CopyRemarks(const SecBufferDesc* input, std::vector<TraceBuffer>* copies) {
  for (ULONG i = 0; input != nullptr && i < input->cBuffers; ++i) {
    const ULONG type = TypeOf(input->pBuffers[i]);
    if (type == SECBUFFER_EXTRA) {
      // Some packages leave pvBuffer alone: only the size is sure.
      copies->push_back({type, input->pBuffers[i].cbBuffer, {}});
    } else if (type == SECBUFFER_MISSING) {
      copies->push_back(Copy(input->pBuffers[i]));
    }
  }
}

std::u16string Text(const SEC_WCHAR* text) {
  return text == nullptr ? std::u16string() : std::u16string(text);
}

}  // namespace

// The wrapped functions, once for each side so that they know whose call it
// is. Each calls through and writes down what went in and what came out.
struct Recorder::Calls {
  using Table = SecurityFunctionTableW;

  static Recorder& recorder() {
    assert(current != nullptr);
    return *current;
  }
  template <Side kSide>
  static SecurityFunctionTableW& inner() {
    return *recorder().inner_[IndexOf(kSide)];
  }

  template <Side kSide>
  static SECURITY_STATUS Note(TraceCall call, SECURITY_STATUS status) {
    call.side = kSide;
    call.status = status;
    recorder().events_.push_back(std::move(call));
    return status;
  }

  template <Side kSide>
  static SECURITY_STATUS QuerySecurityPackageInfo(SEC_WCHAR* package,
                                                  PSecPkgInfoW* info) {
    TraceCall call;
    call.function = "QuerySecurityPackageInfoW";
    call.name = Text(package);
    return Note<kSide>(std::move(call),
                       inner<kSide>().QuerySecurityPackageInfoW(package, info));
  }

  template <Side kSide>
  static SECURITY_STATUS AcquireCredentialsHandle(
      SEC_WCHAR* principal, SEC_WCHAR* package, ULONG use, void* logon_id,
      void* auth_data, SEC_GET_KEY_FN get_key, void* get_key_argument,
      PCredHandle credential, PTimeStamp expiry) {
    TraceCall call;
    call.function = "AcquireCredentialsHandleW";
    call.name = Text(package);
    call.argument = use;
    const SECURITY_STATUS status = inner<kSide>().AcquireCredentialsHandleW(
        principal, package, use, logon_id, auth_data, get_key, get_key_argument,
        credential, expiry);
    if (status >= 0 && expiry != nullptr) {
      call.expiry = static_cast<FileTime>(expiry->QuadPart);
    }
    return Note<kSide>(std::move(call), status);
  }

  template <Side kSide>
  static SECURITY_STATUS FreeCredentialsHandle(PCredHandle credential) {
    TraceCall call;
    call.function = "FreeCredentialsHandle";
    return Note<kSide>(std::move(call),
                       inner<kSide>().FreeCredentialsHandle(credential));
  }

  // What is the same about a leg of either side, once it is over.
  template <Side kSide>
  static SECURITY_STATUS NoteLeg(TraceCall call, SECURITY_STATUS status,
                                 const SecBufferDesc* input,
                                 const SecBufferDesc* output,
                                 const ULONG* attributes,
                                 const TimeStamp* expiry) {
    if (status >= 0) {
      call.output = CopyAll(output);
      call.attributes = attributes == nullptr ? 0 : *attributes;
      if (expiry != nullptr) {
        call.expiry = static_cast<FileTime>(expiry->QuadPart);
      }
    }
    if (status >= 0 || status == SEC_E_INCOMPLETE_MESSAGE) {
      CopyRemarks(input, &call.output);
    }
    return Note<kSide>(std::move(call), status);
  }

  template <Side kSide>
  static SECURITY_STATUS InitializeSecurityContext(
      PCredHandle credential, PCtxtHandle context, SEC_WCHAR* target,
      ULONG requirements, ULONG reserved1, ULONG representation,
      PSecBufferDesc input, ULONG reserved2, PCtxtHandle new_context,
      PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
    TraceCall call;
    call.function = "InitializeSecurityContextW";
    call.name = Text(target);
    call.argument = requirements;
    call.input = CopyAll(input);
    const SECURITY_STATUS status = inner<kSide>().InitializeSecurityContextW(
        credential, context, target, requirements, reserved1, representation,
        input, reserved2, new_context, output, attributes, expiry);
    return NoteLeg<kSide>(std::move(call), status, input, output, attributes,
                          expiry);
  }

  template <Side kSide>
  static SECURITY_STATUS AcceptSecurityContext(
      PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
      ULONG requirements, ULONG representation, PCtxtHandle new_context,
      PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
    TraceCall call;
    call.function = "AcceptSecurityContext";
    call.argument = requirements;
    call.input = CopyAll(input);
    const SECURITY_STATUS status = inner<kSide>().AcceptSecurityContext(
        credential, context, input, requirements, representation, new_context,
        output, attributes, expiry);
    return NoteLeg<kSide>(std::move(call), status, input, output, attributes,
                          expiry);
  }

  template <Side kSide>
  static SECURITY_STATUS CompleteAuthToken(PCtxtHandle context,
                                           PSecBufferDesc token) {
    TraceCall call;
    call.function = "CompleteAuthToken";
    call.input = CopyAll(token);
    const SECURITY_STATUS status =
        inner<kSide>().CompleteAuthToken(context, token);
    if (status >= 0) {
      call.output = CopyAll(token);
    }
    return Note<kSide>(std::move(call), status);
  }

  template <Side kSide>
  static SECURITY_STATUS DeleteSecurityContext(PCtxtHandle context) {
    TraceCall call;
    call.function = "DeleteSecurityContext";
    return Note<kSide>(std::move(call),
                       inner<kSide>().DeleteSecurityContext(context));
  }

  template <Side kSide>
  static SECURITY_STATUS QueryContextAttributes(PCtxtHandle context,
                                                ULONG attribute, void* buffer) {
    TraceCall call;
    call.function = "QueryContextAttributesW";
    call.argument = attribute;
    return Note<kSide>(std::move(call), inner<kSide>().QueryContextAttributesW(
                                            context, attribute, buffer));
  }

  template <Side kSide>
  static SECURITY_STATUS FreeContextBuffer(void* buffer) {
    TraceCall call;
    call.function = "FreeContextBuffer";
    return Note<kSide>(std::move(call),
                       inner<kSide>().FreeContextBuffer(buffer));
  }

  // The value is a structure with pointers; that it was set is all that is
  // told.
  template <Side kSide>
  static SECURITY_STATUS SetContextAttributes(PCtxtHandle context,
                                              ULONG attribute, void* buffer,
                                              ULONG size) {
    TraceCall call;
    call.function = "SetContextAttributesW";
    call.argument = attribute;
    return Note<kSide>(std::move(call), inner<kSide>().SetContextAttributesW(
                                            context, attribute, buffer, size));
  }

  template <Side kSide>
  static SECURITY_STATUS ApplyControlToken(PCtxtHandle context,
                                           PSecBufferDesc input) {
    TraceCall call;
    call.function = "ApplyControlToken";
    call.input = CopyAll(input);
    return Note<kSide>(std::move(call),
                       inner<kSide>().ApplyControlToken(context, input));
  }

  // Messages are changed in place: copied before and after.
  template <Side kSide>
  static SECURITY_STATUS MakeSignature(PCtxtHandle context, ULONG quality,
                                       PSecBufferDesc message, ULONG sequence) {
    TraceCall call;
    call.function = "MakeSignature";
    call.argument = sequence;
    call.input = CopyData(message);
    const SECURITY_STATUS status =
        inner<kSide>().MakeSignature(context, quality, message, sequence);
    return NoteMessage<kSide>(std::move(call), status, message);
  }

  template <Side kSide>
  static SECURITY_STATUS EncryptMessage(PCtxtHandle context, ULONG quality,
                                        PSecBufferDesc message,
                                        ULONG sequence) {
    TraceCall call;
    call.function = "EncryptMessage";
    call.argument = sequence;
    call.input = CopyData(message);
    const SECURITY_STATUS status =
        inner<kSide>().EncryptMessage(context, quality, message, sequence);
    return NoteMessage<kSide>(std::move(call), status, message);
  }

  template <Side kSide>
  static SECURITY_STATUS VerifySignature(PCtxtHandle context,
                                         PSecBufferDesc message, ULONG sequence,
                                         ULONG* quality) {
    TraceCall call;
    call.function = "VerifySignature";
    call.argument = sequence;
    call.input = CopyAll(message);
    const SECURITY_STATUS status =
        inner<kSide>().VerifySignature(context, message, sequence, quality);
    return NoteMessage<kSide>(std::move(call), status, message);
  }

  template <Side kSide>
  static SECURITY_STATUS DecryptMessage(PCtxtHandle context,
                                        PSecBufferDesc message, ULONG sequence,
                                        ULONG* quality) {
    TraceCall call;
    call.function = "DecryptMessage";
    call.argument = sequence;
    call.input = CopyAll(message);
    const SECURITY_STATUS status =
        inner<kSide>().DecryptMessage(context, message, sequence, quality);
    return NoteMessage<kSide>(std::move(call), status, message);
  }

  template <Side kSide>
  static SECURITY_STATUS NoteMessage(TraceCall call, SECURITY_STATUS status,
                                     const SecBufferDesc* message) {
    if (status >= 0) {
      call.output = CopyAll(message);
    } else if (status == SEC_E_INCOMPLETE_MESSAGE) {
      CopyRemarks(message, &call.output);
    }
    return Note<kSide>(std::move(call), status);
  }

  // What the reference callers never call, and deviating ones do: of the
  // arguments only the name and the number are told.

  template <Side kSide, auto kFunction, typename... Arguments>
  static SECURITY_STATUS Other(const char* function, const SEC_WCHAR* name,
                               ULONG number, Arguments... arguments) {
    TraceCall call;
    call.function = function;
    call.name = Text(name);
    call.argument = number;
    return Note<kSide>(std::move(call),
                       (inner<kSide>().*kFunction)(arguments...));
  }

  template <Side kSide>
  static SECURITY_STATUS EnumerateSecurityPackages(ULONG* count,
                                                   PSecPkgInfoW* infos) {
    return Other<kSide, &Table::EnumerateSecurityPackagesW>(
        "EnumerateSecurityPackagesW", nullptr, 0, count, infos);
  }

  template <Side kSide>
  static SECURITY_STATUS AddCredentials(PCredHandle credential,
                                        SEC_WCHAR* principal,
                                        SEC_WCHAR* package, ULONG use,
                                        void* auth_data, SEC_GET_KEY_FN get_key,
                                        void* get_key_argument,
                                        PTimeStamp expiry) {
    return Other<kSide, &Table::AddCredentialsW>(
        "AddCredentialsW", package, use, credential, principal, package, use,
        auth_data, get_key, get_key_argument, expiry);
  }

  template <Side kSide>
  static SECURITY_STATUS QueryCredentialsAttributes(PCredHandle credential,
                                                    ULONG attribute,
                                                    void* buffer) {
    return Other<kSide, &Table::QueryCredentialsAttributesW>(
        "QueryCredentialsAttributesW", nullptr, attribute, credential,
        attribute, buffer);
  }

  template <Side kSide>
  static SECURITY_STATUS QueryCredentialsAttributesEx(PCredHandle credential,
                                                      ULONG attribute,
                                                      void* buffer,
                                                      ULONG size) {
    return Other<kSide, &Table::QueryCredentialsAttributesExW>(
        "QueryCredentialsAttributesExW", nullptr, attribute, credential,
        attribute, buffer, size);
  }

  template <Side kSide>
  static SECURITY_STATUS SetCredentialsAttributes(PCredHandle credential,
                                                  ULONG attribute, void* buffer,
                                                  ULONG size) {
    return Other<kSide, &Table::SetCredentialsAttributesW>(
        "SetCredentialsAttributesW", nullptr, attribute, credential, attribute,
        buffer, size);
  }

  template <Side kSide>
  static SECURITY_STATUS ChangeAccountPassword(
      SEC_WCHAR* package, SEC_WCHAR* domain, SEC_WCHAR* account,
      SEC_WCHAR* old_password, SEC_WCHAR* new_password, BOOLEAN impersonating,
      ULONG reserved, PSecBufferDesc output) {
    return Other<kSide, &Table::ChangeAccountPasswordW>(
        "ChangeAccountPasswordW", package, 0, package, domain, account,
        old_password, new_password, impersonating, reserved, output);
  }

  template <Side kSide>
  static SECURITY_STATUS QueryContextAttributesEx(PCtxtHandle context,
                                                  ULONG attribute, void* buffer,
                                                  ULONG size) {
    return Other<kSide, &Table::QueryContextAttributesExW>(
        "QueryContextAttributesExW", nullptr, attribute, context, attribute,
        buffer, size);
  }

  template <Side kSide>
  static SECURITY_STATUS ImpersonateSecurityContext(PCtxtHandle context) {
    return Other<kSide, &Table::ImpersonateSecurityContext>(
        "ImpersonateSecurityContext", nullptr, 0, context);
  }

  template <Side kSide>
  static SECURITY_STATUS RevertSecurityContext(PCtxtHandle context) {
    return Other<kSide, &Table::RevertSecurityContext>("RevertSecurityContext",
                                                       nullptr, 0, context);
  }

  template <Side kSide>
  static SECURITY_STATUS QuerySecurityContextToken(PCtxtHandle context,
                                                   HANDLE* token) {
    return Other<kSide, &Table::QuerySecurityContextToken>(
        "QuerySecurityContextToken", nullptr, 0, context, token);
  }

  template <Side kSide>
  static SECURITY_STATUS ExportSecurityContext(PCtxtHandle context, ULONG flags,
                                               PSecBuffer packed,
                                               void** token) {
    return Other<kSide, &Table::ExportSecurityContext>(
        "ExportSecurityContext", nullptr, flags, context, flags, packed, token);
  }

  template <Side kSide>
  static SECURITY_STATUS ImportSecurityContext(SEC_WCHAR* package,
                                               PSecBuffer packed, void* token,
                                               PCtxtHandle context) {
    return Other<kSide, &Table::ImportSecurityContextW>(
        "ImportSecurityContextW", package, 0, package, packed, token, context);
  }

  template <Side kSide>
  static void Fill(SecurityFunctionTableW* table) {
    // Functions that the inner table lacks, this one lacks too.
    const auto replace = [](auto& function, auto ours) {
      if (function != nullptr) {
        function = ours;
      }
    };
    replace(table->EnumerateSecurityPackagesW,
            EnumerateSecurityPackages<kSide>);
    replace(table->AddCredentialsW, AddCredentials<kSide>);
    replace(table->QueryCredentialsAttributesW,
            QueryCredentialsAttributes<kSide>);
    replace(table->QueryCredentialsAttributesExW,
            QueryCredentialsAttributesEx<kSide>);
    replace(table->SetCredentialsAttributesW, SetCredentialsAttributes<kSide>);
    replace(table->ChangeAccountPasswordW, ChangeAccountPassword<kSide>);
    replace(table->QueryContextAttributesExW, QueryContextAttributesEx<kSide>);
    replace(table->ImpersonateSecurityContext,
            ImpersonateSecurityContext<kSide>);
    replace(table->RevertSecurityContext, RevertSecurityContext<kSide>);
    replace(table->QuerySecurityContextToken, QuerySecurityContextToken<kSide>);
    replace(table->ExportSecurityContext, ExportSecurityContext<kSide>);
    replace(table->ImportSecurityContextW, ImportSecurityContext<kSide>);
    replace(table->CompleteAuthToken, CompleteAuthToken<kSide>);
    replace(table->ApplyControlToken, ApplyControlToken<kSide>);
    replace(table->SetContextAttributesW, SetContextAttributes<kSide>);
    table->QuerySecurityPackageInfoW = QuerySecurityPackageInfo<kSide>;
    table->AcquireCredentialsHandleW = AcquireCredentialsHandle<kSide>;
    table->FreeCredentialsHandle = FreeCredentialsHandle<kSide>;
    table->InitializeSecurityContextW = InitializeSecurityContext<kSide>;
    table->AcceptSecurityContext = AcceptSecurityContext<kSide>;
    table->DeleteSecurityContext = DeleteSecurityContext<kSide>;
    table->QueryContextAttributesW = QueryContextAttributes<kSide>;
    table->FreeContextBuffer = FreeContextBuffer<kSide>;
    table->MakeSignature = MakeSignature<kSide>;
    table->VerifySignature = VerifySignature<kSide>;
    table->EncryptMessage = EncryptMessage<kSide>;
    table->DecryptMessage = DecryptMessage<kSide>;
  }
};

Recorder::Recorder()
    : observers_{SideObserver(this, Side::kClient),
                 SideObserver(this, Side::kServer)} {
  assert(current == nullptr);
  current = this;
}

Recorder::~Recorder() {
  Unwatch();
  current = nullptr;
}

SecurityFunctionTableW* Recorder::Wrap(Side side,
                                       SecurityFunctionTableW* inner) {
  inner_[IndexOf(side)] = inner;
  SecurityFunctionTableW* table = &tables_[IndexOf(side)];
  *table = *inner;
  if (side == Side::kClient) {
    Calls::Fill<Side::kClient>(table);
  } else {
    Calls::Fill<Side::kServer>(table);
  }
  return table;
}

void Recorder::Watch(Side side, World* world) {
  worlds_[IndexOf(side)] = world;
  world->set_observer(&observers_[IndexOf(side)]);
}

void Recorder::Unwatch() {
  for (World*& world : worlds_) {
    if (world != nullptr) {
      world->set_observer(nullptr);
      world = nullptr;
    }
  }
}

FileTime Recorder::Now(Side side) const {
  const World* world = worlds_[IndexOf(side)];
  return world == nullptr ? 0 : world->now();
}

void Recorder::SideObserver::OnTransition(const TransitionTaken& transition) {
  const MachineDescription& machine = *transition.machine;
  recorder_->Add(TraceTransition{
      .side = side_,
      .machine = std::string(machine.name),
      .from = std::string(machine.states[transition.from]),
      .event = std::string(machine.events[transition.event]),
      .to = std::string(machine.states[transition.to]),
      .status = transition.status,
      .declared = transition.declared,
  });
}

void Recorder::SideObserver::OnTlsKeyLogLine(std::string_view line) {
  recorder_->Add(TraceKeyLog{.side = side_, .line = std::string(line)});
}

void Recorder::SideObserver::OnInnerMessage(InnerMessage kind,
                                            absl::Span<const uint8_t> message) {
  recorder_->Add(TraceInner{
      .side = side_, .kind = kind, .bytes = {message.begin(), message.end()}});
}

void Recorder::SideObserver::OnKdcExchange(std::string_view realm,
                                           absl::Span<const uint8_t> request,
                                           absl::Span<const uint8_t> answer) {
  TraceKdc event{.side = side_,
                 .what = TraceKdc::What::kRequest,
                 .realm = std::string(realm),
                 .time = recorder_->Now(side_),
                 .bytes = {request.begin(), request.end()}};
  recorder_->Add(event);
  event.what = TraceKdc::What::kAnswer;
  event.bytes = {answer.begin(), answer.end()};
  recorder_->Add(std::move(event));
}

TraceWire Recorder::Event(TraceWire::What what, Direction direction) const {
  // What is received is the reader's doing, all else the sender's.
  const bool by_client = (direction == Direction::kToServer) ==
                         (what != TraceWire::What::kReceive);
  TraceWire event;
  event.what = what;
  event.direction = direction;
  event.time = Now(by_client ? Side::kClient : Side::kServer);
  return event;
}

void Recorder::OnSend(Direction direction, uint32_t leg, MessageKind kind,
                      absl::Span<const uint8_t> payload) {
  TraceWire event = Event(TraceWire::What::kSend, direction);
  event.leg = leg;
  event.kind = kind;
  event.bytes.assign(payload.begin(), payload.end());
  Add(std::move(event));
}

void Recorder::OnFault(const Fault& fault) {
  TraceWire event = Event(TraceWire::What::kFault, fault.direction);
  event.leg = fault.leg;
  event.fault = fault;
  Add(std::move(event));
}

void Recorder::OnReceive(Direction direction, const Delivery& delivery) {
  TraceWire event = Event(TraceWire::What::kReceive, direction);
  event.kind = delivery.kind;
  event.bytes.assign(delivery.bytes.begin(), delivery.bytes.end());
  Add(std::move(event));
}

void Recorder::OnClose(Direction direction) {
  Add(Event(TraceWire::What::kClose, direction));
}

}  // namespace sspilab::sim
