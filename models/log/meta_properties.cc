// SPDX-License-Identifier: Apache-2.0

#include "models/log/meta_properties.h"

#include <charconv>

#include "absl/container/btree_map.h"
#include "models/common/directory_id.h"
#include "models/common/random_uuid.h"
#include "models/log/text_file.h"

namespace models {
namespace {

using Properties = absl::btree_map<std::string, std::string>;

// Cuts the text up to the next `end` off `rest`.
std::string_view take_until(std::string_view& rest, char end) {
  size_t at = rest.find(end);
  std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

// "key=value" lines; those that begin with '#' are comments.
Properties parse_properties(std::string_view text) {
  Properties properties;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    std::string_view key = take_until(line, '=');
    properties[std::string(key)] = std::string(line);
  }
  return properties;
}

std::string two_digits(int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

// As Java prints a Date in UTC: "Thu Jan 01 00:00:00 UTC 1970". Days to dates: H. Hinnant,
// chrono-compatible low-level date algorithms (civil_from_days).
std::string date_text(sim::WallTime when) {
  constexpr std::string_view kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int64_t kDay = 24 * 3600;
  int64_t seconds = when.millis() / 1000;
  int64_t days = seconds / kDay;
  seconds %= kDay;
  int64_t shifted = days + 719468;
  int64_t era = shifted / 146097;
  int64_t day_of_era = shifted % 146097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t from_march = (5 * day_of_year + 2) / 153;
  int64_t day = day_of_year - (153 * from_march + 2) / 5 + 1;
  int64_t month = from_march < 10 ? from_march + 2 : from_march - 10;
  int64_t year = year_of_era + era * 400 + (month < 2 ? 1 : 0);
  std::string text(kDays[static_cast<size_t>(days % 7)]);
  text += ' ';
  text += kMonths[static_cast<size_t>(month)];
  text += ' ' + two_digits(day) + ' ' + two_digits(seconds / 3600) + ':' +
          two_digits(seconds / 60 % 60) + ':' + two_digits(seconds % 60) + " UTC " +
          std::to_string(year);
  return text;
}

absl::Status malformed(const std::string& path, const std::string& why) {
  return absl::DataLossError(path + ": " + why);
}

// The second word of "topic_id: b_XlVrwqSa-bjlETUiCCQw"; empty if there are not just two.
std::string_view second_word(std::string_view line) {
  (void)take_until(line, ' ');
  return line.find(' ') == std::string_view::npos ? line : std::string_view();
}

}  // namespace

absl::StatusOr<std::optional<MetaProperties>> read_meta_properties(const std::string& directory,
                                                                   Step& step) {
  std::string path = directory + "/" + std::string(kMetaPropertiesFile);
  auto text = read_text_file(path, step.disk);
  if (!text.ok()) return text.status();
  if (!*text) return std::nullopt;
  Properties properties = parse_properties(**text);
  // Version 0 calls the node's id otherwise; no KRaft cluster has it.
  if (properties["version"] != "1") return malformed(path, "version is not 1");
  MetaProperties found;
  found.cluster_id = properties["cluster.id"];
  if (found.cluster_id.empty()) return malformed(path, "cluster.id was not found");
  const std::string& node = properties["node.id"];
  int32_t id = 0;
  auto [end, error] = std::from_chars(node.data(), node.data() + node.size(), id);
  bool whole = error == std::errc() && end == node.data() + node.size();
  if (!whole) return malformed(path, "node.id is not a number");
  found.node_id = NodeId(id);
  if (auto directory_id = properties.find("directory.id"); directory_id != properties.end()) {
    found.directory_id = parse_uuid(directory_id->second);
    if (!found.directory_id || is_reserved(*found.directory_id))
      return malformed(path, "directory.id is no id of a directory");
  }
  return found;
}

absl::Status write_meta_properties(const std::string& directory, const MetaProperties& properties,
                                   Step& step) {
  std::string text = "#\n#" + date_text(step.wall) + "\n";
  text += "cluster.id=" + properties.cluster_id + "\n";
  if (properties.directory_id) text += "directory.id=" + to_string(*properties.directory_id) + "\n";
  text += "node.id=" + std::to_string(properties.node_id.value()) + "\nversion=1\n";
  return replace_text_file(directory, std::string(kMetaPropertiesFile), text, step.disk);
}

absl::StatusOr<Uuid> prepare_log_directory(const std::string& directory,
                                           const std::string& cluster_id, NodeId node, Step& step) {
  if (!step.disk.exists(directory)) {
    if (absl::Status made = step.disk.create_directory(directory); !made.ok()) return made;
    if (absl::Status synced = step.disk.sync_directory(""); !synced.ok()) return synced;
  }
  auto found = read_meta_properties(directory, step);
  if (!found.ok()) return found.status();
  MetaProperties properties =
      found->value_or(MetaProperties{.cluster_id = cluster_id, .node_id = node});
  if (properties.cluster_id != cluster_id) {
    return absl::FailedPreconditionError(directory + " is of cluster " + properties.cluster_id +
                                         ", not of " + cluster_id);
  }
  if (properties.node_id != node) {
    return absl::FailedPreconditionError(directory + " is of node " +
                                         std::to_string(properties.node_id.value()) + ", not of " +
                                         std::to_string(node.value()));
  }
  if (properties.directory_id) return *properties.directory_id;
  properties.directory_id = random_uuid(step.rng);
  absl::Status written = write_meta_properties(directory, properties, step);
  if (!written.ok()) return written;
  return *properties.directory_id;
}

absl::StatusOr<std::optional<Uuid>> read_partition_metadata(const std::string& directory,
                                                            Step& step) {
  std::string path = directory + "/" + std::string(kPartitionMetadataFile);
  auto text = read_text_file(path, step.disk);
  if (!text.ok()) return text.status();
  if (!*text) return std::nullopt;
  std::string_view rest = **text;
  std::string_view version = second_word(take_until(rest, '\n'));
  int32_t number = -1;
  std::from_chars(version.data(), version.data() + version.size(), number);
  if (number < 0) return malformed(path, "no version");
  std::optional<Uuid> id = parse_uuid(second_word(take_until(rest, '\n')));
  if (!id || id->is_zero()) return malformed(path, "no topic id");
  return id;
}

absl::Status write_partition_metadata(const std::string& directory, const Uuid& topic_id,
                                      Step& step) {
  return replace_text_file(directory, std::string(kPartitionMetadataFile),
                           "version: 0\ntopic_id: " + to_string(topic_id), step.disk);
}

}  // namespace models
