// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_jsonl.h"

#include <gmock/gmock.h>

#include "nlohmann/json.hpp"
#include "tests/scenarios/trace_fixture.h"

namespace scenarios {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using TraceJsonl = TraceTest;

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find('\n', at);
    lines.push_back(json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

class Wide final : public sim::MessageBody {
 public:
  std::string_view name() const override { return "Wide"; }
  int64_t encoded_size() const override { return 120; }
  void show(sim::FieldSink& sink) const override {
    sink.begin_list("partitions");
    for (int i = 0; i < 5; ++i) {
      sink.begin_group("");
      sim::show(sink, "offsets", std::vector<int>{i, i + 1});
      sink.end_group();
    }
    sink.end_list();
    sink.integer("epoch", -1);
    sim::show(sink, "none", std::vector<int>{-1});
    sink.boolean("last", true);
  }
};

TEST_F(TraceJsonl, HeaderEventAndEnd) {
  std::unique_ptr<TraceFile> file = opened(path("t.jsonl"), facts());
  Wide wide;
  sim::TraceEvent event = event_of(5, 4, -3);
  event.cause2 = sim::EventId(9);
  event.peer = sim::ProcessId(0);
  event.what = "Wide";
  event.message = &wide;
  event.size = 120;
  event.sent = sim::SimTime::at_nanos(-4);
  file->record(event);
  ASSERT_TRUE(file->close({0x5f1c, "FAIL"}).ok());

  std::vector<json> lines = lines_of(read(path("t.jsonl")));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], json::parse(R"({"faultline":"trace","schema":1,"scenario":"toy","seed":7,
      "version":"0.1.0","hosts":["host 0","host 1"],"processes":["ponger","pinger \"1\""],
      "scenario_text":"{\"name\": \"toy\"}"})"));
  EXPECT_EQ(lines[1], json::parse(R"({"id":5,"cause":4,"cause2":9,"time":-3000000,"kind":"event",
      "host":1,"process":1,"name":"pinger \"1\"","at":"pinger.on_ping","peer":0,"message":"Wide",
      "size":120,"sent":-4,"fields":{"partitions":[{"offsets":[0,1]},{"offsets":[1,2]},"+3"],
      "none":[-1],"last":true}})"));
  EXPECT_EQ(lines[2],
            json::parse(R"({"end":{"events":1,"digest":"0000000000005f1c","verdict":"FAIL"}})"));
}

TEST_F(TraceJsonl, WhatAnEventLacksIsLeftOut) {
  std::unique_ptr<TraceFile> file = opened(path("t.jsonl"), facts());
  sim::TraceEvent fault;
  fault.id = sim::EventId(1);
  fault.kind = sim::TraceKind::kFault;
  fault.what = "crash";
  file->record(fault);
  ASSERT_TRUE(file->close({}).ok());
  EXPECT_EQ(lines_of(read(path("t.jsonl"))).at(1),
            json::parse(R"({"id":1,"time":0,"kind":"fault","what":"crash"})"));
}

TEST_F(TraceJsonl, TextThatJsonCannotHoldIsEscapedOrReplaced) {
  std::unique_ptr<TraceFile> file = opened(path("t.jsonl"), facts());
  TestFields fields("a\"b\n\xff \xc3\xa9");
  sim::TraceEvent note = event_of(1, 0, 0);
  note.kind = sim::TraceKind::kNote;
  note.fields = &fields;
  file->record(note);
  ASSERT_TRUE(file->close({}).ok());
  EXPECT_EQ(lines_of(read(path("t.jsonl"))).at(1)["fields"]["partition"],
            "a\"b\n\xef\xbf\xbd \xc3\xa9");
}

TEST_F(TraceJsonl, RowsOfTheRunner) {
  std::unique_ptr<TraceFile> file = opened(path("t.jsonl"), facts());
  sim::SimTime at = sim::SimTime::at_nanos(5);
  file->add_client_op(sim::EventId(3), at, "billing-1", "poll", "orders-0", -1, "k");
  file->add_metric(at, "lag", "billing", 3);
  file->add_partition(at, "orders-0", -1, 2, "");
  file->add_fault(sim::EventId(3), at, std::nullopt, "crash broker 2", "nothing");
  file->add_finding(sim::EventId(3), at, "violation", "two leaders");
  ASSERT_TRUE(file->close({}).ok());
  std::vector<json> lines = lines_of(read(path("t.jsonl")));
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_EQ(lines[1]["client_op"],
            json::parse(R"({"event":3,"time":5,"client":"billing-1","op":"poll",
      "partition":"orders-0","record":"k"})"));
  EXPECT_EQ(lines[2]["metric"],
            json::parse(R"({"time":5,"name":"lag","argument":"billing","value":3})"));
  EXPECT_EQ(lines[3]["partition"],
            json::parse(R"({"time":5,"partition":"orders-0","epoch":2,"isr":""})"));
  EXPECT_EQ(lines[4]["fault"],
            json::parse(R"({"event":3,"began":5,"text":"crash broker 2","bit":"nothing"})"));
  std::vector<TraceFinding> findings = *trace_at(path("t.jsonl")).findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].kind + findings[0].text, "violationtwo leaders");
}

TEST_F(TraceJsonl, AnUnwritablePathIsAnErrorBeforeTheRun) {
  EXPECT_EQ(open_trace(path("missing/t.jsonl"), facts()).status().code(),
            absl::StatusCode::kNotFound);
  std::filesystem::create_directory(path("folder.jsonl"));
  EXPECT_THAT(std::string(open_trace(path("folder.jsonl"), facts()).status().message()),
              HasSubstr("is a directory"));
}

TEST_F(TraceJsonl, AnotherKindOfFileIsLeftAlone) {
  write(path("notes.jsonl"), "{\"my\":\"data\"}\n");
  absl::Status status = open_trace(path("notes.jsonl"), facts()).status();
  EXPECT_TRUE(absl::IsAlreadyExists(status)) << status;
  EXPECT_EQ(read(path("notes.jsonl")), "{\"my\":\"data\"}\n");
}

TEST_F(TraceJsonl, AFormerTraceIsReplaced) {
  run_town(path("t.jsonl"));
  ASSERT_TRUE(opened(path("t.jsonl"), facts())->close({1, "PASS"}).ok());
  EXPECT_EQ(lines_of(read(path("t.jsonl"))).size(), 2u);
}

TEST_F(TraceJsonl, AFullDiskShowsAtClose) {
  SmallFiles small(1 << 16);
  std::unique_ptr<TraceFile> file = opened(path("t.jsonl"), facts());
  for (uint64_t id = 1; id < 10'000; ++id) file->record(event_of(id, 0, 0));
  absl::Status status = file->close({});
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("t.jsonl"));
}

TEST_F(TraceJsonl, ATraceThatWasCutCanBeRead) {
  run_town(path("t.jsonl"));
  std::string text = read(path("t.jsonl"));
  write(path("t.jsonl"), text.substr(0, text.size() / 2));
  Trace trace = trace_at(path("t.jsonl"));
  EXPECT_FALSE(trace.info().complete);
  EXPECT_GT(rows_of(trace).size(), 10u);
}

TEST_F(TraceJsonl, ADamagedLineIsNamed) {
  run_town(path("t.jsonl"));
  std::string text = read(path("t.jsonl"));
  size_t second = text.find('\n') + 1;
  write(path("bad.jsonl"), text.substr(0, second) + "{\"id\":\"x\"}\n" + text.substr(second));
  absl::Status status = open_trace_to_read(path("bad.jsonl")).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("bad.jsonl:2:"));
}

TEST_F(TraceJsonl, ANewerSchemaIsRefused) {
  write(path("new.jsonl"), "{\"faultline\":\"trace\",\"schema\":2}\n");
  EXPECT_TRUE(absl::IsFailedPrecondition(open_trace_to_read(path("new.jsonl")).status()));
}

}  // namespace
}  // namespace scenarios
