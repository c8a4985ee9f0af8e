// SPDX-License-Identifier: Apache-2.0
//
// A scenario's faults at work: begins and ends them in the world when their time comes, and keeps
// account of what each bit. A value, copied with the run.
//
// The order in which a scenario lists its faults does not matter: what happens at the same time is
// ordered by content, and draws come from streams named by content.

#ifndef SCENARIOS_FAULT_SCHEDULE_H_
#define SCENARIOS_FAULT_SCHEDULE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/node/cluster.h"
#include "scenarios/recorder.h"
#include "scenarios/run_result.h"
#include "scenarios/scenario.h"
#include "scenarios/selectors.h"
#include "sim/world.h"

namespace scenarios {

class FaultSchedule {
 public:
  explicit FaultSchedule(const std::vector<FaultPlan>& plans);

  // When something is to be done next; nothing: never again.
  std::optional<sim::SimTime> next() const;
  // Does what is due at the world's current time.
  void act(const std::vector<FaultPlan>& plans, const models::Cluster& cluster,
           const Recorder& recorder, sim::World& world);
  // Something that the recorder follows may have changed: what waits for it becomes due.
  bool is_watching() const { return !watches_.empty(); }
  void look(const std::vector<FaultPlan>& plans, const Recorder& recorder, sim::SimTime now);
  // From now on nothing begins because of a condition.
  void stop_watching() { watches_.clear(); }
  // Faults that end by themselves are all over.
  bool is_over() const { return due_.empty() && rolling_.empty(); }

  // An election took a leadership away from `node`.
  void on_leadership_lost(models::NodeId node, sim::SimTime at);
  // A broker has just died.
  void on_broker_down(models::NodeId node, const sim::World& world);
  // All occurrences that have begun, in that order; bites are up to date after `collect`.
  void collect(const sim::World& world);
  const std::vector<FaultRun>& runs() const { return runs_; }
  std::vector<std::string> warnings(const std::vector<FaultPlan>& plans) const;

 private:
  // What ends makes room for what begins.
  enum class Act : uint8_t { kEnd, kBegin, kRoll, kWatch };
  struct Due {
    sim::SimTime at;
    Act act{};
    std::string content;  // Orders what is due at one time.
    int32_t plan = 0;
    int32_t occurrence = 0;
    size_t run = 0;  // kEnd, kRoll: index into runs_.
    auto key() const { return std::tie(at, act, content, occurrence); }
  };
  // A fault that waits for its condition to become true.
  struct Watch {
    int32_t plan = 0;
    std::string content;
    int32_t occurrences = 0;  // That have been begun.
    bool held = false;        // The condition, when last looked at.
  };
  // A rolling restart in progress: one broker after the other.
  struct Rolling {
    size_t run = 0;
    std::vector<Hit> order;
    size_t current = 0;
    enum class Stage : uint8_t { kStopping, kDown, kSettling } stage = Stage::kStopping;
    sim::SimTime since;  // Of the stage.
    sim::FaultId fault{0};
  };

  void schedule(Due due);
  void watch(const Due& due);
  void begin(const Due& due, const FaultPlan& plan, const models::Cluster& cluster,
             sim::World& world);
  void end(FaultRun& run, sim::World& world);
  std::vector<std::vector<Hit>> resolve_sides(const Due& due, const FaultPlan& plan,
                                              const models::Cluster& cluster,
                                              const sim::World& world);
  void begin_rolling(const Due& due, std::vector<Hit> order, sim::World& world);
  void roll(size_t run, const FaultPlan& plan, const models::Cluster& cluster, sim::World& world);
  void stop_next(Rolling& rolling, sim::World& world);

  std::vector<Due> due_;  // Sorted, the next last.
  std::vector<FaultRun> runs_;
  std::vector<Rolling> rolling_;
  std::vector<Watch> watches_;  // By content, then place in the file.
  std::vector<std::string> warnings_;
};

}  // namespace scenarios

#endif  // SCENARIOS_FAULT_SCHEDULE_H_
