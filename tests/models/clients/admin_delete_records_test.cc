// SPDX-License-Identifier: Apache-2.0
//
// DeleteRecords as an administrator's operation: to the leaders, wherever they are.

#include "models/clients/admin.h"
#include "tests/models/clients/client_fixture.h"

namespace models {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// Past its beginning, asked to delete what is below 5 in orders-0 and orders-1.
struct Bench {
  Bench() : admin({.brokers_expected = 1, .bootstrap = {kThree}}) {
    admin.on_start(at.step());
    admin.on_metadata_response(kThree, metadata({}), {}, at.step());
    admin.on_create_topics_response(kThree, {}, {}, at.step());
    admin.on_metadata_response(kThree, {}, {}, at.step());
    at.clear();
    DeleteRecordsRequest request;
    request.partitions = {{orders(0), Offset(5)}, {orders(1), Offset(5)}};
    admin.perform(7, request, at.step());
  }
  void led_by(const std::vector<NodeId>& leaders) {
    EXPECT_THAT(at.sent<MetadataRequest>(), SizeIs(1));
    at.clear();
    admin.on_metadata_response(kThree, metadata(leaders), {}, at.step());
  }
  void says(NodeId leader, int32_t partition, ErrorCode error) {
    DeleteRecordsResponse reply;
    reply.partitions.push_back({orders(partition), Offset(5), error});
    at.clear();
    admin.on_delete_records_response(leader, reply, request_for(partition), at.step());
  }
  static DeleteRecordsRequest request_for(int32_t partition) {
    return {.partitions = {{orders(partition), Offset(5)}}};
  }
  void retry() {
    EXPECT_EQ(armed(at, Timer::kAdminRetry), 100_ms);
    at.clear();
    admin.on_timer({Timer::kAdminRetry}, at.step());
  }
  // Errors, when it is over.
  std::string done() const {
    for (const Note& note : at.all<Note>()) {
      if (note.what == "admin_done") return "(" + note.fields[1].second + ")";
    }
    return "";
  }

  StepFixture at;
  Admin admin;
};

TEST(AdminDeleteRecords, goes_to_each_leader_and_is_over_when_all_have_answered) {
  Bench b;
  b.led_by({kOne, kTwo});
  auto sent = b.at.sent<DeleteRecordsRequest>();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[0].first, kOne);
  EXPECT_EQ(sent[0].second.partitions.at(0).partition, orders(0));
  EXPECT_EQ(sent[0].second.timeout_ms, 60'000);
  EXPECT_EQ(sent[1].first, kTwo);
  b.says(kTwo, 1, ErrorCode::kNone);
  EXPECT_EQ(b.done(), "");
  b.says(kOne, 0, ErrorCode::kNone);
  EXPECT_EQ(b.done(), "()");
  EXPECT_TRUE(b.admin.is_idle());
}

TEST(AdminDeleteRecords, follows_a_leader_that_has_moved_and_repeats_nothing_else) {
  Bench b;
  b.led_by({kOne, kTwo});
  b.says(kOne, 0, ErrorCode::kNotLeaderOrFollower);
  b.says(kTwo, 1, ErrorCode::kNone);
  b.retry();
  b.led_by({kThree, kTwo});
  auto sent = b.at.sent<DeleteRecordsRequest>();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].first, kThree);
  b.says(kThree, 0, ErrorCode::kNone);
  EXPECT_EQ(b.done(), "()");
}

TEST(AdminDeleteRecords, waits_for_a_leader_and_tries_again_after_a_failure) {
  Bench b;
  b.led_by({kNoNode, kNoNode});
  EXPECT_THAT(b.at.sent<DeleteRecordsRequest>(), IsEmpty());
  b.retry();
  b.led_by({kOne, kNoNode});
  b.at.clear();
  b.admin.on_request_failed(kOne, Bench::request_for(0), RequestFailure::kDisconnected,
                            b.at.step());
  EXPECT_EQ(armed(b.at, Timer::kAdminRetry), 200_ms);
  b.admin.on_timer({Timer::kAdminTimeout}, b.at.step());
  EXPECT_EQ(b.done(), "(REQUEST_TIMED_OUT)");
}

TEST(AdminDeleteRecords, names_what_was_refused) {
  Bench b;
  b.led_by({kOne, kOne});
  DeleteRecordsResponse reply;
  reply.partitions = {{orders(0), kNoOffset, ErrorCode::kOffsetOutOfRange},
                      {orders(1), kNoOffset, ErrorCode::kPolicyViolation}};
  b.admin.on_delete_records_response(kOne, reply, {}, b.at.step());
  EXPECT_EQ(b.done(), "(orders-0: OFFSET_OUT_OF_RANGE, orders-1: POLICY_VIOLATION)");
}

}  // namespace
}  // namespace models
