// SPDX-License-Identifier: Apache-2.0

#include "scenarios/hunt/shrink.h"

#include <fmt/format.h>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"
#include "scenarios/hunt/json_text.h"
#include "scenarios/loader.h"
#include "scenarios/seed_spread.h"
#include "scenarios/shell_words.h"

namespace scenarios::cli {

namespace {

struct Arguments {
  std::string file;
  std::string out;
  int64_t runs = 1000;
  bool quiet = false;
};

// "my.json" -> "my.small.json", beside where we are: the library is not written to.
std::string small_file(const std::string& file) {
  return std::filesystem::path(file).stem().string() + ".small.json";
}

int complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 2;
}

// Before the work: that the result can go there, and takes nobody's place.
int check_result_file(const std::string& file) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, error)))
    return complain(file + ": exists already; name another with --out, or remove it");
  std::filesystem::path folder = std::filesystem::absolute(file, error).parent_path();
  if (!std::filesystem::is_directory(folder, error))
    return complain(file + ": there is no folder " + folder.string());
  if (access(folder.c_str(), W_OK | X_OK) != 0)
    return complain(file + ": " + folder.string() + " cannot be written to");
  return 0;
}

int run(const Arguments& arguments) {
  auto scenario = load_or_complain(arguments.file, {});
  if (scenario == nullptr) return 2;
  std::string file = arguments.out.empty() ? small_file(scenario->file) : arguments.out;
  if (int wrong = check_result_file(file); wrong != 0) return wrong;
  watch_interrupts();
  ShrinkOptions options;
  options.most_runs = arguments.runs;
  options.stop = [] { return interrupted().load(); };
  options.on_step = [&](const std::string& edit, int64_t runs) {
    if (arguments.quiet) return;
    std::printf("  run %-5lld %s\n", static_cast<long long>(runs), edit.c_str());
    std::fflush(stdout);
  };
  Shrunk small = shrink(nlohmann::ordered_json::parse(scenario->source), options);
  if (small.signature.empty()) {
    std::fprintf(stderr, "%s: nothing fails, so there is nothing to shrink\n",
                 scenario->file.c_str());
    return 2;
  }
  std::string text = json_text(small.scenario);
  std::ofstream out(file);
  out << text << std::flush;
  if (!out.good()) {
    std::fputs(text.c_str(), stdout);
    return complain(file + ": cannot be written; the result is above");
  }
  auto lines = [](const std::string& in) { return std::count(in.begin(), in.end(), '\n'); };
  std::printf("%s\n  %lld edits in %lld runs%s: from %zu bytes in %lld lines to %zu in %lld\n",
              small.signature.c_str(), static_cast<long long>(small.steps),
              static_cast<long long>(small.runs),
              small.complete ? "" : ", ended before all was tried", scenario->source.size(),
              static_cast<long long>(lines(scenario->source)), text.size(),
              static_cast<long long>(lines(text)));
  print_wrapped("  " + reason_of(small.result), 4);
  std::printf("  replay: %s run %s\n", program_name().c_str(), shell_quote(file).c_str());
  return interrupted() ? 130 : exit_code_of(small.result.outcome);
}

}  // namespace

void add_shrink(CLI::App& app, int& exit_code) {
  auto a = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("shrink", "Find the smallest scenario that still fails in the same way");
  command->footer(
      "Examples:\n"
      "  faultline shrink findings/log-matching-seed-17.json\n"
      "  faultline shrink my.json --out small.json --runs 5000");
  command->add_option("FILE", a->file, "A scenario file that fails")->required();
  command->add_option("--out", a->out, "Where the result goes; without it FILE.small.json")
      ->check(not_empty("--out small.json"))
      ->type_name("FILE");
  command->add_option("--runs", a->runs, "Runs that it may take")
      ->check(whole_number(1, 1'000'000))
      ->type_name("N");
  command->add_flag("--quiet", a->quiet, "Only the result");
  command->callback([a, &exit_code] { exit_code = run(*a); });
}

}  // namespace scenarios::cli
