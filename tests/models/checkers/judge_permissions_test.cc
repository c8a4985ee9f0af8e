// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <functional>

#include "models/checkers/history/permissions.h"
#include "tests/models/checkers/judge_fixture.h"

namespace models::tests {
namespace {

// The settings of checkout-1 and of "orders", changed from those that permit nothing.
JudgeOptions options_with(const std::function<void(ProducerConfig&, JudgedTopic&)>& change) {
  JudgeOptions options = History::strict_options();
  change(options.producers[1].config, options.topics[1]);
  return options;
}
using Change = std::function<void(ProducerConfig&, JudgedTopic&)>;

std::string permission_of_loss(const Change& change, bool unclean_election = false) {
  History run(options_with(change));
  run.produce(1);
  if (unclean_election) run.elect(5, true);
  run.finish();
  EXPECT_EQ(run.judge.anomalies().size(), 1u);
  return run.judge.anomalies().at(0).permitted_by;
}

std::string permission_of_duplicate(const Change& change) {
  History run(options_with(change));
  run.produce(1);
  run.audit({seen(0, 0), seen(1, 0)});
  run.finish();
  EXPECT_EQ(run.judge.anomalies().size(), 1u);
  return run.judge.anomalies().at(0).permitted_by;
}

std::string permission_of_reordering(const Change& change, bool first_failed = false) {
  History run(options_with(change));
  run.send(0, 0);
  run.send(1, 0);
  if (first_failed) {
    run.fail({seen(-1, 0)}, 0);
  } else {
    run.acknowledge({seen(1, 0)}, 0);
  }
  run.audit({seen(0, 1), seen(1, 0)});
  run.finish();
  EXPECT_EQ(run.judge.anomalies().size(), 1u);
  return run.judge.anomalies().at(0).permitted_by;
}

TEST(JudgePermissions, OfLosses) {
  auto nothing = [](ProducerConfig&, JudgedTopic&) {};
  EXPECT_EQ(permission_of_loss(nothing), "");
  EXPECT_EQ(permission_of_loss([](auto& producer, auto&) { producer.acks = Acks::kNone; }),
            "acks=0");
  EXPECT_EQ(permission_of_loss([](auto& producer, auto&) { producer.acks = Acks::kLeader; }),
            "acks=1");
  EXPECT_EQ(permission_of_loss([](auto&, auto& topic) { topic.config.min_insync_replicas = 1; }),
            "min.insync.replicas=1");
  EXPECT_EQ(permission_of_loss([](auto&, auto& topic) { topic.replication_factor = 1; }),
            "replication.factor=1");
  auto unclean = [](auto&, auto& topic) {
    topic.config.unclean_leader_election_enable = true;
    topic.config.min_insync_replicas = 1;
  };
  EXPECT_EQ(permission_of_loss(unclean, true), "unclean.leader.election.enable=true");
  EXPECT_EQ(permission_of_loss(unclean), "min.insync.replicas=1") << "there was no such election";
  EXPECT_EQ(permission_of_loss(nothing, true), "an unclean election") << "of the last known leader";
  EXPECT_EQ(permission_of_loss([](auto& producer, auto& topic) {
              producer.acks = Acks::kLeader;
              topic.config.min_insync_replicas = 1;
            }),
            "acks=1")
      << "the client's own setting first";
}

TEST(JudgePermissions, AreThoseOfTheProducerAndTopicConcerned) {
  JudgeOptions options = History::strict_options();
  options.producers[2].config.acks = Acks::kNone;    // checkout-2
  options.topics[0].config.min_insync_replicas = 1;  // returns
  History run(options);
  run.produce(1);
  run.send(0, 1, 0, 2);
  run.acknowledge({seen(-1, 0, 2)}, 1);
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@0 #0\nlost orders-1@-1 #0 acks=0\n");
}

TEST(JudgePermissions, OfDuplicates) {
  EXPECT_EQ(permission_of_duplicate([](auto&, auto&) {}), "");
  EXPECT_EQ(
      permission_of_duplicate([](auto& producer, auto&) { producer.enable_idempotence = false; }),
      "enable.idempotence=false");
  EXPECT_EQ(permission_of_duplicate([](auto& producer, auto&) {
              producer.enable_idempotence = false;
              producer.retries = 0;
            }),
            "")
      << "who never sends again cannot store twice";
  EXPECT_EQ(permission_of_duplicate([](auto&, auto& topic) { topic.replication_factor = 1; }), "");
}

// A leader refused #0, stored at 0, when its log ended at `refused_at`: of the producer it knew only
// the last batch.
TEST(JudgePermissions, AForgottenBatchMayBeStoredAgain) {
  auto told = [](
                  int64_t refused_at, const Change& change = [](auto&, auto&) {}) {
    History run(options_with(change));
    run.produce(2);
    run.facts.forgotten_batches.push_back(
        {{"orders", 0}, Offset(refused_at), sim::SimTime(), sim::EventId(1)});
    run.audit({seen(0, 0), seen(1, 1), seen(2, 0)});
    run.finish();
    return run.judge.anomalies().at(0).permitted_by;
  };
  EXPECT_EQ(told(2),
            "max.in.flight.requests.per.connection>1 (a leader that starts anew knows only the "
            "last batch of each producer)");
  EXPECT_EQ(told(0), "") << "before it was stored at all";
  EXPECT_EQ(told(3), "") << "after it was stored again";
  auto one_in_flight = [](auto& producer, auto&) {
    producer.max_in_flight_requests_per_connection = 1;
  };
  EXPECT_EQ(told(2, one_in_flight), "") << "the last batch is the one that it knows";
}

TEST(JudgePermissions, OfReordering) {
  auto plain = [](auto& producer, auto&) { producer.enable_idempotence = false; };
  auto one_in_flight = [](auto& producer, auto&) {
    producer.enable_idempotence = false;
    producer.max_in_flight_requests_per_connection = 1;
  };
  EXPECT_EQ(permission_of_reordering([](auto&, auto&) {}), "");
  EXPECT_EQ(permission_of_reordering(plain),
            "enable.idempotence=false with max.in.flight.requests.per.connection>1");
  EXPECT_EQ(permission_of_reordering(one_in_flight), "");
  EXPECT_EQ(permission_of_reordering(one_in_flight, /*first_failed=*/true),
            "enable.idempotence=false");
  EXPECT_EQ(permission_of_reordering([](auto&, auto&) {}, /*first_failed=*/true), "");
}

// The leader that took #1 at offset 3 did not know the producer: #0, which another leader refused,
// came when it was out of order, and was stored only when it had a new sequence.
TEST(JudgePermissions, AProducerThatALeaderDidNotKnowMayBeReordered) {
  struct Case {
    int64_t taken_at;
    int32_t producer;
    int32_t in_flight;
  };
  for (Case each : {Case{0, 1, 5}, {1, 1, 5}, {0, 2, 5}, {0, 1, 1}}) {
    History run(options_with([&](ProducerConfig& producer, JudgedTopic&) {
      producer.max_in_flight_requests_per_connection = each.in_flight;
    }));
    run.send(0, 0);
    run.send(1, 0);
    run.acknowledge({seen(0, 1)}, 0);
    run.acknowledge({seen(1, 0)}, 0);
    run.facts.unknown_producers.push_back({{"orders", 0},
                                           Offset(each.taken_at),
                                           ProducerId(7),
                                           each.producer,
                                           sim::SimTime(),
                                           sim::EventId(1)});
    run.audit({seen(0, 1), seen(1, 0)});
    run.finish();
    EXPECT_EQ(run.told(),
              std::string("reordered orders-0@0/1 #1") +
                  (each.taken_at == 0 && each.producer == 1 && each.in_flight > 1
                       ? " max.in.flight.requests.per.connection>1 (a leader that does not know a "
                         "producer takes any first sequence)"
                       : "") +
                  "\n");
  }
}

TEST(JudgePermissions, ResetsOfAConsumer) {
  History run;
  run.produce(4);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.assign(1, 2);  // Forward: only a reset to the end does that.
  run.poll(1, {seen(2, 2)});
  run.audit({seen(0, 0), seen(1, 1), seen(2, 2), seen(3, 3)});
  run.assign(3, 0);
  run.poll(3, {seen(0, 0), seen(1, 1)});
  run.assign(3, 0);
  run.poll(3, {seen(0, 0), seen(1, 1), seen(1, 1)});
  run.finish();
  EXPECT_EQ(run.told(),
            "duplicated(audit-trail) orders-0@0/0 #0 auto.offset.reset=earliest\n"
            "duplicated(audit-trail) orders-0@1/1 #1 auto.offset.reset=earliest\n"
            "skipped(billing) orders-0@1 #1 auto.offset.reset=latest\n");
}

TEST(JudgePermissions, AnAssignmentExcusesOnlyWhatComesBackThroughIt) {
  History run;
  run.produce(1);
  run.assign(1, 0);
  run.poll(1, {seen(0, 0)});
  run.poll(1, {seen(0, 0)});
  run.assign(1, 0);
  run.audit({seen(0, 0)});
  run.finish();
  EXPECT_EQ(run.told(), "duplicated(billing) orders-0@0/0 #0\n");
}

TEST(JudgePermissions, OfWhatAConsumerWasGivenAtTwoPlaces) {
  auto told = [](const Change& change) {
    History run(options_with(change));
    run.produce(1);
    run.assign(1, 0);
    run.poll(1, {seen(0, 0)});
    run.poll(1, {seen(1, 0)});  // The log holds but one of them at the end.
    run.audit({seen(1, 0)});
    run.finish();
    return run.judge.anomalies().at(0).permitted_by;
  };
  EXPECT_EQ(told([](auto&, auto&) {}), "");
  EXPECT_EQ(told([](auto& producer, auto&) { producer.enable_idempotence = false; }),
            "enable.idempotence=false");
  EXPECT_EQ(told([](auto&, auto& topic) { topic.replication_factor = 1; }), "replication.factor=1");
}

TEST(JudgePermissions, AReplacedLogIsExcusedByTheTopicAndNotByAcks) {
  for (bool unclean : {false, true}) {
    History run(options_with([&](auto& producer, auto& topic) {
      producer.acks = Acks::kLeader;
      topic.config.unclean_leader_election_enable = unclean;
    }));
    run.produce(2);
    run.assign(1, 0);
    run.poll(1, {seen(0, 0)});
    run.elect(50, true);
    run.audit({seen(0, 1)});
    run.finish();
    std::string permitted =
        unclean ? " unclean.leader.election.enable=true" : " an unclean election";
    EXPECT_EQ(run.told(),
              "lost orders-0@0 #0 acks=1\n"
              "inconsistent offset(billing) orders-0@0 #0" +
                  permitted +
                  "\n"
                  "skipped(billing) orders-0@0 #1" +
                  permitted + "\n");
  }
}

TEST(JudgePermissions, NothingExcusesAConsumerThatGoesBackByItself) {
  History run(options_with([](auto&, auto& topic) { topic.replication_factor = 1; }));
  run.produce(2);
  run.assign(1, 0);
  run.poll(1, {seen(1, 1), seen(0, 0)});
  run.audit({seen(0, 0), seen(1, 1)});
  run.finish();
  EXPECT_EQ(run.told(), "reordered(billing) orders-0@1/0 #1\n");
}

constexpr const char* kNotFlushed = "flush.messages not set (acks=all does not wait for the disk)";

// Of a record of which the power took these replicas after it was sent.
std::string permission_after_power_loss(const std::vector<int32_t>& nodes, const Change& change,
                                        int64_t ms = 5) {
  History run(options_with(change));
  run.send(0, 0, 3);
  run.acknowledge({seen(0, 0)}, 0, 4);
  for (int32_t node : nodes) run.lose_tail(node, ms);
  run.finish();
  EXPECT_EQ(run.judge.anomalies().size(), 1u);
  return run.judge.anomalies().at(0).permitted_by;
}

TEST(JudgePermissions, PowerLossTakesWhatAcksAllDidNotFlush) {
  auto nothing = [](ProducerConfig&, JudgedTopic&) {};
  EXPECT_EQ(permission_after_power_loss({1, 2, 3}, nothing), kNotFlushed);
  EXPECT_EQ(permission_after_power_loss({1, 2}, nothing), kNotFlushed) << "min.insync.replicas=2";
  EXPECT_EQ(permission_after_power_loss({1}, nothing), "") << "another one had it";
  EXPECT_EQ(permission_after_power_loss({1, 1}, nothing), "") << "twice the same";
  EXPECT_EQ(permission_after_power_loss({1, 2, 3}, nothing, /*ms=*/2), "") << "before it was sent";
  EXPECT_EQ(permission_after_power_loss(
                {1, 2, 3}, [](auto&, auto& topic) { topic.config.flush_messages = 1; }),
            "")
      << "each record is flushed before it is acknowledged";
  EXPECT_EQ(permission_after_power_loss(
                {1, 2, 3}, [](auto&, auto& topic) { topic.config.flush_messages = 10; }),
            "flush.messages>1 (acks=all does not wait for the disk)");
}

TEST(JudgePermissions, PowerLossIsNamedOnlyWhereNothingElseWouldHaveHelped) {
  auto one = [](auto&, auto& topic) { topic.config.min_insync_replicas = 1; };
  EXPECT_EQ(permission_after_power_loss({1}, one), "min.insync.replicas=1");
  EXPECT_EQ(permission_after_power_loss({1, 2, 3}, one), kNotFlushed);
  auto single = [](auto&, auto& topic) { topic.replication_factor = 1; };
  EXPECT_EQ(permission_after_power_loss({1}, single), kNotFlushed);
  EXPECT_EQ(permission_after_power_loss({1, 2, 3},
                                        [](auto& producer, auto&) { producer.acks = Acks::kNone; }),
            "acks=0");
}

TEST(JudgePermissions, PowerLossIsOfOnePartition) {
  History run;
  run.produce(1);
  run.lose_tail(1, 5, 1);
  run.lose_tail(2, 5, 1);
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@0 #0\n");
}

TEST(JudgePermissions, AnUncleanElectionBeforeTheRecordWasSentTookNothing) {
  History run(
      options_with([](auto&, auto& topic) { topic.config.unclean_leader_election_enable = true; }));
  run.elect(5, true);
  run.send(0, 0, 10);
  run.acknowledge({seen(0, 0)}, 0, 11);
  run.finish();
  EXPECT_EQ(run.told(), "lost orders-0@0 #0\n");
}

// What the brokers know of an idempotent producer is in the log, and goes with it: also when it
// goes before the records are sent.
TEST(JudgePermissions, PowerLossTakesTheStateOfProducersToo) {
  for (int32_t nodes : {1, 2}) {
    History run;
    run.send(0, 0, 7);
    run.send(1, 0, 7);
    run.acknowledge({seen(1, 0)}, 0);
    for (int32_t node = 1; node <= nodes; ++node) run.lose_tail(node, 5);
    run.audit({seen(0, 1), seen(1, 0)});
    run.finish();
    EXPECT_EQ(run.told(), "reordered orders-0@0/1 #1" +
                              (nodes == 2 ? std::string(" ") + kNotFlushed : "") + "\n");
  }
}

}  // namespace
}  // namespace models::tests
