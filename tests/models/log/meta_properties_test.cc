// SPDX-License-Identifier: Apache-2.0

#include "models/log/meta_properties.h"

#include <gtest/gtest.h>

#include "models/common/directory_id.h"
#include "models/log/text_file.h"
#include "tests/support/step_fixture.h"

namespace models {
namespace {

std::string text_of(StepFixture& at, const std::string& path) {
  auto text = read_text_file(path, at.disk());
  return text.ok() && *text ? **text : "nothing";
}

void write(StepFixture& at, const std::string& path, const std::string& text) {
  ASSERT_TRUE(write_text_file(path, text, at.disk()).ok());
}

TEST(MetaProperties, FormatsAnEmptyDirectoryAsKafkaDoes) {
  StepFixture at;
  auto id = prepare_log_directory("disk1", "RmF1bHRsaW5lLXNpbS0wMQ", NodeId(3), at.step());
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_FALSE(is_reserved(*id));
  std::string text = text_of(at, "disk1/meta.properties");
  EXPECT_EQ(text.substr(0, 3), "#\n#") << text;
  EXPECT_EQ(text.substr(text.find('\n', 3) + 1),
            "cluster.id=RmF1bHRsaW5lLXNpbS0wMQ\ndirectory.id=" + to_string(*id) +
                "\nnode.id=3\nversion=1\n");
  EXPECT_FALSE(at.disk().exists("disk1/meta.properties.tmp"));
}

TEST(MetaProperties, TheDateIsJavas) {
  StepFixture at;
  ASSERT_TRUE(at.disk().create_directory("disk1").ok());
  Step step = at.step();
  step.wall = sim::WallTime::at_millis(1'709'210'096'000);
  ASSERT_TRUE(write_meta_properties("disk1", {"c", NodeId(1)}, step).ok());
  EXPECT_EQ(text_of(at, "disk1/meta.properties"),
            "#\n#Thu Feb 29 12:34:56 UTC 2024\ncluster.id=c\nnode.id=1\nversion=1\n");
}

TEST(MetaProperties, KeepsTheIdOfADirectoryAndGivesOneToThatWithout) {
  StepFixture at;
  auto first = prepare_log_directory("disk1", "c", NodeId(3), at.step());
  auto again = prepare_log_directory("disk1", "c", NodeId(3), at.step());
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(*first, *again);
  write(at, "disk1/meta.properties", "version=1\r\ncluster.id=c\r\nnode.id=3\r\n");
  auto given = prepare_log_directory("disk1", "c", NodeId(3), at.step());
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_NE(*given, *first);
  auto read = read_meta_properties("disk1", at.step());
  ASSERT_TRUE(read.ok() && *read);
  EXPECT_EQ(**read, (MetaProperties{"c", NodeId(3), *given}));
}

TEST(MetaProperties, RefusesAnotherNodesAndAnotherClustersDirectory) {
  StepFixture at;
  ASSERT_TRUE(prepare_log_directory("disk1", "c", NodeId(3), at.step()).ok());
  auto node = prepare_log_directory("disk1", "c", NodeId(4), at.step());
  EXPECT_TRUE(absl::IsFailedPrecondition(node.status())) << node.status();
  EXPECT_EQ(node.status().message(), "disk1 is of node 3, not of 4");
  auto cluster = prepare_log_directory("disk1", "d", NodeId(3), at.step());
  EXPECT_EQ(cluster.status().message(), "disk1 is of cluster c, not of d");
}

TEST(MetaProperties, SaysWhatIsWrongWithAGarbledFile) {
  StepFixture at;
  ASSERT_TRUE(at.disk().create_directory("disk1").ok());
  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"cluster.id=c\nnode.id=3\n", "version is not 1"},
           {"version=1\nnode.id=3\n", "cluster.id was not found"},
           {"version=1\ncluster.id=c\nnode.id=x\n", "node.id is not a number"},
           {"version=1\ncluster.id=c\nnode.id=3\ndirectory.id=AAAAAAAAAAAAAAAAAAAAAQ\n",
            "directory.id is no id of a directory"},
       }) {
    write(at, "disk1/meta.properties", text);
    auto read = read_meta_properties("disk1", at.step());
    EXPECT_TRUE(absl::IsDataLoss(read.status())) << text;
    EXPECT_EQ(read.status().message(), "disk1/meta.properties: " + why);
  }
}

TEST(PartitionMetadata, IsKafkasTextAndReadsBack) {
  StepFixture at;
  ASSERT_TRUE(at.disk().create_directory("orders-0").ok());
  auto nothing = read_partition_metadata("orders-0", at.step());
  ASSERT_TRUE(nothing.ok());
  EXPECT_FALSE(*nothing);
  Uuid id = *parse_uuid("b_XlVrwqSa-bjlETUiCCQw");
  ASSERT_TRUE(write_partition_metadata("orders-0", id, at.step()).ok());
  EXPECT_EQ(text_of(at, "orders-0/partition.metadata"),
            "version: 0\ntopic_id: b_XlVrwqSa-bjlETUiCCQw");
  auto read = read_partition_metadata("orders-0", at.step());
  ASSERT_TRUE(read.ok() && *read);
  EXPECT_EQ(**read, id);
  write(at, "orders-0/partition.metadata", "version: 0\ntopic_id: b_XlVrwqSa-bjlETUiCCQ");
  EXPECT_TRUE(absl::IsDataLoss(read_partition_metadata("orders-0", at.step()).status()));
}

TEST(Uuid, ParsesWhatItPrintsAndNothingElse) {
  Uuid id{{0x6ff5e556bc2a49afu, 0x9b8e5113522082c3u}};
  EXPECT_EQ(parse_uuid(to_string(id)), id);
  EXPECT_EQ(parse_uuid("AAAAAAAAAAAAAAAAAAAAAQ"), kUnassignedDirectory);
  EXPECT_FALSE(parse_uuid("AAAAAAAAAAAAAAAAAAAAAR"));  // Bits past the 128th.
  EXPECT_FALSE(parse_uuid("AAAAAAAAAAAAAAAAAAAAA"));
  EXPECT_FALSE(parse_uuid("AAAAAAAAAAAAAAAAAAAA=="));
}

}  // namespace
}  // namespace models
