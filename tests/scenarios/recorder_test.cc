// SPDX-License-Identifier: Apache-2.0
//
// What the recorder makes of the metadata.

#include "scenarios/recorder.h"

#include <gtest/gtest.h>

namespace tests {
namespace {

// orders-0 on brokers 1 to 3.
models::MetadataImage image_of(std::vector<models::NodeId> isr, models::NodeId leader,
                               int32_t epoch, bool recovering) {
  models::PartitionRegistration partition;
  partition.replicas = {models::NodeId(1), models::NodeId(2), models::NodeId(3)};
  partition.isr = std::move(isr);
  partition.leader = leader;
  partition.leader_epoch = models::LeaderEpoch(epoch);
  partition.recovering = recovering;
  models::MetadataImage image;
  image.topics["orders"].name = "orders";
  image.topics["orders"].partitions = {partition};
  return image;
}

int64_t unclean_elections(const scenarios::Recorder& recorder) {
  const scenarios::Series* series = recorder.find("unclean_elections", "");
  return series == nullptr ? 0 : series->last();
}

// Broker 2 joins the ISR and is elected, and both are committed together.
TEST(Recorder, an_election_from_an_isr_that_was_never_seen_is_clean) {
  scenarios::Recorder recorder;
  models::NodeId one(1), two(2);
  recorder.on_image(image_of({one}, one, 1, false), sim::SimTime::at_millis(1));
  recorder.on_image(image_of({one, two}, two, 2, false), sim::SimTime::at_millis(2));
  EXPECT_EQ(unclean_elections(recorder), 0);
  recorder.on_image(image_of({models::NodeId(3)}, models::NodeId(3), 3, true),
                    sim::SimTime::at_millis(3));
  EXPECT_EQ(unclean_elections(recorder), 1);
}

}  // namespace
}  // namespace tests
