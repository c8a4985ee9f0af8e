// SPDX-License-Identifier: Apache-2.0

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include "scenarios/cli/command.h"
#include "scenarios/cli/usage.h"
#include "scenarios/version.h"

namespace {

// A result that did not reach its reader must not look like success.
int flushed(int exit_code) {
  errno = 0;
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good()) return exit_code;
  std::fprintf(stderr, "faultline: cannot write the output: %s\n",
               std::strerror(errno != 0 ? errno : EIO));
  return exit_code == 0 ? 2 : exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace scenarios::cli;
  CLI::App app(
      "Puts a Kafka-style cluster on trial: runs failure scenarios, and judges what clients were "
      "promised.",
      "faultline");
  app.footer(
      "Examples:\n"
      "  faultline list\n"
      "  faultline run scenarios/library/leader_crash.json\n"
      "  faultline run leader_crash --seeds 1..200 --jobs 2\n\n"
      "Exit codes: 0 all expectations hold; 1 one failed or was not judged, or a promise was "
      "broken;\n"
      "2 bad usage or input, or the trace could not be written; 3 an invariant failed; 4 the run "
      "stalled;\n"
      "130 interrupted. A scenario file may be - (standard input).");
  app.set_version_flag("--version", "faultline " + std::string(scenarios::kVersion));
  app.require_subcommand(1);
  app.failure_message(usage_problem);
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error of the write, not the end.
#endif
  set_program_name(argv[0]);
  int exit_code = 0;
  add_run(app, exit_code);
  add_hunt(app, exit_code);
  add_shrink(app, exit_code);
  add_explain(app, exit_code);
  add_validate(app, exit_code);
  add_list(app, exit_code);
  add_faults(app, exit_code);
  add_actions(app, exit_code);
  add_metrics(app, exit_code);
  add_marks(app, exit_code);
  add_invariants(app, exit_code);
  add_config(app, exit_code);
  add_log(app, exit_code);
  if (argc == 1) {
    std::cout << app.help();
    return flushed(0);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error);
    return code == 0 ? flushed(0) : 2;
  } catch (const std::bad_alloc&) {
    std::fputs("faultline: out of memory; fewer records (rate, count, duration) need less\n",
               stderr);
    return flushed(2);
  }
  return flushed(exit_code);
}
