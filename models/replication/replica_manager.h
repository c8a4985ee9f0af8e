// SPDX-License-Identifier: Apache-2.0
//
// The replicas of one broker: serves producers, consumers and followers from the partitions it
// leads, fetches the others from their leaders, and keeps what a restart needs on disk.
//
//   produce --> leader's log --> follower fetches --> watermark rises --> produce is acknowledged
//                                                                     \-> consumers may read
//
// Handlers by file: replica_manager.cc (start, stop, timers, checkpoints), _directories.cc (log
// directories), _metadata.cc (roles), _delete.cc (replicas that go), _produce.cc, _fetch.cc
// (serving), _follow.cc (fetching), _isr.cc.
//
// A log directory that fails takes its replicas offline; the last one, or that of the metadata log,
// ends the broker (effect Exit).
// Source: core/.../server/ReplicaManager.scala, cluster/Partition.scala, log/LogManager.scala.

#ifndef MODELS_REPLICATION_REPLICA_MANAGER_H_
#define MODELS_REPLICATION_REPLICA_MANAGER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/log/io_throttler.h"
#include "models/log/log_cleaning.h"
#include "models/protocol/assign_replicas_to_dirs.h"
#include "models/protocol/message.h"
#include "models/replication/alter_partition_manager.h"
#include "models/replication/delayed_requests.h"
#include "models/replication/fetch_session.h"
#include "models/replication/fetcher.h"
#include "models/replication/hosted_partition.h"
#include "models/replication/log_directory.h"
#include "models/replication/offset_checkpoint.h"

namespace models {

struct ReplicaManagerOptions {
  NodeId node_id = kNoNode;
  BrokerConfig config;
  std::string log_directory;  // "kafka-logs"; the only one, unless the config names log.dirs.
  std::string cluster_id;

  std::vector<std::string> directories() const {
    return config.log_dirs.empty() ? std::vector<std::string>{log_directory} : config.log_dirs;
  }
  std::string metadata_directory() const {
    return config.metadata_log_dir.empty() ? directories().front()
                                           : config.metadata_log_dir.front();
  }
};

class ReplicaManager {
 public:
  explicit ReplicaManager(ReplicaManagerOptions options)
      : options_(std::move(options)),
        fetch_sessions_(options_.config.max_incremental_fetch_session_cache_slots) {}

  // Creates and formats the log directories that are not, and reads their ids and the markers of a
  // clean stop. The logs are opened with the first metadata, as in Kafka. An error: the broker
  // cannot start without these directories.
  absl::Status on_start(Step& step);
  // A clean stop: flushes and closes the logs, writes the checkpoints and, last, the markers.
  void on_shutdown(Step& step);
  // Of the life that stopped cleanly; -1 otherwise. For the next registration.
  BrokerEpoch previous_broker_epoch() const { return previous_epoch_; }

  // Of the directories that work, sorted.
  std::vector<Uuid> online_directory_ids() const;
  const std::vector<LogDirectory>& directories() const { return directories_; }
  // What the controller is to be told, since the last call.
  struct DirectoryEvents {
    std::vector<Uuid> failures;
    std::vector<std::pair<AssignedReplica, Uuid>> assignments;
  };
  DirectoryEvents take_directory_events();

  // Registration gave this life its epoch; fetches and ISR proposals carry it.
  void set_broker_epoch(BrokerEpoch epoch) { broker_epoch_ = epoch; }
  // From now on replicas that are out of the ISR, or without leader, stop fetching.
  void begin_controlled_shutdown() { in_controlled_shutdown_ = true; }
  // The first call of a life must name everything in `delta`; it opens and recovers the logs, and
  // arms the periodic timers.
  void on_metadata(const MetadataImage& image, const MetadataDelta& delta, Step& step);

  void on_produce(RequestToken token, const ProduceRequest& request, Step& step);
  void on_fetch(RequestToken token, const FetchRequest& request, Step& step);
  void on_list_offsets(RequestToken token, const ListOffsetsRequest& request, Step& step);
  void on_offset_for_leader_epoch(RequestToken token, const OffsetForLeaderEpochRequest& request,
                                  Step& step);
  void on_delete_records(RequestToken token, const DeleteRecordsRequest& request, Step& step);

  void on_fetch_response(FetcherId from, const FetchResponse& response, const FetchRequest& sent,
                         Step& step);
  void on_fetch_failed(FetcherId from, const FetchRequest& sent, RequestFailure failure,
                       Step& step);
  void on_list_offsets_response(FetcherId from, const ListOffsetsResponse& response,
                                const ListOffsetsRequest& sent, Step& step);
  void on_list_offsets_failed(FetcherId from, const ListOffsetsRequest& sent,
                              RequestFailure failure, Step& step);

  void on_alter_partition_response(const AlterPartitionResponse& response,
                                   const AlterPartitionRequest& sent, Step& step);
  void on_alter_partition_failed(const AlterPartitionRequest& sent, RequestFailure failure,
                                 Step& step);

  void on_timer(TimerKey key, Step& step);
  // Sealed segments, flushed in the background, are durable.
  void on_flushed(int64_t key, Step& step);

  const DelayedRequests& delayed() const { return delayed_; }
  // For checkers, selectors and tests; what they see lives until the next handler.
  const HostedPartition* find(const TopicPartition& partition) const;
  const std::vector<HostedPartition>& replicas() const { return hosted_; }
  // visit(const TopicPartition&, const PartitionLog&, bool is_leader, LeaderEpoch) for each
  // replica.
  template <class Visit>
  void for_each_replica(Visit&& visit) const {
    for (const HostedPartition& replica : hosted_) {
      if (replica.deleted) continue;
      visit(replica.partition(), replica.log, replica.is_leader(), replica.version.leader_epoch);
    }
  }
  // visit(const HostedPartition&) for each whose log end, watermark, role or epoch may have changed
  // since the last call, in the order of the first change.
  template <class Visit>
  void take_changed(Visit&& visit) {
    for (int32_t number : changed_) {
      HostedPartition& replica = at(number);
      replica.changed = false;
      if (!replica.deleted) visit(std::as_const(replica));
    }
    changed_.clear();
  }
  // visit(const TopicPartition&) for each that ceased to be a replica here since the last call.
  template <class Visit>
  void take_removed(Visit&& visit) {
    for (const TopicPartition& partition : std::exchange(removed_, {})) visit(partition);
  }

  const FetchSessions& fetch_sessions() const { return fetch_sessions_; }

  static void fields(auto&& f) {
    f("broker_epoch", &ReplicaManager::broker_epoch_);
    f("replicas", &ReplicaManager::hosted_);
    f("fetch_sessions", &ReplicaManager::fetch_sessions_);
    f("directories", &ReplicaManager::directories_);
  }

 private:
  // What is known of a partition of the cluster, hosted here or not.
  struct Known {
    int32_t hosted = kNotHosted;
    bool in_metadata = false;
    bool is_offline = false;  // A replica is meant to be here, in a directory that has failed.
    NodeId leader = kNoNode;
    LeaderEpoch leader_epoch = kNoLeaderEpoch;
  };
  // How to read a slice of a fetch.
  struct Reading {
    explicit Reading(const DelayedFetch& fetch)
        : replica_id(fetch.replica_id),
          replica_epoch(fetch.replica_epoch),
          rack_id(fetch.rack_id),
          bytes_left(fetch.max_bytes) {}
    NodeId replica_id;
    BrokerEpoch replica_epoch;
    std::string_view rack_id;
    int64_t bytes_left;              // Below zero after a first batch larger than the limit.
    bool at_least_one_batch = true;  // Until some partition has given one.
    bool is_from_follower() const { return replica_id != kNoNode; }
    void take(const FetchPartitionData& data) {
      if (!data.records.empty()) at_least_one_batch = false;
      bytes_left -= static_cast<int64_t>(data.records.size());
    }
  };

  // A reply in the making, and where in the session its partitions are.
  struct FetchAnswer {
    FetchResponse response;
    FetchSession::Slots slots;
    FetchPartitionData& add(int32_t slot) {
      slots.push_back(slot);
      return response.partitions.emplace_back();
    }
  };

  struct BackgroundFlush {
    int32_t number = kNotHosted;
    Offset end;
  };

  struct CleanerThread {
    std::optional<LogCleaning> round;
    int32_t number = kNotHosted;  // Of the log that `round` cleans.
    int64_t read = 0;             // Bytes that the throttler has not been told of.
    int64_t written = 0;
  };
  struct Cleaner {
    bool is_armed = false;
    std::vector<CleanerThread> threads;
    IoThrottler throttler;
    OffsetMap cleaned_to;  // As checkpointed.
    absl::btree_set<TopicPartition> uncleanable;
  };

  HostedPartition& at(int32_t number) { return hosted_[static_cast<size_t>(number)]; }
  const HostedPartition& at(int32_t number) const { return hosted_[static_cast<size_t>(number)]; }
  // Null if neither metadata nor a log on this broker has named it.
  const Known* entry_of(const TopicPartition& partition) const;
  Known& add_entry(const TopicPartition& partition) {
    return known_[partition.topic][partition.partition];
  }
  const Known* known(const TopicPartition& partition) const;
  LocalBroker local() const {
    return {options_.node_id, broker_epoch_, options_.config.replica_lag_time_max_ms};
  }
  void touch(int32_t number);
  // replica_manager_directories.cc
  static constexpr int32_t kNoDirectory = -1;
  absl::Status prepare_directories(Step& step);
  size_t online_directories() const;
  void open_logs(const MetadataImage& image, Step& step);
  absl::Status open_directory(int32_t number, const MetadataImage& image, Step& step);
  absl::Status open_log(int32_t directory, const Uuid& topic_id, const LogOpenOptions& options,
                        Step& step);
  absl::Status set_aside(int32_t directory, const TopicPartition& partition, Step& step);
  void doom(int32_t directory, std::string path, Step& step);
  static absl::Status remove_doomed(LogDirectory& directory, Step& step);
  bool may_create(const Uuid& assigned) const;
  int32_t directory_of(const Uuid& id) const;
  std::vector<int32_t> places_for(const Uuid& assigned) const;
  absl::Status create_log(int32_t directory, const TopicPartition& partition,
                          const TopicImage& topic, Step& step);
  int32_t host(const TopicPartition& partition, const MetadataImage& image, Step& step);
  void tell_directory(int32_t number, const PartitionRegistration& registration,
                      const Uuid& topic_id);
  void fail_log_directory(int32_t number, std::string_view during, Step& step,
                          std::string_view why = {});
  void fail_directory_of(int32_t replica, std::string_view during, Step& step) {
    fail_log_directory(at(replica).directory, during, step);
  }
  void take_offline(int32_t number);
  ErrorCode error_for(const Known& entry) const;
  template <class Reply>
  void name_leader(const TopicPartition& partition, Reply& reply) const;

  // replica_manager.cc
  void begin_background_work(Step& step);
  void checkpoint(std::string_view file, Step& step);
  void checkpoint(std::string_view file, int32_t directory, Step& step);
  void flush_sealed(int32_t number, Step& step);

  // replica_manager_metadata.cc
  void become_leader(int32_t number, const PartitionRegistration& registration,
                     const MetadataImage& image, Step& step);
  void become_follower(int32_t number, const PartitionRegistration& registration,
                       const MetadataImage& image, Step& step);
  void take_brokers(const MetadataImage& image);
  void take_configs(const MetadataImage& image, const MetadataDelta& delta);
  void start_fetching(int32_t number, Step& step);
  void stop_fetching(int32_t number);

  // replica_manager_delete.cc
  void delete_replicas(const MetadataImage& image, const MetadataDelta& delta, Step& step);
  void delete_replica(int32_t number, Step& step);

  // replica_manager_produce.cc
  enum class AppendOutcome : uint8_t { kFailed, kAppended, kWatermarkRose };
  AppendOutcome append(const PartitionProduceData& data, int16_t acks, DelayedProduce::Part& part,
                       PartitionProduceResponse& reply, Step& step);
  void answer(DelayedProduce request, Step& step);
  bool check_acknowledged(DelayedProduce& request, Step& step);
  void check_produces(int32_t number, Step& step);
  void on_produce_timeout(int64_t id, Step& step);

  // replica_manager_sessions.cc
  ErrorCode continue_session(const FetchRequest& request, FetchSession*& session, Step& step);
  void answer_fetch(DelayedFetch& fetch, FetchAnswer answer, Step& step);
  void tell_session(FetchSession& session, FetchAnswer& answer);
  void open_session(const DelayedFetch& fetch, FetchResponse& response, Step& step);
  bool can_rest(const FetchSession& session, const SessionPartition& part,
                const FetchPartitionData& data) const;
  void leave_quiet(FetchSession& session, const FetchAnswer& answer, DelayedFetch& fetch);
  void wake_sessions(int32_t number);
  bool selects_replicas() const {
    return options_.config.replica_selector_class == ReplicaSelector::kRackAware;
  }
  NodeId preferred_read_replica(HostedPartition& replica, const FetchSlice& slice,
                                const Reading& reading, Step& step) const;

  // replica_manager_delete_records.cc
  ErrorCode delete_records(const DeleteRecordsPartition& asked, DelayedDeleteRecords::Part& part,
                           Step& step);
  Offset low_watermark(const HostedPartition& replica) const;
  bool check_deleted(DelayedDeleteRecords& request) const;
  void check_deletions(int32_t number, Step& step);
  void on_delete_records_timeout(int64_t id, Step& step);

  // replica_manager_fetch.cc
  ErrorCode check_epoch(const HostedPartition& replica, LeaderEpoch epoch) const;
  ErrorCode error_of_stranger(const TopicPartition& partition) const;
  bool read_first(const FetchPartition& asked, int32_t slot, Reading& reading, DelayedFetch& fetch,
                  FetchAnswer& answer, Step& step);
  void read(const FetchSlice& slice, const Reading& reading, FetchPartitionData& out, Step& step);
  ErrorCode read_log(HostedPartition& replica, const FetchSlice& slice, const Reading& reading,
                     FetchPartitionData& out, Step& step);
  ErrorCode record_follower(int32_t number, const FetchSlice& slice, const Reading& reading,
                            Offset follower_start, Step& step);
  void answer_waiting(DelayedFetch fetch, Step& step);
  bool has_enough(const DelayedFetch& request, Step& step);
  void check_fetches(int32_t number, Step& step);
  void check_all(int32_t number, Step& step);

  // replica_manager_offsets.cc
  void list_offset(const ListOffsetsPartition& asked, bool is_client,
                   ListOffsetsPartitionResponse& reply, Step& step) const;
  void end_of_epoch(const OffsetForLeaderPartition& asked, OffsetForLeaderResult& reply) const;

  // replica_manager_follow.cc
  ReplicaFetcher* fetcher_of(FetcherId id);
  // Of a partition that is followed; null: of none.
  ReplicaFetcher* fetcher_of(int32_t number);
  // Which of ours an answer is about; kNotHosted: none that still follows `from`.
  int32_t followed(const TopicPartition& partition, FetcherId from) const;
  FetcherId fetcher_id_of(int32_t number) const;
  void close_idle_fetchers(Step& step);
  void take_data(int32_t number, const FetchPartition& sent, const FetchPartitionData& data,
                 std::vector<int32_t>& moved, Step& step);
  void take_error(int32_t number, ErrorCode error, Step& step);
  void take_offset(int32_t number, const ListOffsetsPartition& asked, Offset offset,
                   ReplicaFetcher& fetcher, Step& step);
  void delay(int32_t number, Step& step);
  void after_cut(int32_t number, int64_t records, std::string_view why, Step& step);
  void start_anew(int32_t number, Offset start, std::string_view why, Step& step);

  // replica_manager_retention.cc
  void apply_retention(Step& step);
  void delete_old_segments(int32_t number, Step& step);
  void remove_deleted(Step& step);
  void arm_removal(Step& step);

  // replica_manager_clean.cc
  void arm_cleaner(Step& step);
  void start_cleaner(Step& step);
  void on_cleaner_timer(int64_t id, Step& step);
  bool is_being_cleaned(int32_t number) const;
  sim::Duration throttle(CleanerThread& thread, Step& step);
  bool begin_cleaning(CleanerThread& thread, Step& step);
  bool clean_some(CleanerThread& thread, Step& step);
  void stop_cleaning(int32_t number, Step& step);
  void cannot_clean(int32_t number, const absl::Status& status, Step& step);
  void save_cleaned_to(int32_t number, Offset end, Step& step);
  void cut_cleaned_to(int32_t number, Step& step);
  void delete_from_compacted(Step& step);

  // replica_manager_isr.cc
  void submit(int32_t number, AlterPartitionData proposal, Step& step);
  void apply_result(const AlterPartitionData& sent, const AlterPartitionResult& result, Step& step);
  void check_isrs(Step& step);
  void arm_isr_check(Step& step);
  static void note_isr(const HostedPartition& replica, Step& step);

  ReplicaManagerOptions options_;
  bool logs_open_ = false;
  bool failed_ = false;
  bool in_controlled_shutdown_ = false;
  BrokerEpoch previous_epoch_ = kNoBrokerEpoch;
  BrokerEpoch broker_epoch_ = kNoBrokerEpoch;
  absl::btree_map<std::string, absl::btree_map<int32_t, Known>> known_;
  std::vector<HostedPartition> hosted_;    // A partition's number is its place here.
  std::vector<LogDirectory> directories_;  // As configured.
  DirectoryEvents directory_events_;
  std::vector<int32_t> changed_;
  std::vector<TopicPartition> removed_;
  absl::btree_map<int64_t, BackgroundFlush> flushes_;
  int64_t next_flush_ = 0;
  std::optional<int64_t> removal_due_ms_;  // For which the removal timer is armed.
  Cleaner cleaner_;
  sim::MonoTime started_;
  std::vector<ReplicaFetcher> fetchers_;  // By id.
  FetchSessions fetch_sessions_;
  absl::btree_map<NodeId, std::string> racks_;  // Of the brokers that are alive and have one.
  DelayedRequests delayed_;
  AlterPartitionManager alter_partitions_;
};

// Names the leader of a partition that this broker does not lead (KIP-951).
template <class Reply>
void ReplicaManager::name_leader(const TopicPartition& partition, Reply& reply) const {
  const Known* entry = known(partition);
  if (entry == nullptr) return;
  bool hosted = entry->hosted != kNotHosted;
  reply.current_leader = hosted ? at(entry->hosted).leader : entry->leader;
  reply.current_leader_epoch =
      hosted ? at(entry->hosted).version.leader_epoch : entry->leader_epoch;
}

}  // namespace models

#endif  // MODELS_REPLICATION_REPLICA_MANAGER_H_
