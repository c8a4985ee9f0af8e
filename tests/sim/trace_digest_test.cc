// SPDX-License-Identifier: Apache-2.0

#include "sim/trace_digest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sim {
namespace {

uint64_t digest_of(const std::vector<std::string_view>& names) {
  TraceDigest digest;
  for (std::string_view name : names) digest.event(SimTime(), HostId(1), name, name, 1);
  return digest.value();
}

TEST(TraceDigest, depends_on_the_bytes_of_a_name_and_not_on_where_they_are) {
  std::vector<std::string> here, there;
  for (int i = 0; i < 500; ++i) here.push_back("name " + std::to_string(i % 90));
  there = here;
  std::vector<std::string_view> a(here.begin(), here.end()), b(there.begin(), there.end());
  EXPECT_EQ(digest_of(a), digest_of(b));
  std::swap(b[3], b[4]);
  EXPECT_NE(digest_of(a), digest_of(b));
}

TEST(TraceDigest, an_empty_name_is_the_same_wherever_it_points) {
  static const char kText[64] = "";
  uint64_t expected = digest_of({std::string_view()});
  for (const char& c : kText) EXPECT_EQ(digest_of({std::string_view(&c, 0)}), expected);
  // Also when names fill the entries before it.
  std::vector<std::string> fill;
  for (int i = 0; i < 500; ++i) fill.push_back("a rather long name that lies on the heap " + std::to_string(i));
  std::vector<std::string_view> with_null(fill.begin(), fill.end()), with_text = with_null;
  with_null.push_back(std::string_view());
  with_text.push_back(std::string_view(kText, 0));
  EXPECT_EQ(digest_of(with_null), digest_of(with_text));
}

}  // namespace
}  // namespace sim
