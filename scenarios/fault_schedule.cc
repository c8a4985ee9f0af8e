// SPDX-License-Identifier: Apache-2.0

#include "scenarios/fault_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "scenarios/fault_catalogue.h"
#include "scenarios/kernel_faults.h"

namespace scenarios {

namespace {

constexpr sim::Duration kRollEvery = sim::Duration::millis(100);
// An election this long after a fault's end is still put down to it.
constexpr sim::Duration kAftermath = sim::Duration::seconds(10);

void add(sim::FaultBite& total, const sim::FaultBite& more) {
  sim::FaultBite::fields([&](std::string_view, auto member) { total.*member += more.*member; });
}

// When a fault that began at `began` ends; nothing: never.
std::optional<sim::SimTime> end_of(const FaultPlan& plan, sim::SimTime began) {
  if (!plan.lasts) return plan.until;
  sim::SimTime end = began + *plan.lasts;
  return plan.until ? std::min(end, *plan.until) : end;
}

bool hits_clients(FaultVerb verb) { return card_of(verb).hits != FaultCard::Hits::kNodes; }

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
    if (plans[i].when) {
      schedule({plans[i].at, Act::kWatch, plans[i].text, static_cast<int32_t>(i), 0, 0});
      continue;
    }
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

void FaultSchedule::watch(const Due& due) {
  Watch watch{due.plan, due.content};
  auto place =
      std::upper_bound(watches_.begin(), watches_.end(), watch, [](const Watch& a, const Watch& b) {
        return std::tie(a.content, a.plan) < std::tie(b.content, b.plan);
      });
  watches_.insert(place, std::move(watch));
}

// Each time that the condition becomes true counts, but for those while the fault is at work.
void FaultSchedule::look(const std::vector<FaultPlan>& plans, const Recorder& recorder,
                         sim::SimTime now) {
  std::erase_if(watches_, [&](const Watch& watch) {
    const FaultPlan& plan = plans[static_cast<size_t>(watch.plan)];
    return watch.occurrences == plan.times || (plan.until && *plan.until <= now);
  });
  for (Watch& watch : watches_) {
    const FaultPlan& plan = plans[static_cast<size_t>(watch.plan)];
    std::optional<int64_t> value = recorder.current(*plan.when);
    bool holds = value && compare(*value, plan.when->op, plan.when->value);
    bool became = !std::exchange(watch.held, holds) && holds;
    bool at_work = std::any_of(runs_.begin(), runs_.end(), [&](const FaultRun& run) {
      return run.plan == watch.plan && !run.ended && plan.verb != FaultVerb::kCorruptDisk;
    });
    if (!became || at_work) continue;
    schedule({now, Act::kBegin, plan.text, watch.plan, watch.occurrences++, 0});
  }
}

void FaultSchedule::act(const std::vector<FaultPlan>& plans, const models::Cluster& cluster,
                        const Recorder& recorder, sim::World& world) {
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
      case Act::kWatch:
        watch(due);
        look(plans, recorder, world.now());
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
        bool is_named = target.kind == Target::Kind::kBroker ||
                        target.kind == Target::Kind::kClient || target.node != 0;
        if (hit.node == models::kNoNode && !hits_clients(plan.verb)) continue;  // Of a zone.
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
  for (size_t i = 0; i < sides.size(); ++i) {
    bool anybody = plan.verb != FaultVerb::kRestartRolling && plan.sides[i].empty();
    if (sides[i].empty() && !anybody) return;  // Told as a warning.
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
  for (sim::Fault& fault : kernel_faults(plan, sides, cluster.log_directories(), world))
    run.kernel.push_back(world.begin_fault(std::move(fault)));
  if (!run.kernel.empty()) run.event = world.fault_event(run.kernel.front());
  size_t index = runs_.size();
  runs_.push_back(std::move(run));
  if (plan.verb == FaultVerb::kRestartRolling) {
    begin_rolling({due.at, Act::kRoll, plan.text, due.plan, due.occurrence, index},
                  std::move(sides.front()), world);
  } else if (auto end = end_of(plan, due.at)) {
    schedule({*end, Act::kEnd, plan.text, due.plan, due.occurrence, index});
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
    for (sim::FaultId fault : run.kernel) add(run.bite, world.bite_of(fault));
  }
}

std::vector<std::string> FaultSchedule::warnings(const std::vector<FaultPlan>& plans) const {
  std::vector<std::string> all = warnings_;
  for (size_t i = 0; i < plans.size(); ++i) {
    bool happened = std::any_of(runs_.begin(), runs_.end(), [&](const FaultRun& run) {
      return run.plan == static_cast<int32_t>(i);
    });
    if (plans[i].when && !happened)
      all.push_back(fmt::format("{}: never happened, {} did not become true", plans[i].text,
                                plans[i].when->text));
  }
  return all;
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
