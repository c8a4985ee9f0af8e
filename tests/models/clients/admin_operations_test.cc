// SPDX-License-Identifier: Apache-2.0

#include "models/clients/admin.h"
#include "tests/models/clients/client_fixture.h"

namespace models {
namespace {

// Past its beginning, with no topics to create.
struct Bench {
  Bench() : admin({.brokers_expected = 1, .bootstrap = {kOne}}) {
    admin.on_start(at.step());
    admin.on_metadata_response(kOne, metadata({}), {}, at.step());
    admin.on_create_topics_response(kOne, {}, {}, at.step());
    admin.on_metadata_response(kOne, {}, {}, at.step());
    EXPECT_TRUE(admin.done());
    at.clear();
  }
  void perform(int64_t id) { admin.perform(id, DeleteTopicsRequest{{{"orders", {}}}}, at.step()); }
  void says(ErrorCode topic, ErrorCode request = ErrorCode::kNone) {
    DeleteTopicsResponse reply{request, {}};
    if (request == ErrorCode::kNone) reply.results.push_back({"orders", {}, topic});
    admin.on_operation_response(reply, at.step());
  }
  std::string done() const {
    std::string text;
    for (const Note& note : at.all<Note>()) {
      if (note.what == "admin_done")
        text += "(" + note.fields[0].second + " " + note.fields[1].second + ")";
    }
    return text;
  }
  size_t sent() const { return at.sent<DeleteTopicsRequest>().size(); }

  StepFixture at;
  Admin admin;
};

TEST(AdminOperations, tell_what_became_of_them) {
  Bench b;
  b.perform(7);
  ASSERT_EQ(b.sent(), 1u);
  EXPECT_EQ(b.done(), "");
  b.says(ErrorCode::kNone);
  EXPECT_EQ(b.done(), "(7 )");
  EXPECT_TRUE(b.admin.is_idle());
  b.at.clear();
  b.perform(8);
  b.says(ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(b.done(), "(8 orders: UNKNOWN_TOPIC_OR_PARTITION)");
}

TEST(AdminOperations, run_one_after_the_other) {
  Bench b;
  b.perform(1);
  b.perform(2);
  EXPECT_EQ(b.sent(), 1u);
  b.says(ErrorCode::kNone);
  EXPECT_EQ(b.sent(), 2u);
}

TEST(AdminOperations, are_sent_again_when_the_controller_has_changed_or_nobody_answers) {
  Bench b;
  b.perform(1);
  b.says(ErrorCode::kNone, ErrorCode::kNotController);
  EXPECT_EQ(armed(b.at, Timer::kAdminRetry), 100_ms);
  b.at.clear();
  b.admin.on_timer({Timer::kAdminRetry}, b.at.step());
  EXPECT_EQ(b.sent(), 1u);
  b.admin.on_request_failed(kOne, DeleteTopicsRequest{}, RequestFailure::kDisconnected,
                            b.at.step());
  EXPECT_EQ(armed(b.at, Timer::kAdminRetry), 200_ms);
  EXPECT_EQ(b.done(), "");
}

TEST(AdminOperations, give_up_after_a_minute) {
  Bench b;
  b.perform(1);
  EXPECT_EQ(armed(b.at, Timer::kAdminTimeout), 60_s);
  b.admin.on_request_failed(kOne, DeleteTopicsRequest{}, RequestFailure::kTimedOut, b.at.step());
  b.admin.on_timer({Timer::kAdminTimeout}, b.at.step());
  EXPECT_EQ(b.done(), "(1 REQUEST_TIMED_OUT)");
  EXPECT_TRUE(b.admin.is_idle());
}

TEST(AdminOperations, wait_for_an_answer_that_is_late) {
  Bench b;
  b.perform(1);
  b.admin.on_timer({Timer::kAdminTimeout}, b.at.step());
  EXPECT_EQ(b.done(), "");
  b.says(ErrorCode::kNone);
  EXPECT_EQ(b.done(), "(1 )");
}

}  // namespace
}  // namespace models
