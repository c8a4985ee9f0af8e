// SPDX-License-Identifier: Apache-2.0

#include "scenarios/loader.h"

#include <memory>
#include <utility>

#include "fmt/format.h"
#include "scenarios/declared_check.h"
#include "scenarios/loader_parts.h"
#include "scenarios/nearest_name.h"

namespace scenarios {

namespace {

void load_mutations(const Fields& root, Scenario& scenario, ProblemList& problems) {
  std::vector<std::string_view> names;
  for (int i = 0; i < models::kMutationCount; ++i) {
    names.push_back(models::card_of(static_cast<models::Mutation>(i)).name);
  }
  for (const JsonValue* name : root.texts("mutations")) {
    std::optional<models::Mutation> mutation = models::mutation_named(name->text);
    if (mutation) {
      scenario.mutations.insert(*mutation);
    } else {
      problems.at_value(*name,
                        fmt::format("unknown mutation {}{}; allowed: {}", in_quotes(name->text),
                                    did_you_mean(name->text, names), fmt::join(names, ", ")));
    }
  }
}

Scenario load_tree(const JsonValue& tree, ProblemList& problems) {
  Scenario scenario;
  Fields root(&tree, scenario_declaration());
  scenario.file = problems.file();
  scenario.name = root.text("name").value_or("");
  scenario.title = root.text("title").value_or("");
  scenario.why = root.text("why").value_or("");
  scenario.seed = root.seed("seed").value_or(1);
  scenario.duration = root.duration("duration").value_or(sim::Duration());
  load_cluster(root, scenario, problems);
  load_topics(root, scenario, problems);
  load_imports(root, scenario, problems);
  load_clients(root, scenario, problems);
  load_faults(root, scenario, problems);
  load_actions(root, scenario, problems);
  load_expectations(root, scenario, problems);
  load_mutations(root, scenario, problems);
  return scenario;
}

}  // namespace

Loaded load_scenario_text(std::string_view text, const std::string& file,
                          const std::vector<Override>& overrides) {
  ProblemList problems(file);
  std::unique_ptr<JsonValue> tree = read_json(text, problems);
  if (tree == nullptr) return {std::nullopt, problems.sorted()};
  apply_overrides(*tree, overrides, problems);
  check_declared(*tree, scenario_declaration(), problems);
  Scenario scenario = load_tree(*tree, problems);
  if (!problems.empty()) return {std::nullopt, problems.sorted()};
  scenario.source = std::string(text);
  return {std::move(scenario), {}};
}

Loaded load_scenario(const std::string& file, const std::vector<Override>& overrides) {
  ProblemList problems(file);
  std::optional<std::string> text = read_text_file(file, problems);
  if (!text) return {std::nullopt, problems.sorted()};
  return load_scenario_text(*text, file, overrides);
}

}  // namespace scenarios
