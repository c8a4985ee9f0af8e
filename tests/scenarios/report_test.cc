// SPDX-License-Identifier: Apache-2.0
//
// Reports of results that were made by hand.

#include "scenarios/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/campaign.h"
#include "scenarios/report_parts.h"
#include "tests/scenarios/loader_fixture.h"

namespace scenarios {
namespace {

using namespace sim::literals;
using models::AnomalyKind;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using State = CheckedExpectation::State;

Scenario scenario() { return *load_text(kLeaderCrash).scenario; }

std::string text_of(const RunResult& result) { return text_report(scenario(), result, {}); }
json json_of(const RunResult& result) { return json::parse(json_report(scenario(), result, {})); }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

size_t line_with(const std::vector<std::string>& lines, const std::string& part) {
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find(part) != std::string::npos) return i;
  }
  ADD_FAILURE() << "no line with " << part;
  return lines.size();
}

CheckedExpectation checked(std::string text, State state, std::string actual,
                           std::string why = "") {
  CheckedExpectation checked;
  checked.expectation.text = std::move(text);
  checked.state = state;
  checked.actual = std::move(actual);
  checked.why = std::move(why);
  return checked;
}

models::Anomaly anomaly(AnomalyKind kind, int64_t offset, std::string permitted_by) {
  models::Anomaly anomaly;
  anomaly.kind = kind;
  anomaly.partition = {"orders", 0};
  anomaly.offset = models::Offset(offset);
  anomaly.producer = "checkout-1";
  anomaly.acknowledged = sim::SimTime() + 10_s;
  anomaly.permitted_by = std::move(permitted_by);
  return anomaly;
}

// --- Lines ---

TEST(ReportWrap, BreaksAtSpacesAndIndentsTheRest) {
  std::string text = "  bit  " + std::string(60, 'a') + " " + std::string(40, 'b') + " c";
  EXPECT_EQ(wrapped(text, 7),
            "  bit  " + std::string(60, 'a') + "\n       " + std::string(40, 'b') + " c");
  EXPECT_EQ(wrapped("  short  line", 7), "  short  line") << "spaces inside are kept";
  EXPECT_EQ(wrapped(std::string(120, 'x'), 7), std::string(120, 'x')) << "a word is never broken";
  std::string full = std::string(50, 'a') + " " + std::string(49, 'b');
  EXPECT_EQ(wrapped(full, 2), full) << "100 columns fit";
  EXPECT_EQ(wrapped(full + "b", 2), std::string(50, 'a') + "\n  " + std::string(50, 'b'));
}

TEST(ReportWrap, CountsWhatIsSeen) {
  EXPECT_EQ(columns_of("\x1b[31;1mFAIL\x1b[0m"), 4u);
  EXPECT_EQ(columns_of("na\xc3\xafve"), 5u);
}

TEST(ReportText, NoLineIsLongerThanAPage) {
  RunResult result;
  FaultRun fault;
  fault.text =
      "isolate client billing-1, client billing-2, client billing-3, client billing-4 (all)";
  fault.bite.connections_cut = fault.bite.connects_failed = fault.bite.messages_dropped = 100'000;
  fault.bite.timers_kept = fault.bite.messages_held = fault.bite.processes_stopped = 100'000;
  result.faults = {fault};
  result.timeline = {{sim::SimTime() + 1_s, sim::EventId(7), "election", "orders-0",
                      "leader 1 -> 2, epoch 0 -> 1, ISR {1,2,3,4,5}, " + std::string(30, 'u'),
                      "session of broker 1 timed out after it did not come back in time"}};
  result.chain = {
      "because 00:01.000  controller 3000: leader_elected (partition orders-0, from 1, "
      "to 2, epoch 1, isr [2, 3], unclean no)  [139290 controller.on_broker_heartbeat]"};
  result.warnings = {std::string(70, 'w') + " " + std::string(70, 'w')};
  result.expectations = {checked("unavailable(orders) <= 12s", State::kUnknown, "not judged",
                                 std::string(60, 'y') + " " + std::string(60, 'y'))};
  std::vector<std::string> lines = lines_of(text_of(result));
  for (const std::string& line : lines) EXPECT_LE(columns_of(line), 100u) << line;
  size_t bit = line_with(lines, "  bit ");
  EXPECT_EQ(lines[bit + 1].find_first_not_of(' '), 23u) << "under its text";
  EXPECT_THAT(lines[line_with(lines, "[139290")], HasSubstr("[139290 controller.on_broker"));
}

TEST(ReportText, EachFaultOfOneMomentHasItsOwnBite) {
  RunResult result;
  for (int i : {1, 2}) {
    FaultRun fault;
    fault.began = sim::SimTime() + 20_s;
    fault.text = "crash broker " + std::to_string(i);
    fault.leaderships_lost = i;
    result.faults.push_back(fault);
  }
  std::vector<std::string> lines = lines_of(text_of(result));
  size_t first = line_with(lines, "crash broker 1");
  EXPECT_THAT(lines[first + 1], HasSubstr("1 leadership lost"));
  EXPECT_THAT(lines[first + 2], HasSubstr("crash broker 2"));
  EXPECT_THAT(lines[first + 3], HasSubstr("2 leaderships lost"));
}

TEST(ReportText, OppositeChangesAndOtherCausesAreNotMerged) {
  RunResult result;
  auto isr = [&](const char* partition, const char* direction, const char* cause) {
    result.timeline.push_back({sim::SimTime() + 1_s, sim::EventId(1), "isr", partition,
                               std::string("ISR ") + direction, cause, direction});
  };
  isr("orders-0", "shrinks", "leader 1 asked for it");
  isr("orders-1", "shrinks", "leader 1 asked for it");
  isr("orders-2", "expands", "leader 1 asked for it");
  isr("orders-3", "shrinks", "session of broker 2 timed out");
  std::vector<std::string> lines = lines_of(text_of(result));
  EXPECT_THAT(lines[line_with(lines, "orders-0")], HasSubstr("shrinks, and 1 more"));
  EXPECT_THAT(lines[line_with(lines, "orders-2")], Not(HasSubstr("more")));
  EXPECT_THAT(lines[line_with(lines, "orders-3")], Not(HasSubstr("more")));
}

TEST(ReportText, DeletionsInARowAreToldOnce) {
  RunResult result;
  auto entry = [&](int64_t at, const char* kind) {
    result.timeline.push_back({sim::SimTime() + sim::Duration::seconds(at), sim::EventId(1), kind,
                               "orders-0", "text " + std::to_string(at), "", ""});
  };
  for (int64_t at : {1, 2, 3}) entry(at, "deleted");
  entry(4, "fenced");
  entry(5, "deleted");
  std::vector<std::string> lines = lines_of(text_of(result));
  EXPECT_THAT(lines[line_with(lines, "text 1")], HasSubstr("text 1, and 2 more until 00:03.000"));
  EXPECT_THAT(lines[line_with(lines, "text 5")], Not(HasSubstr("more")));
  ReportOptions verbose;
  verbose.verbose = true;
  EXPECT_THAT(text_report(scenario(), result, verbose), HasSubstr("text 2"));
}

TEST(ReportText, TellsWhatWasDeleted) {
  RunResult result;
  for (int32_t p = 0; p < 5; ++p)
    result.removals.push_back({{"orders", p}, "retention.ms", 1'000, models::Offset(1'000)});
  std::vector<std::string> lines = lines_of(text_of(result));
  size_t at = line_with(lines, "  deleted by retention.ms 5,000   orders-0 before 1000, orders-1");
  EXPECT_THAT(lines[at] + lines[at + 1], HasSubstr("and 2 more partitions"));
  EXPECT_EQ(json_of(result)["deleted"][4]["before"], 1'000);
}

TEST(ReportText, TheReplayLineIsHowTheProgramWasCalled) {
  Scenario odd = scenario();
  odd.file = "-dash.json";
  EXPECT_EQ(replay_command(odd, 3, {"../my bin/faultline", " --no-invariants"}),
            "'../my bin/faultline' run --seed 3 --no-invariants -- -dash.json");
  odd.file = "-";
  EXPECT_EQ(replay_command(odd, 3, {}), "./faultline run - --seed 3");
}

TEST(ReportText, TellsTitleWhyAndNotes) {
  Scenario told = scenario();
  told.notes = {"checkout: enable.idempotence is off because of acks=0"};
  std::string text = text_report(told, {}, {});
  EXPECT_THAT(text, HasSubstr("A leader dies while everyone is busy"));
  EXPECT_THAT(text, HasSubstr("why: With acks=all and min.insync.replicas=2"));
  EXPECT_THAT(text, HasSubstr("note: checkout: enable.idempotence is off because of acks=0"));
  json report = json::parse(json_report(told, {}, {}));
  EXPECT_EQ(report["why"], told.why);
  EXPECT_EQ(report["notes"][0], told.notes[0]);
  std::string summary = summary_text(told, {RunResult()}, {1});
  EXPECT_THAT(summary, HasSubstr("note: checkout: enable.idempotence is off"));
}

TEST(ReportText, TheReplayLineIsQuoted) {
  Scenario odd = scenario();
  odd.file = "my dir/it's $HOME.json";
  std::string quoted = "'my dir/it'\\''s $HOME.json'";
  EXPECT_THAT(text_report(odd, {}, {}), HasSubstr("replay: ./faultline run " + quoted + " --seed"));
  EXPECT_THAT(json::parse(json_report(odd, {}, {}))["replay"].get<std::string>(),
              HasSubstr("run " + quoted + " --seed"));
  RunResult failed;
  failed.outcome = Outcome::kFailed;
  EXPECT_THAT(summary_text(odd, {failed}, {1, false, {"./faultline", " --set /duration=5s"}}),
              HasSubstr("run " + quoted + " --seed 0 --set /duration=5s"));
}

// --- Verdicts ---

TEST(ReportVerdict, TellsWhatWasNotJudged) {
  RunResult result;
  result.outcome = Outcome::kNotJudged;
  std::string why = "the run was stopped at 00:10.000 (--until)";
  result.expectations = {checked("lost == 0", State::kUnknown, "not judged", why),
                         checked("reordered == 0", State::kUnknown, "not judged", why),
                         checked("leader_changes >= 1", State::kHolds, "2")};
  std::string text = text_of(result);
  EXPECT_THAT(text, HasSubstr("????  lost == 0 "));
  EXPECT_THAT(text, HasSubstr("verdict: NOT JUDGED (2 of 3 not judged)"));
  EXPECT_EQ(text.find(why), text.rfind(why)) << "told once";
  EXPECT_EQ(exit_code_of(Outcome::kNotJudged), 1);
  EXPECT_EQ(json_of(result)["expectations"][0]["state"], "not judged");
  EXPECT_EQ(json_of(result)["exit_code"], 1);
  Scenario known = scenario();
  EXPECT_THAT(junit_report({{&known, &result, 0, {}}}), HasSubstr("failures=\"1\""));

  result.outcome = Outcome::kFailed;
  result.expectations[2].state = State::kBroken;
  EXPECT_THAT(text_of(result), HasSubstr("verdict: FAIL (1 of 3; 2 not judged)"));
}

// --- Anomalies ---

TEST(ReportAnomalies, AreListedByPermissionWithTheirNumberInAll) {
  RunResult result;
  for (int64_t i = 0; i < 7; ++i)
    result.anomalies.push_back(anomaly(AnomalyKind::kLost, 100 + i, "acks=1"));
  result.anomalies.push_back(anomaly(AnomalyKind::kLost, 900, ""));
  models::Anomaly early = anomaly(AnomalyKind::kReordered, 3, "enable.idempotence=false");
  early.other_offset = models::Offset(9);
  result.anomalies.push_back(early);
  result.anomaly_counts = {{AnomalyKind::kLost, "", "", 1, 1},
                           {AnomalyKind::kLost, "", "acks=1", 4'321, 7},
                           {AnomalyKind::kReordered, "", "enable.idempotence=false", 1, 1}};
  std::vector<std::string> lines = lines_of(text_of(result));
  size_t broken = line_with(lines, "  lost 1: BROKEN PROMISE");
  EXPECT_EQ(lines[broken + 1], "        orders-0@900  acknowledged 00:10.000 to checkout-1");
  EXPECT_EQ(lines[broken + 2], "  lost 4,321: permitted by acks=1");
  EXPECT_THAT(lines[broken + 3], HasSubstr("orders-0@100 "));
  EXPECT_THAT(lines[broken + 7], HasSubstr("orders-0@104 "));
  EXPECT_EQ(lines[broken + 8], "        ... and 4,316 more");
  EXPECT_EQ(lines[broken + 9], "  reordered 1: permitted by enable.idempotence=false");
  EXPECT_EQ(lines[broken + 10], "        orders-0@3  before @9, which checkout-1 sent earlier");
  json counts = json_of(result)["anomaly_counts"];
  EXPECT_EQ(counts[1]["total"], 4'321);
  EXPECT_EQ(counts[1]["shown"], 7);
  EXPECT_EQ(counts[0]["permitted_by"], nullptr);
}

TEST(ReportAnomalies, AnUnknownOffsetIsNoNumber) {
  RunResult result;
  result.anomalies = {anomaly(AnomalyKind::kLost, -1, "acks=0")};
  result.anomaly_counts = {{AnomalyKind::kLost, "", "acks=0", 1, 1}};
  std::string text = text_of(result);
  EXPECT_THAT(text, HasSubstr("orders-0, offset unknown (acks=0)  acknowledged"));
  EXPECT_THAT(text, Not(HasSubstr("@-1")));
  EXPECT_EQ(json_of(result)["anomalies"][0]["offset"], nullptr);
}

TEST(ReportAnomalies, SayWhoSawThem) {
  models::Anomaly seen = anomaly(AnomalyKind::kSkipped, 4, "");
  seen.reader = "billing";
  EXPECT_EQ(account_of(seen), "passed over by billing, acknowledged 00:10.000 to checkout-1");
  seen.kind = AnomalyKind::kPhantom;
  EXPECT_EQ(account_of(seen), "read by billing, never sent");
  seen.kind = AnomalyKind::kInconsistentOffset;
  EXPECT_EQ(account_of(seen), "billing found another record there than was read before");
  seen.kind = AnomalyKind::kDuplicated;
  seen.other_offset = models::Offset(2);
  EXPECT_EQ(account_of(seen),
            "again after @2, as given to billing, acknowledged 00:10.000 to checkout-1");
}

// --- Settings ---

// Given back, the settings of a scenario make the same scenario.
TEST(ReportSettings, CanBeGivenBack) {
  for (const char* rate : {"500/s", "0.5/s", "7/h", "2000000/day", "1.25/min"}) {
    std::string source(kLeaderCrash);
    source.replace(source.find("500/s"), 5, rate);
    Scenario original = *load_text(source).scenario;
    Settings settings = resolved_settings(original, 42);
    std::vector<Override> overrides;
    for (const auto& [path, value] : settings) overrides.push_back({path, value});
    Loaded again = load_text(source, overrides);
    ASSERT_THAT(messages(again), testing::IsEmpty());
    EXPECT_EQ(resolved_settings(*again.scenario, again.scenario->seed), settings) << rate;
    EXPECT_EQ(again.scenario->seed, 42u);
    EXPECT_EQ(again.scenario->producers[0].records, original.producers[0].records);
    EXPECT_EQ(again.scenario->producers[0].per, original.producers[0].per);
  }
}

TEST(ReportSettings, NameConsumersTopicsAndCoordination) {
  json settings = json_of({})["settings"];
  EXPECT_EQ(settings["/consumers/billing/topics"], "[\"orders\"]");
  EXPECT_EQ(settings["/cluster/coordination"], "kraft");
  EXPECT_EQ(settings["/cluster/controllers"], "1");
  EXPECT_EQ(settings["/duration"], "60s");
  EXPECT_EQ(settings["/producers/checkout/rate"], "500/s");
  for (const auto& [path, value] : settings.items()) EXPECT_EQ(path[0], '/') << path;
  ReportOptions verbose;
  verbose.verbose = true;
  std::string text = text_report(scenario(), {}, verbose);
  EXPECT_THAT(text, HasSubstr("\n  '/consumers/billing/topics=[\"orders\"]'\n"));
  EXPECT_THAT(text, HasSubstr("\n  /cluster/brokers=3\n"));
  EXPECT_TRUE(json_of({})["environment"].contains("network/host_link/p50"));
}

TEST(ReportSettings, ListAllMutations) {
  std::string source = scenario_with("");
  Scenario plain = *load_text(source).scenario;
  for (const auto& [path, value] : resolved_settings(plain, 1)) EXPECT_NE(path, "/mutations");
  for (int i = 0; i < 2; ++i) plain.mutations.insert(static_cast<models::Mutation>(i));
  json names = json::parse(resolved_settings(plain, 1).back().second);
  EXPECT_EQ(names.size(), 2u);
}

// --- Many seeds ---

TEST(ReportSeeds, RunsThatWereCutOffAreNoFailures) {
  Scenario told = scenario();
  RunResult good, cut;
  good.seed = 1;
  good.expectations.assign(told.expect.size(), checked("x", State::kHolds, "0"));
  good.figures = {{"lost", MetricUnit::kRecords, 0}};
  cut.seed = 2;
  cut.outcome = Outcome::kInterrupted;
  cut.expectations.assign(told.expect.size(), checked("x", State::kUnknown, "not judged"));
  cut.figures = {{"lost", MetricUnit::kRecords, 77}};
  std::string text = summary_text(told, {good, cut}, {1});
  EXPECT_THAT(text, HasSubstr("verdict: INTERRUPTED  (1 of 1 seeds hold, 1 interrupted)"));
  EXPECT_THAT(text, HasSubstr("1 of 1 seeds\n"));
  EXPECT_THAT(text, Not(HasSubstr("FAIL")));
  EXPECT_THAT(text, Not(HasSubstr("77")));
  EXPECT_THAT(text, Not(HasSubstr("seed 2:")));
  json report = json::parse(summary_json(told, {good, cut}));
  EXPECT_EQ(report["interrupted"], 1);
  EXPECT_FALSE(report["seeds"][1].contains("figures"));

  RunResult bad = good;
  bad.outcome = Outcome::kFailed;
  bad.expectations[0].state = State::kBroken;
  EXPECT_EQ(worst_of({good, cut, bad}), Outcome::kFailed) << "a failure is one all the same";
  EXPECT_EQ(worst_of({good, cut}), Outcome::kInterrupted);
  EXPECT_EQ(summary_text(told, {cut}, {1}), "no seed was run to its end, 1 interrupted\n");
}

TEST(ReportSeeds, CountWhatWasNotJudged) {
  Scenario told = scenario();
  RunResult open;
  open.outcome = Outcome::kNotJudged;
  open.expectations.assign(told.expect.size(), checked("x", State::kUnknown, "not judged"));
  std::string text = summary_text(told, {open}, {1});
  EXPECT_THAT(text, HasSubstr("????  lost == 0"));
  EXPECT_THAT(text, HasSubstr("0 of 1 seeds, 1 not judged"));
  EXPECT_THAT(text, HasSubstr("verdict: NOT JUDGED  (0 of 1 seeds hold)"));
}

TEST(ReportSeeds, TellWhatAllSeedsWarnedOfAndFound) {
  Scenario told = scenario();
  RunResult one, two;
  one.seed = 1;
  two.seed = 2;
  for (RunResult* run : {&one, &two}) run->warnings = {"crash broker 9: bit nothing"};
  one.warnings.push_back("only here");
  one.anomaly_counts = {{AnomalyKind::kLost, "", "acks=1", 40, 40}};
  two.anomaly_counts = {{AnomalyKind::kLost, "", "acks=1", 2, 2},
                        {AnomalyKind::kSkipped, "billing", "", 1, 1}};
  two.broken_promises = 1;
  two.outcome = Outcome::kFailed;
  std::string text = summary_text(told, {one, two}, {1, false, {}, 5});
  EXPECT_THAT(text, HasSubstr("  lost 42 in 2 of 2 seeds: permitted by acks=1\n"));
  EXPECT_THAT(text, HasSubstr("  skipped (billing) 1 in 1 of 2 seeds: BROKEN PROMISE\n"));
  EXPECT_THAT(text, HasSubstr("  WARN  crash broker 9: bit nothing  (2 of 2 seeds)\n"));
  EXPECT_THAT(text, HasSubstr("  WARN  only here  (1 of 2 seeds)\n"));
  EXPECT_THAT(text, HasSubstr("  FAIL  no broken promises "));
  EXPECT_THAT(text, HasSubstr("  seed 2: broken promises: skipped (billing) 1\n"));
  EXPECT_THAT(text, HasSubstr("(1 of 2 seeds hold, 3 never started)"));
}

TEST(ReportSeeds, AsJsonAreAsRichAsTheText) {
  Scenario told = scenario();
  std::vector<RunResult> results;
  for (int64_t i = 1; i <= 10; ++i) {
    RunResult& run = results.emplace_back();
    run.seed = static_cast<uint64_t>(i);
    run.figures = {{"produce_latency(p99)", MetricUnit::kDuration, 5},
                   {"unavailable", MetricUnit::kDuration, i},
                   {"throughput", MetricUnit::kRate, 1'500}};
    run.expectations = {checked("x", State::kHolds, "0")};
    run.warnings = {"w"};
  }
  json report = json::parse(summary_json(told, results, {1, false, {"./faultline", ""}, 12}));
  EXPECT_EQ(report["table"]["unavailable_ns"]["p99"], 10) << "nearest rank";
  EXPECT_EQ(report["table"]["unavailable_ns"]["median"], 5);
  EXPECT_EQ(report["table"]["unavailable_ns"]["worst_seed"], 10);
  EXPECT_EQ(report["table"]["throughput_per_second"]["max"], 1.5);
  json seed = report["seeds"][2];
  EXPECT_EQ(seed["exit_code"], 0);
  EXPECT_EQ(seed["figures"]["unavailable_ns"], 3);
  EXPECT_EQ(seed["figures"]["produce_latency_ns(p99)"], 5);
  EXPECT_EQ(seed["expectations"][0]["state"], "holds");
  EXPECT_EQ(seed["warnings"][0], "w");
  EXPECT_THAT(seed["replay"].get<std::string>(), HasSubstr("--seed 3"));
  EXPECT_EQ(report["never_started"], 2);
  EXPECT_EQ(report["exit_code"], 0);
}

TEST(ReportJunit, TellsHowToReplayWhatWarnedAndWhatWasNotRun) {
  Scenario told = scenario();
  RunResult good;
  good.seed = 7;
  good.warnings = {"crash broker 9: bit <nothing>"};
  std::string xml = junit_report({{&told, &good, 1'500'000'000, {}}, {&told, nullptr, 0, {}}});
  EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("seed 7\" time=\"1.500\""));
  EXPECT_THAT(xml, HasSubstr("<system-out>replay: ./faultline run"));
  EXPECT_THAT(xml, HasSubstr("warning: crash broker 9: bit &lt;nothing&gt;"));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"not run: interrupted\"/>"));
}

// A figure that some runs lack is not mixed up with another.
TEST(ReportSeeds, FiguresAreToldApartByName) {
  RunResult audited, unaudited;
  audited.figures = {{"lost", MetricUnit::kRecords, 5}, {"truncated", MetricUnit::kRecords, 111}};
  unaudited.figures = {{"truncated", MetricUnit::kRecords, 222}};
  std::vector<std::string> lines = lines_of(summary_text(scenario(), {audited, unaudited}, {1}));
  EXPECT_THAT(lines[line_with(lines, "  lost ")], Not(HasSubstr("222")));
  EXPECT_THAT(lines[line_with(lines, "  truncated ")], HasSubstr("222"));
}

TEST(Report, marks_are_counted_by_name_and_summed_over_seeds) {
  RunResult one, other;
  one.marks[static_cast<size_t>(models::Mark::kIsrShrunk)] = 2;
  other.marks[static_cast<size_t>(models::Mark::kIsrShrunk)] = 3;
  EXPECT_EQ(json_of(one)["marks"]["isr_shrunk"], 2);
  EXPECT_EQ(json_of(one)["marks"]["isr_expanded"], 0) << "those never reached are named, too";
  EXPECT_EQ(json_of(one)["marks"].size(), static_cast<size_t>(models::kMarkCount));
  json summary = json::parse(summary_json(scenario(), {one, other}));
  EXPECT_EQ(summary["marks"]["isr_shrunk"], 5);
  ReportOptions verbose;
  verbose.verbose = true;
  EXPECT_THAT(text_report(scenario(), one, verbose), ::testing::HasSubstr("2  isr_shrunk"));
}

}  // namespace
}  // namespace scenarios
