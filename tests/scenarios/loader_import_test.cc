// SPDX-License-Identifier: Apache-2.0
//
// "import" of a cluster: a folder of a real broker, and what the loader says of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "scenarios/disk_export.h"
#include "scenarios/loader.h"
#include "scenarios/run.h"
#include "tests/scenarios/log_fixture.h"

namespace scenarios {
namespace {

using models::NodeId;
using models::Offset;
using testing::ElementsAre;
using testing::HasSubstr;

namespace fs = std::filesystem;

constexpr const char* kTopicId = "fx2mDkr9TIGdbCSDWjdhew";

// A folder with scenarios and the directories that they import.
class LoaderImport : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // A log.dir called `name` with `batches` of two records in each of `partitions` of "orders".
  void broker(const std::string& name, int partitions, int batches, int32_t epoch = 4,
              const std::string& topic_id = kTopicId) {
    models::MemoryFileSystem files;
    for (int p = 0; p < partitions; ++p) {
      std::string directory = "orders-" + std::to_string(p);
      FakeLog log(directory);
      for (int i = 0; i < batches; ++i) {
        if (i == 1) log.lead(epoch);
        log.data({.producer = 3, .records = 2});
      }
      log.write(files);
      files.overwrite(directory + "/partition.metadata",
                      "version: 0\ntopic_id: " + topic_id + "\n");
    }
    files.overwrite("meta.properties", "version=1\nnode.id=7\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\n");
    auto written = export_disk(files, (folder_ / name).string(), nullptr);
    ASSERT_TRUE(written.ok()) << written.status();
  }
  Loaded load(const std::string& import, const std::string& topic) {
    std::string text = R"({ "name": "t", "duration": "30s",
      "cluster": { "brokers": 3, "import": )" +
                       import + R"( },
      "topics": { "orders": )" +
                       topic + R"( },
      "producers": { "checkout": { "topic": "orders", "rate": "20/s" } },
      "consumers": { "billing": { "topics": ["orders"], "assignment": "static",
                                  "config": { "auto.offset.reset": "earliest" } } },
      "expect": [ "lost == 0", "duplicated(billing) == 0", "lag(billing) == 0 at end" ] })";
    std::ofstream(folder_ / "t.json") << text;
    return load_scenario((folder_ / "t.json").string(), {});
  }
  static std::string problem_of(const Loaded& loaded) {
    return loaded.problems.empty() ? "none"
                                   : loaded.problems[0].pointer + ": " + loaded.problems[0].message;
  }
  static constexpr const char* kOne = R"([ { "broker": 1, "directory": "b1" } ])";
  static constexpr const char* kTopic = R"({ "partitions": 2, "replication.factor": 3,
                                          "config": { "retention.ms": -1 } })";
  fs::path folder_;
};

TEST_F(LoaderImport, a_topic_gets_id_replicas_and_epoch_from_the_furthest_log) {
  broker("b1", 2, 10);
  broker("b2", 2, 15);
  Loaded loaded =
      load(R"([ { "broker": 1, "directory": "b1" }, { "broker": 3, "directory": "b2" } ])", kTopic);
  ASSERT_TRUE(loaded.scenario.has_value()) << problem_of(loaded);
  const TopicPlan& topic = loaded.scenario->topics[0];
  EXPECT_EQ(to_string(topic.imported_id), kTopicId);
  ASSERT_EQ(topic.imported.size(), 2u);
  EXPECT_THAT(topic.imported[0].replicas, ElementsAre(NodeId(1), NodeId(3), NodeId(2)));
  EXPECT_THAT(topic.imported[0].isr, ElementsAre(NodeId(3)));
  EXPECT_EQ(topic.imported[0].leader, models::kNoNode);
  EXPECT_EQ(topic.imported[0].leader_epoch, models::LeaderEpoch(4));
  EXPECT_THAT(topic.imported_ends, ElementsAre(Offset(30), Offset(30)));
}

TEST_F(LoaderImport, a_cluster_runs_on_with_what_was_there) {
  broker("b1", 2, 20);
  Loaded loaded = load(kOne, kTopic);
  ASSERT_TRUE(loaded.scenario.has_value()) << problem_of(loaded);
  auto scenario = std::make_shared<const Scenario>(*std::move(loaded.scenario));
  scenarios::Run run(scenario, {});
  while (run.step()) {
  }
  RunResult result = run.finish();
  EXPECT_EQ(result.outcome, Outcome::kPassed);
  EXPECT_TRUE(result.anomaly_counts.empty()) << "old records are nobody's business";
  int64_t end = 0;
  sim::ProcessId second = run.cluster().process_of(NodeId(2));
  sim::SimDisk copy = run.world().disk(run.world().host_of(second));
  auto started = start_on(copy, NodeId(2), std::string(models::kClusterId));
  ASSERT_TRUE(started.ok()) << started.status();
  for (const StartedLog& log : started->logs) {
    EXPECT_EQ(log.log_start, Offset(0)) << "the second broker has fetched all";
    EXPECT_EQ(to_string(log.topic_id), kTopicId);
    EXPECT_GE(log.epoch, models::LeaderEpoch(4));
    end += log.log_end.value();
  }
  EXPECT_EQ(end, 2 * 40 + 600);
}

TEST_F(LoaderImport, says_what_is_wrong_with_a_directory_and_where) {
  fs::create_directory(folder_ / "empty");
  EXPECT_EQ(problem_of(load(kOne, kTopic)),
            "/cluster/import/0/directory: \"b1\": No such file or directory");
  EXPECT_THAT(problem_of(load(R"([ { "broker": 1, "directory": "empty" } ])", kTopic)),
              HasSubstr("/cluster/import/0/directory: \"empty\": no log directory: expected"));
  EXPECT_EQ(problem_of(load(R"([ { "broker": 4, "directory": "empty" } ])", kTopic)),
            "/cluster/import/0/broker: no broker 4: the cluster has brokers 1 to 3");
  broker("b1", 2, 5);
  EXPECT_EQ(
      problem_of(load(
          R"([ { "broker": 1, "directory": "b1" }, { "broker": 1, "directory": "b1" } ])", kTopic)),
      "/cluster/import/1/broker: broker 1 has a directory already: \"b1\"");
}

TEST_F(LoaderImport, a_topic_must_fit_its_logs) {
  broker("b1", 2, 5);
  broker("b2", 1, 5);
  broker("other", 2, 5, 4, "AAAAAAAAAAAAAAAAAAAAAg");
  EXPECT_EQ(problem_of(load(kOne, R"({ "partitions": 3, "replication.factor": 3 })")),
            "/topics/orders/partitions: \"orders\" has 2 in the imported directories, found 3");
  EXPECT_EQ(problem_of(load(
                R"([ { "broker": 1, "directory": "b1" }, { "broker": 2, "directory": "b2" } ])",
                R"({ "partitions": 2, "replication.factor": 1 })")),
            "/topics/orders/replication.factor: 2 imported directories have orders-0, found 1");
  EXPECT_EQ(
      problem_of(
          load(R"([ { "broker": 1, "directory": "b1" }, { "broker": 2, "directory": "other" } ])",
               kTopic)),
      "/topics/orders: orders-0 of broker 2 has topic id AAAAAAAAAAAAAAAAAAAAAg, other logs of "
      "the topic have fx2mDkr9TIGdbCSDWjdhew");
}

TEST_F(LoaderImport, a_topic_that_the_scenario_does_not_name_is_set_aside_and_told) {
  broker("b1", 2, 5);
  std::string text = R"({ "name": "t", "duration": "5s",
      "cluster": { "brokers": 1, "import": [ { "broker": 1, "directory": "b1" } ] },
      "topics": { "stock": {} } })";
  std::ofstream(folder_ / "t.json") << text;
  Loaded loaded = load_scenario((folder_ / "t.json").string(), {});
  ASSERT_TRUE(loaded.scenario.has_value()) << problem_of(loaded);
  EXPECT_THAT(loaded.scenario->notes,
              ElementsAre("cluster: orders of b1 is none of the topics: broker 1 sets it aside "
                          "(-stray)"));
}

}  // namespace
}  // namespace scenarios
