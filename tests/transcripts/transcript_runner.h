// SPDX-License-Identifier: Apache-2.0
//
// Runs a transcript against an interpreter of its area: each command's output must be what the file
// says. With `rewrite` the file gets what came out instead; read the diff before you commit it.

#ifndef TESTS_TRANSCRIPTS_TRANSCRIPT_RUNNER_H_
#define TESTS_TRANSCRIPTS_TRANSCRIPT_RUNNER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/transcripts/transcript.h"

namespace models {

// What the commands of one area mean. A fresh one for each file; it lives through the file.
class Interpreter {
 public:
  virtual ~Interpreter() = default;
  using Verb = std::function<void(const Command&)>;

  // Runs one command and returns the lines it said. Throws TranscriptError for an unknown verb
  // (with the nearest name) and for arguments that nobody read.
  std::string run(const Command& command);

 protected:
  void define(const std::string& verb, Verb meaning) { verbs_[verb] = std::move(meaning); }
  void say(const std::string& line) { said_ += line + '\n'; }

 private:
  std::map<std::string, Verb> verbs_;
  std::string said_;
};

struct TranscriptRun {
  struct Mismatch {
    std::string place;  // "file:line" of the command.
    std::string report;
  };
  std::vector<Mismatch> mismatches;
  std::string rewritten;  // The whole file with the outputs as they were.
};
TranscriptRun run_transcript(const Transcript& transcript, Interpreter& interpreter);

// An interpreter by the name of its folder: "replication", "controller", "producer".
std::unique_ptr<Interpreter> interpreter_of(std::string_view area);
std::unique_ptr<Interpreter> make_replication_interpreter();
std::unique_ptr<Interpreter> make_controller_interpreter();
std::unique_ptr<Interpreter> make_producer_interpreter();

// Set by `--rewrite` or FAULTLINE_REWRITE_TRANSCRIPTS=1.
bool rewrites_transcripts();
void set_rewrites_transcripts(bool on);

}  // namespace models

#endif  // TESTS_TRANSCRIPTS_TRANSCRIPT_RUNNER_H_
