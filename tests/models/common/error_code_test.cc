// SPDX-License-Identifier: Apache-2.0

#include "models/common/error_code.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace models {
namespace {

TEST(ErrorCode, HasKafkasNameAndNumber) {
  EXPECT_EQ(name_of(ErrorCode::kNotLeaderOrFollower), "NOT_LEADER_OR_FOLLOWER");
  EXPECT_EQ(static_cast<int>(ErrorCode::kNotLeaderOrFollower), 6);
  EXPECT_EQ(name_of(ErrorCode::kStaleBrokerEpoch), "STALE_BROKER_EPOCH");
  EXPECT_EQ(static_cast<int>(ErrorCode::kStaleBrokerEpoch), 77);
  EXPECT_EQ(name_of(ErrorCode::kDuplicateBrokerRegistration), "DUPLICATE_BROKER_REGISTRATION");
  EXPECT_EQ(static_cast<int>(ErrorCode::kDuplicateBrokerRegistration), 101);
}

TEST(ErrorCode, NamesEveryCodeDifferently) {
  std::set<std::string_view> names;
  int named = 0;
  for (int code = 0; code <= 120; ++code) {
    std::string_view name = name_of(static_cast<ErrorCode>(code));
    if (name == "UNKNOWN_SERVER_ERROR") continue;  // Not in the list.
    ++named;
    names.insert(name);
  }
  EXPECT_GE(named, 40);
  EXPECT_EQ(static_cast<int>(names.size()), named);
}

TEST(ErrorCode, RetriesWhatKafkasClientsRetry) {
  EXPECT_TRUE(is_retriable(ErrorCode::kNotEnoughReplicas));
  EXPECT_TRUE(is_retriable(ErrorCode::kRequestTimedOut));
  EXPECT_TRUE(is_retriable(ErrorCode::kCorruptMessage));
  EXPECT_TRUE(is_retriable(ErrorCode::kCoordinatorLoadInProgress));
  EXPECT_TRUE(is_retriable(ErrorCode::kNotLeaderOrFollower));
  EXPECT_FALSE(is_retriable(ErrorCode::kNone));
  EXPECT_FALSE(is_retriable(ErrorCode::kMessageTooLarge));
  EXPECT_FALSE(is_retriable(ErrorCode::kOutOfOrderSequenceNumber));
  EXPECT_FALSE(is_retriable(ErrorCode::kInvalidProducerEpoch));
  EXPECT_FALSE(is_retriable(ErrorCode::kOffsetOutOfRange));
}

TEST(ErrorCode, RefreshesMetadataOnlyWhenItMayBeStale) {
  EXPECT_TRUE(is_invalid_metadata(ErrorCode::kNotLeaderOrFollower));
  EXPECT_TRUE(is_invalid_metadata(ErrorCode::kFencedLeaderEpoch));
  EXPECT_TRUE(is_invalid_metadata(ErrorCode::kNetworkException));
  EXPECT_FALSE(is_invalid_metadata(ErrorCode::kUnknownLeaderEpoch));
  EXPECT_FALSE(is_invalid_metadata(ErrorCode::kNotEnoughReplicas));
  EXPECT_FALSE(is_invalid_metadata(ErrorCode::kNotController));
}

TEST(ErrorCode, WhatRefreshesMetadataIsAlsoRetried) {
  for (int code = -1; code <= 120; ++code) {
    ErrorCode error = static_cast<ErrorCode>(code);
    EXPECT_TRUE(!is_invalid_metadata(error) || is_retriable(error)) << name_of(error);
  }
}

}  // namespace
}  // namespace models
