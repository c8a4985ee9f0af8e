// SPDX-License-Identifier: Apache-2.0
//
// A scenario's actions at work: when their time comes they are handed to the cluster's
// administrator, who tells what became of them. A value, copied with the run.

#ifndef SCENARIOS_ACTION_SCHEDULE_H_
#define SCENARIOS_ACTION_SCHEDULE_H_

#include <optional>
#include <string>
#include <vector>

#include "models/common/effects.h"
#include "models/node/cluster.h"
#include "scenarios/scenario.h"
#include "sim/world.h"

namespace scenarios {

// One time that an action was done.
struct ActionRun {
  int32_t plan = 0;
  sim::SimTime at;
  std::string text;  // "reassign orders-0 to broker 4, broker 2"
  std::optional<sim::SimTime> ended;
  std::string errors;  // "orders-0: NO_REASSIGNMENT_IN_PROGRESS"; empty: it was done.
  sim::EventId event;
};

class ActionSchedule {
 public:
  explicit ActionSchedule(const std::vector<ActionPlan>& plans);

  // When something is to be done next; nothing: never again.
  std::optional<sim::SimTime> next() const;
  // Does one thing that is due at the world's current time.
  void act(const std::vector<ActionPlan>& plans, const models::Cluster& cluster, sim::World& world);
  // The administrator's note admin_done. Returns the run that is over; null: none of these.
  const ActionRun* on_done(const models::Note& note, sim::SimTime at);
  bool is_over() const;
  const std::vector<ActionRun>& runs() const { return runs_; }

 private:
  struct Due {
    sim::SimTime at;
    int32_t plan = 0;
  };
  std::vector<Due> due_;  // Sorted, the next last.
  std::vector<ActionRun> runs_;
};

}  // namespace scenarios

#endif  // SCENARIOS_ACTION_SCHEDULE_H_
