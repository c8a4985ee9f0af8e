// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/log/script_log.h"

#include <gtest/gtest.h>

#include <utility>

#include "models/common/config_keys.h"
#include "models/log/log_cleaning.h"
#include "models/log/log_to_clean.h"
#include "tests/conformance/log/described_batch.h"

namespace conformance {

using models::AppendOrigin;
using models::AppendResult;
using models::ErrorCode;
using models::LeaderEpoch;
using models::Offset;
using nlohmann::json;

namespace {

constexpr int64_t kProducerCheckMs = 600'000;  // Of LogDir.java.

scenarios::RealDirectory open_folder(const std::string& folder) {
  auto opened = scenarios::RealDirectory::open(folder, scenarios::RealDirectory::Mode::kReadWrite);
  EXPECT_TRUE(opened.ok()) << opened.status();
  return *std::move(opened);
}

std::optional<std::string> error_of(ErrorCode code) {
  return code == ErrorCode::kNone ? std::nullopt : std::optional(std::string(name_of(code)));
}
std::optional<std::string> error_of(const absl::Status& status) {
  return status.ok() ? std::nullopt : std::optional(status.ToString());
}

AppendOrigin origin_of(const json& step, const json& batch) {
  std::string as = step.value("as", batch.contains("marker") ? "coordinator" : "leader");
  return as == "leader" ? AppendOrigin::kClient : AppendOrigin::kCoordinator;
}

}  // namespace

RealStep::RealStep(const std::string& folder, int64_t now_ms)
    : disk_(open_folder(folder)),
      step_{sim::MonoTime::at_millis(now_ms),
            sim::WallTime::at_millis(now_ms),
            rng_,
            disk_,
            effects_,
            mutations_,
            marks_} {}

models::Step& RealStep::at(int64_t now_ms) {
  step_.mono = sim::MonoTime::at_millis(now_ms);
  step_.wall = sim::WallTime::at_millis(now_ms);
  return step_;
}

models::TopicConfig topic_config(const json& config) {
  models::TopicConfig topic;
  for (const auto& [key, value] : config.items()) {
    absl::Status set = set_topic_config(topic, key, value.get<std::string>());
    EXPECT_TRUE(set.ok()) << set;
  }
  return topic;
}

ScriptLog::ScriptLog(const std::string& folder, const json& script)
    : script_(script),
      now_ms_(script["time"].get<int64_t>()),
      at_(folder, now_ms_),
      follows_end_(script.value("high_watermark", "log_end") == "log_end"),
      producer_id_expiration_ms_(script.value("producer_id_expiration_ms", int64_t{86'400'000})),
      config_text_(script.value("config", json::object())),
      config_(topic_config(config_text_)) {
  open(false);
}

std::string ScriptLog::name() const {
  return script_["topic"].get<std::string>() + "-" + std::to_string(script_.value("partition", 0));
}

void ScriptLog::open(bool clean) {
  models::LogOpenOptions options{
      .directory = name(),
      .partition = {script_["topic"].get<std::string>(), script_.value("partition", 0)},
      .config = config_,
      .producer_id_expiration = sim::Duration::millis(producer_id_expiration_ms_),
      .clean_shutdown = clean,
      .recovery_point = recovery_point_.value_or(Offset(0)),
      .log_start_offset = log_start_.value_or(Offset(0)),
      .high_watermark = high_watermark_.value_or(Offset(0))};
  auto log = models::PartitionLog::open(options, step());
  ASSERT_TRUE(log.ok()) << log.status();
  log_ = *std::move(log);
  next_expiry_ms_ = now_ms_ + kProducerCheckMs;
  if (follows_end_) log_->set_high_watermark(log_->log_end_offset());
}

std::vector<json> ScriptLog::run(const std::vector<absl::Cord>& batches) {
  batches_ = &batches;
  std::vector<json> answers;
  for (const json& each : script_["steps"]) {
    json answer{{"log", name()}, {"step", answers.size()}, {"do", each["do"]}};
    auto error = run_step(each, answer);
    if (error) answer["error"] = *error;
    settle();
    if (log_) add_state(answer);
    answers.push_back(std::move(answer));
  }
  return answers;
}

// The work without delay that Kafka gives to its scheduler.
void ScriptLog::settle() {
  if (!log_) return;
  EXPECT_TRUE(log_->remove_deleted(step()).ok());  // Where file.delete.delay.ms is 0.
  auto sealed = log_->take_sealed();
  if (!sealed) return;
  for (sim::FileId file : sealed->files) (void)step().disk.sync(file);
  log_->on_flushed(sealed->end, step());
}

void ScriptLog::add_state(json& answer) const {
  answer["log_start"] = log_->log_start_offset().value();
  answer["log_end"] = log_->log_end_offset().value();
  answer["high_watermark"] = log_->high_watermark().value();
  answer["last_stable"] = log_->last_stable_offset().value();
  answer["recovery_point"] = log_->recovery_point().value();
  answer["segments"] = log_->segments().size();
}

std::optional<std::string> ScriptLog::run_step(const json& step, json& answer) {
  std::string what = step["do"].get<std::string>();
  if (what == "append") return append(step, answer);
  if (what == "clean") return clean(step, answer);
  if (what == "time" || what == "config" || what == "checkpoint" || what == "close" ||
      what == "reopen")
    return keep(what, step);
  return change(what, step, answer);
}

std::optional<std::string> ScriptLog::append(const json& each, json& answer) {
  LeaderEpoch epoch(each.value("leader_epoch", 0));
  const json& batches = each["batches"];
  size_t first = next_batch_;
  next_batch_ += batches.size();
  auto describe = [&](const AppendResult& result) {
    answer["appended"].push_back(
        {{"first", result.first_offset.value()}, {"last", result.last_offset.value()}});
  };
  if (each.value("as", "leader") == "follower") {
    absl::Cord all;
    for (size_t i = first; i < next_batch_; ++i) all.Append((*batches_)[i]);
    AppendResult result = log_->append_as_follower(all, epoch, step());
    if (result.error != ErrorCode::kNone) return error_of(result.error);
    describe(result);
  } else {
    for (size_t i = first; i < next_batch_; ++i) {
      AppendResult result = log_->append_as_leader((*batches_)[i], epoch, step(),
                                                   origin_of(each, batches[i - first]));
      if (result.error != ErrorCode::kNone) return error_of(result.error);
      describe(result);
      settle();
    }
  }
  if (follows_end_) log_->set_high_watermark(log_->log_end_offset());
  return std::nullopt;
}

std::optional<std::string> ScriptLog::clean(const json& each, json& answer) {
  auto what = models::log_to_clean(*log_, cleaned_to_, step());
  if (!what.ok()) return error_of(what.status());
  bool due = what->ratio_millionths() > log_->config().min_cleanable_dirty_ratio.millionths;
  answer["first_dirty"] = what->first_dirty.value();
  answer["first_uncleanable"] = what->first_uncleanable.value();
  answer["clean_bytes"] = what->clean_bytes;
  answer["dirty_bytes"] = what->cleanable_bytes;
  answer["due"] = due;
  if (what->total_bytes() == 0 || (each.value("only_if_due", false) && !due)) return std::nullopt;
  models::CleanerLimits limits{.map_bytes = each.value("buffer_bytes", int64_t{4} << 20),
                               .buffer_bytes = each.value("io_buffer_bytes", int64_t{256} << 10)};
  models::LogCleaning cleaning(*what, limits, *log_);
  auto progress = models::LogCleaning::Progress::kWorking;
  while (progress == models::LogCleaning::Progress::kWorking) {
    auto advanced = cleaning.advance(*log_, step());
    if (!advanced.ok()) return error_of(advanced.status());
    progress = *advanced;
  }
  cleaned_to_ = cleaning.clean_end();
  answer["cleaned_to"] = cleaned_to_->value();
  return std::nullopt;
}

std::optional<std::string> ScriptLog::change(const std::string& what, const json& each,
                                             json& answer) {
  Offset offset(each.value("offset", log_->log_end_offset().value()));
  if (what == "epoch") {
    log_->assign_epoch_start(LeaderEpoch(each["epoch"].get<int32_t>()), step());
  } else if (what == "high_watermark") {
    log_->set_high_watermark(offset);
  } else if (what == "roll") {
    return error_of(log_->roll(log_->log_end_offset(), step()));
  } else if (what == "flush") {
    log_->flush(step());
  } else if (what == "truncate") {
    log_->truncate_to(offset, step());
  } else if (what == "truncate_fully") {
    log_->truncate_fully_and_start_at(offset, step());
  } else if (what == "delete_records") {
    return error_of(log_->increment_log_start(offset, step()));
  } else if (what == "expire_producers") {
    log_->expire_producers(step());
  } else if (what == "retention") {
    auto deleted = log_->delete_old_segments(step());
    if (!deleted.ok()) return error_of(deleted.status());
    answer["deleted"] = *deleted;
  } else {
    return "no such step: " + what;
  }
  return std::nullopt;
}

std::optional<std::string> ScriptLog::keep(const std::string& what, const json& each) {
  if (what == "time") {
    move_time(each);
  } else if (what == "config") {
    config_text_ = each["config"];
    config_ = topic_config(config_text_);
    log_->set_config(config_);
  } else if (what == "checkpoint") {
    checkpoint();
  } else if (what == "close") {
    log_->close(step());
    checkpoint();
    log_.reset();
  } else {
    bool was_closed = !log_;
    open(each.value("clean", was_closed));
  }
  return std::nullopt;
}

void ScriptLog::move_time(const json& each) {
  now_ms_ =
      each.contains("now") ? each["now"].get<int64_t>() : now_ms_ + each["advance"].get<int64_t>();
  EXPECT_TRUE(log_->remove_deleted(step()).ok());
  if (now_ms_ < next_expiry_ms_) return;
  log_->expire_producers(step());
  next_expiry_ms_ += (now_ms_ - next_expiry_ms_) / kProducerCheckMs * kProducerCheckMs;
  next_expiry_ms_ += kProducerCheckMs;
}

void ScriptLog::checkpoint() {
  recovery_point_ = log_->recovery_point();
  bool moved = log_->log_start_offset() > log_->segments().front().base_offset();
  log_start_ = moved ? std::optional(log_->log_start_offset()) : std::nullopt;
  high_watermark_ = log_->high_watermark();
}

}  // namespace conformance
