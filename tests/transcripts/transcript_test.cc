// SPDX-License-Identifier: Apache-2.0
//
// The runner itself.

#include "tests/transcripts/transcript.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transcripts/transcript_runner.h"

namespace models {
namespace {

using namespace sim::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What `text` is refused with; empty if it is not.
std::string refusal(std::string_view text) {
  try {
    parse_transcript("story.txt", text);
  } catch (const TranscriptError& error) {
    return error.what();
  }
  return "";
}

template <class F>
std::string error_of(F&& call) {
  try {
    call();
  } catch (const TranscriptError& error) {
    return error.what();
  }
  return "";
}

// Says back what it is told; counts across commands.
class Echo : public Interpreter {
 public:
  Echo() {
    define("echo", [this](const Command& command) { say(command.value("text", "nothing")); });
    define("input", [this](const Command& command) { say("<" + command.input + ">"); });
    define("count", [this](const Command&) { say(std::to_string(++count_)); });
    define("gap", [this](const Command&) { say("one\n\ntwo"); });
    define("silent", [](const Command&) {});
  }

 private:
  int count_ = 0;
};

TranscriptRun run(std::string_view text) {
  Echo echo;
  return run_transcript(parse_transcript("story.txt", text), echo);
}

TEST(Transcript, reads_commands_arguments_input_and_output) {
  Transcript transcript = parse_transcript("story.txt",
                                           "# A comment.\n"
                                           "\n"
                                           "elect now leader=2 isr=(2, 3) after=10s\n"
                                           "input\n"
                                           "----\n"
                                           "said\n"
                                           "more\n"
                                           "\n"
                                           "# The end.\n");
  ASSERT_EQ(transcript.entries.size(), 1u);
  const Transcript::Entry& entry = transcript.entries[0];
  const Command& command = entry.command;
  EXPECT_EQ(entry.before, "# A comment.\n\n");
  EXPECT_EQ(command.verb(), "elect");
  EXPECT_EQ(command.place(), "story.txt:3");
  EXPECT_THAT(command.words(), ElementsAre("now"));
  EXPECT_EQ(command.number("leader"), 2);
  EXPECT_THAT(command.numbers("isr"), ElementsAre(2, 3));
  EXPECT_EQ(command.duration("after", 0_s), 10_s);
  EXPECT_EQ(command.input, "input\n");
  EXPECT_EQ(command.expected, "said\nmore\n");
  EXPECT_EQ(transcript.after, "\n# The end.\n");
}

TEST(Transcript, reads_output_with_blank_lines_between_fences) {
  Transcript transcript =
      parse_transcript("story.txt", "gap\n----\n----\none\n\ntwo\n----\n----\n\ncount\n----\n1\n");
  ASSERT_EQ(transcript.entries.size(), 2u);
  EXPECT_EQ(transcript.entries[0].command.expected, "one\n\ntwo\n");
  EXPECT_EQ(transcript.entries[1].command.place(), "story.txt:10");
}

TEST(Transcript, refuses_what_it_cannot_read_and_names_the_line) {
  EXPECT_THAT(refusal("# x\ncount\n\n"), HasSubstr("story.txt:2: no '----' after: count"));
  EXPECT_THAT(refusal("count\n"), HasSubstr("story.txt:1: no '----'"));
  EXPECT_THAT(refusal("\n----\n"), HasSubstr("story.txt:2: '----' without a command"));
  EXPECT_THAT(refusal("\na=1\n----\n"), HasSubstr("story.txt:2: a command begins with its verb"));
  EXPECT_THAT(refusal("go isr=(1,2\n----\n"), HasSubstr("story.txt:1: '(' without ')'"));
  EXPECT_THAT(refusal("go isr=1)\n----\n"), HasSubstr("')' without '('"));
  EXPECT_THAT(refusal("go =1\n----\n"), HasSubstr("no key"));
  EXPECT_THAT(refusal("go a=\n----\n"), HasSubstr("'a=' has no value"));
  EXPECT_THAT(refusal("go a=1 a=2\n----\n"), HasSubstr("'a' is given twice"));
  EXPECT_THAT(refusal("gap\n----\n----\none\n"), HasSubstr("closing two '----'"));
  EXPECT_EQ(refusal("go a=()\n----\n"), "");
}

TEST(Transcript, refuses_values_of_another_type) {
  Command command("go now n=x list=(1,2) wait=10 long=5min flag=maybe", "story.txt:7");
  EXPECT_THAT(error_of([&] { command.number("n"); }),
              HasSubstr("story.txt:7: 'x' is not a whole number"));
  EXPECT_THAT(error_of([&] { command.number("absent"); }), HasSubstr("'absent=' is missing"));
  EXPECT_THAT(error_of([&] { command.value("list"); }), HasSubstr("takes one value"));
  EXPECT_THAT(error_of([&] { command.duration("wait", 0_s); }), HasSubstr("500ms or 10s"));
  EXPECT_THAT(error_of([&] { command.duration("long", 0_s); }), HasSubstr("no unit of time"));
  EXPECT_THAT(error_of([&] { command.yes("flag", false); }), HasSubstr("true or false"));
  EXPECT_THAT(error_of([&] { command.duration_word(); }), HasSubstr("'now' is no duration"));
}

TEST(TranscriptRunner, keeps_its_interpreter_from_command_to_command) {
  EXPECT_THAT(run("count\n----\n1\n\ncount\n----\n2\n").mismatches, IsEmpty());
}

TEST(TranscriptRunner, reports_a_mismatch_with_place_and_both_sides) {
  TranscriptRun ran = run("# x\n\necho text=right\n----\nwrong\n\ncount\n----\n1\n");
  ASSERT_EQ(ran.mismatches.size(), 1u);
  EXPECT_EQ(ran.mismatches[0].place, "story.txt:3");
  EXPECT_THAT(ran.mismatches[0].report, HasSubstr("story.txt:3: echo text=right"));
  EXPECT_THAT(ran.mismatches[0].report, HasSubstr("  -wrong\n  +right\n"));
}

TEST(TranscriptRunner, missing_and_needless_output_are_mismatches) {
  EXPECT_EQ(run("echo\n----\n").mismatches.size(), 1u);
  EXPECT_EQ(run("silent\n----\nsomething\n").mismatches.size(), 1u);
  EXPECT_THAT(run("silent\n----\n").mismatches, IsEmpty());
}

TEST(TranscriptRunner, names_the_command_that_was_meant) {
  std::string error = error_of([] { run("count\n----\n1\n\ncuont\n----\n"); });
  EXPECT_THAT(error, HasSubstr("story.txt:5: unknown command 'cuont'; did you mean 'count'?"));
  EXPECT_THAT(error, HasSubstr("There are count, echo, gap, input, silent"));
  EXPECT_THAT(error_of([] { run("zzzzzzzzzz\n----\n"); }), HasSubstr("There are count"));
}

TEST(TranscriptRunner, refuses_arguments_that_nobody_reads) {
  EXPECT_THAT(error_of([] { run("echo txet=1\n----\nnothing\n"); }),
              HasSubstr("story.txt:1: 'echo' does not take 'txet'"));
  EXPECT_THAT(error_of([] { run("count twice\n----\n1\n"); }), HasSubstr("take 'twice'"));
}

TEST(TranscriptRunner, rewrites_outputs_and_nothing_else) {
  std::string_view story =
      "# Title.\n\necho text=a\n----\nold\n\n# Between.\n\ninput\nx y\n----\n\ngap\n----\n\n# "
      "End.\n";
  std::string rewritten = run(story).rewritten;
  EXPECT_THAT(rewritten, HasSubstr("# Title.\n\necho text=a\n----\na\n\n# Between.\n"));
  EXPECT_THAT(rewritten, HasSubstr("gap\n----\n----\none\n\ntwo\n----\n----\n\n# End.\n"));
  EXPECT_THAT(run(rewritten).mismatches, IsEmpty());
  EXPECT_EQ(run(rewritten).rewritten, rewritten) << "once more changes nothing";
}

TEST(TranscriptRunner, a_rewrite_parts_new_output_from_the_comment_behind_it) {
  std::string rewritten = run("echo text=a\n----\n\n# x\ncount\n----\n").rewritten;
  EXPECT_EQ(rewritten, "echo text=a\n----\na\n\n# x\ncount\n----\n1\n");
  std::string adjacent = run("gap\n----\n----\n----\n----\n# x\ncount\n----\n").rewritten;
  EXPECT_EQ(run(adjacent).rewritten, adjacent);
  EXPECT_THAT(adjacent, HasSubstr("# x\n"));
}

TEST(TranscriptDiff, keeps_common_lines) {
  EXPECT_EQ(diff_of("a\nb\nc\n", "a\nx\nc\n"), "   a\n  -b\n  +x\n   c\n");
  EXPECT_EQ(diff_of("", "x\n"), "  +x\n");
  EXPECT_EQ(diff_of("x\n", ""), "  -x\n");
}

}  // namespace
}  // namespace models
