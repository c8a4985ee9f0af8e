// SPDX-License-Identifier: Apache-2.0

#include "tests/transcripts/transcript_runner.h"

#include <cstdlib>
#include <utility>

#include "scenarios/nearest_name.h"

namespace models {
namespace {

bool rewrite_asked = false;  // By the program's argument; set once, before any test.

}  // namespace

bool rewrites_transcripts() {
  const char* asked = std::getenv("FAULTLINE_REWRITE_TRANSCRIPTS");
  return rewrite_asked || (asked != nullptr && std::string_view(asked) == "1");
}

void set_rewrites_transcripts(bool on) { rewrite_asked = on; }

std::string Interpreter::run(const Command& command) {
  auto verb = verbs_.find(command.verb());
  if (verb == verbs_.end()) {
    std::vector<std::string_view> known;
    std::string all;
    for (const auto& [name, meaning] : verbs_) {
      known.push_back(name);
      all += (all.empty() ? "" : ", ") + name;
    }
    std::string what = "unknown command '" + command.verb() + "'";
    if (auto nearest = scenarios::nearest_name(command.verb(), known)) {
      what += "; did you mean '" + std::string(*nearest) + "'?";
    }
    command.fail(what + " There are " + all);
  }
  said_.clear();
  verb->second(command);
  std::vector<std::string> unread = command.unread();
  if (!unread.empty()) command.fail("'" + command.verb() + "' does not take '" + unread[0] + "'");
  return std::exchange(said_, {});
}

TranscriptRun run_transcript(const Transcript& transcript, Interpreter& interpreter) {
  TranscriptRun run;
  std::vector<std::string> outputs;
  for (const Transcript::Entry& entry : transcript.entries) {
    const Command& command = entry.command;
    outputs.push_back(interpreter.run(command));
    if (outputs.back() == command.expected) continue;
    run.mismatches.push_back({command.place(), command.place() + ": " + command.text() +
                                                   "\n  (- expected, + came out)\n" +
                                                   diff_of(command.expected, outputs.back())});
  }
  run.rewritten = with_outputs(transcript, outputs);
  return run;
}

std::unique_ptr<Interpreter> interpreter_of(std::string_view area) {
  if (area == "replication") return make_replication_interpreter();
  if (area == "controller") return make_controller_interpreter();
  if (area == "producer") return make_producer_interpreter();
  return nullptr;
}

}  // namespace models
