// SPDX-License-Identifier: Apache-2.0
//
// One run of a scenario: warm-up (the cluster comes up and the topics are created before time 0),
// load and faults until the scenario's duration, drain until quiet, then an auditor reads
// everything.
//
//   Run run(scenario, {});
//   while (run.step()) {}
//   RunResult result = run.finish();
//
// A value: a copy (fork) runs on to the same bytes. A copy has no listener.

#ifndef SCENARIOS_RUN_H_
#define SCENARIOS_RUN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/btree_map.h"
#include "models/checkers/history/judge.h"
#include "models/node/broker_node.h"
#include "models/node/cluster.h"
#include "models/node/controller_node.h"
#include "scenarios/action_schedule.h"
#include "scenarios/convergence.h"
#include "scenarios/fault_schedule.h"
#include "scenarios/invariant_watch.h"
#include "scenarios/recorder.h"
#include "scenarios/run_result.h"
#include "scenarios/scenario.h"
#include "sim/world.h"

namespace scenarios {

struct RunOptions {
  std::optional<uint64_t> seed;       // Else the scenario's.
  std::optional<sim::SimTime> until;  // Stops there, without drain and audit.
  size_t ring = 0;                    // Trace records kept for failure reports.
  bool invariants = true;
  // So often, in events, all that invariants remember is compared with what reading it anew gives;
  // 0: never. For tests: it costs as much as the cluster is large.
  uint64_t recheck_every = 0;
  uint64_t max_events = 2'000'000'000;
  // More than that, and time stands still, as with a timer of 0 ms that arms itself again.
  uint64_t max_events_at_one_instant = 2'000'000;
};

// Told of a run as it goes, for traces. Calls come in order of time.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual void on_client_event(sim::EventId event, sim::SimTime at, const std::string& client,
                               const models::ClientEvent& seen) = 0;
};

enum class Phase : uint8_t { kWarmUp, kLoad, kDrain, kAudit, kOver };
std::string_view name_of(Phase phase);

class Run {
 public:
  Run(std::shared_ptr<const Scenario> scenario, const RunOptions& options);
  Run(const Run&) = default;
  Run(Run&&) = default;

  // One event or one action of the scenario. False: the run is over.
  bool step();
  // The verdict; also of a run that was stopped early (`interrupted`). Call once.
  RunResult finish(bool interrupted = false);

  Phase phase() const { return phase_; }
  sim::World& world() { return world_; }
  const sim::World& world() const { return world_; }
  const models::Cluster& cluster() const { return cluster_; }
  const Scenario& scenario() const { return *scenario_; }
  const models::Judge& judge() const { return judge_; }
  const Recorder& recorder() const { return recorder_; }
  // Simulated time that load and drain may take at most, for progress.
  sim::SimTime end_of_load() const;
  // Not owned, may be null.
  void set_listener(RunListener* listener) { listener_.to = listener; }

  static constexpr sim::Duration kWarmUp = sim::Duration::seconds(10);
  static constexpr sim::Duration kDrainAtMost = sim::Duration::seconds(60);
  static constexpr sim::Duration kAuditAtMost = sim::Duration::seconds(60);
  static constexpr sim::Duration kTick = sim::Duration::millis(100);

 private:
  // A pointer that a copy does not take along.
  struct Listener {
    Listener() = default;
    Listener(const Listener&) {}
    Listener& operator=(const Listener&) = delete;
    RunListener* to = nullptr;
  };

  bool step_unchecked();
  void check_progress();
  void after_event();
  void take_event();
  void look_for_conditions();
  void take_report(sim::ProcessId process, models::NodeShell& node);
  void take_client_event(sim::ProcessId process, const models::NodeReport::Saw& saw);
  void on_action_done(const models::NodeReport::Told& told);
  void check_controller(const models::ControllerNode& controller, models::NodeId node);
  void check_liveness();
  void check_disks();
  bool has_shut_down(sim::HostId host);
  void note_violation(std::optional<models::Violation> violation);
  void act();
  sim::SimTime next_act() const;
  void tick();
  void enter(Phase phase);
  bool is_quiet() const;
  std::string unsettled() const;
  bool has_settled();
  void sample();
  int64_t lag_of(const models::Consumer& consumer) const;
  models::Offset high_watermark(const models::TopicPartition& partition) const;
  void stall(std::string why);
  Outcome outcome_of(const RunResult& result, bool interrupted) const;
  // Why the run did not come to its end; empty: it did.
  std::string cut_short(bool interrupted) const;
  template <class Visit>
  void for_each_partition_on(models::NodeId node, const Visit& visit) const;
  FaultVerb verb_of(const FaultRun& fault) const;
  bool disk_lied(models::NodeId node, sim::SimTime at) const;
  void add_disk_facts(models::RunFacts& facts) const;
  models::RunFacts facts() const;
  void warn(RunResult& result, bool over) const;

  enum class Role : uint8_t { kController, kBroker, kProducer, kConsumer, kOther };
  struct Member {
    Role role = Role::kOther;
    models::NodeId node = models::kNoNode;
    int32_t number = 0;
    std::string plan;  // Of clients.
    std::string name;
    bool was_up = false;
    bool had_power = true;
    models::ProducerId producer_id = models::kNoProducerId;  // As last seen.
  };

  std::shared_ptr<const Scenario> scenario_;
  RunOptions options_;
  sim::World world_;
  models::Cluster cluster_;
  models::Judge judge_;
  InvariantWatch invariants_;
  FaultSchedule faults_;
  ActionSchedule actions_;
  Recorder recorder_;
  std::vector<Member> members_;  // By process.
  Phase phase_ = Phase::kWarmUp;
  sim::SimTime phase_since_;
  sim::SimTime next_tick_;
  sim::SimTime act_at_;   // The next tick, fault or end.
  sim::SimTime instant_;  // Of the last event, and how many had run when it began.
  uint64_t events_before_instant_ = 0;
  models::Offset image_offset_{0};
  // Which producer has, or had, an id that brokers know it by.
  absl::btree_map<models::ProducerId, int32_t> producer_numbers_;
  size_t elections_seen_ = 0;
  uint64_t changes_seen_ = 0;  // Of the recorder.
  bool audited_ = false;
  bool must_converge_ = false;  // The scenario asks how long that takes.
  Convergence convergence_;
  size_t bad_disks_seen_ = 0;  // Fault runs that were looked at for disks that lie or rot.
  std::string stalled_;
  std::optional<models::Violation> violation_;
  Listener listener_;
};

// Runs to the end. `stop`: looked at now and then; true ends the run early, as interrupted.
RunResult run_scenario(std::shared_ptr<const Scenario> scenario, const RunOptions& options,
                       const std::atomic<bool>* stop = nullptr);

}  // namespace scenarios

#endif  // SCENARIOS_RUN_H_
