// SPDX-License-Identifier: Apache-2.0
//
// What a client's application sees of its own calls: the history that the judge works on. Nothing
// here comes from inside a broker.

#ifndef MODELS_COMMON_CLIENT_EVENT_H_
#define MODELS_COMMON_CLIENT_EVENT_H_

#include <cstdint>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "models/common/error_code.h"
#include "models/common/ids.h"

namespace models {

// Identity of a record that an application sent, in the first eight bytes of its value (big-endian):
// the producing client's number and its count of sends. Unique in a run.
//   bits 63..40 producer (1, 2, ...), bits 39..0 count (0, 1, ...)
using RecordId = sim::StrongId<struct RecordIdTag, int64_t>;
constexpr RecordId make_record_id(int32_t producer, int64_t count) {
  return RecordId((int64_t{producer} << 40) | count);
}
constexpr int32_t producer_of(RecordId id) { return static_cast<int32_t>(id.value() >> 40); }
constexpr int64_t count_of(RecordId id) { return id.value() & ((int64_t{1} << 40) - 1); }

enum class ClientEventKind : uint8_t {
  kSend,          // The application called send(); its partition is chosen. Offset unknown.
  kAcknowledged,  // The callback said success. With acks=0 the offset is unknown (-1).
  kFailed,        // The callback said failure; `error` tells why. The record may still be stored.
  kAssigned,      // A consumer starts reading `partition` at the first record's offset.
  kPolled,        // poll() handed these records to the application.
};
std::string_view name_of(ClientEventKind kind);

struct RecordSeen {
  Offset offset = kNoOffset;
  RecordId id;
  static void fields(auto&& f) {
    f("offset", &RecordSeen::offset);
    f("id", &RecordSeen::id);
  }
};

struct ClientEvent {
  ClientEventKind kind{};
  TopicPartition partition;
  absl::InlinedVector<RecordSeen, 1> records;
  ErrorCode error = ErrorCode::kNone;
  bool is_tombstone = false;  // kSend
  uint64_t key = 0;  // kSend: stands for the record's key, for topics that are compacted; 0: none.
  static void fields(auto&& f) {
    f("kind", &ClientEvent::kind);
    f("partition", &ClientEvent::partition);
    f("records", &ClientEvent::records);
    f("error", &ClientEvent::error);
    f("key", &ClientEvent::key);
    f("is_tombstone", &ClientEvent::is_tombstone);
  }
};

}  // namespace models

#endif  // MODELS_COMMON_CLIENT_EVENT_H_
