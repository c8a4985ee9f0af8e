// SPDX-License-Identifier: Apache-2.0
//
// One bit flips somewhere in a sound log directory: `verify` finds it, and says in which file and
// where in it.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/log_files.h"
#include "scenarios/log_verify.h"
#include "tests/scenarios/log_fixture.h"

namespace scenarios {
namespace {

constexpr int64_t kAnywhere = -1;

// Any of [0, end), however early in the campaign: RapidCheck begins with the small ones.
template <class Number>
Number below(Number end) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(0, end));
}

// A root that was closed in good order, with one partition, orders-0.
void write_root(models::MemoryFileSystem& files, FakeLog& log) {
  log.close();
  log.write(files);
  std::string end = "0\n1\norders 0 " + std::to_string(log.end().value()) + "\n";
  files.overwrite("meta.properties", "node.id=1\nversion=1\ncluster.id=xyz\n");
  files.overwrite("recovery-point-offset-checkpoint", end);
  files.overwrite("replication-offset-checkpoint", end);
  files.overwrite(".kafka_cleanshutdown", "{\"version\":0,\"brokerEpoch\":11}");
}

// What verify holds against something else: all of a partition but its topic's id.
std::vector<std::string> covered_files(models::MemoryFileSystem& files) {
  std::vector<std::string> names = *files.list("orders-0"), paths;
  for (const std::string& name : names) {
    std::string path = "orders-0/" + name;
    if (name != "partition.metadata" && !files.contents(path).empty()) paths.push_back(path);
  }
  return paths;
}

// Where the batch begins that holds this byte of a log.
int64_t batch_of(const std::string& log, int64_t byte) {
  int64_t begin = 0;
  for (int64_t end = 0; end <= byte;) {
    begin = end;
    end = begin + 12 + models::load_big_endian<int32_t>(log.data() + begin + 8);
  }
  return begin;
}

// Where the batch or entry begins that holds this byte; kAnywhere: the file is one item.
int64_t item_of(const std::string& path, const std::string& content, int64_t byte) {
  if (path.ends_with(".log")) return batch_of(content, byte);
  for (const auto& [suffix, bytes] :
       {std::pair{".index", 8}, {".timeindex", 12}, {".txnindex", 34}})
    if (path.ends_with(suffix)) return byte / bytes * bytes;
  return kAnywhere;
}

// Does it lead to the bit? A checkpoint that a batch contradicts is named where the batch is.
bool leads_to(const LogFinding& finding, const std::string& path, int64_t item) {
  if (!finding.is_problem) return false;
  if (path.ends_with(kEpochCheckpointFile))
    return finding.file == path || finding.text.find(kEpochCheckpointFile) != std::string::npos;
  bool has_offset = finding.offset != models::kNoOffset;
  return finding.file == path && finding.position == item && has_offset;
}

std::string text_of(const std::vector<LogFinding>& findings) {
  std::string text;
  for (const LogFinding& each : findings)
    text += each.file + " @" + std::to_string(each.position) + " #" +
            std::to_string(each.offset.value()) + ": " + each.text + "\n";
  return text;
}

void flip_one_bit(models::MemoryFileSystem& files, const std::string& path) {
  std::string content = files.contents(path), changed = content;
  // Every other time in what the CRC of a log's first batch does not cover.
  bool in_head = path.ends_with(".log") && *rc::gen::arbitrary<bool>();
  size_t byte = below<size_t>(in_head ? 17 : content.size());
  changed[byte] = static_cast<char>(changed[byte] ^ (1 << below(8)));
  files.overwrite(path, changed);
  std::vector<LogFinding> findings;
  auto keep = [&](const LogFinding& finding) { findings.push_back(finding); };
  VerifyTotals totals = verify_logs(files, {false, ""}, {}, keep);
  RC_LOG() << path << " byte " << byte << "\n" << text_of(findings);
  RC_ASSERT(totals.problems > 0);
  int64_t item = item_of(path, content, static_cast<int64_t>(byte));
  RC_ASSERT(std::any_of(findings.begin(), findings.end(),
                        [&](const LogFinding& finding) { return leads_to(finding, path, item); }));
  files.overwrite(path, content);
}

RC_GTEST_PROP(LogVerifyProperty, a_bit_that_flips_is_found_with_its_file_and_offset, ()) {
  sim::Rng rng(below<uint64_t>(1'000'000));
  models::MemoryFileSystem files;
  FakeLog log = random_log("orders-0", rng);
  write_root(files, log);
  std::vector<std::string> paths = covered_files(files);
  for (int flips = 0; flips < 30; ++flips) flip_one_bit(files, *rc::gen::elementOf(paths));
}

}  // namespace
}  // namespace scenarios
