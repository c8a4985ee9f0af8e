// SPDX-License-Identifier: Apache-2.0

#include "tests/transcripts/transcript.h"

#include <algorithm>

namespace models {
namespace {

constexpr std::string_view kFence = "----";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

class Parser {
 public:
  Parser(std::string_view file, std::string_view text) : lines_(lines_of(text)) {
    transcript_.file = file;
  }

  Transcript parse() {
    std::string before;
    while (!at_end()) {
      if (is_blank(line()) || line().front() == '#') {
        add(before, take());
      } else {
        parse_entry(std::move(before));
        before.clear();
      }
    }
    transcript_.after = std::move(before);
    return std::move(transcript_);
  }

 private:
  bool at_end() const { return next_ >= lines_.size(); }
  std::string_view line() const { return lines_[next_]; }
  std::string_view take() { return lines_[next_++]; }
  bool at_fence() const { return !at_end() && line() == kFence; }
  static void add(std::string& text, std::string_view line) {
    text += line;
    text += '\n';
  }
  std::string place(size_t index) const {
    return transcript_.file + ":" + std::to_string(index + 1);
  }

  void parse_entry(std::string before) {
    size_t begin = next_;
    if (at_fence()) throw TranscriptError(place(begin) + ": '----' without a command before it");
    Command command(line(), place(begin));
    std::string written;
    add(written, take());
    while (!at_end() && !at_fence() && !is_blank(line())) {
      add(command.input, line());
      add(written, take());
    }
    if (!at_fence()) {
      throw TranscriptError(place(begin) + ": no '----' after: " + command.text());
    }
    take();
    command.expected = at_fence() ? take_fenced(begin) : take_plain();
    transcript_.entries.push_back({std::move(before), std::move(written), std::move(command)});
  }

  std::string take_plain() {
    std::string text;
    while (!at_end() && !is_blank(line())) add(text, take());
    return text;
  }

  std::string take_fenced(size_t begin) {
    take();
    std::string text;
    while (!at_end()) {
      bool ends = at_fence() && next_ + 1 < lines_.size() && lines_[next_ + 1] == kFence;
      if (ends) {
        next_ += 2;
        return text;
      }
      add(text, take());
    }
    throw TranscriptError(place(begin) + ": the output's closing two '----' lines are missing");
  }

  Transcript transcript_;
  std::vector<std::string_view> lines_;
  size_t next_ = 0;
};

bool needs_fences(const std::string& output) {
  std::vector<std::string_view> lines = lines_of(output);
  return std::any_of(lines.begin(), lines.end(), is_blank) ||
         (!lines.empty() && lines.front() == kFence);
}

}  // namespace

Transcript parse_transcript(std::string_view file, std::string_view text) {
  return Parser(file, text).parse();
}

std::string with_outputs(const Transcript& transcript, const std::vector<std::string>& outputs) {
  std::string text;
  for (size_t i = 0; i < transcript.entries.size(); ++i) {
    const Transcript::Entry& entry = transcript.entries[i];
    std::string fence = needs_fences(outputs[i]) ? "----\n----\n" : "----\n";
    text += entry.before + entry.written + fence + outputs[i];
    if (fence.size() > 5) text += fence;
    bool is_last = i + 1 == transcript.entries.size();
    const std::string& next = is_last ? transcript.after : transcript.entries[i + 1].before;
    // A comment right behind the output would be read as a part of it.
    if ((!is_last || !next.empty()) && !is_blank(lines_of(next + "x").front())) text += '\n';
  }
  return text + transcript.after;
}

std::string diff_of(std::string_view expected, std::string_view actual) {
  std::vector<std::string_view> a = lines_of(expected);
  std::vector<std::string_view> b = lines_of(actual);
  // common[i][j]: length of the longest common subsequence of a[i..] and b[j..].
  std::vector<std::vector<size_t>> common(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      common[i][j] =
          a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string text;
  auto add = [&text](char sign, std::string_view line) {
    text += "  ";
    text += sign;
    text += line;
    text += '\n';
  };
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      add(' ', a[i++]);
      ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      add('-', a[i++]);
    } else {
      add('+', b[j++]);
    }
  }
  return text;
}

}  // namespace models
