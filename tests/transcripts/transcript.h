// SPDX-License-Identifier: Apache-2.0
//
// A transcript: a text file of commands to machines and what they answered, read as a story and
// run as a test.
//
//   # Why acks=all needs two fetches.
//   produce to=1 records=5 acks=all       a verb, words, and key=value or key=(a,b)
//   any further lines are the command's input
//   ----
//   client <- broker 1: ...               expected output, up to a blank line
//
//   list
//   ----                                  output that holds blank lines stands between two fences,
//   ----                                  each of two lines
//   one
//
//   two
//   ----
//   ----
//
// Lines before a command that begin with '#' or are blank belong to no command and are kept as they
// are. Errors are TranscriptError with "file:line: what".

#ifndef TESTS_TRANSCRIPTS_TRANSCRIPT_H_
#define TESTS_TRANSCRIPTS_TRANSCRIPT_H_

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"

namespace models {

class TranscriptError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One command as written. The getters remember what was asked for, so that the runner can refuse an
// argument that no one reads, such as a misspelt key.
class Command {
 public:
  // Parses "verb word key=value key=(a,b)"; `place` is "file:line".
  Command(std::string_view text, std::string place);

  const std::string& place() const { return place_; }
  const std::string& text() const { return text_; }
  const std::string& verb() const { return verb_; }
  const std::vector<std::string>& words() const { return words_; }
  std::string input;     // Lines between the command and "----", each with its end.
  std::string expected;  // Likewise.

  bool has(const std::string& key) const { return named_.contains(key); }
  std::vector<std::string> keys() const;  // Sorted.
  // Throw if the key is absent (unless there is a default) or its value is not of that type.
  std::string value(const std::string& key) const;
  std::string value(const std::string& key, const std::string& otherwise) const;
  std::vector<std::string> list(const std::string& key) const;
  int64_t number(const std::string& key) const;
  int64_t number(const std::string& key, int64_t otherwise) const;
  std::vector<int64_t> numbers(const std::string& key) const;
  bool yes(const std::string& key, bool otherwise) const;
  // The only word of the command, such as "500ms" or "10s".
  sim::Duration duration_word() const;
  sim::Duration duration(const std::string& key, sim::Duration otherwise) const;

  // Keys and words that no getter has been asked for.
  std::vector<std::string> unread() const;
  [[noreturn]] void fail(const std::string& what) const;

 private:
  sim::Duration parse_duration(const std::string& text) const;
  int64_t parse_number(const std::string& text) const;
  void parse_argument(std::string_view text);

  std::string place_;
  std::string text_;
  std::string verb_;
  std::vector<std::string> words_;
  std::map<std::string, std::vector<std::string>> named_;
  mutable std::set<std::string> read_;
  mutable bool words_read_ = false;
};

struct Transcript {
  struct Entry {
    std::string before;   // Comments and blank lines, verbatim.
    std::string written;  // The command's lines and its input, verbatim.
    Command command;
  };
  std::string file;
  std::vector<Entry> entries;
  std::string after;  // What follows the last command.
};

Transcript parse_transcript(std::string_view file, std::string_view text);

// The transcript's text with `outputs` (one for each entry) in place of what was expected.
std::string with_outputs(const Transcript& transcript, const std::vector<std::string>& outputs);

// Lines of both: " same", "-only expected", "+only actual".
std::string diff_of(std::string_view expected, std::string_view actual);

}  // namespace models

#endif  // TESTS_TRANSCRIPTS_TRANSCRIPT_H_
