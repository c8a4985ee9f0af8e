// SPDX-License-Identifier: Apache-2.0
//
// The commands of `faultline`, a file each. Each adds itself to the command line and leaves its
// exit code: 0 all expectations hold; 1 one failed; 2 bad usage or input; 3 an invariant failed; 4
// stalled; 130 interrupted. stdout is the result, stderr is progress and problems.

#ifndef SCENARIOS_CLI_COMMAND_H_
#define SCENARIOS_CLI_COMMAND_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/loader.h"

namespace CLI {
class App;
}

namespace scenarios::cli {

void add_run(CLI::App& app, int& exit_code);
void add_hunt(CLI::App& app, int& exit_code);
void add_shrink(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_faults(CLI::App& app, int& exit_code);
void add_actions(CLI::App& app, int& exit_code);
void add_metrics(CLI::App& app, int& exit_code);
void add_marks(CLI::App& app, int& exit_code);
void add_invariants(CLI::App& app, int& exit_code);
void add_config(CLI::App& app, int& exit_code);
void add_log(CLI::App& app, int& exit_code);  // dump, verify and:
void add_log_export(CLI::App& log, int& exit_code);
void add_log_import(CLI::App& log, int& exit_code);

// --- Shared by the commands (console.cc) ---

// How the program was called, for commands that a report prints: what the script that starts it was
// called as ($FAULTLINE_CALLED_AS), or else argv[0].
void set_program_name(std::string argv0);
std::string program_name();

// Where scenarios/library/ is: beside the program's project, or --library.
std::string library_folder();
// Its scenario files, sorted; empty if the folder is not there.
std::vector<std::string> shipped_scenarios();
// "leader_crash" or "scenarios/library/leader_crash.json": the file meant by what was typed.
std::string scenario_path(const std::string& typed);
// Null if there are problems; they have been printed on stderr.
std::shared_ptr<const Scenario> load_or_complain(const std::string& file,
                                                 const std::vector<Override>& overrides);
// "--set /path=value". False: has no "=" or does not begin with "/"; the reason is on stderr.
bool parse_overrides(const std::vector<std::string>& texts, std::vector<Override>& overrides);
bool stdout_is_colorful(bool no_color);
// A terminal that can move its cursor: not TERM=dumb.
bool stderr_is_terminal();
// Of the terminal, or else $COLUMNS, or 80.
size_t stderr_columns();
// For text that people read: the terminal's, at most 100; 100 when it is piped.
size_t stdout_columns();
// A line on stdout, broken at spaces; what goes on stands `hang` columns in.
void print_wrapped(std::string_view text, size_t hang);
// Set by SIGINT and SIGTERM once `watch_interrupts` was called.
const std::atomic<bool>& interrupted();
void watch_interrupts();

}  // namespace scenarios::cli

#endif  // SCENARIOS_CLI_COMMAND_H_
