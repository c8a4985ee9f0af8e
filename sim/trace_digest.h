// SPDX-License-Identifier: Apache-2.0
//
// The rolling digest of a run: two runs are the same if and only if (but for chance in 2^64) their
// digests are. It takes in each event's time, host, handler, name and size, never ids, and at each
// simulated second the state of every process. Begin and end of faults are left out, so that a fault
// that does nothing changes nothing.

#ifndef SIM_TRACE_DIGEST_H_
#define SIM_TRACE_DIGEST_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/fields.h"
#include "sim/trace_event.h"

namespace sim {

// Mixes `word` into `state`; every bit of both matters.
inline uint64_t mix_word(uint64_t state, uint64_t word) {
  unsigned __int128 product = static_cast<unsigned __int128>(state ^ word ^ 0x9e3779b97f4a7c15ull) *
                              0xd6e8feb86659fd93ull;
  uint64_t folded = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  return folded + word;
}

class TraceDigest {
 public:
  void event(SimTime time, HostId host, std::string_view at, std::string_view what, int64_t size) {
    value_ = mix_word(value_, static_cast<uint64_t>(time.nanos()));
    value_ = mix_word(value_, hash_of(at) ^ static_cast<uint64_t>(host.value()));
    value_ = mix_word(value_, hash_of(what) ^ static_cast<uint64_t>(size));
  }
  void word(uint64_t w) { value_ = mix_word(value_, w); }
  void text(std::string_view t);

  uint64_t value() const { return value_; }

 private:
  // Hashes of static strings, found by where they are stored; the hash itself is of their bytes.
  struct Known {
    const char* data = nullptr;
    size_t size = 0;
    uint64_t hash = 0;
  };
  uint64_t hash_of(std::string_view name) {
    if (name.empty()) return 0;  // Wherever it points; it must not meet an entry that is not used yet.
    Known& known = known_[(reinterpret_cast<uintptr_t>(name.data()) >> 3) % known_.size()];
    if (known.data != name.data() || known.size != name.size()) remember(known, name);
    return known.hash;
  }
  static void remember(Known& known, std::string_view name);

  uint64_t value_ = 0x6661756c746c696eull;
  std::array<Known, 64> known_{};
};

// Hashes what a value shows of itself into a digest.
class DigestSink final : public FieldSink {
 public:
  explicit DigestSink(TraceDigest& digest) : digest_(digest) {}
  void integer(std::string_view, int64_t value) override { digest_.word(static_cast<uint64_t>(value)); }
  void boolean(std::string_view, bool value) override { digest_.word(value ? 3 : 5); }
  void text(std::string_view, std::string_view value) override { digest_.text(value); }
  void begin_group(std::string_view) override { digest_.word(7); }
  void end_group() override { digest_.word(11); }
  void begin_list(std::string_view) override { digest_.word(13); }
  void end_list() override { digest_.word(17); }

 private:
  TraceDigest& digest_;
};

// "5f1c 9a02 77d1 3e80"
std::string digest_text(uint64_t digest);

}  // namespace sim

#endif  // SIM_TRACE_DIGEST_H_
