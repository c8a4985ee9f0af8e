// SPDX-License-Identifier: Apache-2.0

#include "scenarios/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/node/client_node.h"
#include "scenarios/build.h"
#include "scenarios/expectations.h"
#include "scenarios/format.h"
#include "scenarios/loader_parts.h"
#include "sim/check.h"

namespace scenarios {

namespace {

models::ClusterSpec spec_of(const Scenario& scenario, const RunOptions& options) {
  models::ClusterSpec spec = cluster_spec_of(scenario);
  spec.observed = options.invariants;
  return spec;
}

sim::WorldOptions world_options(const Scenario& scenario, const RunOptions& options) {
  sim::WorldOptions world;
  world.seed = options.seed.value_or(scenario.seed);
  world.start = sim::SimTime() - Run::kWarmUp;
  world.ring = options.ring;
  return world;
}

// "billing-2" of plan "billing"; the plan whose member has this name.
template <class Plans>
std::string plan_of(const std::string& client, const Plans& plans) {
  for (const auto& plan : plans) {
    if (client == plan.name) return plan.name;
    bool is_member = client.size() > plan.name.size() && client.starts_with(plan.name) &&
                     client.rfind('-') == plan.name.size();
    if (is_member) return plan.name;
  }
  return client;
}

}  // namespace

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::kWarmUp:
      return "warm-up";
    case Phase::kLoad:
      return "load";
    case Phase::kDrain:
      return "drain";
    case Phase::kAudit:
      return "audit";
    case Phase::kOver:
      return "over";
  }
  return "?";
}

Run::Run(std::shared_ptr<const Scenario> scenario, const RunOptions& options)
    : scenario_(std::move(scenario)),
      options_(options),
      world_(world_options(*scenario_, options)),
      cluster_(models::Cluster::build(spec_of(*scenario_, options), world_)),
      judge_(judge_options_of(*scenario_)),
      invariants_(scenario_->cluster.config.topic, options.invariants),
      faults_(scenario_->faults),
      actions_(scenario_->actions),
      phase_since_(world_.now()),
      next_tick_(sim::SimTime()) {
  members_.resize(world_.process_count());
  auto member = [&](sim::ProcessId process) -> Member& {
    return members_[static_cast<size_t>(process.value())];
  };
  for (const auto& node : cluster_.controllers())
    member(node.process) = {Role::kController, node.id, 0, "", "", false};
  for (const auto& node : cluster_.brokers())
    member(node.process) = {Role::kBroker, node.id, 0, "", "", false};
  for (const auto& client : cluster_.clients()) {
    std::string plan = client.is_producer ? plan_of(client.name, scenario_->producers)
                                          : plan_of(client.name, scenario_->consumers);
    member(client.process) = {client.is_producer ? Role::kProducer : Role::kConsumer,
                              models::kNoNode,
                              client.number,
                              plan,
                              client.name,
                              false};
  }
  int32_t consumers = 0;
  for (const ConsumerPlan& plan : scenario_->consumers) consumers += plan.count;
  member(cluster_.auditor()) = {Role::kConsumer, models::kNoNode, consumers + 1,
                                "auditor",       "auditor",       false};
  for (const Expectation& asked : scenario_->expect)
    must_converge_ |= asked.metric == "convergence";
  act_at_ = next_act();
}

sim::SimTime Run::end_of_load() const { return sim::SimTime() + scenario_->duration; }

bool Run::step() {
  if (phase_ == Phase::kOver) return false;
  try {
    return step_unchecked();
  } catch (const sim::CheckFailure& failure) {
    note_violation(models::Violation{"check", failure.what(), "check", {}, {}});
    return false;
  }
}

bool Run::step_unchecked() {
  auto next = world_.next_time();
  if (next && *next < act_at_) {
    world_.step();
    after_event();
    check_progress();
  } else {
    world_.run_until(act_at_);
    act();
  }
  return phase_ != Phase::kOver;
}

void Run::check_progress() {
  uint64_t events = world_.events_run();
  if (events > options_.max_events) return stall("the run hit its event limit");
  if (world_.now() != instant_) {
    instant_ = world_.now();
    events_before_instant_ = events;
  } else if (events - events_before_instant_ > options_.max_events_at_one_instant) {
    sim::ProcessId last = world_.last().process;
    std::string who = last.value() < 0 ? "the network" : world_.name_of(last);
    stall(fmt::format("time stands still: {} events at one instant, the last one at {}",
                      options_.max_events_at_one_instant, who));
  }
}

// --- After each event: what nodes tell goes to the judge, the recorder and the invariants ---

void Run::after_event() {
  take_event();
  look_for_conditions();
}

// Faults that wait for a condition begin right after the event that made it true.
void Run::look_for_conditions() {
  if (!faults_.is_watching() || recorder_.changes() == changes_seen_) return;
  changes_seen_ = recorder_.changes();
  faults_.look(scenario_->faults, recorder_, world_.now());
  act_at_ = next_act();
}

void Run::take_event() {
  const sim::LastEvent& last = world_.last();
  if (last.process.value() < 0) return;
  Member& member = members_[static_cast<size_t>(last.process.value())];
  auto* node = static_cast<models::NodeShell*>(world_.find(last.process));
  if (node == nullptr) {
    auto* departed = static_cast<models::NodeShell*>(world_.find_departed(last.process));
    if (departed != nullptr) take_report(last.process, *departed);
    check_liveness();
    return;
  }
  member.was_up = member.role == Role::kBroker || member.role == Role::kProducer ||
                  member.role == Role::kController;
  if (member.role == Role::kBroker) {
    note_violation(invariants_.after_broker(static_cast<models::BrokerNode&>(*node), world_));
    // What clients are told is judged by what the broker holds then, so not if it died at it.
    note_violation(invariants_.after_answers(member.node, node->report()));
  }
  if (member.role == Role::kProducer) {
    models::ProducerId id = static_cast<models::ProducerNode&>(*node).producer().producer_id();
    if (id != std::exchange(member.producer_id, id)) producer_numbers_[id] = member.number;
  }
  if (!node->report().empty()) take_report(last.process, *node);
  if (member.role == Role::kController)
    check_controller(static_cast<const models::ControllerNode&>(*node), member.node);
  if (options_.recheck_every != 0 && world_.events_run() % options_.recheck_every == 0)
    note_violation(invariants_.recheck(cluster_, world_));
}

void Run::check_controller(const models::ControllerNode& controller, models::NodeId node) {
  note_violation(invariants_.after_controller(controller, node, world_));
  recorder_.on_controller(node, controller.controller().is_active(), world_.now());
  const models::MetadataImage& image = controller.controller().committed_image();
  if (image.next_offset <= image_offset_) return;  // Another controller was first.
  image_offset_ = image.next_offset;
  recorder_.on_image(image, world_.now());
}

void Run::take_report(sim::ProcessId process, models::NodeShell& node) {
  const Member& member = members_[static_cast<size_t>(process.value())];
  for (const models::NodeReport::Told& told : node.report().notes) {
    recorder_.on_note(told, member.node, member.role == Role::kController, world_.now());
    if (told.note.what == "admin_done") on_action_done(told);
  }
  const std::vector<Recorder::Election>& elections = recorder_.elections();
  for (; elections_seen_ < elections.size(); ++elections_seen_) {
    const Recorder::Election& election = elections[elections_seen_];
    if (election.from != models::kNoNode) faults_.on_leadership_lost(election.from, election.at);
  }
  for (const models::NodeReport::Saw& saw : node.report().history) take_client_event(process, saw);
  node.report().clear();
}

void Run::on_action_done(const models::NodeReport::Told& told) {
  const ActionRun* action = actions_.on_done(told.note, world_.now());
  if (action == nullptr) return;
  std::string refused = action->errors.empty() ? "" : "refused: " + action->errors;
  recorder_.add({action->at, action->event, "action", action->text, std::move(refused), "",
                 action->errors.empty() ? "done" : "refused"});
}

void Run::take_client_event(sim::ProcessId process, const models::NodeReport::Saw& saw) {
  const Member& member = members_[static_cast<size_t>(process.value())];
  if (member.role == Role::kProducer) {
    judge_.on_producer(member.number, saw.seen, world_.now(), saw.event);
  } else {
    judge_.on_consumer(member.number, saw.seen, world_.now(), saw.event);
  }
  if (listener_.to != nullptr)
    listener_.to->on_client_event(saw.event, world_.now(), member.name, saw.seen);
}

// Whether the broker that was on this host has left the mark of an orderly shutdown.
bool Run::has_shut_down(sim::HostId host) {
  sim::Rng rng;
  sim::DiskView disk = sim::DiskView::observer(world_.disk(host), world_.now(), rng);
  const std::vector<std::string>& directories = cluster_.log_directories();
  return std::all_of(directories.begin(), directories.end(), [&](const std::string& directory) {
    return disk.exists(directory + "/" + std::string(models::kCleanShutdownFile));
  });
}

// Brokers and producers that died since last looked at.
void Run::check_liveness() {
  for (size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    sim::ProcessId process(static_cast<int32_t>(i));
    bool had_power = std::exchange(member.had_power, !world_.is_off(world_.host_of(process)));
    if (!member.was_up && member.role == Role::kBroker && had_power && !member.had_power)
      invariants_.on_broker_down(member.node, /*lost_power=*/true, /*clean=*/false);
    if (!member.was_up || world_.is_up(process)) continue;
    member.was_up = false;
    if (member.role == Role::kProducer) judge_.on_producer_died(member.number, world_.now());
    if (member.role == Role::kController) {
      invariants_.on_controller_down(member.node);
      recorder_.on_controller(member.node, false, world_.now());
    }
    if (member.role != Role::kBroker) continue;
    sim::HostId host = world_.host_of(process);
    bool lost_power = world_.is_off(host);
    faults_.on_broker_down(member.node, world_);
    invariants_.on_broker_down(member.node, lost_power, !lost_power && has_shut_down(host));
  }
}

// Disks that lie or rot since last looked.
void Run::check_disks() {
  for (; bad_disks_seen_ < faults_.runs().size(); ++bad_disks_seen_) {
    const FaultRun& fault = faults_.runs()[bad_disks_seen_];
    bool rots = verb_of(fault) == FaultVerb::kCorruptDisk;
    if (!rots && verb_of(fault) != FaultVerb::kLyingDisk) continue;
    for (models::NodeId node : fault.nodes) {
      invariants_.on_bad_disk(cluster_, node, rots,
                              scenario_->faults[static_cast<size_t>(fault.plan)].in);
    }
  }
}

void Run::note_violation(std::optional<models::Violation> violation) {
  if (!violation || violation_) return;
  violation->at = world_.now();
  violation->event = world_.last().id;
  violation_ = std::move(violation);
  enter(Phase::kOver);
}

void Run::stall(std::string why) {
  stalled_ = std::move(why);
  enter(Phase::kOver);
}

// --- The scenario's own steps ---

void Run::act() {
  if (options_.until && world_.now() >= *options_.until) {
    enter(Phase::kOver);
    return;
  }
  if (faults_.next() && *faults_.next() <= world_.now()) {
    faults_.act(scenario_->faults, cluster_, recorder_, world_);
    check_disks();
    check_liveness();
  }
  while (actions_.next() && *actions_.next() <= world_.now())
    actions_.act(scenario_->actions, cluster_, world_);
  if (world_.now() >= next_tick_) tick();
  look_for_conditions();
  act_at_ = next_act();
}

sim::SimTime Run::next_act() const {
  sim::SimTime due = next_tick_;
  if (auto fault = faults_.next()) due = std::min(due, *fault);
  if (auto action = actions_.next()) due = std::min(due, *action);
  if (options_.until) due = std::min(due, *options_.until);
  return due;
}

void Run::enter(Phase phase) {
  phase_ = phase;
  phase_since_ = world_.now();
}

void Run::tick() {
  next_tick_ = world_.now() + kTick;
  sample();
  sim::Duration since = world_.now() - phase_since_;
  if (phase_ == Phase::kWarmUp) {
    auto* admin = static_cast<const models::AdminNode*>(world_.find(cluster_.admin()));
    if (admin != nullptr && admin->admin().done()) return enter(Phase::kLoad);
    std::string why = admin != nullptr ? admin->admin().refused() : "";
    stall("the cluster did not come up within 10 s" + (why.empty() ? "" : ": " + why));
  } else if (phase_ == Phase::kLoad && world_.now() >= end_of_load()) {
    faults_.stop_watching();
    enter(Phase::kDrain);
  } else if (phase_ == Phase::kDrain && (has_settled() || since >= kDrainAtMost)) {
    enter(Phase::kAudit);
    world_.boot(cluster_.auditor());
  } else if (phase_ == Phase::kAudit) {
    auto* auditor = static_cast<const models::ConsumerNode*>(world_.find(cluster_.auditor()));
    audited_ = auditor != nullptr && auditor->consumer().caught_up();
    if (audited_ && is_quiet()) note_violation(invariants_.on_idle(cluster_, world_));
    if (audited_ || since >= kAuditAtMost) enter(Phase::kOver);
  }
}

// Nothing is left to wait for before the audit.
bool Run::has_settled() {
  sim::SimTime since = phase_since_;
  for (const FaultRun& fault : faults_.runs()) since = std::max(since, fault.ended.value_or(since));
  convergence_.waited = world_.now() - since;
  convergence_.missing = unsettled();
  if (!convergence_.missing.empty()) return false;
  convergence_.after = convergence_.waited;
  return true;
}

std::string Run::unsettled() const {
  if (!faults_.is_over()) return "a fault is not over";
  if (!actions_.is_over()) return "an action is not over";
  if (!is_quiet()) return "clients have not delivered and read everything";
  return must_converge_ ? not_at_rest(cluster_, world_) : "";
}

bool Run::is_quiet() const {
  for (size_t i = 0; i < members_.size(); ++i) {
    const sim::Process* process = world_.find(sim::ProcessId(static_cast<int32_t>(i)));
    if (process == nullptr) continue;
    if (members_[i].role == Role::kProducer) {
      if (!static_cast<const models::ProducerNode*>(process)->producer().idle()) return false;
    } else if (members_[i].role == Role::kConsumer) {
      if (lag_of(static_cast<const models::ConsumerNode*>(process)->consumer()) > 0) return false;
    }
  }
  return true;
}

models::Offset Run::high_watermark(const models::TopicPartition& partition) const {
  models::Offset highest{0};
  for (const models::Cluster::Node& each : cluster_.brokers()) {
    auto* broker = static_cast<const models::BrokerNode*>(world_.find(each.process));
    if (broker == nullptr) continue;
    const models::HostedPartition* replica = broker->replica_manager().find(partition);
    if (replica != nullptr) highest = std::max(highest, replica->log.high_watermark());
  }
  return highest;
}

int64_t Run::lag_of(const models::Consumer& consumer) const {
  int64_t lag = 0;
  for (const models::TopicPartition& partition : consumer.assignment()) {
    models::Offset position = consumer.position(partition);
    if (position == models::kNoOffset) continue;  // It has not begun to read.
    lag += std::max<int64_t>(0, high_watermark(partition) - position);
  }
  return lag;
}

void Run::sample() {
  sim::SimTime now = world_.now();
  auto counters = [&](const std::string& plan, const std::string& argument) {
    recorder_.sample("produced", argument, now, judge_.produced(plan));
    recorder_.sample("acknowledged", argument, now, judge_.acknowledged(plan));
    recorder_.sample("failed", argument, now, judge_.failed(plan));
  };
  counters("", "");
  for (const ProducerPlan& plan : scenario_->producers) counters(plan.name, plan.name);
  recorder_.sample("consumed", "", now, judge_.consumed());
  for (const ConsumerPlan& plan : scenario_->consumers) {
    recorder_.sample("consumed", plan.name, now, judge_.consumed(plan.name));
    int64_t lag = 0;
    for (size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].role != Role::kConsumer || members_[i].plan != plan.name) continue;
      auto* node = static_cast<const models::ConsumerNode*>(
          world_.find(sim::ProcessId(static_cast<int32_t>(i))));
      if (node != nullptr) lag += lag_of(node->consumer());
    }
    recorder_.sample("lag", plan.name, now, lag);
  }
}

// --- The end ---

Outcome Run::outcome_of(const RunResult& result, bool interrupted) const {
  if (violation_) return Outcome::kInvariant;
  if (interrupted) return Outcome::kInterrupted;
  if (!stalled_.empty()) return Outcome::kStalled;
  using State = CheckedExpectation::State;
  auto any = [&](State state) {
    return std::any_of(result.expectations.begin(), result.expectations.end(),
                       [&](const CheckedExpectation& checked) { return checked.state == state; });
  };
  if (any(State::kBroken) || result.broken_promises > 0) return Outcome::kFailed;
  // Without expectations it is the clients for which the run was made.
  bool has_clients = !scenario_->producers.empty() || !scenario_->consumers.empty();
  bool nothing_judged = result.expectations.empty() && has_clients && result.acknowledged == 0;
  return any(State::kUnknown) || nothing_judged ? Outcome::kNotJudged : Outcome::kPassed;
}

std::string Run::cut_short(bool interrupted) const {
  std::string when = clock_of(world_.now());
  if (violation_)
    return "an invariant was broken at " + clock_of(violation_->at) + ", which ended the run";
  if (interrupted) return "the run was interrupted at " + when;
  if (!stalled_.empty()) return "the run stalled at " + when;
  bool stopped = options_.until && world_.now() >= *options_.until;
  return stopped ? "the run was stopped at " + when + " (--until)" : "";
}

// visit(partition) for each that has a replica on the node.
template <class Visit>
void Run::for_each_partition_on(models::NodeId node, const Visit& visit) const {
  const models::MetadataImage* image = metadata_of(cluster_, world_);
  if (image == nullptr) return;
  for (const auto& [topic, registration] : image->topics) {
    for (size_t p = 0; p < registration.partitions.size(); ++p) {
      if (registration.partitions[p].has_replica(node))
        visit(models::TopicPartition{topic, static_cast<int32_t>(p)});
    }
  }
}

FaultVerb Run::verb_of(const FaultRun& fault) const {
  return scenario_->faults[static_cast<size_t>(fault.plan)].verb;
}

bool Run::disk_lied(models::NodeId node, sim::SimTime at) const {
  for (const FaultRun& fault : faults_.runs()) {
    bool lasts = fault.began <= at && (!fault.ended || *fault.ended >= at);
    bool here = std::find(fault.nodes.begin(), fault.nodes.end(), node) != fault.nodes.end();
    if (verb_of(fault) == FaultVerb::kLyingDisk && lasts && here) return true;
  }
  return false;
}

// What disks lost: tails with the power, and bits that rotted.
void Run::add_disk_facts(models::RunFacts& facts) const {
  for (const FaultRun& fault : faults_.runs()) {
    for (size_t i = 0; i < std::min(fault.kernel.size(), fault.nodes.size()); ++i) {
      const sim::FaultBite& bite = world_.fault_state(fault.kernel[i]).bite;
      models::NodeId node = fault.nodes[i];
      for_each_partition_on(node, [&](const models::TopicPartition& partition) {
        if (takes_power(verb_of(fault)) && bite.bytes_lost > 0) {
          facts.lost_tails.push_back(
              {partition, node, fault.began, fault.event, disk_lied(node, fault.began)});
        }
        if (verb_of(fault) == FaultVerb::kCorruptDisk && bite.places_corrupted > 0)
          facts.rot.push_back({partition, node, fault.began, fault.event});
      });
    }
  }
}

models::RunFacts Run::facts() const {
  models::RunFacts facts;
  add_disk_facts(facts);
  facts.log_starts = recorder_.log_starts();
  facts.unknown_producers = recorder_.unknown_producers();
  for (models::UnknownProducer& fact : facts.unknown_producers) {
    auto found = producer_numbers_.find(fact.producer_id);
    if (found != producer_numbers_.end()) fact.producer = found->second;
  }
  facts.forgotten_batches = recorder_.forgotten_batches();
  for (const Recorder::Election& election : recorder_.elections()) {
    if (election.to == models::kNoNode) continue;
    facts.elections.push_back({election.partition, election.at, election.event, election.unclean});
  }
  for (const Recorder::Truncation& cut : recorder_.truncations()) {
    facts.cuts.push_back({cut.partition, cut.to, cut.records, cut.at, cut.event});
  }
  // Topics that an action made have no producers, and nothing is promised of them.
  auto only_judged = [&](auto& list) {
    std::erase_if(list, [&](const auto& fact) {
      return find_topic(*scenario_, fact.partition.topic) == nullptr;
    });
  };
  only_judged(facts.lost_tails);
  only_judged(facts.rot);
  only_judged(facts.log_starts);
  only_judged(facts.unknown_producers);
  only_judged(facts.forgotten_batches);
  only_judged(facts.elections);
  only_judged(facts.cuts);
  return facts;
}

// A green run must not be green for lack of trouble, nor for lack of anything to judge.
void Run::warn(RunResult& result, bool over) const {
  auto add = [&](std::string text) { result.warnings.push_back(std::move(text)); };
  for (const FaultRun& fault : result.faults) {
    if (fault.nothing()) add(fault.text + ": bit nothing");
  }
  for (const ActionRun& action : actions_.runs()) {
    if (!action.errors.empty()) add(action.text + ": refused: " + action.errors);
    if (!action.ended) add(action.text + ": not over at the end of the run");
  }
  if (!stalled_.empty()) return;
  for (const ProducerPlan& plan : scenario_->producers) {
    if (judge_.produced(plan.name) == 0) {
      add(fmt::format("producer {} sent nothing: nothing of it was judged", plan.name));
    } else if (judge_.acknowledged(plan.name) == 0) {
      add(fmt::format("producer {} was never acknowledged: nothing of it was judged", plan.name));
    }
  }
  for (const ConsumerPlan& plan : scenario_->consumers) {
    if (judge_.consumed(plan.name) == 0)
      add(fmt::format("consumer {} was given nothing: nothing of it was judged", plan.name));
  }
  if (over && !audited_) add("the auditor could not read every partition to its end within 60 s");
  if (over && judge_.undecided() > 0) {
    add(fmt::format("{} of the records sent were neither acknowledged nor failed at the end",
                    with_commas(judge_.undecided())));
  }
}

RunResult Run::finish(bool interrupted) {
  RunResult result;
  sample();
  judge_.finish(world_.now(), audited_, facts());
  faults_.collect(world_);
  result.seed = options_.seed.value_or(scenario_->seed);
  result.digest = world_.finish();
  result.events = world_.events_run();
  result.simulated = std::max(world_.now() - sim::SimTime(), sim::Duration());
  result.stalled = stalled_;
  result.violation = violation_;
  std::copy_n(world_.counters().begin(), result.marks.size(), result.marks.begin());
  result.faults = faults_.runs();
  result.timeline = recorder_.timeline();
  result.produced = judge_.produced();
  result.acknowledged = judge_.acknowledged();
  result.failed = judge_.failed();
  result.consumed = judge_.consumed();
  result.latencies = judge_.latencies();
  result.audited = audited_;
  result.anomalies = judge_.anomalies();
  result.anomaly_counts = judge_.anomaly_counts();
  result.removals = judge_.removal_counts();
  for (const models::AnomalyCount& count : result.anomaly_counts)
    result.broken_promises += count.permitted_by.empty() ? count.total : 0;
  std::string cut = cut_short(interrupted);
  result.expectations = check_expectations(*scenario_, recorder_, judge_,
                                           {world_.now(), cut, result.faults, convergence_});
  result.figures =
      measure(*scenario_, recorder_, judge_, {world_.now(), {}, result.faults, convergence_});
  result.warnings = faults_.warnings(scenario_->faults);
  warn(result, cut.empty());
  result.outcome = outcome_of(result, interrupted);
  return result;
}

RunResult run_scenario(std::shared_ptr<const Scenario> scenario, const RunOptions& options,
                       const std::atomic<bool>* stop) {
  Run run(std::move(scenario), options);
  int64_t steps = 0;
  while (run.step()) {
    if (stop != nullptr && (++steps & 0xfff) == 0 && stop->load()) return run.finish(true);
  }
  return run.finish();
}

}  // namespace scenarios
