// SPDX-License-Identifier: Apache-2.0

#include "scenarios/fault_catalogue.h"

#include <vector>

#include "sim/check.h"

namespace scenarios {

namespace {

using V = FaultVerb;
using K = KeyKind;
using Hits = FaultCard::Hits;

constexpr FaultCard kCards[] = {
    {V::kCrash, "crash",
     "The process dies at once; the machine and all it has written live on. Starts again after "
     "`for`.",
     K::kTargets, Hits::kNodes, "at for until every times when at_disk_operation",
     R"({"at": "20s", "crash": "leader of orders-0", "for": "15s"})"},
    {V::kPowerOff, "power_off",
     "The machine loses power: what was not flushed to its disk may be gone. Starts again after "
     "`for`.",
     K::kTargets, Hits::kNodes, "at for until every times when",
     R"({"at": "20s", "power_off": "broker 2", "for": "15s"})"},
    {V::kPause, "pause",
     "The process stands still, as in a long garbage collection; what is sent to it waits.",
     K::kTargets, Hits::kAll, "at for until every times when",
     R"({"at": "20s", "pause": "leader of orders-0", "for": "20s"})"},
    {V::kPartition, "partition",
     "Nothing gets through between the sides. `one_way`: only what the first side sends is cut.",
     K::kSides, Hits::kAll, "at for until every times when one_way",
     R"({"at": "10s", "partition": [["broker 1"], ["broker 2", "broker 3"]], "for": "30s"})"},
    {V::kIsolate, "isolate", "Nothing gets through between each target and all others.",
     K::kTargets, Hits::kAll, "at for until every times when",
     R"({"at": "20s", "isolate": "leader of orders-0", "for": "30s"})"},
    {V::kSlowLink, "slow_link",
     "Messages between the targets take `factor` times as long, and `latency` more. One target: to "
     "and from all others; two lists: between the first and the second.",
     K::kLinkSides, Hits::kAll, "at for until every times when factor latency",
     R"({"at": "20s", "slow_link": ["broker 1", "broker 2"], "latency": "50ms", "for": "30s"})"},
    {V::kLossyLink, "lossy_link",
     "Packets between the targets are lost with `probability`; inside a connection that shows as "
     "delay.",
     K::kLinkSides, Hits::kAll, "at for until every times when probability",
     R"({"at": "20s", "lossy_link": [["broker 1"], ["client billing"]], "probability": "1%"})"},
    {V::kDrop, "drop",
     "Requests of one name (or responses, as \"AlterPartitionResponse\") never arrive, nor does "
     "what follows on their connection, until somebody gives up and opens another. `count`: so "
     "many, and no more.",
     K::kMessage, Hits::kAll, "at for until every times when from to probability count",
     R"({"at": "20s", "drop": "AlterPartition", "from": "broker 2", "for": "30s"})"},
    {V::kDelay, "delay",
     "Requests of one name (or responses, as \"FetchResponse\") take `latency` longer, and so does "
     "what follows on their connection. `count`: so many, and no more.",
     K::kMessage, Hits::kAll, "at for until every times when from to latency probability count",
     R"({"at": "20s", "delay": "Fetch", "from": "broker 2", "latency": "2s", "for": "30s"})"},
    {V::kSlowDisk, "slow_disk", "Each operation of the disk takes `factor` times as long.",
     K::kTargets, Hits::kNodes, "at for until every times when factor",
     R"({"at": "20s", "slow_disk": "follower of orders-0", "factor": 20, "for": "60s"})"},
    {V::kFailingDisk, "failing_disk",
     "Operations of the disk fail with an I/O error; a broker without a log directory that works "
     "stops. With `log_dir`, that of one of its log directories.",
     K::kTargets, Hits::kNodes, "at for until every times when operations log_dir",
     R"({"at": "20s", "failing_disk": "leader of orders-0", "operations": "writes", "for": "60s"})"},
    {V::kFullDisk, "full_disk",
     "The disk has `free` left; a write that needs more is stored in part and fails.", K::kTargets,
     Hits::kNodes, "at for until every times when free log_dir",
     R"({"at": "20s", "full_disk": "broker 2", "free": "1MiB", "for": "60s"})"},
    {V::kLyingDisk, "lying_disk",
     "Flushes return as if all were durable; what they should have saved goes with the power.",
     K::kTargets, Hits::kNodes, "at for until every times when log_dir",
     R"({"at": "10s", "lying_disk": ["broker 1", "broker 2", "broker 3"], "for": "60s"})"},
    {V::kCorruptDisk, "corrupt_disk",
     "Bit rot: `count` bits flip, or pages turn to zeros, in files that lie on the disk.",
     K::kTargets, Hits::kNodes, "at until every times when what count in file log_dir",
     R"({"at": "20s", "corrupt_disk": "follower of orders-0", "in": "orders-0", "file": ".log"})"},
    {V::kSlowCpu, "slow_cpu",
     "All computing takes `factor` times as long: requests, replies; not disks, nor timers.",
     K::kTargets, Hits::kAll, "at for until every times when factor",
     R"({"at": "20s", "slow_cpu": "controller", "factor": 50, "for": "30s"})"},
    {V::kSkewClock, "skew_clock",
     "The wall clock is wrong by `offset`, and clocks gain `drift` (lose, below 0). At the end the "
     "wall clock is set right; the monotonic clock never steps.",
     K::kTargets, Hits::kAll, "at for until every times when offset drift",
     R"({"at": "20s", "skew_clock": "broker 2", "offset": "-5min", "drift": "200ppm", "for": "30s"})"},
    {V::kKillClient, "kill_client",
     "The client's process dies with all it has in memory. Starts again after `for`, and goes on "
     "with what is due then.",
     K::kTargets, Hits::kClients, "at for until every times when",
     R"({"at": "20s", "kill_client": "client checkout-1", "for": "10s"})"},
    {V::kStallClient, "stall_client",
     "The client's application stands still: it sends and polls nothing. Its own threads go on.",
     K::kTargets, Hits::kClients, "at for until every times when",
     R"({"at": "20s", "stall_client": "client billing", "for": "10s"})"},
    {V::kZoneOutage, "zone_outage", "All machines of a zone (one of `racks`) lose power together.",
     K::kTargets, Hits::kZones, "at for until every times when",
     R"({"at": "20s", "zone_outage": "zone a", "for": "30s"})"},
    {V::kRegionOutage, "region_outage",
     "All machines of a region, clients too, lose power together.", K::kTargets, Hits::kRegions,
     "at for until every times when",
     R"({"at": "20s", "region_outage": "region eus2", "for": "30s"})"},
    {V::kRestartRolling, "restart_rolling",
     "Brokers are shut down in good order and started again, one after the other; each stays down "
     "for `down`, and the next waits until all replicas are in sync, or `settle` has passed.",
     K::kBrokersOrAll, Hits::kNodes, "at until every times when down settle",
     R"({"at": "10s", "restart_rolling": "all", "down": "5s", "settle": "30s"})"},
};

constexpr KeyDecl kWhenKeys[] = {
    {.name = "at",
     .kind = K::kDuration,
     .doc = "When it begins, from the start of the run. Needed, but for `at_disk_operation` and "
            "`when`."},
    {.name = "for",
     .kind = K::kDuration,
     .doc = "How long it lasts; without it, to the end of the run.",
     .min = 1},
    {.name = "every",
     .kind = K::kDuration,
     .doc = "From one beginning to the next; with `times` or `until`.",
     .min = 1},
    {.name = "times",
     .kind = K::kInteger,
     .doc = "How often it happens in all; with `every` or `when`.",
     .min = 1,
     .max = kMostFaults},
    {.name = "until",
     .kind = K::kDuration,
     .doc = "From this time of the run on it neither begins nor lasts.",
     .min = 1},
    {.name = "when",
     .kind = K::kCondition,
     .doc = "It begins when this becomes true, as \"isr(orders-0) < 3\": once, or `times` times. "
            "With `at`: not before."},
};

constexpr int64_t kLongestOffset = 3650ll * 86'400 * 1'000'000'000;
constexpr int64_t kFastestDrift = 100'000'000;  // 100,000 ppm.

constexpr KeyDecl kMoreKeys[] = {
    {.name = "one_way",
     .kind = K::kBoolean,
     .doc = "partition: only what the first side sends to the others is cut.",
     .fallback = "false"},
    {.name = "factor",
     .kind = K::kFactor,
     .doc = "slow_disk, slow_cpu, slow_link: how many times as long it takes.",
     .min = 1,
     .max = 1'000'000},
    {.name = "latency",
     .kind = K::kDuration,
     .doc = "slow_link, delay: what is added to each message's way."},
    {.name = "probability",
     .kind = K::kProbability,
     .doc = "lossy_link: of losing a packet, as \"1%\" or 0.01. drop, delay: of hitting a message; "
            "without it, all."},
    {.name = "from", .kind = K::kTargets, .doc = "drop, delay: who sends it; without it, anybody."},
    {.name = "to",
     .kind = K::kTargets,
     .doc = "drop, delay: whom it is sent to; without it, anybody."},
    {.name = "offset",
     .kind = K::kOffset,
     .doc = "skew_clock: how wrong the wall clock is, as \"-5min\".",
     .min = -kLongestOffset,
     .max = kLongestOffset},
    {.name = "drift",
     .kind = K::kDrift,
     .doc = "skew_clock: how much clocks gain, as \"200ppm\".",
     .min = -kFastestDrift,
     .max = kFastestDrift},
    {.name = "operations",
     .kind = K::kWord,
     .doc = "failing_disk: which fail.",
     .fallback = "all",
     .words = "all reads writes"},
    {.name = "log_dir",
     .kind = K::kText,
     .doc =
         "failing_disk, full_disk, lying_disk, corrupt_disk: the disk of this one of log.dirs, as "
         "\"/disk2\"; without it all disks of the machine."},
    {.name = "free", .kind = K::kSize, .doc = "full_disk: what is left.", .fallback = "0B"},
    {.name = "what",
     .kind = K::kWord,
     .doc = "corrupt_disk: what happens to each place.",
     .fallback = "flipped_bit",
     .words = "flipped_bit zeroed_page"},
    {.name = "count",
     .kind = K::kInteger,
     .doc = "corrupt_disk: how many places go bad, 1 if not said. drop, delay: how many messages "
            "are hit; without it, no limit.",
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

std::vector<KeyDecl> all_keys() {
  std::vector<KeyDecl> keys(std::begin(kWhenKeys), std::end(kWhenKeys));
  for (const FaultCard& card : kCards) {
    keys.push_back({.name = card.name, .kind = card.target, .doc = card.about, .choice = true});
  }
  keys.insert(keys.end(), std::begin(kMoreKeys), std::end(kMoreKeys));
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
