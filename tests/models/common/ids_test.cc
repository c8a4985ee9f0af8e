// SPDX-License-Identifier: Apache-2.0

#include "models/common/ids.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace models {
namespace {

TEST(Uuid, PrintsAsUrlSafeBase64WithoutPadding) {
  EXPECT_EQ(to_string(Uuid{}), "AAAAAAAAAAAAAAAAAAAAAA");
  // Kafka's METADATA_TOPIC_ID, Uuid.ONE_UUID.
  EXPECT_EQ(to_string(Uuid{{0, 1}}), "AAAAAAAAAAAAAAAAAAAAAQ");
  uint64_t ones = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(to_string(Uuid{{ones, ones}}), "_____________________w");
}

TEST(Uuid, PrintsBytesInBigEndianOrder) {
  // printf '\x00\x01..\x0f' | base64
  EXPECT_EQ(to_string(Uuid{{0x0001020304050607, 0x08090a0b0c0d0e0f}}), "AAECAwQFBgcICQoLDA0ODw");
  // Digits 62 and 63 are '-' and '_'.
  EXPECT_EQ(to_string(Uuid{{0xfbffbf0000000000, 0}}), "-_-_AAAAAAAAAAAAAAAAAA");
}

TEST(Uuid, ReadsWhatItPrints) {
  Uuid id{{0x0001020304050607, 0xfbffbf0000000001}};
  EXPECT_EQ(parse_uuid(to_string(id)), id);
  EXPECT_EQ(parse_uuid("AAECAwQFBgcICQoLDA0ODw"), (Uuid{{0x0001020304050607, 0x08090a0b0c0d0e0f}}));
  for (const char* bad : {"", "AAECAwQFBgcICQoLDA0OD", "AAECAwQFBgcICQoLDA0ODww",
                          "AAECAwQFBgcICQoLDA0OD+", "AAECAwQFBgcICQoLDA0ODx"})
    EXPECT_EQ(parse_uuid(bad), std::nullopt) << bad;
}

TEST(TopicPartition, PrintsAsTheNameOfItsDirectory) {
  EXPECT_EQ(to_string(TopicPartition{"orders", 12}), "orders-12");
}

TEST(Sequence, WrapsFromTheLargestToZero) {
  EXPECT_EQ(advance(Sequence(5), 3), Sequence(8));
  EXPECT_EQ(advance(Sequence(INT32_MAX), 1), Sequence(0));
  EXPECT_EQ(advance(Sequence(INT32_MAX - 1), 4), Sequence(2));
}

}  // namespace
}  // namespace models
