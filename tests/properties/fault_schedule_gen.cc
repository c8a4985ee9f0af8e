// SPDX-License-Identifier: Apache-2.0

#include "tests/properties/fault_schedule_gen.h"

#include <algorithm>

namespace tests {
namespace {

constexpr int kLoadMillis = 15'000;
constexpr int kLastsAtMostMillis = 12'000;  // More than a broker's session of 9 s.

enum Verb {
  kSlowLink,
  kLossyLink,
  kSlowDisk,
  kPauseClient,
  kIsolateClient,
  kPowerOff,
  kCrash,
  kCrashAtDiskOperation,
  kPause,
  kIsolate,
  kPartition,
  kPartitionOneWay,
  kRestartRolling,
  kVerbs,
};

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string broker(int choice) {
  static const char* const kTargets[] = {
      "broker 1",           "broker 2",           "broker 3",
      "leader of orders-0", "leader of orders-1", "follower of orders-0",
  };
  return quoted(kTargets[choice % 6]);
}

// A broker or the controller.
std::string node(int choice) { return choice % 7 == 6 ? quoted("controller") : broker(choice % 7); }

std::string client(int choice) {
  return quoted(choice % 2 == 0 ? "client checkout" : "client billing");
}

std::string sides(const DrawnFault& fault) {
  int alone = 1 + fault.target % 3;
  std::string first = quoted("broker " + std::to_string(alone));
  std::string second;
  for (int id = 1; id <= 3; ++id) {
    if (id == alone) continue;
    second += (second.empty() ? "" : ", ") + quoted("broker " + std::to_string(id));
  }
  if (fault.other % 2 == 1) second += ", " + quoted("controller");
  return "[[" + first + "], [" + second + "]]";
}

std::string millis(int value) { return quoted(std::to_string(value) + "ms"); }

std::string verb_text(const DrawnFault& fault) {
  switch (fault.verb) {
    case kSlowLink:
      return R"("slow_link": )" + node(fault.target) + R"(, "latency": )" +
             millis(fault.strength * 5);
    case kLossyLink:
      return R"("lossy_link": )" + node(fault.target) + R"(, "probability": ")" +
             std::to_string(1 + fault.strength % 20) + R"(%")";
    case kSlowDisk:
      return R"("slow_disk": )" + broker(fault.target) + R"(, "factor": )" +
             std::to_string(fault.strength);
    case kPauseClient:
      return R"("pause": )" + client(fault.target);
    case kIsolateClient:
      return R"("isolate": )" + client(fault.target);
    case kPowerOff:
      return R"("power_off": )" + broker(fault.target);
    case kCrash:
      return R"("crash": )" + node(fault.target);
    case kCrashAtDiskOperation:
      return R"("crash": )" + broker(fault.target) + R"(, "at_disk_operation": )" +
             std::to_string(1 + fault.strength * 7);
    case kPause:
      return R"("pause": )" + node(fault.target);
    case kIsolate:
      return R"("isolate": )" + node(fault.target);
    case kPartition:
      return R"("partition": )" + sides(fault);
    case kPartitionOneWay:
      return R"("partition": )" + sides(fault) + R"(, "one_way": true)";
    default:
      return R"("restart_rolling": "all", "down": "1s", "settle": "5s")";
  }
}

std::string fault_text(const DrawnFault& fault) {
  std::string text = R"({"at": )" + millis(fault.at_ms) + ", " + verb_text(fault);
  if (fault.verb != kRestartRolling) text += R"(, "for": )" + millis(fault.lasts_ms);
  return text + "}";
}

rc::Gen<DrawnFault> any_fault(bool gentle) {
  return rc::gen::map(
      rc::gen::tuple(gentle ? rc::gen::inRange<int>(0, kPowerOff)
                            : rc::gen::suchThat(rc::gen::inRange<int>(0, kVerbs),
                                                [](int verb) { return verb != kPowerOff; }),
                     rc::gen::inRange(0, 42), rc::gen::inRange(0, 2),
                     rc::gen::inRange(0, kLoadMillis), rc::gen::inRange(1, kLastsAtMostMillis),
                     rc::gen::inRange(1, 60)),
      [](const std::tuple<int, int, int, int, int, int>& drawn) {
        auto [verb, target, other, at, lasts, strength] = drawn;
        return DrawnFault{verb, target, other, at, lasts, strength};
      });
}

}  // namespace

std::string scenario_of(const DrawnSchedule& schedule) {
  std::string faults;
  for (const DrawnFault& fault : schedule.faults) {
    faults += (faults.empty() ? "\n    " : ",\n    ") + fault_text(fault);
  }
  return R"({
  "name": "any_faults", "seed": )" +
         std::to_string(schedule.seed) + R"(, "duration": "15s",
  "cluster": {"brokers": 3, "controllers": 1},
  "topics": {"orders": {"partitions": 2, "replication.factor": 3,
                        "config": {"min.insync.replicas": 2}}},
  "producers": {"checkout": {"count": 1, "topic": "orders", "rate": "100/s",
                             "value": {"size": "100B"},
                             "config": {"acks": "all", "enable.idempotence": true}}},
  "consumers": {"billing": {"topics": ["orders"], "assignment": "static",
                            "config": {"auto.offset.reset": "earliest"}}},
  "faults": [)" +
         faults + R"(
  ],
  "expect": ["lost == 0", "duplicated == 0", "reordered == 0", "unclean_elections == 0"]
}
)";
}

rc::Gen<DrawnSchedule> any_schedule() {
  return rc::gen::exec([] {
    DrawnSchedule schedule;
    schedule.seed = *rc::gen::inRange(1, 1'000'000);
    schedule.fork_at_ms = *rc::gen::inRange(0, kLoadMillis);
    bool with_power_loss = *rc::gen::inRange(0, 4) == 0;
    int count = *rc::gen::inRange(with_power_loss ? 1 : 2, with_power_loss ? 5 : 6);
    schedule.faults = *rc::gen::container<std::vector<DrawnFault>>(static_cast<size_t>(count),
                                                                   any_fault(with_power_loss));
    if (with_power_loss) {
      DrawnFault loss = *any_fault(true);
      loss.verb = kPowerOff;
      schedule.faults.push_back(loss);
    }
    return schedule;
  });
}

}  // namespace tests
