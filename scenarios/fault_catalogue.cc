// SPDX-License-Identifier: Apache-2.0

#include "scenarios/fault_catalogue.h"

#include <vector>

#include "sim/check.h"

namespace scenarios {

namespace {

using V = FaultVerb;
using K = KeyKind;

constexpr FaultCard kCards[] = {
    {V::kCrash, "crash",
     "The process dies at once; the machine and all it has written live on. Starts again after "
     "`for`.",
     K::kTargets, false, "at for every times at_disk_operation",
     R"({"at": "20s", "crash": "leader of orders-0", "for": "15s"})"},
    {V::kPowerOff, "power_off",
     "The machine loses power: what was not flushed to its disk may be gone. Starts again after "
     "`for`.",
     K::kTargets, false, "at for every times",
     R"({"at": "20s", "power_off": "broker 2", "for": "15s"})"},
    {V::kPause, "pause",
     "The process stands still, as in a long garbage collection; what is sent to it waits.",
     K::kTargets, true, "at for every times",
     R"({"at": "20s", "pause": "leader of orders-0", "for": "20s"})"},
    {V::kPartition, "partition",
     "Nothing gets through between the sides. `one_way`: only what the first side sends is cut.",
     K::kSides, true, "at for every times one_way",
     R"({"at": "10s", "partition": [["broker 1"], ["broker 2", "broker 3"]], "for": "30s"})"},
    {V::kIsolate, "isolate", "Nothing gets through between each target and all others.",
     K::kTargets, true, "at for every times",
     R"({"at": "20s", "isolate": "leader of orders-0", "for": "30s"})"},
    {V::kSlowLink, "slow_link",
     "Messages between the targets take `factor` times as long, and `latency` more. One target: to "
     "and "
     "from all others; two lists: between the first and the second.",
     K::kLinkSides, true, "at for every times factor latency",
     R"({"at": "20s", "slow_link": ["broker 1", "broker 2"], "latency": "50ms", "for": "30s"})"},
    {V::kLossyLink, "lossy_link",
     "Packets between the targets are lost with `probability`; inside a connection that shows as "
     "delay.",
     K::kLinkSides, true, "at for every times probability",
     R"({"at": "20s", "lossy_link": [["broker 1"], ["client billing"]], "probability": "1%"})"},
    {V::kSlowDisk, "slow_disk", "Each operation of the disk takes `factor` times as long.",
     K::kTargets, false, "at for every times factor",
     R"({"at": "20s", "slow_disk": "follower of orders-0", "factor": 20, "for": "60s"})"},
    {V::kFailingDisk, "failing_disk",
     "Operations of the disk fail with an I/O error; a broker without a log directory that works "
     "stops.",
     K::kTargets, false, "at for every times operations",
     R"({"at": "20s", "failing_disk": "leader of orders-0", "operations": "writes", "for": "60s"})"},
    {V::kFullDisk, "full_disk",
     "The disk has `free` left; a write that needs more is stored in part and fails.", K::kTargets,
     false, "at for every times free",
     R"({"at": "20s", "full_disk": "broker 2", "free": "1MiB", "for": "60s"})"},
    {V::kLyingDisk, "lying_disk",
     "Flushes return as if all were durable; what they should have saved goes with the power.",
     K::kTargets, false, "at for every times",
     R"({"at": "10s", "lying_disk": ["broker 1", "broker 2", "broker 3"], "for": "60s"})"},
    {V::kCorruptDisk, "corrupt_disk",
     "Bit rot: `count` bits flip, or pages turn to zeros, in files that lie on the disk.",
     K::kTargets, false, "at every times what count in file",
     R"({"at": "20s", "corrupt_disk": "follower of orders-0", "in": "orders-0", "file": ".log"})"},
    {V::kRestartRolling, "restart_rolling",
     "Brokers are shut down in good order and started again, one after the other; each stays down "
     "for "
     "`down`, and the next waits until all replicas are in sync, or `settle` has passed.",
     K::kBrokersOrAll, false, "at every times down settle",
     R"({"at": "10s", "restart_rolling": "all", "down": "5s", "settle": "30s"})"},
};

constexpr KeyDecl kWhenKeys[] = {
    {.name = "at",
     .kind = K::kDuration,
     .doc = "When it begins, from the start of the run. Needed, but for `at_disk_operation`."},
    {.name = "for",
     .kind = K::kDuration,
     .doc = "How long it lasts; without it, to the end of the run.",
     .min = 1},
    {.name = "every",
     .kind = K::kDuration,
     .doc = "From one beginning to the next; with `times`.",
     .min = 1},
    {.name = "times",
     .kind = K::kInteger,
     .doc = "How often it happens in all; with `every`.",
     .min = 1,
     .max = kMostFaults},
    {.name = "when", .planned = true},
};

constexpr KeyDecl kMoreKeys[] = {
    {.name = "one_way",
     .kind = K::kBoolean,
     .doc = "partition: only what the first side sends to the others is cut.",
     .fallback = "false"},
    {.name = "factor",
     .kind = K::kFactor,
     .doc = "slow_disk, slow_link: how many times as long it takes.",
     .min = 1,
     .max = 1'000'000},
    {.name = "latency",
     .kind = K::kDuration,
     .doc = "slow_link: what is added to each message's way."},
    {.name = "probability",
     .kind = K::kProbability,
     .doc = "lossy_link: of losing a packet, as \"1%\" or 0.01."},
    {.name = "operations",
     .kind = K::kWord,
     .doc = "failing_disk: which fail.",
     .fallback = "all",
     .words = "all reads writes"},
    {.name = "free", .kind = K::kSize, .doc = "full_disk: what is left.", .fallback = "0B"},
    {.name = "what",
     .kind = K::kWord,
     .doc = "corrupt_disk: what happens to each place.",
     .fallback = "flipped_bit",
     .words = "flipped_bit zeroed_page"},
    {.name = "count",
     .kind = K::kInteger,
     .doc = "corrupt_disk: how many places go bad.",
     .fallback = "1",
     .min = 1,
     .max = 1'000'000},
    {.name = "in",
     .kind = K::kText,
     .doc = "corrupt_disk: a partition whose files are meant; without it those of all."},
    {.name = "file",
     .kind = K::kWord,
     .doc = "corrupt_disk: which files of a log.",
     .fallback = ".log",
     .words = ".log .index .timeindex .txnindex .snapshot"},
    {.name = "down",
     .kind = K::kDuration,
     .doc = "restart_rolling: how long each broker stays down.",
     .fallback = "5s",
     .min = 1},
    {.name = "settle",
     .kind = K::kDuration,
     .doc = "restart_rolling: the longest wait for full ISRs before the next broker.",
     .fallback = "30s"},
    {.name = "at_disk_operation",
     .kind = K::kInteger,
     .doc = "crash: during the n-th operation of the broker's disk, counted from `at`.",
     .min = 1},
};

constexpr std::string_view kPlannedVerbs[] = {
    "skew_clock",
    "region_outage",
    "kill_client",
    "stall_client",
};

std::vector<KeyDecl> all_keys() {
  std::vector<KeyDecl> keys(std::begin(kWhenKeys), std::end(kWhenKeys));
  for (const FaultCard& card : kCards) {
    keys.push_back({.name = card.name, .kind = card.target, .doc = card.about, .choice = true});
  }
  keys.insert(keys.end(), std::begin(kMoreKeys), std::end(kMoreKeys));
  for (std::string_view verb : kPlannedVerbs) {
    keys.push_back({.name = verb, .choice = true, .planned = true});
  }
  return keys;
}

}  // namespace

std::span<const FaultCard> fault_catalogue() { return kCards; }

const FaultCard& card_of(FaultVerb verb) {
  const FaultCard& card = kCards[static_cast<size_t>(verb)];
  SIM_CHECK(card.verb == verb, static_cast<int>(verb));
  return card;
}

const FaultCard* find_fault(std::string_view name) {
  for (const FaultCard& card : kCards) {
    if (card.name == name) return &card;
  }
  return nullptr;
}

const ObjectDecl* fault_declaration() {
  static const std::vector<KeyDecl> kKeys = all_keys();
  static const ObjectDecl kFault{"fault",
                                 "Something that goes wrong: one verb with its target, and when.",
                                 kKeys, "(faultline faults lists all)"};
  return &kFault;
}

}  // namespace scenarios
