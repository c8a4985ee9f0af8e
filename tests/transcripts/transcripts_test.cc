// SPDX-License-Identifier: Apache-2.0
//
// Every file tests/transcripts/<area>/*.txt is a test of its own.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/transcripts/transcript_runner.h"

namespace models {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(FAULTLINE_SOURCE_DIR) / "tests/transcripts";

// "replication/high_watermark.txt" and so on, sorted.
std::vector<std::string> transcript_files() {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() != ".txt") continue;
    files.push_back(fs::relative(entry.path(), kFolder).generic_string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string contents_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class TranscriptFile : public testing::TestWithParam<std::string> {};

TEST_P(TranscriptFile, says_what_happens) {
  fs::path path = kFolder / GetParam();
  std::string shown = "tests/transcripts/" + GetParam();
  std::string text = contents_of(path);
  std::unique_ptr<Interpreter> interpreter =
      interpreter_of(fs::path(GetParam()).parent_path().string());
  ASSERT_NE(interpreter, nullptr) << shown << ": no interpreter for this folder";
  Transcript transcript = parse_transcript(shown, text);
  EXPECT_FALSE(transcript.entries.empty()) << shown << " holds no command";
  TranscriptRun run = run_transcript(transcript, *interpreter);
  if (rewrites_transcripts()) {
    if (run.rewritten != text) std::ofstream(path, std::ios::binary) << run.rewritten;
    return;
  }
  for (const TranscriptRun::Mismatch& mismatch : run.mismatches) ADD_FAILURE() << mismatch.report;
  if (!run.mismatches.empty()) return;
  EXPECT_EQ(run.rewritten, text) << shown << ": not in the layout that --rewrite gives";
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.size() - 4);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Transcripts, TranscriptFile, testing::ValuesIn(transcript_files()),
                         test_name);

}  // namespace
}  // namespace models
