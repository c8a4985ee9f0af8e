// SPDX-License-Identifier: Apache-2.0
//
// Random histories against definitions written out naively; copies; size.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "models/checkers/history/judge.h"
#include "tests/models/checkers/judge_fixture.h"

namespace models::tests {
namespace {

using Log = std::vector<RecordId>;  // By offset.

struct Story {
  std::map<RecordId, bool> sent;  // True: acknowledged.
  Log log;
  std::vector<RecordSeen> given;  // To billing.
  int64_t start = 0, passed = 0;
};

// Producers 1 and 2 send a few records; the log is any sequence of these, with repeats; billing
// starts somewhere, reads stretches of it, sometimes a wrong record, and jumps.
Story arbitrary_story() {
  Story story;
  std::vector<RecordId> ids;
  for (int32_t producer : {1, 2})
    for (int64_t i = *rc::gen::inRange<int64_t>(0, 5); i-- > 0;)
      ids.push_back(make_record_id(producer, i));
  for (RecordId id : ids) story.sent[id] = *rc::gen::arbitrary<bool>();
  if (ids.empty()) return story;
  story.log = *rc::gen::container<Log>(rc::gen::elementOf(ids));
  auto end = static_cast<int64_t>(story.log.size());
  bool first = true;
  for (int stretches = *rc::gen::inRange(0, 4); stretches-- > 0;) {
    int64_t from = *rc::gen::inRange<int64_t>(0, end + 1);
    int64_t to = *rc::gen::inRange<int64_t>(from, end + 1);
    if (first) story.start = from;
    first = false;
    story.passed = std::max({story.passed, from, to});
    story.given.push_back({kNoOffset, RecordId(from)});  // An assignment.
    for (; from < to; ++from) {
      bool wrong = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
      RecordId id = wrong ? *rc::gen::elementOf(ids) : story.log[static_cast<size_t>(from)];
      story.given.push_back({Offset(from), id});
    }
  }
  return story;
}

History tell(const Story& story) {
  History run;
  for (auto [id, acknowledged] : story.sent) run.send(count_of(id), 0, 0, producer_of(id));
  for (auto [id, acknowledged] : story.sent)
    if (acknowledged) run.acknowledge({{kNoOffset, id}}, 0, 1);
  for (const RecordSeen& seen : story.given) {
    if (seen.offset == kNoOffset) {
      run.assign(1, seen.id.value());
    } else {
      run.poll(1, {seen});
    }
  }
  run.assign(History::kAuditor, 0);
  for (size_t i = 0; i < story.log.size(); ++i)
    run.poll(History::kAuditor, {{Offset(static_cast<int64_t>(i)), story.log[i]}});
  run.finish();
  return run;
}

std::vector<RecordSeen> records_of(const Story& story) {
  std::vector<RecordSeen> given = story.given;
  given.erase(std::remove_if(given.begin(), given.end(),
                             [](const RecordSeen& s) { return s.offset == kNoOffset; }),
              given.end());
  return given;
}

std::vector<RecordId> ids_of(const std::vector<RecordSeen>& records) {
  std::vector<RecordId> ids;
  for (const RecordSeen& record : records) ids.push_back(record.id);
  return ids;
}

// Records of which one that the same producer sent before has its first place behind theirs.
std::set<RecordId> too_early(const std::vector<RecordId>& order) {
  std::set<RecordId> found;
  for (RecordId early : order) {
    for (RecordId late : order) {
      if (producer_of(early) != producer_of(late) || count_of(late) >= count_of(early)) continue;
      if (std::find(order.begin(), order.end(), late) >
          std::find(order.begin(), order.end(), early))
        found.insert(early);
    }
  }
  return found;
}

std::set<RecordId> found(const History& run, AnomalyKind kind, const std::string& reader) {
  std::set<RecordId> ids;
  int64_t count = 0;
  for (const Anomaly& anomaly : run.judge.anomalies()) {
    if (anomaly.kind != kind || anomaly.reader != reader) continue;
    ids.insert(anomaly.record);
    ++count;
  }
  RC_ASSERT(run.judge.count(kind, reader) == count);
  RC_ASSERT(kind == AnomalyKind::kInconsistentOffset || static_cast<int64_t>(ids.size()) == count);
  return ids;
}

RC_GTEST_PROP(JudgeProperty, FindsInTheLogWhatTheDefinitionsSay, ()) {
  Story story = arbitrary_story();
  History run = tell(story);
  std::set<RecordId> lost, duplicated;
  for (auto [id, acknowledged] : story.sent) {
    auto places = std::count(story.log.begin(), story.log.end(), id);
    if (acknowledged && places == 0) lost.insert(id);
    if (places > 1) duplicated.insert(id);
  }
  RC_ASSERT(found(run, AnomalyKind::kLost, "") == lost);
  RC_ASSERT(found(run, AnomalyKind::kDuplicated, "") == duplicated);
  RC_ASSERT(found(run, AnomalyKind::kReordered, "") == too_early(story.log));
  RC_ASSERT(run.judge.count(AnomalyKind::kPhantom) == 0);
}

RC_GTEST_PROP(JudgeProperty, FindsAtAConsumerWhatTheDefinitionsSay, ()) {
  Story story = arbitrary_story();
  History run = tell(story);
  std::vector<RecordSeen> given = records_of(story);
  std::vector<RecordId> ids = ids_of(given);
  std::set<RecordId> duplicated, skipped, reordered = too_early(ids);
  for (RecordId id : too_early(story.log)) reordered.erase(id);
  for (auto [id, acknowledged] : story.sent) {
    auto first = std::find_if(given.begin(), given.end(),
                              [id = id](const RecordSeen& s) { return s.id == id; });
    if (first == given.end()) continue;
    bool in_log_twice = std::count(story.log.begin(), story.log.end(), id) > 1;
    for (auto again = first + 1; again < given.end(); ++again)
      if (again->id == id && (!in_log_twice || again->offset == first->offset))
        duplicated.insert(id);
  }
  for (int64_t offset = story.start; offset < story.passed; ++offset) {
    RecordId id = story.log[static_cast<size_t>(offset)];
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) skipped.insert(id);
  }
  std::set<Offset> inconsistent;
  for (const RecordSeen& seen : given)
    if (story.log[static_cast<size_t>(seen.offset.value())] != seen.id)
      inconsistent.insert(seen.offset);
  RC_ASSERT(found(run, AnomalyKind::kDuplicated, "billing") == duplicated);
  RC_ASSERT(found(run, AnomalyKind::kReordered, "billing") == reordered);
  RC_ASSERT(found(run, AnomalyKind::kSkipped, "billing") == skipped);
  RC_ASSERT(run.judge.count(AnomalyKind::kInconsistentOffset, "billing") ==
            static_cast<int64_t>(inconsistent.size()));
  Guarantee guarantee = run.judge.guarantee("billing");
  // All were sent at time 0, when billing started, if it did. The auditor tells where they are.
  bool lost = false, unread = false;
  for (auto [id, acknowledged] : story.sent) {
    if (!acknowledged || std::count(ids.begin(), ids.end(), id) > 0) continue;
    auto place = std::find(story.log.begin(), story.log.end(), id) - story.log.begin();
    bool stored = place < static_cast<int64_t>(story.log.size());
    lost = lost || (!stored && !story.given.empty());
    unread = unread || story.given.empty() || (stored && place >= story.passed);
  }
  bool may_miss = guarantee == Guarantee::kAtMostOnce || guarantee == Guarantee::kNone;
  RC_ASSERT((lost || !skipped.empty()) == may_miss);
  if (guarantee == Guarantee::kUnknown || ids.empty()) {
    RC_ASSERT(may_miss || unread || ids.empty());
    return;
  }
  RC_ASSERT(may_miss || !unread);
  bool repeated = std::set<RecordId>(ids.begin(), ids.end()).size() < ids.size();
  bool may_repeat = guarantee == Guarantee::kAtLeastOnce || guarantee == Guarantee::kNone;
  RC_ASSERT(repeated == may_repeat);
}

TEST(JudgeProperty, CopiesJudgeForThemselves) {
  History run;
  run.assign(1, 0);
  run.produce(2);
  run.send(2, 0, 10);
  run.poll(1, {seen(0, 0)});
  History copy = run;

  copy.acknowledge({seen(2, 2)}, 0, 500);
  copy.poll(1, {seen(1, 1), seen(1, 1)});
  copy.audit({seen(0, 0), seen(1, 1)});
  copy.finish();
  std::string told = copy.told();
  EXPECT_EQ(told, "lost orders-0@2 #2\nduplicated(billing) orders-0@1/1 #1\n");

  run.fail({seen(-1, 2)}, 0, 20);
  run.poll(1, {seen(1, 1)});
  run.audit({seen(0, 0), seen(1, 1)});
  run.finish();
  EXPECT_EQ(run.told(), "");
  EXPECT_EQ(run.judge.failed(), 1);
  EXPECT_EQ(copy.judge.failed(), 0);
  EXPECT_EQ(run.judge.unavailable()->to, at_ms(20));
  EXPECT_EQ(copy.judge.unavailable()->to, at_ms(500));
  History later = copy;  // A judgement is copied, too.
  copy = History();
  EXPECT_EQ(later.told(), told);
}

// Anything that looks at all records for each of them would take hours here.
TEST(JudgeProperty, AHugeTroubledRunIsJudgedInNoTime) {
  constexpr int64_t kRecords = 1 << 19;
  auto began = std::chrono::steady_clock::now();
  History run;
  for (int64_t i = 0; i < kRecords; ++i) run.send(i, 0, i);
  // Answers come last first; every second record is lost; the rest is stored backwards.
  for (int64_t i = kRecords; i-- > 0;) run.acknowledge({seen(kRecords - i, i)}, 0, kRecords);
  run.assign(1, 0);
  run.assign(3, 0);
  run.assign(History::kAuditor, 0);
  for (int64_t i = kRecords; i-- > 0;) {
    int64_t offset = kRecords - i;
    if (i % 2 == 0) run.poll(History::kAuditor, {seen(offset, i)});
    run.poll(1, {seen(offset, i)});
    run.poll(1, {seen(offset, i)});
    if (i % 4 == 0) run.poll(3, {seen(offset, i)});
  }
  run.finish(true, kRecords);
  EXPECT_EQ(run.judge.count(AnomalyKind::kLost), kRecords / 2);
  EXPECT_EQ(run.judge.count(AnomalyKind::kReordered), kRecords / 2 - 1);
  EXPECT_EQ(run.judge.count(AnomalyKind::kDuplicated, "billing"), kRecords);
  EXPECT_EQ(run.judge.count(AnomalyKind::kSkipped, "audit-trail"), kRecords / 4);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(60));
}

}  // namespace
}  // namespace models::tests
