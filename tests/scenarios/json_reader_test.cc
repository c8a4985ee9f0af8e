// SPDX-License-Identifier: Apache-2.0

#include "scenarios/json_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "rapidcheck/gtest.h"
#include "scenarios/json_places.h"

namespace scenarios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<JsonValue> parsed(std::string_view text) {
  ProblemList problems("a.json");
  std::unique_ptr<JsonValue> root = read_json(text, problems);
  EXPECT_THAT(problems.sorted(), IsEmpty()) << text;
  return root;
}

std::vector<std::string> problems_of(std::string_view text) {
  ProblemList problems("a.json");
  read_json(text, problems);
  std::vector<std::string> texts;
  for (const Problem& problem : problems.sorted()) texts.push_back(to_string(problem));
  return texts;
}

testing::AssertionResult stands_at(const JsonValue& value, int line, int column) {
  if (value.line == line && value.column == column) return testing::AssertionSuccess();
  return testing::AssertionFailure() << value.line << ":" << value.column;
}

TEST(JsonReaderTest, RemembersWhereEachValueAndKeyStood) {
  auto root = parsed("{\n  \"a\" : [1, -2.50,\t\"x,:]}\"],\n\"b\": {\"c\":null, \"d\" :true}\n}\n");
  ASSERT_TRUE(root);
  EXPECT_TRUE(stands_at(*root, 1, 1));
  const JsonValue& a = root->children[0];
  EXPECT_TRUE(stands_at(a, 2, 9));
  EXPECT_EQ(a.key_line, 2);
  EXPECT_EQ(a.key_column, 3);
  EXPECT_TRUE(stands_at(a.children[0], 2, 10));
  EXPECT_TRUE(stands_at(a.children[1], 2, 13));
  EXPECT_TRUE(stands_at(a.children[2], 2, 20));
  const JsonValue& b = root->children[1];
  EXPECT_TRUE(stands_at(b, 3, 6));
  EXPECT_TRUE(stands_at(b.children[0], 3, 11));
  EXPECT_TRUE(stands_at(b.children[1], 3, 22));
  EXPECT_EQ(b.children[1].key_column, 17);
}

TEST(JsonReaderTest, CountsColumnsInCharacters) {
  auto root = parsed("[\"\xc3\xa4\xe2\x82\xac\", 7]");
  EXPECT_TRUE(stands_at(root->children[1], 1, 8));
}

TEST(JsonReaderTest, IsNotLedAstrayByEscapesOrAByteOrderMark) {
  auto root = parsed("\xef\xbb\xbf[\"a\\\"]\\\\\", 7]");
  EXPECT_EQ(root->children[0].text, "a\"]\\");
  EXPECT_TRUE(stands_at(root->children[1], 1, 12));
}

TEST(JsonReaderTest, KeepsNumbersAsWritten) {
  auto root = parsed("[0.10, 12345678901234567890, 1e2, -0]");
  std::vector<std::string> texts;
  for (const JsonValue& value : root->children) texts.push_back(value.text);
  EXPECT_THAT(texts, ElementsAre("0.10", "12345678901234567890", "1e2", "-0"));
}

TEST(JsonReaderTest, GivesPointersWithEscapes) {
  auto root = parsed(R"({"a/b": [0, {"c~d": 1}]})");
  EXPECT_EQ(root->children[0].children[1].children[0].pointer(), "/a~1b/1/c~0d");
  EXPECT_EQ(root->pointer(), "");
}

TEST(JsonReaderTest, ReportsSyntaxErrorsWhereTheyAre) {
  EXPECT_THAT(problems_of("{\"a\": ]}"), ElementsAre(HasSubstr("a.json:1:7: syntax error")));
  EXPECT_THAT(problems_of("[1,\n ,2]"), ElementsAre(HasSubstr("a.json:2:2: syntax error")));
  EXPECT_THAT(problems_of("{\"a\": 1,\n  \"b\" 2}"), ElementsAre(HasSubstr("a.json:2:7: syntax")));
  EXPECT_THAT(problems_of("{\"a\": 1, \"b\" \"cde\"}"),
              ElementsAre(HasSubstr("a.json:1:14: syntax")));
  EXPECT_THAT(problems_of("[1, 2"), ElementsAre(HasSubstr("a.json:1:6: syntax error")));
  EXPECT_THAT(problems_of("{\"a\": tru}"), ElementsAre(HasSubstr("a.json:1:")));
  EXPECT_THAT(problems_of("[1] // no comments"), ElementsAre(HasSubstr("a.json:1:5: ")));
  EXPECT_THAT(problems_of("[\"a\nb\"]"), ElementsAre(HasSubstr("control character")));
}

TEST(JsonReaderTest, ReportsTextAfterTheDocument) {
  EXPECT_THAT(problems_of("{}\n {}"), ElementsAre(HasSubstr("a.json:2:2: ")));
  // nlohmann_json takes a zero byte for the end of the input.
  EXPECT_THAT(problems_of(std::string_view("{}\0garbage", 10)),
              ElementsAre("a.json:1:3: more text after the end of the document"));
}

TEST(JsonReaderTest, SaysWhatWasFoundThatIsNoJson) {
  const std::pair<const char*, const char*> kCases[] = {
      {"{\"a\": // one\n 1}", "a.json:1:7: a comment; JSON has none"},
      {"{\"a\": /* one */ 1}", "a.json:1:7: a comment; JSON has none"},
      {"{\"a\": NaN}", "a.json:1:7: NaN is no number in JSON"},
      {"{\"a\": nan}", "a.json:1:7: NaN is no number in JSON"},
      {"{\"a\": -Infinity}", "a.json:1:7: Infinity is no number in JSON"},
      {"{\"a\": True}", "a.json:1:7: JSON writes true"},
      {"{'a': 1}", "a.json:1:2: a quote '; JSON has strings in \"double quotes\" only"},
  };
  for (const auto& [text, told] : kCases) EXPECT_THAT(problems_of(text), ElementsAre(told));
}

TEST(JsonReaderTest, ReportsAnEmptyFile) {
  EXPECT_THAT(problems_of(""), ElementsAre("a.json:1:1: the file is empty"));
  EXPECT_THAT(problems_of(" \n\t"), ElementsAre("a.json:1:1: the file is empty"));
}

TEST(JsonReaderTest, ReportsAllDuplicateKeysAndKeepsTheFirst) {
  std::string text = "{\"a\": 1,\n \"a\": {\"b\": 0, \"b\": 0},\n \"l\": [{\"c\": 1, \"c\": 2}]}";
  EXPECT_THAT(problems_of(text), ElementsAre("a.json:2:2: /a: the key \"a\" is given twice",
                                             "a.json:2:16: /a/b: the key \"b\" is given twice",
                                             "a.json:3:17: /l/0/c: the key \"c\" is given twice"));
  ProblemList problems("a.json");
  auto root = read_json(text, problems);
  ASSERT_EQ(root->children.size(), 2u);
  EXPECT_EQ(root->children[0].text, "1");
}

TEST(JsonReaderTest, ReportsInvalidUtf8WithoutRepeatingIt) {
  std::vector<std::string> problems = problems_of("[\"\xff\"]");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0], HasSubstr("UTF-8"));
  EXPECT_EQ(problems[0].find('\xff'), std::string::npos);
}

TEST(JsonReaderTest, ReportsNumbersOutOfRange) {
  EXPECT_THAT(problems_of("[1,\n1e999]"), ElementsAre("a.json:2:1: the number is out of range"));
}

TEST(JsonReaderTest, NestsAsDeepAsAllowedAndNoDeeper) {
  auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parsed(nested(kDeepest)));
  EXPECT_THAT(problems_of(nested(kDeepest + 1)),
              ElementsAre("a.json:1:65: nested deeper than 64 levels"));
  EXPECT_THAT(problems_of(std::string(1'000'000, '[')), ElementsAre(HasSubstr("nested deeper")));
}

TEST(JsonReaderTest, RefusesMoreValuesThanFitInMemory) {
  std::string text = "[0";
  for (int64_t i = 1; i < kMostValues; ++i) text += ",0";
  EXPECT_THAT(problems_of(text + "]"), ElementsAre(HasSubstr("more than 1000000 values")));
}

class JsonFileTest : public testing::Test {
 protected:
  std::string path_ = testing::TempDir() + "json_file_test." +
                      testing::UnitTest::GetInstance()->current_test_info()->name() + "." +
                      std::to_string(getpid());
  ~JsonFileTest() override { std::filesystem::remove(path_); }

  std::string problem() {
    ProblemList problems(path_);
    EXPECT_FALSE(read_text_file(path_, problems));
    EXPECT_EQ(problems.sorted().size(), 1u);
    return problems.empty() ? "" : problems.sorted()[0].message;
  }
};

TEST_F(JsonFileTest, ReadsAFile) {
  std::ofstream(path_) << "{}";
  ProblemList problems(path_);
  EXPECT_EQ(read_text_file(path_, problems), "{}");
}

TEST_F(JsonFileTest, ReportsAMissingFile) { EXPECT_THAT(problem(), HasSubstr("no such file")); }

TEST_F(JsonFileTest, ReadsAPipeToItsEnd) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path_) << "{\"a\": 1}"; });
  ProblemList problems(path_);
  EXPECT_EQ(read_text_file(path_, problems), "{\"a\": 1}");
  writer.join();
}

TEST_F(JsonFileTest, ReportsAFolder) {
  std::filesystem::create_directory(path_);
  EXPECT_THAT(problem(), HasSubstr("is not a file"));
}

TEST_F(JsonFileTest, RefusesALargeFileBeforeReadingIt) {
  std::ofstream(path_) << "{}";
  std::filesystem::resize_file(path_, kMostBytes + 1);
  EXPECT_THAT(problem(), HasSubstr("larger than 16 MiB"));
}

// Each byte that survives a random change still yields positions inside the text, and no crash.
RC_GTEST_PROP(JsonReaderProperty, NeverCrashes, (const std::vector<uint8_t>& noise)) {
  std::string text = "{\"a\":[1,2.5,\"x\\n\"],\"b\":{\"c\":null}}";
  for (size_t i = 0; i + 1 < noise.size(); i += 2) {
    text[noise[i] % text.size()] = static_cast<char>(noise[i + 1]);
  }
  ProblemList problems("a.json");
  auto root = read_json(text, problems);
  RC_ASSERT((root == nullptr) <= !problems.empty());
  for (const Problem& problem : problems.sorted()) {
    RC_ASSERT(problem.line >= 1);
    RC_ASSERT(problem.column >= 1);
    RC_ASSERT(problem.column <= static_cast<int>(text.size()) + 1);
  }
}

}  // namespace
}  // namespace scenarios
