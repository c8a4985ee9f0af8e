// SPDX-License-Identifier: Apache-2.0

#include "tests/models/raft/raft_cluster.h"

#include <algorithm>

namespace models {

namespace {

constexpr sim::Duration kRequestTimeout = sim::Duration::millis(2000);

std::string text_of_record(const RecordView& view, const BatchHeader& header) {
  return std::to_string(header.leader_epoch.value()) + "/" + std::string(view.value.value_or(""));
}

}  // namespace

RaftCluster::RaftCluster(int voters, uint64_t seed, const std::vector<Mutation>& mutations,
                         const BrokerConfig& config)
    : rng_(seed), config_(config) {
  for (Mutation each : mutations) mutations_.insert(each);
  nodes_.resize(static_cast<size_t>(voters));
  for (int i = 0; i < voters; ++i) {
    nodes_[static_cast<size_t>(i)].disk = std::make_unique<sim::SimDisk>();
    boot(i);
  }
}

template <class F>
void RaftCluster::with(int voter, const F& call) {
  Node& node = nodes_[static_cast<size_t>(voter)];
  sim::DiskView disk(*node.disk, now_, rng_);
  Effects effects;
  Step step{sim::MonoTime::at_nanos(now_.nanos()),
            sim::WallTime::at_millis(now_.nanos() / 1'000'000),
            rng_,
            disk,
            effects,
            mutations_,
            marks_};
  call(step);
  carry_out(voter, std::move(effects.list()), disk.spent());
  if (node.raft != nullptr) check(voter);
}

void RaftCluster::boot(int voter) {
  if (is_up(voter)) return;
  Node& node = nodes_[static_cast<size_t>(voter)];
  ++node.life;
  node.checked = Offset(0);
  with(voter, [&](Step& step) {
    RaftOptions options;
    options.node_id = id(voter);
    for (int i = 0; i < voters(); ++i) options.voters.push_back(id(i));
    options.log_directory = "kafka-logs";
    options.config = config_;
    absl::StatusOr<Raft> raft = Raft::open(options, step);
    if (!raft.ok()) return blame("cannot open: " + raft.status().ToString());
    node.raft = std::make_unique<Raft>(*std::move(raft));
  });
}

void RaftCluster::crash(int voter, bool power_loss) {
  Node& node = nodes_[static_cast<size_t>(voter)];
  if (!is_up(voter)) return;
  node.raft.reset();
  ++node.life;
  if (power_loss) {
    node.disk->power_loss(now_, rng_);
  } else {
    node.disk->close_all();
  }
  std::erase_if(timers_, [&](const auto& each) { return each.first.first == voter; });
  // Its peers' connections break.
  for (auto& [pair, requests] : in_flight_) {
    if (pair.second == voter) {
      for (uint64_t request : std::vector<uint64_t>(requests)) settle(request, std::nullopt, {});
    } else if (pair.first == voter) {
      requests.clear();
    }
  }
}

void RaftCluster::cut(int a, int b) { cuts_.insert(std::minmax(a, b)); }

bool RaftCluster::delivers(int a, int b) {
  return !cuts_.contains(std::minmax(a, b)) && !rng_.chance(loss_);
}

void RaftCluster::carry_out(int voter, std::vector<Effect> effects, sim::Duration spent) {
  for (Effect& effect : effects) {
    if (auto* request = std::get_if<SendRequest>(&effect)) {
      ask(voter, std::move(*request), spent);
    } else if (auto* reply = std::get_if<SendReply>(&effect)) {
      tell(voter, std::move(*reply), spent);
    } else if (auto* arm = std::get_if<ArmTimer>(&effect)) {
      Event event{Kind::kTimer, voter, nodes_[static_cast<size_t>(voter)].life};
      event.timer = arm->key;
      event.number = timers_[{voter, arm->key}] = ++armings_;
      schedule(arm->after, std::move(event));
    } else if (auto* cancel = std::get_if<CancelTimer>(&effect)) {
      timers_.erase({voter, cancel->key});
    } else if (auto* flush = std::get_if<Flush>(&effect)) {
      sim::DiskView disk(*nodes_[static_cast<size_t>(voter)].disk, now_ + spent, rng_);
      for (sim::FileId file : flush->files) (void)disk.sync(file);
      if (!flush->directory.empty()) (void)disk.sync_directory(flush->directory);
      Event event{Kind::kFlushed, voter, nodes_[static_cast<size_t>(voter)].life};
      event.key = flush->key;
      schedule(spent + disk.spent(), std::move(event));
    }
  }
}

void RaftCluster::ask(int from, SendRequest request, sim::Duration after) {
  int to = voter(request.to);
  uint64_t number = ++requests_;
  asked_[number] = {from, nodes_[static_cast<size_t>(from)].life, number};
  in_flight_[{from, to}].push_back(number);
  Event timeout{Kind::kFailure, from, nodes_[static_cast<size_t>(from)].life, to, number};
  schedule(after + kRequestTimeout, std::move(timeout));
  if (!delivers(from, to)) return;
  Event event{Kind::kRequest, to, 0, from, number};
  event.message = std::move(request.message);
  schedule(after + sim::Duration::micros(rng_.between(100, 5000)), std::move(event));
}

void RaftCluster::tell(int from, SendReply reply, sim::Duration after) {
  auto asked = asked_.find(reply.to.value());
  if (asked == asked_.end()) return;
  if (auto* vote = std::get_if<VoteResponse>(&reply.message);
      vote != nullptr && vote->vote_granted) {
    // A pre-vote binds nobody; which it was is known by the asker's role alone, so look there.
    const Raft* candidate = nodes_[static_cast<size_t>(asked->second.from)].raft.get();
    if (candidate != nullptr && candidate->quorum().is(QuorumRole::kCandidate) &&
        candidate->epoch() == vote->leader_epoch) {
      NodeId voted = id(asked->second.from);
      auto [known, is_new] = votes_.try_emplace({from, vote->leader_epoch.value()}, voted);
      if (!is_new && known->second != voted)
        blame("two votes in epoch " + std::to_string(vote->leader_epoch.value()));
    }
  }
  if (!delivers(from, asked->second.from)) return;
  settle(reply.to.value(), std::move(reply.message),
         after + sim::Duration::micros(rng_.between(100, 5000)));
}

// The answer to a request, or nothing: all that is older on that connection is lost with it.
void RaftCluster::settle(uint64_t request, std::optional<Message> reply, sim::Duration after) {
  auto asked = asked_.find(request);
  if (asked == asked_.end() || asked->second.settled) return;
  asked->second.settled = true;
  Event event{reply ? Kind::kReply : Kind::kFailure, asked->second.from, asked->second.life, -1,
              request};
  event.message = std::move(reply);
  for (const auto& [pair, requests] : in_flight_) {
    if (std::find(requests.begin(), requests.end(), request) != requests.end())
      event.from = pair.second;
  }
  schedule(after, std::move(event));
}

void RaftCluster::run(sim::Duration d) {
  sim::SimTime end = now_ + d;
  while (!queue_.empty() && queue_.begin()->first.first <= end && wrong_.empty()) {
    auto next = queue_.extract(queue_.begin());
    now_ = std::max(now_, next.key().first);
    dispatch(next.mapped());
  }
  now_ = end;
}

void RaftCluster::dispatch(const Event& event) {
  Node& node = nodes_[static_cast<size_t>(event.to)];
  if (node.raft == nullptr) {
    if (event.kind == Kind::kRequest) settle(event.token, std::nullopt, {});  // Refused.
    return;
  }
  if (event.kind != Kind::kRequest && event.life != node.life) return;
  if (event.kind == Kind::kTimer) {
    auto armed = timers_.find({event.to, event.timer});
    if (armed == timers_.end() || armed->second != event.number) return;
    timers_.erase(armed);
  }
  if (event.kind == Kind::kReply || event.kind == Kind::kFailure) {
    std::vector<uint64_t>& requests = in_flight_[{event.to, event.from}];
    auto place = std::find(requests.begin(), requests.end(), event.token);
    if (place == requests.end()) return;  // Answered before its timeout.
    // A lost answer breaks the connection: those before it fail, too.
    int64_t older = place - requests.begin();
    requests.erase(requests.begin(), place + 1);
    for (int64_t i = 0; i < older; ++i)
      with(event.to, [&](Step& step) { node.raft->on_request_failed(id(event.from), step); });
    asked_.erase(event.token);
  }
  with(event.to, [&](Step& step) {
    switch (event.kind) {
      case Kind::kRequest:
        return node.raft->on_request(RequestToken(event.token), *event.message, step);
      case Kind::kReply:
        return node.raft->on_reply(id(event.from), *event.message, step);
      case Kind::kFailure:
        return node.raft->on_request_failed(id(event.from), step);
      case Kind::kTimer:
        return node.raft->on_timer(event.timer, step);
      case Kind::kFlushed:
        return node.raft->on_flushed(event.key, step);
    }
  });
}

std::optional<int> RaftCluster::leader() const {
  std::optional<int> found;
  for (int i = 0; i < voters(); ++i) {
    if (is_up(i) && raft(i).leads() && (!found || raft(i).epoch() > raft(*found).epoch()))
      found = i;
  }
  return found;
}

bool RaftCluster::append_at_leader() {
  std::optional<int> who = leader();
  if (!who) return false;
  with(*who, [&](Step& step) {
    nodes_[static_cast<size_t>(*who)].raft->append({"record " + std::to_string(++appended_)}, step);
  });
  return true;
}

bool RaftCluster::snapshot(int voter) {
  if (!is_up(voter)) return false;
  const Raft& raft = this->raft(voter);
  SnapshotContent content{{raft.committed(), kNoLeaderEpoch}, 0, {"state"}};
  for (const EpochStart& entry : raft.log().epochs().entries()) {
    if (entry.start < raft.committed()) content.id.epoch = entry.epoch;
  }
  if (content.id.epoch == kNoLeaderEpoch) return false;
  bool begun = false;
  with(voter, [&](Step& step) {
    begun = nodes_[static_cast<size_t>(voter)].raft->create_snapshot(content, step);
  });
  return begun;
}

// --- What must always hold ---

void RaftCluster::check(int voter) {
  const Raft& raft = *nodes_[static_cast<size_t>(voter)].raft;
  if (!raft.status().ok()) return blame("halted: " + raft.status().ToString());
  if (raft.quorum().is(QuorumRole::kLeader)) {
    auto [known, is_new] = leaders_.try_emplace(raft.epoch().value(), id(voter));
    if (!is_new && known->second != id(voter))
      blame("two leaders in epoch " + std::to_string(raft.epoch().value()));
  }
  check_records(voter);
}

void RaftCluster::check_records(int voter) {
  Node& node = nodes_[static_cast<size_t>(voter)];
  // A snapshot stands for what is below.
  node.checked = std::max(node.checked, node.raft->log().log_start_offset());
  if (node.checked >= node.raft->committed()) return;
  sim::DiskView disk = sim::DiskView::observer(*node.disk, now_, rng_);
  Effects effects;
  Marks marks;
  Step step{{}, {}, rng_, disk, effects, mutations_, marks};
  absl::StatusOr<absl::Cord> batches = node.raft->read_committed(node.checked, step);
  if (!batches.ok()) return blame("unreadable: " + batches.status().ToString());
  int64_t position = 0;
  while (std::optional<BatchHeader> header = read_batch_header(*batches, position)) {
    if (header->next_offset() > node.raft->committed()) break;
    absl::Cord batch =
        batches->Subcord(static_cast<size_t>(position), static_cast<size_t>(header->total_bytes()));
    (void)for_each_record(batch, *header, [&](const RecordView& view) {
      std::string text = text_of_record(view, *header);
      auto [known, is_new] = history_.try_emplace(view.offset.value(), text);
      if (known->second != text)
        blame("committed record " + std::to_string(view.offset.value()) + " was " + known->second +
              ", is " + text);
    });
    node.checked = header->next_offset();
    position += header->total_bytes();
  }
}

}  // namespace models
