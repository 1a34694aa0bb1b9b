// SEC_E_INCOMPLETE_MESSAGE at every split of every record, SECBUFFER_EXTRA with
// the exact count, and the same bytes whatever the pieces are.

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/schannel/record.h"
#include "core/sspi.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"

namespace sspilab {
namespace {

using schannel::FrameRecord;
using schannel::Framing;
using testing::Bytes;
using testing::TlsCall;
using testing::TlsEnd;
using testing::TlsLab;

TEST(Record, IsFramedByItsHeader) {
  const Bytes record = {22, 3, 3, 0, 2, 'a', 'b', 'c'};
  for (size_t size = 0; size < 5; ++size) {
    const auto frame = FrameRecord(absl::MakeSpan(record).subspan(0, size));
    EXPECT_EQ(frame.framing, Framing::kIncomplete);
    EXPECT_EQ(frame.missing, 5 - size);
  }
  for (size_t size = 5; size < 7; ++size) {
    const auto frame = FrameRecord(absl::MakeSpan(record).subspan(0, size));
    EXPECT_EQ(frame.framing, Framing::kIncomplete);
    EXPECT_EQ(frame.missing, 7 - size);
  }
  EXPECT_EQ(FrameRecord(record).framing, Framing::kWhole);
  EXPECT_EQ(FrameRecord(record).size, 7u);
  const struct {
    Bytes bytes;
    Framing framing;
  } kOthers[] = {
      {{'H', 'T', 'T', 'P', '/'}, Framing::kNotTls},
      {{19, 3, 3, 0, 0}, Framing::kNotTls},
      {{24, 3, 3, 0, 0}, Framing::kNotTls},
      {{22, 2, 0, 0, 0}, Framing::kNotTls},
      {{22, 4, 0, 0, 0}, Framing::kNotTls},
      {{22, 3, 3, 0x48, 0x01}, Framing::kTooLong},
      {{22, 3, 3, 0x48, 0x00}, Framing::kIncomplete},
      {{23, 3, 3, 0, 0}, Framing::kWhole},
  };
  for (const auto& other : kOthers) {
    EXPECT_EQ(FrameRecord(other.bytes).framing, other.framing);
  }
}

// What is missing once the first `have` bytes of `record` are there.
size_t Missing(const Bytes& record, size_t have) {
  return have < 5 ? 5 - have : record.size() - have;
}

// Cuts the first record off.
Bytes TakeRecord(Bytes* stream) {
  const size_t size = FrameRecord(*stream).size;
  EXPECT_NE(size, 0u);
  Bytes record(stream->begin(), stream->begin() + size);
  stream->erase(stream->begin(), stream->begin() + size);
  return record;
}

// Every beginning of `record`, then the record: what the call with the whole
// gave.
TlsCall AtEverySplit(TlsEnd& end, const Bytes& record) {
  for (size_t have = 0; have < record.size(); ++have) {
    // Nothing at all is a wish of its own where there is no handshake.
    const uint64_t allocated = end.world.memory().live_allocations();
    const TlsCall call = end.Leg(absl::MakeSpan(record).subspan(0, have));
    EXPECT_EQ(call.status, SEC_E_INCOMPLETE_MESSAGE) << have;
    EXPECT_EQ(call.note, ULONG{SECBUFFER_MISSING}) << have;
    EXPECT_EQ(call.note_size, Missing(record, have)) << have;
    EXPECT_EQ(end.world.memory().live_allocations(), allocated) << have;
  }
  return end.Leg(record);
}

// A handshake, every record at every split. What went over the wire.
std::pair<Bytes, Bytes> ShakeInPieces(TlsLab& lab) {
  std::pair<Bytes, Bytes> sent;
  Bytes to_server = lab.client.Leg({}).token;
  Bytes to_client;
  SECURITY_STATUS client = SEC_I_CONTINUE_NEEDED;
  SECURITY_STATUS server = SEC_I_CONTINUE_NEEDED;
  while (client == SEC_I_CONTINUE_NEEDED || server == SEC_I_CONTINUE_NEEDED) {
    const bool to_the_server = !to_server.empty();
    Bytes& stream = to_the_server ? to_server : to_client;
    Bytes& answers = to_the_server ? to_client : to_server;
    if (stream.empty()) {
      ADD_FAILURE() << "nothing is on its way";
      break;
    }
    Bytes& log = to_the_server ? sent.first : sent.second;
    const Bytes record = TakeRecord(&stream);
    log.insert(log.end(), record.begin(), record.end());
    const TlsCall call =
        AtEverySplit(to_the_server ? lab.server : lab.client, record);
    (to_the_server ? server : client) = call.status;
    if (call.status < 0) {
      ADD_FAILURE() << std::hex << call.status;
      break;
    }
    answers.insert(answers.end(), call.token.begin(), call.token.end());
  }
  sent.second.insert(sent.second.end(), to_client.begin(), to_client.end());
  return sent;
}

// The version, and how many EMPTY buffers come with a token.
class Framed : public ::testing::TestWithParam<std::tuple<DWORD, int>> {
 protected:
  static DWORD protocols() { return std::get<0>(GetParam()); }
  static void SetForm(TlsLab* lab) {
    lab->client.empty_buffers = lab->server.empty_buffers =
        std::get<1>(GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(Records, Framed,
                         ::testing::Combine(::testing::Values(SP_PROT_TLS1_2,
                                                              SP_PROT_TLS1_3),
                                            ::testing::Values(1, 3)));

TEST_P(Framed, AtEverySplitOfTheHandshakeNothingHappens) {
  TlsLab whole;
  SetForm(&whole);
  whole.Establish(protocols());
  TlsLab pieces;
  SetForm(&pieces);
  pieces.Acquire(protocols());
  const auto [from_client, from_server] = ShakeInPieces(pieces);
  EXPECT_EQ(from_client, whole.outcome.from_client);
  EXPECT_EQ(from_server, whole.outcome.from_server);
}

TEST_P(Framed, ExtraIsCountedExactly) {
  for (const size_t behind : {1, 4, 5, 6, 1000}) {
    SCOPED_TRACE(behind);
    TlsLab lab;
    SetForm(&lab);
    lab.Acquire(protocols());
    // The server's answer is several records in TLS 1.3 and 1.2; the client's
    // hello is one.
    Bytes hello = lab.client.Leg({}).token;
    hello.resize(hello.size() + behind, 0x17);
    TlsCall call = lab.server.Leg(hello);
    EXPECT_EQ(call.status, SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(call.note, ULONG{SECBUFFER_EXTRA});
    EXPECT_EQ(call.note_size, behind);
    Bytes stream = call.token;
    while (!stream.empty()) {
      call = lab.client.Leg(stream);
      ASSERT_GE(call.status, 0);
      TakeRecord(&stream);
      EXPECT_EQ(call.note, stream.empty() ? ULONG{SECBUFFER_EMPTY}
                                          : ULONG{SECBUFFER_EXTRA});
      EXPECT_EQ(call.note_size, stream.size());
    }
  }
}

// The first message may come right behind the handshake's last record.
TEST_P(Framed, ExtraComesWithSuccess) {
  TlsLab lab;
  SetForm(&lab);
  lab.Acquire(protocols());
  Bytes to_server, to_client;
  ASSERT_EQ(Feed(lab.client, {}, &to_server), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(Feed(lab.server, std::exchange(to_server, {}), &to_client),
            SEC_I_CONTINUE_NEEDED);
  const SECURITY_STATUS client = Feed(lab.client, to_client, &to_server);
  TlsEnd* last = &lab.server;
  Bytes final_flight = to_server;
  if (client == SEC_I_CONTINUE_NEEDED) {
    to_client.clear();
    ASSERT_EQ(Feed(lab.server, to_server, &to_client), SEC_E_OK);
    last = &lab.client;
    final_flight = to_client;
  }
  const Bytes message =
      (last == &lab.server ? lab.client : lab.server).Encrypt("at once");
  ASSERT_FALSE(message.empty());
  final_flight.insert(final_flight.end(), message.begin(), message.end());
  TlsCall call;
  do {
    call = last->Leg(final_flight);
    ASSERT_GE(call.status, 0);
    ASSERT_EQ(call.note, ULONG{SECBUFFER_EXTRA});
    final_flight.erase(final_flight.begin(),
                       final_flight.end() - call.note_size);
  } while (call.status == SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(call.status, SEC_E_OK);
  EXPECT_EQ(final_flight, message);
  EXPECT_EQ(last->Decrypt(message).text, "at once");
}

TEST_P(Framed, MessagesAtEverySplit) {
  TlsLab lab;
  lab.Establish(protocols());
  const Bytes record = lab.client.Encrypt("a message");
  for (size_t have = 0; have < record.size(); ++have) {
    const TlsEnd::Opened opened =
        lab.server.Decrypt(absl::MakeSpan(record).subspan(0, have));
    EXPECT_EQ(opened.status, SEC_E_INCOMPLETE_MESSAGE) << have;
    EXPECT_EQ(opened.missing, Missing(record, have)) << have;
  }
  EXPECT_EQ(lab.server.Decrypt(record).text, "a message");
}

TEST_P(Framed, MessagesOneAfterTheOther) {
  TlsLab lab;
  lab.Establish(protocols());
  Bytes stream;
  for (const char* text : {"one", "two", "three"}) {
    const Bytes record = lab.client.Encrypt(text);
    stream.insert(stream.end(), record.begin(), record.end());
  }
  for (const char* text : {"one", "two", "three"}) {
    const TlsEnd::Opened opened = lab.server.Decrypt(stream);
    EXPECT_EQ(opened.text, text);
    TakeRecord(&stream);
    EXPECT_EQ(opened.extra, stream.size());
  }
}

// Without an EMPTY buffer there is nowhere to say it.
TEST(Frames, NeedNoEmptyBuffer) {
  TlsLab lab;
  lab.client.empty_buffers = lab.server.empty_buffers = 0;
  lab.Acquire();
  const Bytes hello = lab.client.Leg({}).token;
  EXPECT_EQ(lab.server.Leg(absl::MakeSpan(hello).subspan(0, 9)).status,
            SEC_E_INCOMPLETE_MESSAGE);
  EXPECT_EQ(lab.server.Leg(hello).status, SEC_I_CONTINUE_NEEDED);
}

// As Windows: four buffers, one DATA and three EMPTY.
TEST(Frames, DecryptMessageWantsItsFourBuffers) {
  TlsLab lab;
  lab.Establish();
  Bytes record = lab.client.Encrypt("text");
  const std::vector<std::vector<ULONG>> kWrong = {
      {SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY},
      {SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY},
      {SECBUFFER_DATA, SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY,
       SECBUFFER_EMPTY},
      {SECBUFFER_DATA, SECBUFFER_EXTRA, SECBUFFER_EMPTY, SECBUFFER_EMPTY},
      {SECBUFFER_DATA | SECBUFFER_READONLY, SECBUFFER_EMPTY, SECBUFFER_EMPTY,
       SECBUFFER_EMPTY}};
  for (const std::vector<ULONG>& types : kWrong) {
    std::vector<SecBuffer> buffers;
    for (const ULONG type : types) {
      buffers.push_back(
          {static_cast<ULONG>(record.size()), type, record.data()});
    }
    SecBufferDesc desc = {SECBUFFER_VERSION, static_cast<ULONG>(buffers.size()),
                          buffers.data()};
    EXPECT_EQ(DecryptMessage(&lab.server.context, &desc, 0, nullptr),
              SEC_E_INVALID_TOKEN);
  }
  EXPECT_EQ(lab.server.Decrypt(record).text, "text");
}

// What needs room gives back everything and is given again.
TEST_P(Framed, TooLittleRoomForATokenThenEnough) {
  TlsLab whole;
  whole.Establish(protocols());
  TlsLab lab;
  lab.Acquire(protocols());
  // The first leg makes the context, or does not.
  lab.client.output_size = 10;
  EXPECT_EQ(lab.client.Leg({}).status, SEC_E_BUFFER_TOO_SMALL);
  lab.client.output_size = 0x6000;
  Bytes to_client, to_server;
  ASSERT_EQ(Feed(lab.client, {}, &to_server), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(Feed(lab.server, std::exchange(to_server, {}), &to_client),
            SEC_I_CONTINUE_NEEDED);
  while (!to_client.empty()) {
    lab.client.output_size = 10;
    TlsCall call = lab.client.Leg(to_client);
    if (call.status == SEC_E_BUFFER_TOO_SMALL) {
      EXPECT_EQ(call.note, ULONG{SECBUFFER_EMPTY});
      EXPECT_EQ(lab.client.Leg(to_client).status, SEC_E_BUFFER_TOO_SMALL);
      lab.client.output_size = 0x6000;
      call = lab.client.Leg(to_client);
      EXPECT_GE(call.status, 0);
    }
    to_server.insert(to_server.end(), call.token.begin(), call.token.end());
    TakeRecord(&to_client);
    EXPECT_EQ(call.note_size, to_client.size());
  }
  EXPECT_FALSE(to_server.empty());
  EXPECT_GE(Feed(lab.server, to_server, &to_client), 0);
}

}  // namespace
}  // namespace sspilab
