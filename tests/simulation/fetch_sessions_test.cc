// SPDX-License-Identifier: Apache-2.0
//
// Fetch sessions and reads near the consumer in whole clusters, with too few slots, crashes and
// restarts: everything still arrives, once and in order.

#include <gtest/gtest.h>

#include <string>

#include "models/common/marks.h"
#include "scenarios/run.h"
#include "tests/support/library.h"

namespace tests {
namespace {

using models::Mark;
using scenarios::Outcome;

// How often the places were reached in one run, which must pass.
class Watched {
 public:
  Watched(const std::string& text, uint64_t seed) : run_(parse(text), {.seed = seed}) {
    while (run_.step()) {
    }
    scenarios::RunResult result = run_.finish();
    EXPECT_EQ(result.outcome, Outcome::kPassed) << "seed " << seed << ": " << why(result);
  }
  int64_t of(Mark mark) const { return run_.world().counters()[static_cast<size_t>(mark)]; }

 private:
  scenarios::Run run_;
};

std::string cluster_of(const std::string& config, const std::string& consumers,
                       const std::string& faults) {
  return R"({"name":"sessions","duration":"40s",
    "cluster":{"brokers":3,"controllers":1,"racks":["a","b","c"],"config":{)" +
         config + R"(}},
    "topics":{"orders":{"partitions":36,"replication.factor":3,"config":{"min.insync.replicas":2}}},
    "producers":{"checkout":{"count":2,"topic":"orders","rate":"50/s","value":{"size":"200B"}}},
    "consumers":{"billing":{)" +
         consumers + R"(,"topics":["orders"],"assignment":"static"}},"faults":[)" + faults +
         R"(],"expect":["lost == 0","duplicated == 0","reordered == 0",
                        "lag(billing) == 0 at end"]})";
}

const char* const kCrashes = R"({"at":"10s","crash":"leader of orders-0","for":"8s"},
                                {"at":"24s","crash":"any broker","for":"5s"})";

TEST(FetchSessions, survive_evictions_and_restarts) {
  int64_t evicted = 0, refused = 0, lost = 0;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Watched run(cluster_of(R"("max.incremental.fetch.session.cache.slots":8)",
                           R"("count":12,"config":{"auto.offset.reset":"earliest"})", kCrashes),
                seed);
    evicted += run.of(Mark::kFetchSessionEvicted);
    refused += run.of(Mark::kFetchSessionNotOpened);
    lost += run.of(Mark::kFetchSessionNotFound);
  }
  EXPECT_GT(evicted, 0);
  EXPECT_GT(refused, 0);
  EXPECT_GT(lost, 0);
}

TEST(FetchSessions, without_a_slot_every_request_is_full) {
  Watched run(cluster_of(R"("max.incremental.fetch.session.cache.slots":0)",
                         R"("count":2,"config":{"auto.offset.reset":"earliest"})", kCrashes),
              1);
  EXPECT_GT(run.of(Mark::kFetchSessionNotOpened), 100);
}

TEST(FetchSessions, of_several_fetchers) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Watched run(cluster_of(R"("num.replica.fetchers":3)",
                           R"("count":2,"config":{"auto.offset.reset":"earliest"})", kCrashes),
                seed);
    EXPECT_GT(run.of(Mark::kIdleFetcherClosed), 0);
  }
}

TEST(RackAwareReads, go_near_come_back_and_go_near_again) {
  Watched run(cluster_of(R"("replica.selector.class":)"
                         R"("org.apache.kafka.common.replica.RackAwareReplicaSelector")",
                         R"("config":{"client.rack":"b","auto.offset.reset":"earliest",
                               "metadata.max.age.ms":3000})",
                         R"({"at":"10s","crash":"broker 2","for":"10s"})"),
              1);
  EXPECT_GT(run.of(Mark::kPreferredReplicaNamed), 0);
  EXPECT_GT(run.of(Mark::kPreferredReplicaExpired), 0);
  EXPECT_GT(run.of(Mark::kPreferredReplicaDropped), 0);
}

}  // namespace
}  // namespace tests
