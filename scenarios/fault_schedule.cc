// SPDX-License-Identifier: Apache-2.0

#include "scenarios/fault_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "scenarios/format.h"

namespace scenarios {

namespace {

constexpr sim::Duration kRollEvery = sim::Duration::millis(100);
// An election this long after a fault's end is still put down to it.
constexpr sim::Duration kAftermath = sim::Duration::seconds(10);

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
std::pair<std::vector<sim::HostId>, std::vector<sim::HostId>> ends_of(
    const std::vector<std::vector<Hit>>& sides, const sim::World& world) {
  std::vector<sim::HostId> from = hosts_of(sides.front(), world);
  if (sides.size() > 1) return {from, hosts_of(sides[1], world)};
  return {from, from.size() > 1 ? from : all_hosts(world)};
}

std::vector<sim::Fault> kernel_faults(const FaultPlan& plan,
                                      const std::vector<std::vector<Hit>>& sides,
                                      const sim::World& world) {
  std::vector<sim::Fault> faults;
  auto each = [&](auto make) {
    for (const Hit& hit : sides.front()) faults.push_back(make(hit));
  };
  switch (plan.verb) {
    case FaultVerb::kCrash:
      each([&](const Hit& hit) { return sim::Crash{hit.process, plan.at_disk_operation}; });
      break;
    case FaultVerb::kPowerOff:
      each([&](const Hit& hit) { return sim::PowerOff{world.host_of(hit.process)}; });
      break;
    case FaultVerb::kPause:
      each([&](const Hit& hit) { return sim::Pause{hit.process}; });
      break;
    case FaultVerb::kIsolate:
      each([&](const Hit& hit) { return sim::Isolate{world.host_of(hit.process)}; });
      break;
    case FaultVerb::kSlowDisk:
      each([&](const Hit& hit) { return sim::SlowDisk{world.host_of(hit.process), plan.factor}; });
      break;
    case FaultVerb::kFailingDisk:
      each([&](const Hit& hit) {
        return sim::FailingDisk{.host = world.host_of(hit.process),
                                .reads = plan.fails_reads,
                                .writes = plan.fails_writes};
      });
      break;
    case FaultVerb::kFullDisk:
      each([&](const Hit& hit) {
        return sim::FullDisk{.host = world.host_of(hit.process), .free_bytes = plan.free_bytes};
      });
      break;
    case FaultVerb::kLyingDisk:
      each([&](const Hit& hit) { return sim::LyingDisk{.host = world.host_of(hit.process)}; });
      break;
    case FaultVerb::kCorruptDisk:
      each([&](const Hit& hit) {
        return sim::CorruptDisk{.host = world.host_of(hit.process),
                                .prefix = fmt::format("{}/{}{}", models::kLogDirectory, plan.in,
                                                      plan.in.empty() ? "" : "/"),
                                .suffix = plan.file,
                                .zeroes_pages = plan.zeroed_page,
                                .count = plan.count};
      });
      break;
    case FaultVerb::kPartition: {
      sim::Partition partition;
      for (const std::vector<Hit>& side : sides) partition.sides.push_back(hosts_of(side, world));
      partition.one_way = plan.one_way;
      faults.push_back(std::move(partition));
      break;
    }
    case FaultVerb::kSlowLink: {
      auto [from, to] = ends_of(sides, world);
      faults.push_back(sim::SlowLink{from, to, plan.factor, plan.added});
      break;
    }
    case FaultVerb::kLossyLink: {
      auto [from, to] = ends_of(sides, world);
      faults.push_back(sim::LossyLink{from, to, plan.loss});
      break;
    }
    case FaultVerb::kRestartRolling:
      break;
  }
  return faults;
}

void add(sim::FaultBite& total, const sim::FaultBite& more) {
  sim::FaultBite::fields([&](std::string_view, auto member) { total.*member += more.*member; });
}

// 3/2 -> "1.5"
std::string decimal(sim::Ratio ratio, int64_t scale = 1) {
  return fmt::format("{:g}", static_cast<double>(ratio.numerator) * static_cast<double>(scale) /
                                 static_cast<double>(ratio.denominator));
}

// What makes the fault, beside its targets: "one way", "factor 5, latency +20 ms".
std::string strength_of(const FaultPlan& plan) {
  std::string text;
  auto add = [&](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  if (plan.one_way) add("one way");
  bool slows = plan.verb == FaultVerb::kSlowDisk || plan.verb == FaultVerb::kSlowLink;
  if (slows && !plan.factor.is_one()) add("factor " + decimal(plan.factor));
  if (plan.added > sim::Duration()) add("latency +" + text_of(plan.added));
  if (plan.verb == FaultVerb::kLossyLink) add("probability " + decimal(plan.loss, 100) + "%");
  return text;
}

// "crash broker 2 (leader of orders-0)"; "partition broker 1 | broker 2, broker 3, one way"
std::string text_of(const FaultPlan& plan, const std::vector<std::vector<Hit>>& sides) {
  std::string names;
  for (const std::vector<Hit>& side : sides) {
    if (!names.empty()) names += plan.one_way ? " -> " : " | ";
    std::string separator;
    for (const Hit& hit : side) {
      names += std::exchange(separator, ", ") + hit.name;
      if (!hit.role.empty()) names += " (" + hit.role + ")";
    }
  }
  std::string text = fmt::format("{} {}", name_of(plan.verb), names);
  if (plan.at_disk_operation > 0)
    text += fmt::format(" at disk operation {}", plan.at_disk_operation);
  std::string strength = strength_of(plan);
  return strength.empty() ? text : text + ", " + strength;
}

bool all_in_sync(const models::MetadataImage* image) {
  if (image == nullptr) return false;
  for (const auto& [name, topic] : image->topics) {
    for (const models::PartitionRegistration& partition : topic.partitions) {
      if (partition.isr.size() < partition.replicas.size()) return false;
    }
  }
  return true;
}

}  // namespace

FaultSchedule::FaultSchedule(const std::vector<FaultPlan>& plans) {
  for (size_t i = 0; i < plans.size(); ++i) {
    for (int32_t n = 0; n < plans[i].times; ++n)
      schedule({plans[i].at + plans[i].every * n, Act::kBegin, plans[i].text,
                static_cast<int32_t>(i), n, 0});
  }
}

void FaultSchedule::schedule(Due due) {
  auto place = std::upper_bound(due_.begin(), due_.end(), due,
                                [](const Due& a, const Due& b) { return a.key() > b.key(); });
  due_.insert(place, std::move(due));
}

std::optional<sim::SimTime> FaultSchedule::next() const {
  if (due_.empty()) return std::nullopt;
  return due_.back().at;
}

void FaultSchedule::act(const std::vector<FaultPlan>& plans, const models::Cluster& cluster,
                        sim::World& world) {
  while (!due_.empty() && due_.back().at <= world.now()) {
    Due due = std::move(due_.back());
    due_.pop_back();
    const FaultPlan& plan = plans[static_cast<size_t>(due.plan)];
    switch (due.act) {
      case Act::kBegin:
        begin(due, plan, cluster, world);
        break;
      case Act::kEnd:
        end(runs_[due.run], world);
        break;
      case Act::kRoll:
        roll(due.run, plan, cluster, world);
        break;
    }
  }
}

std::vector<std::vector<Hit>> FaultSchedule::resolve_sides(const Due& due, const FaultPlan& plan,
                                                           const models::Cluster& cluster,
                                                           const sim::World& world) {
  sim::Rng rng = world.root_rng().stream("fault", sim::stable_hash(plan.text),
                                         static_cast<uint64_t>(due.at.nanos()));
  std::vector<std::vector<Hit>> sides;
  for (const std::vector<Target>& targets : plan.sides) {
    std::vector<Hit>& side = sides.emplace_back();
    for (const Target& target : targets) {
      std::vector<Hit> hits = resolve(target, cluster, world, rng);
      if (hits.empty())
        warnings_.push_back(
            fmt::format("{}: \"{}\" names nothing at that time", plan.text, target.text));
      for (Hit& hit : hits) {
        bool is_named =
            target.kind == Target::Kind::kBroker || target.kind == Target::Kind::kClient;
        if (!is_named) hit.role = target.text;
        auto same = [&](const Hit& other) { return other.process == hit.process; };
        if (std::none_of(side.begin(), side.end(), same)) side.push_back(std::move(hit));
      }
    }
  }
  return sides;
}

void FaultSchedule::begin(const Due& due, const FaultPlan& plan, const models::Cluster& cluster,
                          sim::World& world) {
  std::vector<std::vector<Hit>> sides = resolve_sides(due, plan, cluster, world);
  if (plan.verb == FaultVerb::kRestartRolling && sides.empty()) {
    sides.emplace_back();
    for (const models::Cluster::Node& broker : cluster.brokers())
      sides.front().push_back({broker.process, broker.id, world.name_of(broker.process)});
  }
  for (const std::vector<Hit>& side : sides) {
    if (side.empty()) return;  // Told as a warning.
  }
  FaultRun run;
  run.plan = due.plan;
  run.occurrence = due.occurrence;
  run.began = world.now();
  run.waits = plan.at_disk_operation > 0;
  run.text = plan.verb == FaultVerb::kRestartRolling ? plan.text : text_of(plan, sides);
  for (const std::vector<Hit>& side : sides) {
    for (const Hit& hit : side) {
      if (hit.node == models::kNoNode) continue;
      run.nodes.push_back(hit.node);
      bool at_once = plan.verb != FaultVerb::kRestartRolling;
      if (at_once && world.is_up(hit.process)) run.struck.push_back(hit.node);
    }
  }
  for (sim::Fault& fault : kernel_faults(plan, sides, world))
    run.kernel.push_back(world.begin_fault(std::move(fault)));
  if (!run.kernel.empty()) run.event = world.fault_event(run.kernel.front());
  size_t index = runs_.size();
  runs_.push_back(std::move(run));
  if (plan.verb == FaultVerb::kRestartRolling) {
    begin_rolling({due.at, Act::kRoll, plan.text, due.plan, due.occurrence, index},
                  std::move(sides.front()), world);
  } else if (plan.lasts) {
    schedule({due.at + *plan.lasts, Act::kEnd, plan.text, due.plan, due.occurrence, index});
  }
}

void FaultSchedule::end(FaultRun& run, sim::World& world) {
  for (sim::FaultId fault : run.kernel) world.end_fault(fault);
  run.ended = world.now();
}

void FaultSchedule::on_leadership_lost(models::NodeId node, sim::SimTime at) {
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    bool in_time = !run->ended || at <= *run->ended + kAftermath;
    // Who was dead already was not struck by it.
    if (!in_time || std::find(run->struck.begin(), run->struck.end(), node) == run->struck.end())
      continue;
    if (run->waits && !run->happened) continue;
    ++run->leaderships_lost;
    return;
  }
}

void FaultSchedule::on_broker_down(models::NodeId node, const sim::World& world) {
  for (FaultRun& run : runs_) {
    bool may_be = run.waits && !run.happened && !run.nodes.empty() && run.nodes.front() == node;
    if (may_be && world.fault_state(run.kernel.front()).bite.processes_stopped > 0)
      run.happened = world.now();
  }
}

void FaultSchedule::collect(const sim::World& world) {
  for (FaultRun& run : runs_) {
    run.bite = {};
    for (sim::FaultId fault : run.kernel) add(run.bite, world.fault_state(fault).bite);
  }
}

// --- Rolling restart: stop one, keep it down, start it, wait until all is in sync, go on ---

void FaultSchedule::begin_rolling(const Due& due, std::vector<Hit> order, sim::World& world) {
  Rolling rolling;
  rolling.run = due.run;
  rolling.order = std::move(order);
  stop_next(rolling, world);
  runs_[due.run].event = world.fault_event(rolling.fault);
  rolling_.push_back(std::move(rolling));
  Due next = due;
  next.at = world.now() + kRollEvery;
  schedule(std::move(next));
}

void FaultSchedule::stop_next(Rolling& rolling, sim::World& world) {
  const Hit& hit = rolling.order[rolling.current];
  FaultRun& run = runs_[rolling.run];
  if (world.is_up(hit.process)) {
    run.struck.push_back(hit.node);
  } else {
    run.notes.push_back(hit.name + " was down already: skipped");
  }
  rolling.fault = world.begin_fault(sim::ShutDown{hit.process});
  runs_[rolling.run].kernel.push_back(rolling.fault);
  rolling.stage = Rolling::Stage::kStopping;
  rolling.since = world.now();
}

void FaultSchedule::roll(size_t run, const FaultPlan& plan, const models::Cluster& cluster,
                         sim::World& world) {
  auto rolling = std::find_if(rolling_.begin(), rolling_.end(),
                              [&](const Rolling& each) { return each.run == run; });
  using Stage = Rolling::Stage;
  sim::Duration waited = world.now() - rolling->since;
  if (rolling->stage == Stage::kStopping) {
    if (!world.is_up(rolling->order[rolling->current].process)) {
      rolling->stage = Stage::kDown;
      rolling->since = world.now();
    }
  } else if (rolling->stage == Stage::kDown && waited >= plan.down) {
    world.end_fault(rolling->fault);
    rolling->stage = Stage::kSettling;
    rolling->since = world.now();
  } else if (rolling->stage == Stage::kSettling) {
    if (waited >= plan.settle ||
        (waited > kRollEvery && all_in_sync(metadata_of(cluster, world)))) {
      if (++rolling->current == rolling->order.size()) {
        runs_[run].ended = world.now();
        rolling_.erase(rolling);
        return;
      }
      stop_next(*rolling, world);
    }
  }
  schedule({world.now() + kRollEvery, Act::kRoll, plan.text, runs_[run].plan, runs_[run].occurrence,
            run});
}

}  // namespace scenarios
