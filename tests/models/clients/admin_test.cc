// SPDX-License-Identifier: Apache-2.0

#include "models/clients/admin.h"

#include "sim/check.h"
#include "tests/models/clients/client_fixture.h"

namespace models {
namespace {

constexpr ErrorCode kOk = ErrorCode::kNone;

// Wants "orders" with two partitions once three brokers are there. Started.
struct Bench {
  Bench() : admin(options()) { admin.on_start(at.step()); }
  static AdminOptions options() {
    AdminOptions options;
    options.topics = {
        {.name = "orders", .num_partitions = 2, .replication_factor = 3, .configs = {}}};
    options.brokers_expected = 3;
    options.bootstrap = {kOne};
    return options;
  }
  void metadata_says(const MetadataResponse& reply) {
    at.clear();
    admin.on_metadata_response(kOne, reply, {}, at.step());
  }
  void create_says(ErrorCode topic, ErrorCode request = kOk) {
    at.clear();
    CreateTopicsResponse reply;
    reply.error = request;
    if (request == kOk) reply.topics.push_back({"orders", {}, topic});
    admin.on_create_topics_response(kOne, reply, {}, at.step());
  }
  void tick() {
    at.clear();
    admin.on_timer({Timer::kMetadataRefresh, 0}, at.step());
  }
  size_t created() const { return at.sent<CreateTopicsRequest>().size(); }
  bool waits() const { return armed(at, Timer::kMetadataRefresh) == 100_ms; }

  StepFixture at;
  Admin admin;
};

TEST(Admin, waits_for_all_brokers_before_it_creates) {
  Bench b;
  ASSERT_EQ(b.at.sent<MetadataRequest>().size(), 1u);
  EXPECT_TRUE(b.at.sent<MetadataRequest>()[0].second.topics.empty());
  MetadataResponse two;
  two.brokers = {kOne, kTwo};
  b.metadata_says(two);
  EXPECT_EQ(b.created(), 0u);
  EXPECT_TRUE(b.waits());
  b.tick();
  EXPECT_EQ(b.at.sent<MetadataRequest>().size(), 1u);
  b.metadata_says(metadata({}));
  ASSERT_EQ(b.created(), 1u);
  SendRequest sent = b.at.all<SendRequest>()[0];
  EXPECT_EQ(sent.channel, Channel::kToController);
  EXPECT_EQ(b.at.sent<CreateTopicsRequest>()[0].second.topics[0].name, "orders");
}

TEST(Admin, is_done_when_every_partition_has_a_leader) {
  Bench b;
  b.metadata_says(metadata({}));
  b.create_says(kOk);
  EXPECT_TRUE(b.waits());
  b.tick();
  EXPECT_EQ(b.at.sent<MetadataRequest>()[0].second.topics, std::vector<std::string>{"orders"});
  MetadataResponse no_topic = metadata({kOne, kTwo});
  no_topic.topics.clear();
  MetadataResponse with_error = metadata({kOne, kTwo});
  with_error.topics[0].error = ErrorCode::kUnknownTopicOrPartition;
  for (const MetadataResponse& early :
       {no_topic, with_error, metadata({kOne}), metadata({kOne, kNoNode})}) {
    b.metadata_says(early);
    EXPECT_FALSE(b.admin.done());
    EXPECT_TRUE(b.waits());
  }
  b.metadata_says(metadata({kOne, kTwo}));
  EXPECT_TRUE(b.admin.done());
  ASSERT_EQ(b.at.all<Note>().size(), 1u);
  EXPECT_EQ(b.at.all<Note>()[0].what, "topics_ready");
}

TEST(Admin, a_topic_that_exists_is_as_good_as_created) {
  Bench b;
  b.metadata_says(metadata({}));
  b.create_says(ErrorCode::kTopicAlreadyExists);
  EXPECT_TRUE(b.admin.refused().empty());
  b.metadata_says(metadata({kOne, kTwo}));
  EXPECT_TRUE(b.admin.done());
}

TEST(Admin, tries_again_after_another_controller_or_a_lost_request) {
  Bench b;
  b.metadata_says(metadata({}));
  b.create_says(kOk, ErrorCode::kNotController);
  EXPECT_TRUE(b.waits());
  b.metadata_says(metadata({}));
  EXPECT_EQ(b.created(), 1u);
  b.at.clear();
  b.admin.on_request_failed(kNoNode, CreateTopicsRequest{}, RequestFailure::kTimedOut, b.at.step());
  EXPECT_TRUE(b.waits());
  b.metadata_says(metadata({}));
  EXPECT_EQ(b.created(), 1u);
}

TEST(Admin, gives_up_when_a_topic_is_refused_for_good) {
  Bench b;
  b.metadata_says(metadata({}));
  b.create_says(ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(b.admin.refused(), "orders: INVALID_REPLICATION_FACTOR");
  EXPECT_FALSE(b.waits());
  EXPECT_FALSE(b.admin.done());
}

TEST(Admin, needs_a_broker_to_ask) {
  EXPECT_THAT([] { Admin nobody(AdminOptions{}); }, testing::Throws<sim::CheckFailure>());
}

}  // namespace
}  // namespace models
