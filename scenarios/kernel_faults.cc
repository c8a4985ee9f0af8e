// SPDX-License-Identifier: Apache-2.0

#include "scenarios/kernel_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/format.h"
#include "scenarios/values.h"

namespace scenarios {

namespace {

using Sides = std::vector<std::vector<Hit>>;

std::vector<sim::HostId> hosts_of(const std::vector<Hit>& hits, const sim::World& world) {
  std::vector<sim::HostId> hosts;
  for (const Hit& hit : hits) hosts.push_back(world.host_of(hit.process));
  std::sort(hosts.begin(), hosts.end());
  hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
  return hosts;
}

std::vector<sim::HostId> all_hosts(const sim::World& world) {
  std::vector<sim::HostId> hosts;
  for (size_t i = 0; i < world.host_count(); ++i)
    hosts.push_back(sim::HostId(static_cast<int32_t>(i)));
  return hosts;
}

// The two ends of a link fault: two sides; or one: among themselves, or one host and all others.
std::pair<std::vector<sim::HostId>, std::vector<sim::HostId>> ends_of(const Sides& sides,
                                                                      const sim::World& world) {
  std::vector<sim::HostId> from = hosts_of(sides.front(), world);
  if (sides.size() > 1) return {from, hosts_of(sides[1], world)};
  return {from, from.size() > 1 ? from : all_hosts(world)};
}

// Of one process.
sim::Fault process_fault(const FaultPlan& plan, const Hit& hit, const sim::World& world) {
  switch (plan.verb) {
    case FaultVerb::kPause:
      return sim::Pause{hit.process};
    case FaultVerb::kIsolate:
      return sim::Isolate{world.host_of(hit.process)};
    case FaultVerb::kSlowCpu:
      return sim::SlowCpu{world.host_of(hit.process), plan.factor};
    case FaultVerb::kSkewClock:
      return sim::SkewClock{world.host_of(hit.process), plan.offset, plan.drift_ppb};
    case FaultVerb::kStallClient:
      return sim::StallClient{hit.process};
    case FaultVerb::kPowerOff:
    case FaultVerb::kZoneOutage:
    case FaultVerb::kRegionOutage:
      return sim::PowerOff{world.host_of(hit.process)};
    default:  // crash, kill_client
      return sim::Crash{hit.process, plan.at_disk_operation};
  }
}

// "kafka-logs/orders-0/", of each log directory that is meant.
std::vector<std::string> rotting_files(const FaultPlan& plan,
                                       const std::vector<std::string>& log_directories) {
  std::vector<std::string> directories = {plan.log_dir};
  if (plan.log_dir.empty()) {
    directories = log_directories;
    std::string of_controllers(models::kLogDirectory);
    bool named =
        std::find(directories.begin(), directories.end(), of_controllers) != directories.end();
    if (!named) directories.push_back(std::move(of_controllers));
  }
  for (std::string& directory : directories)
    directory += fmt::format("/{}{}", plan.in, plan.in.empty() ? "" : "/");
  return directories;
}

// Of one host's disk.
sim::Fault disk_fault(const FaultPlan& plan, const std::vector<std::string>& log_directories,
                      sim::HostId host) {
  switch (plan.verb) {
    case FaultVerb::kSlowDisk:
      return sim::SlowDisk{host, plan.factor};
    case FaultVerb::kFailingDisk:
      return sim::FailingDisk{.host = host,
                              .mount = plan.log_dir,
                              .reads = plan.fails_reads,
                              .writes = plan.fails_writes};
    case FaultVerb::kFullDisk:
      return sim::FullDisk{.host = host, .mount = plan.log_dir, .free_bytes = plan.free_bytes};
    case FaultVerb::kLyingDisk:
      return sim::LyingDisk{.host = host, .mount = plan.log_dir};
    default:  // corrupt_disk
      return sim::CorruptDisk{.host = host,
                              .prefixes = rotting_files(plan, log_directories),
                              .suffix = plan.file,
                              .zeroes_pages = plan.zeroed_page,
                              .count = plan.count};
  }
}

// Between hosts.
sim::Fault network_fault(const FaultPlan& plan, const Sides& sides, const sim::World& world) {
  if (plan.verb == FaultVerb::kPartition) {
    sim::Partition partition;
    for (const std::vector<Hit>& side : sides) partition.sides.push_back(hosts_of(side, world));
    partition.one_way = plan.one_way;
    return partition;
  }
  auto [from, to] = ends_of(sides, world);
  switch (plan.verb) {
    case FaultVerb::kSlowLink:
      return sim::SlowLink{from, to, plan.factor, plan.added};
    case FaultVerb::kDrop:
      return sim::Drop{from, to, plan.message, plan.probability, plan.count};
    case FaultVerb::kDelay:
      return sim::Delay{from, to, plan.message, plan.added, plan.probability, plan.count};
    default:
      return sim::LossyLink{from, to, plan.probability};
  }
}

// 3/2 -> "1.5"
std::string decimal(sim::Ratio ratio, int64_t scale = 1) {
  return fmt::format("{:g}", static_cast<double>(ratio.numerator) * static_cast<double>(scale) /
                                 static_cast<double>(ratio.denominator));
}

std::string signed_text(sim::Duration duration) {
  bool negative = duration < sim::Duration();
  return (negative ? "-" : "+") + text_of(negative ? sim::Duration() - duration : duration);
}

// What makes the fault, beside its targets: "one way", "factor 5, latency +20 ms".
std::string strength_of(const FaultPlan& plan) {
  std::string text;
  auto add = [&](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  bool counts = plan.verb == FaultVerb::kDrop || plan.verb == FaultVerb::kDelay;
  if (plan.one_way) add("one way");
  if (!plan.factor.is_one()) add("factor " + decimal(plan.factor));
  if (plan.added > sim::Duration()) add("latency +" + text_of(plan.added));
  if (plan.offset != sim::Duration()) add("offset " + signed_text(plan.offset));
  if (plan.drift_ppb != 0) add(fmt::format("drift {}ppm", decimal({plan.drift_ppb, 1000})));
  if (!plan.probability.is_one() || plan.verb == FaultVerb::kLossyLink)
    add("probability " + decimal(plan.probability, 100) + "%");
  if (counts && plan.count > 0) add(fmt::format("{} of them", plan.count));
  return text;
}

std::string names_of(const std::vector<Hit>& side) {
  std::string names, separator;
  for (const Hit& hit : side) {
    names += std::exchange(separator, ", ") + hit.name;
    if (!hit.role.empty()) names += " (" + hit.role + ")";
  }
  return names;
}

// "AlterPartitionRequest from broker 2 to controller 3000"
std::string message_text(const FaultPlan& plan, const Sides& sides) {
  std::string text = plan.message;
  if (!sides[0].empty()) text += " from " + names_of(sides[0]);
  if (!sides[1].empty()) text += " to " + names_of(sides[1]);
  return text;
}

}  // namespace

std::vector<sim::Fault> kernel_faults(const FaultPlan& plan,
                                      const std::vector<std::vector<Hit>>& sides,
                                      const std::vector<std::string>& log_directories,
                                      const sim::World& world) {
  std::vector<sim::Fault> faults;
  switch (plan.verb) {
    case FaultVerb::kPartition:
    case FaultVerb::kSlowLink:
    case FaultVerb::kLossyLink:
    case FaultVerb::kDrop:
    case FaultVerb::kDelay:
      faults.push_back(network_fault(plan, sides, world));
      break;
    case FaultVerb::kSlowDisk:
    case FaultVerb::kFailingDisk:
    case FaultVerb::kFullDisk:
    case FaultVerb::kLyingDisk:
    case FaultVerb::kCorruptDisk:
      for (const Hit& hit : sides.front())
        faults.push_back(disk_fault(plan, log_directories, world.host_of(hit.process)));
      break;
    case FaultVerb::kRestartRolling:
      break;
    default:
      for (const Hit& hit : sides.front()) faults.push_back(process_fault(plan, hit, world));
      break;
  }
  return faults;
}

std::string text_of(const FaultPlan& plan, const std::vector<std::vector<Hit>>& sides) {
  bool outage = plan.verb == FaultVerb::kZoneOutage || plan.verb == FaultVerb::kRegionOutage;
  if (outage) return plan.text;  // Not all the names.
  std::string names;
  if (plan.message.empty()) {
    for (const std::vector<Hit>& side : sides)
      names += (names.empty() ? "" : plan.one_way ? " -> " : " | ") + names_of(side);
  } else {
    names = message_text(plan, sides);
  }
  std::string text = fmt::format("{} {}", name_of(plan.verb), names);
  if (plan.at_disk_operation > 0)
    text += fmt::format(" at disk operation {}", plan.at_disk_operation);
  if (!plan.log_dir.empty()) text += " /" + plan.log_dir;
  std::string strength = strength_of(plan);
  return strength.empty() ? text : text + ", " + strength;
}

}  // namespace scenarios
