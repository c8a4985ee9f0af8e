// SPDX-License-Identifier: Apache-2.0

#include "scenarios/printable.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/json_line.h"
#include "sim/rng.h"

namespace scenarios {
namespace {

TEST(Printable, text_stays_and_controls_and_no_text_are_shown) {
  EXPECT_EQ(printable("orders-0 \xc3\xbc \xe2\x82\xac \xf0\x9f\x90\x99"),
            "orders-0 \xc3\xbc \xe2\x82\xac \xf0\x9f\x90\x99");
  EXPECT_EQ(printable("a\x1b[2J\n\x7f"), "a\\x1b[2J\\x0a\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // A control of eight bits.
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\\"), "\\\\");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, what_is_no_utf8_is_told) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("\xef\xbf\xbf"));
  EXPECT_FALSE(is_utf8("\xc0\x80"));  // Could be shorter.
  EXPECT_FALSE(is_utf8("\xe0\x80\x80"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // Half of a pair.
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // Behind the last plane.
  EXPECT_FALSE(is_utf8("\x80"));
  EXPECT_FALSE(is_utf8("\xe2\x82"));
}

TEST(Printable, base64_is_that_of_the_rfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

TEST(JsonLine, keeps_order_and_says_nothing_wrong) {
  JsonLine line("batch");
  line.add("n", 5).add("yes", true).add("none", std::optional<int64_t>()).add("text", "a\"b\\\n");
  EXPECT_EQ(
      line.text(),
      "{\"type\":\"batch\",\"n\":5,\"yes\":true,\"none\":null,\"text\":\"a\\\"b\\\\\\u000a\"}");
}

// Whatever bytes there are: a parser takes the line and gives them back.
TEST(JsonLine, any_bytes_come_back) {
  sim::Rng rng(1);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (uint64_t n = rng.below(12); n > 0; --n)
      bytes.push_back(static_cast<char>(rng.below(3) == 0 ? rng.below(256) : rng.below(128)));
    JsonLine line;
    line.add("as_text", bytes).add_bytes("exact", bytes);
    nlohmann::json parsed = nlohmann::json::parse(line.text());
    EXPECT_EQ(parsed.contains("exact"), is_utf8(bytes));
    if (parsed.contains("exact")) {
      EXPECT_EQ(parsed["exact"].get<std::string>(), bytes);
    } else {
      EXPECT_EQ(parsed["exactBase64"].get<std::string>(), base64(bytes));
    }
  }
}

}  // namespace
}  // namespace scenarios
