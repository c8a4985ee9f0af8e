// SPDX-License-Identifier: Apache-2.0
//
// "racks" of a cluster, and consumers that name theirs.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scenarios/build.h"
#include "tests/scenarios/loader_fixture.h"

namespace scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Four brokers in `racks`, and a consumer in `rack`.
std::string with_racks(const std::string& racks, const std::string& rack) {
  return R"({"name":"t","duration":"60s","cluster":{"brokers":4,"racks":)" + racks +
         R"(},"topics":{"orders":{}},"consumers":{"billing":{"topics":["orders"],
         "assignment":"static","config":{"client.rack":")" +
         rack + R"("}}}})";
}

TEST(LoaderRacksTest, AreOfTheBrokersInTurn) {
  Loaded loaded = load_text(with_racks(R"(["east","west","north"])", "west"));
  ASSERT_TRUE(loaded.scenario.has_value()) << testing::PrintToString(messages(loaded));
  EXPECT_THAT(cluster_spec_of(*loaded.scenario).racks, ElementsAre("east", "west", "north"));
  EXPECT_EQ(loaded.scenario->consumers[0].config.client_rack, "west");
}

TEST(LoaderRacksTest, MustBeThoseOfBrokers) {
  EXPECT_THAT(messages(load_text(with_racks(R"(["east","west"])", "wets"))),
              ElementsAre(HasSubstr("/consumers/billing/config/client.rack: no broker is in rack "
                                    "\"wets\"; there are east, west; did you mean \"west\"?")));
  std::string none = with_racks("[]", "east");
  none.replace(none.find(R"(,"racks":[])"), 11, "");
  EXPECT_THAT(messages(load_text(none)), ElementsAre(HasSubstr("no broker is in a rack")));
  EXPECT_THAT(messages(load_text(with_racks(R"(["a","b","c","d","e"])", "a"))),
              ElementsAre(HasSubstr("/cluster/racks: 5 racks for 4 brokers")));
  EXPECT_THAT(messages(load_text(with_racks(R"(["a",""])", "a"))),
              ElementsAre(HasSubstr("the name is empty")));
}

}  // namespace
}  // namespace scenarios
