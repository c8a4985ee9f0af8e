// SPDX-License-Identifier: Apache-2.0

#include "scenarios/values.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "scenarios/nearest_name.h"

namespace scenarios {
namespace {

using namespace sim::literals;
using testing::HasSubstr;

TEST(DecimalTest, IsExact) {
  EXPECT_EQ(parse_decimal("12"), (Decimal{12, 0}));
  EXPECT_EQ(parse_decimal("0.10"), (Decimal{1, 1}));
  EXPECT_EQ(parse_decimal("-2.5"), (Decimal{-25, 1}));
  EXPECT_EQ(parse_decimal("1.5e3"), (Decimal{1500, 0}));
  EXPECT_EQ(parse_decimal("25e-2"), (Decimal{25, 2}));
  EXPECT_EQ(parse_decimal("0.000"), (Decimal{0, 0}));
  EXPECT_EQ(parse_decimal("9223372036854775807"), (Decimal{INT64_MAX, 0}));
}

TEST(DecimalTest, RefusesWhatIsNoneOrNotExact) {
  for (const char* text : {"", "-", ".5", "5.", "1e", "1e+", "1x", " 1", "1 ", "0x10", "1,5", "--1",
                           "9223372036854775808", "1e19", "1e-19", "1e99999999999"}) {
    EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
  }
}

TEST(DurationTest, TakesEachUnit) {
  EXPECT_EQ(*parse_duration("500ms"), 500_ms);
  EXPECT_EQ(*parse_duration("15s"), 15_s);
  EXPECT_EQ(*parse_duration("1.5s"), 1500_ms);
  EXPECT_EQ(*parse_duration("200us"), 200_us);
  EXPECT_EQ(*parse_duration("7ns"), 7_ns);
  EXPECT_EQ(*parse_duration("3m"), 180_s);
  EXPECT_EQ(*parse_duration("3min"), 180_s);
  EXPECT_EQ(*parse_duration("2h"), 7200_s);
  EXPECT_EQ(*parse_duration("1d"), 86400_s);
  EXPECT_EQ(*parse_duration("0s"), sim::Duration());
}

TEST(DurationTest, RefusesTheRestWithHelp) {
  for (const char* text :
       {"", "15", "s", "15 s", "-1s", "1.5ns", "15sec", "1h30m", "300000d", "1e3s"}) {
    auto duration = parse_duration(text);
    ASSERT_FALSE(duration.ok()) << text;
    EXPECT_THAT(std::string(duration.status().message()), HasSubstr("\"15s\"")) << text;
  }
}

TEST(DurationTest, IsWrittenAsItIsRead) {
  EXPECT_EQ(duration_text(1500_ms), "1500ms");
  EXPECT_EQ(duration_text(86400_s), "1d");
  EXPECT_EQ(duration_text(90_s), "90s");
  EXPECT_EQ(duration_text(sim::Duration()), "0s");
}

RC_GTEST_PROP(DurationProperty, TextParsesBack, ()) {
  auto nanos = *rc::gen::nonNegative<int64_t>();
  RC_ASSERT(*parse_duration(duration_text(sim::Duration::nanos(nanos))) ==
            sim::Duration::nanos(nanos));
}

TEST(SizeTest, TellsThousandsFromPowersOfTwo) {
  EXPECT_EQ(*parse_size("200B"), 200);
  EXPECT_EQ(*parse_size("64KiB"), 65536);
  EXPECT_EQ(*parse_size("1MB"), 1'000'000);
  EXPECT_EQ(*parse_size("0.5KiB"), 512);
  EXPECT_EQ(*parse_size("2GiB"), int64_t{2} << 30);
  for (const char* text : {"200", "0.3B", "-1B", "1kb", "B", "99999999999GiB"}) {
    EXPECT_FALSE(parse_size(text).ok()) << text;
  }
}

TEST(RateTest, IsAnExactCountInATime) {
  EXPECT_EQ(*parse_rate("500/s"), (Rate{500, 1_s}));
  EXPECT_EQ(*parse_rate("2000000/day"), (Rate{2'000'000, 86400_s}));
  EXPECT_EQ(*parse_rate("30/min"), (Rate{30, 60_s}));
  EXPECT_EQ(*parse_rate("0.5/s"), (Rate{1, 2_s}));
  EXPECT_EQ(*parse_rate("2.5/h"), (Rate{5, 7200_s}));
  EXPECT_EQ(parse_rate("0/s")->records, 0);
  for (const char* text : {"500", "500/", "/s", "500/week", "-1/s", "500 /s", "500s"}) {
    EXPECT_FALSE(parse_rate(text).ok()) << text;
  }
}

TEST(RateTest, RoundsToThousandthsPerSecond) {
  EXPECT_EQ(thousandths_per_second({500, 1_s}), 500'000);
  EXPECT_EQ(thousandths_per_second({2'000'000, 86400_s}), 23'148);
  EXPECT_EQ(thousandths_per_second({1, 3_s}), 333);
  EXPECT_EQ(thousandths_per_second({2, 3_s}), 667);
}

TEST(ProbabilityTest, IsAnExactRatio) {
  EXPECT_EQ(*parse_probability("1%"), (sim::Ratio{1, 100}));
  EXPECT_EQ(*parse_probability("0.01"), (sim::Ratio{1, 100}));
  EXPECT_EQ(*parse_probability("0.1%"), (sim::Ratio{1, 1000}));
  EXPECT_EQ(*parse_probability("12.5%"), (sim::Ratio{1, 8}));
  EXPECT_EQ(*parse_probability("100%"), (sim::Ratio{1, 1}));
  EXPECT_EQ(*parse_probability("0"), (sim::Ratio{0, 1}));
  for (const char* text : {"", "%", "1.01", "101%", "-1%", "1 %", "0.0000000000000000001"}) {
    EXPECT_FALSE(parse_probability(text).ok()) << text;
  }
}

TEST(FactorTest, IsAtLeastOne) {
  EXPECT_EQ(*parse_factor("20"), (sim::Ratio{20, 1}));
  EXPECT_EQ(*parse_factor("1.5"), (sim::Ratio{3, 2}));
  for (const char* text : {"0.5", "0", "-2", "1000001", "20x", ""}) {
    EXPECT_FALSE(parse_factor(text).ok()) << text;
  }
}

TEST(SeedTest, TakesAll64Bits) {
  EXPECT_EQ(*parse_seed("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"18446744073709551616", "-1", "1.0", "", "1e3"}) {
    EXPECT_FALSE(parse_seed(text).ok()) << text;
  }
}

TEST(IntegerTest, TakesWholeNumbersHoweverWritten) {
  EXPECT_EQ(*parse_integer("12"), 12);
  EXPECT_EQ(*parse_integer("1.0"), 1);
  EXPECT_EQ(*parse_integer("-3"), -3);
  EXPECT_FALSE(parse_integer("1.5").ok());
  EXPECT_FALSE(parse_integer("99999999999999999999").ok());
}

TEST(NearestNameTest, ForgivesTwoEdits) {
  EXPECT_EQ(edit_distance("partitoin", "partition", 2), 1);
  EXPECT_EQ(edit_distance("kitten", "sitting", 9), 3);
  EXPECT_EQ(edit_distance("", "abc", 5), 3);
  EXPECT_EQ(edit_distance("abcdef", "a", 2), 3);
  EXPECT_EQ(nearest_name("partitoin", {"crash", "partition"}), "partition");
  EXPECT_EQ(nearest_name("acsk", {"linger.ms", "acks"}), "acks");
  EXPECT_EQ(nearest_name("replication", {"partitions", "replication.factor"}),
            "replication.factor");
  EXPECT_EQ(nearest_name("xyz", {"crash", "pause"}), std::nullopt);
  EXPECT_EQ(nearest_name("at", {"in"}), std::nullopt);
}

TEST(NearestNameTest, QuotesSafely) {
  EXPECT_EQ(in_quotes("a\nb"), "\"a?b\"");
  EXPECT_LT(in_quotes(std::string(1000, 'x')).size(), 100u);
}

}  // namespace
}  // namespace scenarios
