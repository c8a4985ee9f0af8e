// SPDX-License-Identifier: Apache-2.0

#include "models/protocol/fetch_session_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace models {
namespace {

FetchPartition at_offset(int32_t partition, int64_t offset) {
  return {.partition = {"orders", partition}, .fetch_offset = Offset(offset)};
}

FetchResponse reply(int32_t session, const std::vector<int32_t>& partitions) {
  FetchResponse response{.session_id = session};
  for (int32_t partition : partitions) {
    response.partitions.push_back({.partition = {"orders", partition}});
  }
  return response;
}

std::vector<int32_t> named(const FetchRequest& request) {
  std::vector<int32_t> numbers;
  for (const FetchPartition& each : request.partitions) numbers.push_back(each.partition.partition);
  return numbers;
}

using testing::ElementsAre;
using testing::IsEmpty;

// Two partitions in session 9.
struct Open {
  Open() {
    ask({at_offset(0, 10), at_offset(1, 20)});
    EXPECT_TRUE(handler.on_response(reply(9, {0, 1})));
  }
  FetchRequest ask(const std::vector<FetchPartition>& wanted) {
    FetchRequest request;
    handler.want_only(wanted);
    handler.build(request);
    return request;
  }
  FetchSessionHandler handler;
};

TEST(FetchSessionHandler, first_request_is_full_and_asks_for_a_session) {
  FetchSessionHandler handler;
  FetchRequest request;
  handler.want_only({at_offset(1, 5), at_offset(0, 5)});
  EXPECT_TRUE(handler.build(request));
  EXPECT_EQ(request.session_id, kNoFetchSession);
  EXPECT_EQ(request.session_epoch, kInitialFetchEpoch);
  EXPECT_THAT(named(request), ElementsAre(1, 0));
}

TEST(FetchSessionHandler, later_ones_name_what_changed) {
  Open open;
  FetchRequest request = open.ask({at_offset(0, 10), at_offset(1, 25), at_offset(2, 0)});
  EXPECT_EQ(request.session_id, 9);
  EXPECT_EQ(request.session_epoch, 1);
  EXPECT_THAT(named(request), ElementsAre(2, 1)) << "new ones first";
  EXPECT_EQ(open.handler.asked({"orders", 0})->fetch_offset, Offset(10)) << "asked, but not named";
  EXPECT_TRUE(open.handler.on_response(reply(9, {2})));
  request = open.ask({at_offset(1, 25), at_offset(2, 0)});
  EXPECT_EQ(request.session_epoch, 2);
  EXPECT_THAT(named(request), IsEmpty());
  EXPECT_THAT(request.forgotten, ElementsAre(TopicPartition{"orders", 0}));
}

TEST(FetchSessionHandler, single_changes_add_alter_and_forget) {
  Open open;
  FetchRequest request;
  open.handler.begin();
  open.handler.want(at_offset(0, 10));
  open.handler.want(at_offset(1, 30));
  open.handler.drop({"orders", 0});
  open.handler.drop({"orders", 5});
  EXPECT_TRUE(open.handler.build(request));
  EXPECT_THAT(named(request), ElementsAre(1));
  EXPECT_THAT(request.forgotten, ElementsAre(TopicPartition{"orders", 0}));
}

TEST(FetchSessionHandler, nothing_wanted_is_no_request_but_the_last_one_forgotten_is) {
  FetchSessionHandler fresh;
  FetchRequest request;
  fresh.want_only({});
  EXPECT_FALSE(fresh.build(request));
  Open open;
  open.handler.want_only({});
  EXPECT_TRUE(open.handler.build(request));
  EXPECT_EQ(request.forgotten.size(), 2u);
  EXPECT_TRUE(open.handler.on_response(reply(kNoFetchSession, {})));
  open.handler.want_only({});
  EXPECT_FALSE(open.handler.build(request));
}

TEST(FetchSessionHandler, unknown_session_begins_anew_without_one) {
  Open open;
  open.ask({at_offset(0, 10)});
  EXPECT_FALSE(open.handler.on_response({.error = ErrorCode::kFetchSessionIdNotFound}));
  FetchRequest request = open.ask({at_offset(0, 10)});
  EXPECT_EQ(request.session_id, kNoFetchSession);
  EXPECT_EQ(request.session_epoch, kInitialFetchEpoch);
  EXPECT_THAT(named(request), ElementsAre(0));
}

TEST(FetchSessionHandler, wrong_epoch_or_a_failure_closes_the_old_one_with_the_next_request) {
  Open open;
  open.ask({at_offset(0, 10)});
  EXPECT_FALSE(open.handler.on_response({.error = ErrorCode::kInvalidFetchSessionEpoch}));
  EXPECT_EQ(open.ask({at_offset(0, 10)}).session_id, 9);
  EXPECT_TRUE(open.handler.on_response(reply(12, {0})));
  open.ask({at_offset(0, 10)});
  open.handler.on_failed();
  FetchRequest request = open.ask({at_offset(0, 10)});
  EXPECT_EQ(request.session_id, 12);
  EXPECT_EQ(request.session_epoch, kInitialFetchEpoch);
  EXPECT_THAT(named(request), ElementsAre(0));
}

TEST(FetchSessionHandler, reply_that_does_not_fit_the_request_is_not_used) {
  FetchSessionHandler handler;
  FetchRequest request;
  handler.want_only({at_offset(0, 10), at_offset(1, 20)});
  handler.build(request);
  EXPECT_FALSE(handler.on_response(reply(9, {0}))) << "a full one names all";
  Open open;
  open.ask({at_offset(0, 10), at_offset(1, 20)});
  EXPECT_FALSE(open.handler.on_response(reply(9, {3}))) << "an incremental one none but ours";
}

TEST(FetchSessionHandler, reply_without_session_means_full_requests) {
  FetchSessionHandler handler;
  FetchRequest request;
  for (int i = 0; i < 2; ++i) {
    handler.want_only({at_offset(0, 10)});
    handler.build(request);
    EXPECT_EQ(request.session_epoch, kInitialFetchEpoch);
    EXPECT_THAT(named(request), ElementsAre(0));
    EXPECT_TRUE(handler.on_response(reply(kNoFetchSession, {0})));
  }
}

}  // namespace
}  // namespace models
