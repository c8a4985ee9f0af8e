// SPDX-License-Identifier: Apache-2.0

#include "scenarios/cause_graph.h"

#include <gmock/gmock.h>

#include "tests/scenarios/trace_fixture.h"

namespace scenarios {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CauseGraph : public TraceTest {
 protected:
  Trace written(const std::vector<sim::TraceEvent>& events) {
    std::unique_ptr<TraceFile> file = opened(path("t.db"), facts());
    for (const sim::TraceEvent& event : events) file->record(event);
    EXPECT_TRUE(file->close({}).ok());
    return trace_at(path("t.db"));
  }
  static std::vector<uint64_t> ids(const CauseChain& chain) {
    std::vector<uint64_t> ids;
    for (const TraceRow& step : chain.steps) ids.push_back(step.id.value());
    return ids;
  }
  static sim::TraceEvent timer(uint64_t id, uint64_t cause, int64_t millis, uint64_t cause2 = 0) {
    sim::TraceEvent event = event_of(id, cause, millis);
    event.what = "Session";
    event.cause2 = sim::EventId(cause2);
    return event;
  }
  static sim::TraceEvent crash(uint64_t id, int64_t millis) {
    sim::TraceEvent event;
    event.id = sim::EventId(id);
    event.time = sim::SimTime::at_millis(millis);
    event.kind = sim::TraceKind::kFault;
    event.at = "fault.begin";
    event.what = "crash";
    return event;
  }
  static sim::TraceEvent suppressed(uint64_t id, uint64_t fault, int64_t millis, uint64_t during) {
    sim::TraceEvent event = event_of(id, fault, millis);
    event.kind = sim::TraceKind::kSuppressed;
    event.process = sim::ProcessId(0);
    event.cause2 = sim::EventId(during);
    event.at = "network.suppressed";
    event.what = "Heartbeat";
    return event;
  }
};

TEST_F(CauseGraph, ATimeoutInAWorldLeadsToTheCrash) {
  for (const char* name : {"t.db", "t.jsonl"}) {
    run_town(path(name));
    Trace trace = trace_at(path(name));
    std::optional<TraceRow> timeout;
    ASSERT_TRUE(trace
                    .visit([&](const TraceRow& row) {
                      if (row.what == "Timeout" && row.kind == sim::TraceKind::kEvent && !timeout)
                        timeout = row;
                    })
                    .ok());
    ASSERT_TRUE(timeout.has_value()) << name;
    CauseChain chain = *cause_chain(trace, timeout->id);
    EXPECT_EQ(chain.steps.back().kind, sim::TraceKind::kFault) << *explain(trace, timeout->id);
    EXPECT_EQ(chain.steps.back().what, "crash");
    EXPECT_EQ(chain.unrecorded, sim::EventId(0));
    EXPECT_THAT(*explain(trace, timeout->id),
                AllOf(HasSubstr("timer Timeout went off, as something did not come"),
                      HasSubstr("fault: crash began (process ponger)")));
  }
}

TEST_F(CauseGraph, WhatDidNotComeExplainsMoreThanWhatArmedTheTimer) {
  sim::TraceEvent note = event_of(7, 2, 9);
  note.kind = sim::TraceKind::kNote;
  note.what = "leader_elected";
  TestFields fields("orders-0");
  note.fields = &fields;
  // The timer was armed (event 1) before the crash, so its id is less than that of its second
  // cause.
  Trace trace =
      written({event_of(1, 0, 1), timer(2, 1, 9, 5), crash(4, 3), suppressed(5, 4, 3, 4), note});
  EXPECT_EQ(ids(*cause_chain(trace, sim::EventId(7))), (std::vector<uint64_t>{7, 2, 5, 4}));
  EXPECT_EQ(
      *explain(trace, sim::EventId(7)),
      "        00:00.009  pinger \"1\": leader_elected (partition orders-0)  [7 pinger.on_ping]\n"
      "because 00:00.009  pinger \"1\": timer Session went off, as something did not come  [2 "
      "pinger.on_ping]\n"
      "because 00:00.003  Heartbeat of ponger did not come  [5 network.suppressed]\n"
      "because 00:00.003  fault: crash began  [4 fault.begin]\n");
}

TEST_F(CauseGraph, AnUnrecordedStepIsCrossedWhereSomethingWasSuppressed) {
  // Event 6, a message that reached a dead process, has no record; 7 tells of it.
  Trace trace = written({crash(4, 3), suppressed(7, 4, 5, 6), event_of(8, 6, 6)});
  CauseChain chain = *cause_chain(trace, sim::EventId(8));
  EXPECT_EQ(ids(chain), (std::vector<uint64_t>{8, 7, 4}));
  EXPECT_EQ(chain.unrecorded, sim::EventId(0));
}

TEST_F(CauseGraph, AChainThatEndsInAnUnrecordedStepSaysSo) {
  Trace trace = written({event_of(8, 6, 6)});
  EXPECT_EQ(cause_chain(trace, sim::EventId(8))->unrecorded, sim::EventId(6));
  EXPECT_THAT(*explain(trace, sim::EventId(8)), HasSubstr("event 6, which left no record"));
  EXPECT_THAT(std::string(cause_chain(trace, sim::EventId(6)).status().message()),
              HasSubstr("events 8 to 8"));
}

TEST_F(CauseGraph, LoopsAreToldOnce) {
  std::vector<sim::TraceEvent> events;
  events.push_back(event_of(1, 0, 0));
  for (uint64_t id = 2; id <= 201; id += 2) {
    events.push_back(timer(id, id - 1, static_cast<int64_t>(id)));
    sim::TraceEvent answer = event_of(id + 1, id, static_cast<int64_t>(id));
    answer.at = "pinger.on_message";
    events.push_back(answer);
  }
  Trace trace = written(events);
  EXPECT_EQ(cause_chain(trace, sim::EventId(201))->steps.size(), 201u);
  std::vector<std::string> lines = *explain_lines(trace, sim::EventId(201));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2], "        ... the same 2 steps, 99 times more, since 00:00.002  [2]");
  EXPECT_THAT(lines[3], HasSubstr("[1 pinger.on_ping]"));
}

TEST_F(CauseGraph, LongChainsLoseTheirMiddle) {
  std::vector<std::string> names;
  for (int i = 0; i < 300; ++i) names.push_back(fmt::format("machine.on_step_{}", i));
  std::vector<sim::TraceEvent> events;
  for (uint64_t id = 1; id <= 300; ++id) {
    events.push_back(event_of(id, id - 1, static_cast<int64_t>(id)));
    events.back().at = names[id - 1];
  }
  std::vector<std::string> lines = *explain_lines(written(events), sim::EventId(300));
  EXPECT_EQ(lines.size(), 61u);
  EXPECT_THAT(lines[30], HasSubstr("240 lines left out"));
  EXPECT_THAT(lines.front(), HasSubstr("[300 "));
  EXPECT_THAT(lines.back(), HasSubstr("[1 "));
}

TEST_F(CauseGraph, ACircleEnds) {
  Trace trace = written({event_of(1, 2, 0), event_of(2, 1, 0)});
  EXPECT_EQ(ids(*cause_chain(trace, sim::EventId(2))), (std::vector<uint64_t>{2, 1}));
}

TEST_F(CauseGraph, WithoutAnEventFindingsAreExplainedViolationsFirst) {
  for (const char* name : {"f.db", "f.jsonl"}) {
    std::unique_ptr<TraceFile> file = opened(path(name), facts());
    file->record(event_of(1, 0, 0));
    file->add_finding(sim::EventId(0), sim::SimTime(), "expectation", "lost == 0 does not hold");
    file->add_finding(sim::EventId(1), sim::SimTime(), "violation", "two leaders");
    file->add_finding(sim::EventId(77), sim::SimTime(), "anomaly", "gone");
    ASSERT_TRUE(file->close({}).ok());
    EXPECT_EQ(*explain(trace_at(path(name))),
              "violation: two leaders\n"
              "        00:00.000  pinger \"1\" went on with its work  [1 pinger.on_ping]\n\n"
              "expectation: lost == 0 does not hold\n        (no event of the run shows it)\n\n"
              "anomaly: gone\n        no event 77: the trace has events 1 to 1\n")
        << name;
  }
}

TEST_F(CauseGraph, WithoutFindingsElectionsAreListed) {
  sim::TraceEvent note = event_of(7, 0, 9);
  note.kind = sim::TraceKind::kNote;
  note.what = "leader_elected";
  sim::TraceEvent other = note;
  other.id = sim::EventId(8);
  other.what = "isr_changed";
  EXPECT_THAT(
      *explain(written({note, other})),
      AllOf(StartsWith("No findings."), HasSubstr("7  00:00.009  pinger \"1\": leader_elected"),
            Not(HasSubstr("isr_changed"))));
  EXPECT_THAT(*explain(written({event_of(1, 0, 0)})), HasSubstr("Nothing to explain"));
}

TEST_F(CauseGraph, WordsOfMessagesAndConnections) {
  sim::toy::Note ping("Ping", 1);
  sim::TraceEvent got = event_of(1, 0, 1);
  got.message = &ping;
  got.what = "Ping";
  got.peer = sim::ProcessId(0);
  sim::TraceEvent late = got;
  late.id = sim::EventId(2);
  late.cause2 = sim::EventId(1);
  sim::TraceEvent lost = got;
  lost.id = sim::EventId(3);
  lost.kind = sim::TraceKind::kSuppressed;
  sim::TraceEvent refused = lost;
  refused.id = sim::EventId(4);
  refused.message = nullptr;
  refused.what = "connect";
  Trace trace = written({got, late, lost, refused});
  auto words = [&](uint64_t id) { return words_of(trace, *trace.find(sim::EventId(id))); };
  EXPECT_EQ(words(1), "pinger \"1\" got Ping from ponger");
  EXPECT_EQ(words(2), "pinger \"1\" got Ping from ponger, held back since 00:00.001");
  EXPECT_EQ(words(3), "Ping from pinger \"1\" to ponger did not arrive");
  EXPECT_EQ(words(4), "pinger \"1\" could not connect to ponger");
}

}  // namespace
}  // namespace scenarios
