// SPDX-License-Identifier: Apache-2.0

#include "scenarios/trace_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "scenarios/trace_jsonl.h"
#include "scenarios/trace_sqlite.h"

namespace scenarios {

namespace fs = std::filesystem;

namespace {

constexpr size_t kHeadBytes = 100;  // SQLite's header.
constexpr size_t kApplicationIdAt = 68;

absl::StatusOr<std::string> head_of(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return absl::ErrnoToStatus(errno, path);
  std::string head(kHeadBytes, '\0');
  head.resize(std::fread(head.data(), 1, head.size(), file));
  std::fclose(file);
  return head;
}

bool is_sqlite_trace(const std::string& head) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  if (head.size() < kHeadBytes || head.compare(0, kMagic.size(), kMagic) != 0) return false;
  uint32_t id = 0;
  for (size_t i = 0; i < 4; ++i) id = id << 8 | static_cast<uint8_t>(head[kApplicationIdAt + i]);
  return id == kTraceApplicationId;
}

}  // namespace

TraceNames names_of(const sim::World& world) {
  TraceNames names;
  for (size_t i = 0; i < world.host_count(); ++i)
    names.hosts.push_back(world.name_of(sim::HostId(static_cast<int32_t>(i))));
  for (size_t i = 0; i < world.process_count(); ++i)
    names.processes.push_back(world.name_of(sim::ProcessId(static_cast<int32_t>(i))));
  return names;
}

absl::StatusOr<TraceForm> form_of(const std::string& path) {
  absl::StatusOr<std::string> head = head_of(path);
  if (!head.ok()) return head.status();
  if (is_sqlite_trace(*head)) return TraceForm::kSqlite;
  if (head->compare(0, kJsonlBegin.size(), kJsonlBegin) == 0) return TraceForm::kJsonl;
  return absl::InvalidArgumentError(path + " is no trace of Faultline");
}

absl::Status check_replaceable(const std::string& path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return absl::OkStatus();
  if (error) return absl::InvalidArgumentError(fmt::format("{}: {}", path, error.message()));
  if (fs::is_directory(status)) return absl::InvalidArgumentError(path + " is a directory");
  if (!fs::is_regular_file(status)) return absl::OkStatus();
  if (fs::file_size(path, error) == 0) return absl::OkStatus();
  absl::StatusOr<TraceForm> form = form_of(path);
  if (absl::IsInvalidArgument(form.status())) {
    return absl::AlreadyExistsError(path +
                                    " exists and is no trace of Faultline; it is left as it is");
  }
  return form.status();
}

absl::StatusOr<std::unique_ptr<TraceFile>> open_trace(const std::string& path,
                                                      const TraceFacts& facts) {
  if (absl::EndsWith(path, ".jsonl")) return JsonlSink::open(path, facts);
  return SqliteSink::open(path, facts);
}

}  // namespace scenarios
