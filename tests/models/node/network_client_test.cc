// SPDX-License-Identifier: Apache-2.0

#include "models/node/network_client.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "sim/world.h"

namespace models {
namespace {

using sim::Duration;
using sim::SimTime;

const NodeId kPeer{1};

// What a caller was told, and when.
struct Told {
  std::string_view what;
  SimTime at;
};

struct CallerOptions {
  ClusterMapHandle cluster;
  ChannelOptions channel;
  bool opens_only = false;
  bool expects_reply = true;
  bool alters_partition = false;  // Asks the controller.
};

// Sends one request over a network client when it boots, or opens a connection.
class Caller final : public sim::Process {
 public:
  explicit Caller(CallerOptions options) : options_(options), client_(options.cluster) {
    client_.configure(Channel::kHeartbeat, options.channel);
  }
  std::unique_ptr<sim::Process> clone() const override { return std::make_unique<Caller>(*this); }

  void on_boot(sim::Context& context) override {
    if (options_.opens_only) {
      client_.open(Channel::kHeartbeat, kPeer, context);
    } else if (options_.alters_partition) {
      client_.send({Channel::kHeartbeat, kNoNode, AlterPartitionRequest{}, true}, Duration(),
                   context);
    } else {
      client_.send({Channel::kHeartbeat, kPeer, MetadataRequest{}, options_.expects_reply},
                   Duration::millis(3), context);
    }
  }
  void on_stop(sim::Context&) override {}
  void on_message(sim::ConnectionId from, sim::ProcessId, const sim::MessageHandle& message,
                  SimTime, sim::Context& context) override {
    if (client_.on_reply(from, static_cast<const Envelope&>(*message), context))
      tell("reply", context);
  }
  void on_connected(sim::ConnectionId connection, sim::Context& context) override {
    if (client_.on_connected(connection, context)) tell("connected", context);
  }
  void on_closed(sim::ConnectionId connection, sim::CloseReason reason,
                 sim::Context& context) override {
    lose(client_.on_closed(connection, reason, context), context);
  }
  void on_timer(sim::TimerName name, sim::Context& context) override {
    lose(client_.on_timer({static_cast<Timer>(name.kind), name.number}, context), context);
  }
  void on_service(int64_t work, sim::Context& context) override {
    if (client_.on_sent(work)) tell("sent", context);
  }
  void on_flushed(int64_t, sim::Context&) override {}
  void show_state(sim::FieldSink&) const override {}

  const std::vector<Told>& told() const { return told_; }
  std::vector<SimTime> times(std::string_view what) const {
    std::vector<SimTime> all;
    for (const Told& each : told_) {
      if (each.what == what) all.push_back(each.at);
    }
    return all;
  }

 private:
  void tell(std::string_view what, sim::Context& context) {
    told_.push_back({what, context.now()});
  }
  void lose(const std::optional<Disconnected>& lost, sim::Context& context) {
    if (!lost) return;
    tell("lost", context);
    for (const FailedRequest& failed : lost->failed) tell(name_of(failed.why), context);
    if (options_.opens_only) client_.open(Channel::kHeartbeat, kPeer, context);
  }

  CallerOptions options_;
  NetworkClient client_;
  std::vector<Told> told_;
};

// Answers a request, or takes it and says nothing.
class Answerer final : public sim::Process {
 public:
  explicit Answerer(bool answers) : answers_(answers) {}
  std::unique_ptr<sim::Process> clone() const override { return std::make_unique<Answerer>(*this); }
  void on_boot(sim::Context&) override {}
  void on_stop(sim::Context&) override {}
  void on_message(sim::ConnectionId from, sim::ProcessId, const sim::MessageHandle& message,
                  SimTime, sim::Context& context) override {
    if (!answers_) return;
    const auto& asked = static_cast<const Envelope&>(*message);
    context.send(from, std::make_shared<const Envelope>(asked.correlation_id(), false,
                                                        answer_to(asked.body())));
  }
  void on_connected(sim::ConnectionId, sim::Context&) override {}
  void on_closed(sim::ConnectionId, sim::CloseReason, sim::Context&) override {}
  void on_timer(sim::TimerName, sim::Context&) override {}
  void on_service(int64_t, sim::Context&) override {}
  void on_flushed(int64_t, sim::Context&) override {}
  void show_state(sim::FieldSink&) const override {}

 private:
  // The first proposal is ahead of what this controller knows.
  Message answer_to(const Message& asked) {
    if (!std::holds_alternative<AlterPartitionRequest>(asked)) return MetadataResponse{};
    AlterPartitionResponse altered;
    bool knows_less = std::exchange(is_behind_, false);
    altered.partitions.push_back(
        {.error = knows_less ? ErrorCode::kNotController : ErrorCode::kNone});
    return altered;
  }

  bool answers_;
  bool is_behind_ = true;
};

template <class P, class Options>
class Factory final : public sim::ProcessFactory {
 public:
  explicit Factory(Options options) : options_(options) {}
  std::unique_ptr<sim::Process> build() const override { return std::make_unique<P>(options_); }

 private:
  Options options_;
};

// A caller and its peer, each on a host.
struct Pair {
  explicit Pair(CallerOptions options, bool answers = true) : world(sim::WorldOptions{}) {
    sim::ZoneId zone = world.topology().add_zone("zone", world.topology().add_region("region"));
    hosts = {world.add_host({.name = "peer", .zone = zone}),
             world.add_host({.name = "caller", .zone = zone})};
    peer = world.add_process(hosts[0], "peer", std::make_shared<Factory<Answerer, bool>>(answers));
    auto map = std::make_shared<ClusterMap>();
    map->processes[kPeer] = peer;
    map->controllers = {kPeer};
    options.cluster = map;
    self = world.add_process(hosts[1], "caller",
                             std::make_shared<Factory<Caller, CallerOptions>>(options));
  }
  void cut() { world.topology().block(1, {hosts[0], hosts[1]}, {hosts[1], hosts[0]}); }
  const Caller& run_for(Duration time) {
    world.run_until(world.now() + time);
    return *static_cast<const Caller*>(world.find(self));
  }

  sim::World world;
  std::vector<sim::HostId> hosts;
  sim::ProcessId peer, self;
};

SimTime at(int64_t millis) { return SimTime::at_millis(millis); }

TEST(NetworkClient, a_request_opens_its_connection_and_gets_its_reply) {
  Pair pair({});
  pair.world.boot(pair.peer);
  pair.world.boot(pair.self);
  const Caller& caller = pair.run_for(Duration::millis(100));
  EXPECT_EQ(caller.times("connected").size(), 1u);
  EXPECT_EQ(caller.times("reply").size(), 1u);
}

TEST(NetworkClient, a_controller_that_knows_less_of_one_partition_is_asked_anew) {
  ChannelOptions channel;
  channel.retry_timeout = Duration::seconds(60);
  Pair pair({.channel = channel, .alters_partition = true});
  pair.world.boot(pair.peer);
  pair.world.boot(pair.self);
  const Caller& caller = pair.run_for(Duration::seconds(5));
  EXPECT_EQ(caller.times("connected").size(), 2u);
  EXPECT_EQ(caller.times("reply").size(), 1u) << "the caller sees none but the good one";
}

TEST(NetworkClient, a_request_without_reply_is_told_of_when_it_has_left) {
  Pair pair({.expects_reply = false}, false);
  pair.world.boot(pair.peer);
  pair.world.boot(pair.self);
  const Caller& caller = pair.run_for(Duration::millis(100));
  ASSERT_EQ(caller.times("sent").size(), 1u);
  EXPECT_EQ(caller.times("sent")[0], caller.times("connected")[0])
      << "it waited for the connection";
}

TEST(NetworkClient, a_request_without_reply_fails_if_there_is_no_connection) {
  Pair pair({.expects_reply = false});  // Nobody listens.
  pair.world.boot(pair.self);
  const Caller& caller = pair.run_for(Duration::millis(100));
  EXPECT_TRUE(caller.times("sent").empty());
  EXPECT_EQ(caller.times("no connection").size(), 1u);
}

TEST(NetworkClient, the_time_for_a_connection_grows_and_varies_by_a_fifth) {
  ChannelOptions channel;
  channel.connect_timeout = Duration::millis(1000);
  channel.connect_timeout_max = Duration::millis(4000);
  Pair pair({.channel = channel, .opens_only = true});
  pair.world.boot(pair.peer);
  pair.cut();
  pair.world.boot(pair.self);
  std::vector<SimTime> lost = pair.run_for(Duration::millis(14000)).times("lost");
  ASSERT_GE(lost.size(), 4u);
  SimTime from = SimTime::at_millis(0);
  std::vector<std::pair<int, int>> limits = {{800, 1200}, {1600, 2400}, {3200, 4000}, {3200, 4000}};
  for (size_t i = 0; i < limits.size(); ++i) {
    int64_t took = (lost[i] - from).millis();
    EXPECT_GE(took, limits[i].first) << i;
    EXPECT_LE(took, limits[i].second) << i;
    from = lost[i];
  }
}

TEST(NetworkClient, a_channel_that_forgets_failures_always_takes_the_same_time) {
  ChannelOptions channel;
  channel.connect_timeout = Duration::millis(1000);
  channel.connect_timeout_max = Duration::millis(8000);
  channel.connect_limit = Duration::millis(700);
  channel.forgets_failures = true;
  Pair pair({.channel = channel, .opens_only = true});
  pair.world.boot(pair.peer);
  pair.cut();
  pair.world.boot(pair.self);
  std::vector<SimTime> lost = pair.run_for(Duration::millis(2500)).times("lost");
  ASSERT_EQ(lost.size(), 3u);
  EXPECT_EQ(lost[2], at(2100)) << "its limit is below the set-up timeout";
}

ChannelOptions heartbeats() {
  ChannelOptions channel;
  channel.request_timeout = channel.retry_timeout = Duration::millis(4500);
  channel.reconnect_backoff = channel.reconnect_backoff_max = Duration::millis(50);
  return channel;
}

TEST(NetworkClient, a_retried_request_survives_a_peer_that_is_away_for_a_while) {
  Pair pair({.channel = heartbeats()});
  pair.world.boot(pair.self);  // Refused, again and again.
  EXPECT_TRUE(pair.run_for(Duration::millis(2000)).times("no connection").empty());
  EXPECT_GE(pair.run_for(Duration::millis(0)).times("lost").size(), 20u) << "each 50 ms";
  pair.world.boot(pair.peer);
  EXPECT_EQ(pair.run_for(Duration::millis(200)).times("reply").size(), 1u);
}

TEST(NetworkClient, a_retried_request_fails_when_its_time_is_over) {
  Pair pair({.channel = heartbeats()});
  pair.world.boot(pair.self);
  const Caller& caller = pair.run_for(Duration::millis(10000));
  ASSERT_EQ(caller.times("no connection").size(), 1u);
  EXPECT_GE(caller.times("no connection")[0], at(4500));
  EXPECT_LE(caller.times("no connection")[0], at(4600));
}

TEST(NetworkClient, a_request_that_is_not_answered_in_time_closes_the_connection) {
  Pair pair({.channel = heartbeats()}, false);
  pair.world.boot(pair.peer);
  pair.world.boot(pair.self);
  const Caller& caller = pair.run_for(Duration::millis(10000));
  ASSERT_EQ(caller.times("timed out").size(), 1u) << "not sent again: its time is over";
  EXPECT_GE(caller.times("timed out")[0], at(4500));
}

TEST(NetworkClient, whoever_waits_for_a_connection_gives_up_and_the_attempt_goes_on) {
  Pair pair({.channel = heartbeats()});
  pair.world.boot(pair.peer);
  pair.cut();
  pair.world.boot(pair.self);
  const Caller& caller = pair.run_for(Duration::millis(5000));
  EXPECT_EQ(caller.times("timed out").size(), 1u);
  pair.world.topology().unblock(1);
  EXPECT_EQ(pair.run_for(Duration::millis(3000)).times("connected").size(), 1u);
}

}  // namespace
}  // namespace models
