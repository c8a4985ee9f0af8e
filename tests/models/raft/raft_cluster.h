// SPDX-License-Identifier: Apache-2.0
//
// A quorum of voters on simulated disks, with messages that are lost or late, crashes, power losses
// and cut links: enough to try the quorum alone over many seeds. Time passes in steps of events.
//
//   RaftCluster at(3, seed);
//   at.run(10_s);
//   at.crash(*at.leader(), /*power_loss=*/true); at.run(5_s);
//   at.append_at_leader();

#ifndef TESTS_MODELS_RAFT_RAFT_CLUSTER_H_
#define TESTS_MODELS_RAFT_RAFT_CLUSTER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/raft/raft.h"
#include "sim/disk.h"

namespace models {

class RaftCluster {
 public:
  RaftCluster(int voters, uint64_t seed, const std::vector<Mutation>& mutations = {},
              const BrokerConfig& config = {});

  void run(sim::Duration d);
  void boot(int voter);
  void crash(int voter, bool power_loss);
  bool is_up(int voter) const { return nodes_[static_cast<size_t>(voter)].raft != nullptr; }
  // Both ways, until `heal`.
  void cut(int a, int b);
  void heal() { cuts_.clear(); }
  void set_loss(sim::Ratio loss) { loss_ = loss; }
  // The voter that leads and has committed in its epoch, of the highest epoch.
  std::optional<int> leader() const;
  bool append_at_leader();
  // Of what the voter knows to be committed; false if it writes none.
  bool snapshot(int voter);
  const Raft& raft(int voter) const { return *nodes_[static_cast<size_t>(voter)].raft; }
  int voters() const { return static_cast<int>(nodes_.size()); }
  const Marks& marks() const { return marks_; }
  sim::Rng& rng() { return rng_; }
  // What was wrong at some time: two leaders of an epoch, a committed record that differs or has
  // gone, two votes in an epoch, a process that halted. Empty: nothing.
  const std::string& wrong() const { return wrong_; }
  int64_t committed() const { return static_cast<int64_t>(history_.size()); }

 private:
  struct Node {
    std::unique_ptr<Raft> raft;
    std::unique_ptr<sim::SimDisk> disk;
    int life = 0;
    Offset checked{0};
  };
  enum class Kind { kRequest, kReply, kFailure, kTimer, kFlushed };
  struct Event {
    Kind kind;
    int to;
    int life;
    int from = -1;
    uint64_t token = 0;
    std::optional<Message> message;
    TimerKey timer;
    int64_t key = 0;
    int64_t number = 0;  // Of the arming of a timer.
  };
  struct Asked {
    int from;
    int life;
    uint64_t request;
    bool settled = false;
  };

  template <class F>
  void with(int voter, const F& call);
  void carry_out(int voter, std::vector<Effect> effects, sim::Duration spent);
  void dispatch(const Event& event);
  void ask(int voter, SendRequest request, sim::Duration after);
  void tell(int voter, SendReply reply, sim::Duration after);
  void settle(uint64_t request, std::optional<Message> reply, sim::Duration after);
  void schedule(sim::Duration after, Event event) {
    queue_.emplace(std::pair(now_ + after, ++sequence_), std::move(event));
  }
  bool delivers(int a, int b);
  void check(int voter);
  void check_records(int voter);
  void blame(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }
  static NodeId id(int voter) { return NodeId(3000 + voter); }
  static int voter(NodeId id) { return id.value() - 3000; }

  sim::Rng rng_;
  BrokerConfig config_;
  MutationSet mutations_;
  Marks marks_;
  sim::SimTime now_ = sim::SimTime::at_nanos(1'000'000'000);
  uint64_t sequence_ = 0;
  std::map<std::pair<sim::SimTime, uint64_t>, Event> queue_;
  std::vector<Node> nodes_;
  std::set<std::pair<int, int>> cuts_;
  sim::Ratio loss_{0, 1};
  std::map<std::pair<int, TimerKey>, int64_t> timers_;
  int64_t armings_ = 0;
  std::map<uint64_t, Asked> asked_;
  uint64_t requests_ = 0;
  // Oldest first: answers come in order, as over a connection.
  std::map<std::pair<int, int>, std::vector<uint64_t>> in_flight_;
  std::map<int32_t, NodeId> leaders_;                // By epoch.
  std::map<std::pair<int, int32_t>, NodeId> votes_;  // By voter and epoch, as told.
  std::map<int64_t, std::string> history_;           // Committed, by offset.
  int64_t appended_ = 0;
  std::string wrong_;
};

}  // namespace models

#endif  // TESTS_MODELS_RAFT_RAFT_CLUSTER_H_
