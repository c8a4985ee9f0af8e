// SPDX-License-Identifier: Apache-2.0
//
// The tidy rules find what is planted, and leave alone what only looks like it.

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/arch/tidy_rules.h"
#include "tests/arch/tidy_scopes.h"
#include "tests/arch/tidy_source.h"

namespace tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) {
    texts.push_back(std::to_string(finding.line) + ": " + finding.text);
  }
  return texts;
}

// "name line lines" of each function.
std::vector<std::string> functions(std::string_view source) {
  std::vector<std::string> texts;
  for (const Function& function : scopes_of(source).functions) {
    texts.push_back(function.name + " " + std::to_string(function.line) + " " +
                    std::to_string(function.lines));
  }
  return texts;
}

std::vector<std::string> words(std::string_view source) {
  std::vector<std::string> words;
  for (const Token& token : tokens_of(source)) words.push_back(token.text);
  return words;
}

std::vector<std::string> statics(std::string_view source) {
  return texts(scopes_of(source).mutable_statics);
}

std::vector<std::string> banned(std::string_view source) {
  return texts(check_determinism("models/log/x.cc", source));
}

std::vector<std::string> directions(const std::string& path, const std::string& include) {
  return texts(check_directions(path, "#include \"" + include + "\"\n"));
}

std::vector<std::string> homes(const std::string& path, const std::string& include) {
  return texts(check_homes(path, "#include <" + include + ">\n"));
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "\n";
  return text;
}

TEST(TidySource, blanks_comments_and_keeps_lines) {
  EXPECT_EQ(without_comments_and_literals("a // b\nc /* d\ne */ f"), "a     \nc     \n     f");
  EXPECT_EQ(without_comments_and_literals("a // b \\\nstill\nc"), "a       \n     \nc");
  EXPECT_EQ(without_comments_and_literals("a /* never ends"), "a              ");
}

TEST(TidySource, blanks_literals_with_whatever_is_in_them) {
  EXPECT_THAT(
      words(R"x(f("{ // \" }", '"', '\'', u8"}"))x"),
      ElementsAre("f", "(", "\"", "\"", ",", "'", "'", ",", "'", "'", ",", "u8", "\"", "\"", ")"));
  EXPECT_THAT(words("R\"a(\" { )\" )a\" x"), ElementsAre("R", "\"", "\"", "x"));
  EXPECT_THAT(words("kR\"a\" x"), ElementsAre("kR", "\"", "\"", "x"));
}

TEST(TidySource, knows_a_digit_separator_from_a_character) {
  EXPECT_THAT(words("1'000'000 'x' 0xff'ff y"), ElementsAre("1'000'000", "'", "'", "0xff'ff", "y"));
}

TEST(TidySource, leaves_directives_out_and_counts_lines) {
  std::vector<Token> tokens = tokens_of("#define X { \\\n {\n\"a\"\nR\"(\n\n)\" b");
  ASSERT_EQ(tokens.size(), 6u);
  EXPECT_EQ(tokens[0].line, 3);
  EXPECT_EQ(tokens.back().text, "b");
  EXPECT_EQ(tokens.back().line, 6);
}

TEST(TidySource, finds_includes_but_not_those_in_comments_and_strings) {
  std::vector<Include> includes = includes_of(
      "#include \"sim/a.h\"\n// #include \"b.h\"\n/*\n#include \"c.h\"\n*/\n"
      "auto x = R\"(\n#include \"d.h\"\n)\";\n#  include <vector>\n");
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].path, "sim/a.h");
  EXPECT_EQ(includes[1].path, "vector");
  EXPECT_EQ(includes[1].line, 9);
}

TEST(TidyScopes, counts_a_function_from_its_signature_to_its_brace) {
  EXPECT_THAT(functions("int x;\n\nint f(int a,\n      int b) {\n  return a;\n}\n"),
              ElementsAre("f 3 4"));
}

TEST(TidyScopes, looks_into_namespaces_and_types_but_does_not_count_them) {
  EXPECT_THAT(
      functions("namespace a::b {\nnamespace {\nclass X final : public Y<int()> {\n public:\n"
                "  int f() const { return 1; }\n private:\n  struct Z {\n    void g() {\n"
                "    }\n  };\n};\n}\nextern \"C\" {\nvoid h() {}\n}\n}\n"),
      ElementsAre("f 5 1", "g 8 2", "h 14 1"));
}

TEST(TidyScopes, tells_a_body_from_member_initialisers) {
  EXPECT_THAT(functions("X::X(int a)\n    : a_{a},\n      b_(a),\n      c_{{1, 2}} {\n  f();\n}\n"
                        "X::X() : a_{1}, b_() {}\nX::X() try : a_(1) {\n} catch (...) {\n}"),
              ElementsAre("X::X 1 6", "X::X 7 1", "X::X 8 2", "catch 9 2"));
}

TEST(TidyScopes, knows_the_forms_of_functions) {
  EXPECT_THAT(
      functions("template <class T, int N = 3>\nvoid f(T t = {}) noexcept(true) {\n}\n"
                "bool operator==(const X& a) const { return true; }\n"
                "int operator()(int a) { return a; }\noperator bool() const { return true; }\n"
                "auto g() -> std::vector<int> { return {}; }\nstruct X make() { return {}; }\n"
                "TEST(A, b) {\n}\nconst auto kH = [](int a) {\n  return a;\n};\n"),
      ElementsAre("f 1 3", "operator== 4 1", "operator() 5 1", "operatorbool 6 1", "g 7 1",
                  "make 8 1", "TEST 9 2", "kH 11 3"));
}

TEST(TidyScopes, counts_lambdas_and_local_types_as_part_of_their_function) {
  EXPECT_THAT(functions("void f() {\n  auto g = [] {\n    return 1;\n  };\n  struct X {\n"
                        "    void h() {}\n  };\n  if (g()) {\n  }\n}\n"),
              ElementsAre("f 1 10"));
}

TEST(TidyScopes, is_not_misled_by_braces_in_literals_comments_and_initialisers) {
  EXPECT_THAT(functions("constexpr X kTable[] = {{1, f(2)}, {2, {}}};\nint a{3};\n"
                        "void f() {\n  g(\"}\"); // }\n  h('}', R\"(}})\");\n}\nvoid i() {}\n"),
              ElementsAre("f 3 4", "i 7 1"));
}

TEST(TidyScopes, finds_statics_that_can_change) {
  EXPECT_THAT(statics("int counter;"), ElementsAre("1: global that is not const"));
  EXPECT_THAT(statics("namespace a {\nstd::map<int, int> cache{};\nstatic bool on = f();\n}"),
              ElementsAre("2: global that is not const", "3: global that is not const"));
  EXPECT_THAT(
      statics("class X {\n  static int count_;\n inline static int b = 1;\n};"),
      ElementsAre("2: static member that is not const", "3: static member that is not const"));
  EXPECT_THAT(statics("int f() {\n  static int calls = 0;\n  return ++calls;\n}"),
              ElementsAre("2: static variable in a function"));
}

TEST(TidyScopes, leaves_constants_members_and_declarations_alone) {
  EXPECT_THAT(statics("constexpr int kA = 1;\nconst std::string kB = f();\nusing A = int;\n"
                      "class X;\nenum class E : int;\nenum class F { kA, kB };\nint f(int a = 1);\n"
                      "template <class T>\nconstexpr int kSize = 3;\nstatic int g();\n"
                      "struct X {\n  int a = 0;\n  static constexpr int kB = 1;\n"
                      "  static X make(int a);\n  friend bool operator==(X, X) = default;\n};\n"
                      "MACRO(a);\nint g() {\n  static const int kC = 1;\n  return kC;\n}\n"),
              IsEmpty());
}

TEST(TidySizes, finds_a_function_of_71_lines_and_a_file_of_601) {
  std::string at_most = "int f() {" + lines(69) + "}\n";
  std::string too_long = "int X::f() {" + lines(70) + "}\n";
  EXPECT_THAT(check_sizes("a.cc", at_most), IsEmpty());
  EXPECT_THAT(texts(check_sizes("a.cc", "\n" + too_long)),
              ElementsAre("2: X::f has 71 lines: at most 70; split it"));
  EXPECT_THAT(check_sizes("a.cc", lines(600)), IsEmpty());
  EXPECT_THAT(texts(check_sizes("CMakeLists.txt", lines(601))),
              ElementsAre("600: 601 lines: at most 600; split it"));
}

TEST(TidyDirections, finds_includes_of_a_layer_above) {
  EXPECT_THAT(directions("sim/fields.h", "sim/world.h"), ElementsAre(HasSubstr("values only")));
  EXPECT_THAT(directions("sim/rng.cc", "sim/disk.h"), ElementsAre(HasSubstr("values only")));
  EXPECT_THAT(directions("sim/world.cc", "models/log/x.h"), ElementsAre(HasSubstr("kernel")));
  EXPECT_THAT(directions("sim/faults/crash.cc", "scenarios/x.h"), ElementsAre(HasSubstr("kernel")));
  for (const char* kernel : {"sim/world.h", "sim/disk.h", "sim/process.h", "sim/topology.h",
                             "sim/scheduler.h", "sim/network.h", "sim/faults/crash.h"}) {
    EXPECT_THAT(directions("models/replication/x.cc", kernel), ElementsAre(HasSubstr("Step")));
  }
  EXPECT_THAT(directions("models/checkers/history/x.h", "models/node/cluster.h"),
              ElementsAre(HasSubstr("shell")));
  EXPECT_THAT(directions("models/node/x.h", "scenarios/x.h"), ElementsAre(HasSubstr("scenarios")));
  EXPECT_THAT(directions("scenarios/x.cc", "tests/support/x.h"), ElementsAre(HasSubstr("tests")));
  EXPECT_THAT(directions("scenarios/x.cc", "viz/x.h"), ElementsAre(HasSubstr("window")));
}

TEST(TidyDirections, lets_includes_go_down) {
  EXPECT_THAT(directions("sim/world.cc", "sim/disk.h"), IsEmpty());
  EXPECT_THAT(directions("sim/fields.h", "sim/time.h"), IsEmpty());
  EXPECT_THAT(directions("models/log/x.cc", "sim/file_system.h"), IsEmpty());
  EXPECT_THAT(directions("models/node/x.cc", "sim/world.h"), IsEmpty());
  EXPECT_THAT(directions("scenarios/x.cc", "models/node/x.h"), IsEmpty());
  EXPECT_THAT(directions("tests/sim/x.cc", "tests/support/x.h"), IsEmpty());
  EXPECT_THAT(directions("sim/fields.h", "absl/strings/cord.h"), IsEmpty());
}

TEST(TidyHomes, finds_a_library_away_from_home) {
  EXPECT_THAT(homes("scenarios/runner.cc", "nlohmann/json.hpp"),
              ElementsAre(HasSubstr("scenarios/json_*")));
  EXPECT_THAT(homes("scenarios/runner.cc", "sqlite3.h"), ElementsAre(HasSubstr("sqlite_file")));
  EXPECT_THAT(homes("scenarios/runner.cc", "CLI/CLI.hpp"),
              ElementsAre(HasSubstr("scenarios/cli/")));
  EXPECT_THAT(homes("sim/network.cc", "boost/graph/x.hpp"), ElementsAre(HasSubstr("sim/topology")));
  EXPECT_THAT(homes("models/log/x.cc", "fmt/format.h"), ElementsAre(HasSubstr("scenarios/")));
  EXPECT_THAT(homes("models/log/segment.cc", "isa-l/crc.h"), ElementsAre(HasSubstr("crc32c")));
  EXPECT_THAT(homes("sim/x.h", "gtest/gtest.h"), ElementsAre(HasSubstr("tests/")));
  EXPECT_THAT(homes("scenarios/sqlite_file.cc", "sqlite3.h"), IsEmpty());
  EXPECT_THAT(homes("sim/topology.cc", "boost/graph/x.hpp"), IsEmpty());
}

TEST(TidyDeterminism, names_what_to_use_instead) {
  EXPECT_THAT(banned("int a = rand();"), ElementsAre(HasSubstr("sim::Rng"), HasSubstr("member")));
  const std::pair<const char*, const char*> kPlanted[] = {
      {"std::random_device d;", "sim::Rng"},
      {"std::uniform_int_distribution<int> d(0, 1);", "sim::Rng"},
      {"std::shuffle(a, b, c);", "sim::Rng"},
      {"auto t = std::chrono::system_clock::now();", "clocks"},
      {"t = steady_clock::now();", "clocks"},
      {"return time(nullptr);", "clocks"},
      {"return std::time(0);", "clocks"},
      {"::time(&t);", "clocks"},
      {"std::getenv(\"X\");", "options"},
      {"std::thread t(f);", "one thread"},
      {"absl::Mutex m;", "one thread"},
      {"thread_local int x;", "one thread"},
      {"std::unordered_map<int, int> m;", "btree_map"},
      {"absl::flat_hash_set<int> m;", "btree_map"},
      {"float x;", "integers"},
      {"x = 0.5 * y;", "integers"},
      {"x = 1e9;", "integers"},
      {"x = std::hash<int>()(y);", "ByteHash"},
      {"srand(1);", "sim::Rng"},
  };
  for (const auto& [code, instead] : kPlanted) {
    EXPECT_THAT(banned("void f() { " + std::string(code) + " }"),
                ::testing::Contains(HasSubstr(instead)))
        << code;
  }
}

TEST(TidyDeterminism, leaves_the_words_of_the_field_alone) {
  EXPECT_THAT(banned("// rand() and float\nvoid f() { g(\"double rand()\"); }"), IsEmpty());
  EXPECT_THAT(banned("HostClock& clock(HostId host);\nSimTime time() const;"), IsEmpty());
  EXPECT_THAT(banned("void f() { event.time(0); world->clock(); sim::clock(); thread = 1; }"),
              IsEmpty());
  EXPECT_THAT(banned("void f() { x = 0x1e9 + 1'000 + 10u; }"), IsEmpty());
  EXPECT_THAT(check_determinism("scenarios/x.cc", "double x;"), IsEmpty());
}

TEST(TidyOpening, wants_licence_purpose_and_guard) {
  const std::string kLicence = "// SPDX-License-Identifier: Apache-2.0\n";
  const std::string kGuard = "#ifndef SIM_A_B_H_\n#define SIM_A_B_H_\n";
  EXPECT_THAT(check_opening("sim/a/b.h", kLicence + "//\n// Says why.\n\n" + kGuard), IsEmpty());
  EXPECT_THAT(texts(check_opening("sim/a/b.h", kLicence + "//\n\n" + kGuard)),
              ElementsAre(HasSubstr("no comment")));
  EXPECT_THAT(texts(check_opening("sim/a/c.h", kLicence + "// Says why.\n" + kGuard)),
              ElementsAre("3: the header guard must be SIM_A_C_H_"));
  EXPECT_THAT(texts(check_opening("sim/a/b.h", "// Says.\n// Why.\n" + kGuard)),
              ElementsAre(HasSubstr("1: this line must be")));
  EXPECT_THAT(check_opening("sim/a.cc", ""), ::testing::SizeIs(1));
  EXPECT_THAT(check_opening("x", "#!/bin/bash\n# SPDX-License-Identifier: Apache-2.0\n"),
              IsEmpty());
}

}  // namespace
}  // namespace tests
