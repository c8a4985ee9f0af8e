// SPDX-License-Identifier: Apache-2.0
//
// A controller. The active one decides on brokers, partitions and topics by appending records to
// the metadata log, and is itself what replaying those records gives; the others replay what is
// committed, ready to take over.
//
//   request -> decide on `latest` -> records -> append, replay into `latest` -> ...linger, flush...
//           -> committed: replay into `committed`, the reply leaves, observers get the batches
//
// A decision that changes nothing still waits for what it has seen to be committed. An error that
// stops a whole request (STALE_BROKER_EPOCH, DUPLICATE_BROKER_REGISTRATION) is answered at once.
// A controller is active from when its voter of the quorum leads and a record of that epoch is
// committed, until the voter leads no more: then all that is not committed is forgotten, and who
// waits for it hears NOT_CONTROLLER. If the metadata log cannot be read or written it notes that and
// exits, as Kafka's process halts.
//
// controller.cc holds the life of a record, controller_snapshot.cc that of a snapshot, models/raft/
// the replicated log; the decisions are in controller_brokers.cc, _partitions.cc, _topics.cc,
// _reassign.cc, _directories.cc, _configs.cc and _periodic.cc.
// Source:
// metadata/.../controller/{QuorumController,ClusterControlManager,ReplicationControlManager,
// ProducerIdControlManager,ConfigurationControlManager}.java.

#ifndef MODELS_CONTROLLER_CONTROLLER_H_
#define MODELS_CONTROLLER_CONTROLLER_H_

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "models/common/config.h"
#include "models/common/metadata_image.h"
#include "models/common/step.h"
#include "models/controller/broker_heartbeats.h"
#include "models/controller/leader_election.h"
#include "models/controller/metadata_batches.h"
#include "models/controller/metadata_replay.h"
#include "models/controller/replica_placement.h"
#include "models/controller/snapshot_generator.h"
#include "models/protocol/admin.h"
#include "models/protocol/alter_partition.h"
#include "models/protocol/assign_replicas_to_dirs.h"
#include "models/protocol/broker_lifecycle.h"
#include "models/protocol/create_topics.h"
#include "models/protocol/producer_ids.h"
#include "models/raft/raft.h"

namespace models {

// A topic whose logs are older than the cluster: brokers begin with them on their disks.
struct ImportedTopic {
  std::string name;
  Uuid id;
  std::vector<std::pair<std::string, std::string>> configs;
  std::vector<PartitionRegistration> partitions;
};

// A broker whose disk is older than the cluster. With the epoch that it gives as its former one it
// counts as one that stopped cleanly: what its logs lack nobody has promised.
struct ImportedBroker {
  NodeId id = kNoNode;
  BrokerEpoch former_epoch = kNoBrokerEpoch;  // -1: its disk has no marker of a clean stop.
};

struct ControllerOptions {
  NodeId node_id = kNoNode;
  BrokerConfig config;
  std::string log_directory;        // Created if it does not exist; holds __cluster_metadata-0.
  int32_t brokers_expected = 0;     // The note "brokers_ready" tells when so many are unfenced.
  std::vector<NodeId> voters = {};  // Of the quorum, with this node; empty: it alone.
  int16_t elr_version = 1;          // Of a new cluster: eligible.leader.replicas.version.
  std::vector<ImportedTopic> imported = {};
  std::vector<ImportedBroker> imported_brokers = {};
  ProducerId next_producer_id{0};  // Those below are known to the imported logs.
};

// Brokers as they will be after the change that is being decided.
struct BrokerChange {
  NodeId removed = kNoNode;           // Leaves every ISR and leads nothing.
  NodeId added = kNoNode;             // May lead, as if it were unfenced already.
  NodeId unclean_shutdown = kNoNode;  // Leaves every ISR and ELR: it may have lost its tail.
};

// What a new cluster's metadata log begins with.
std::vector<MetadataRecord> bootstrap_records(const ControllerOptions& options);

class Controller {
 public:
  explicit Controller(ControllerOptions options);

  // Opens the metadata log and takes part in the quorum.
  void on_start(Step& step);
  // The process is to end: at once, or when an active controller has a successor.
  void on_stop(Step& step);

  void on_broker_registration(RequestToken token, const BrokerRegistrationRequest& request,
                              Step& step);
  void on_broker_heartbeat(RequestToken token, const BrokerHeartbeatRequest& request, Step& step);
  void on_alter_partition(RequestToken token, const AlterPartitionRequest& request, Step& step);
  void on_create_topics(RequestToken token, const CreateTopicsRequest& request, Step& step);
  void on_delete_topics(RequestToken token, const DeleteTopicsRequest& request, Step& step);
  void on_create_partitions(RequestToken token, const CreatePartitionsRequest& request, Step& step);
  void on_incremental_alter_configs(RequestToken token,
                                    const IncrementalAlterConfigsRequest& request, Step& step);
  void on_alter_partition_reassignments(RequestToken token,
                                        const AlterPartitionReassignmentsRequest& request,
                                        Step& step);
  void on_list_partition_reassignments(RequestToken token,
                                       const ListPartitionReassignmentsRequest& request,
                                       Step& step);
  void on_elect_leaders(RequestToken token, const ElectLeadersRequest& request, Step& step);
  void on_unregister_broker(RequestToken token, const UnregisterBrokerRequest& request, Step& step);
  void on_allocate_producer_ids(RequestToken token, const AllocateProducerIdsRequest& request,
                                Step& step);
  void on_assign_replicas_to_dirs(RequestToken token, const AssignReplicasToDirsRequest& request,
                                  Step& step);
  // The quorum's own: Vote, BeginQuorumEpoch, EndQuorumEpoch; and Fetch and FetchSnapshot, also of
  // observers.
  void on_quorum_request(RequestToken token, const Message& request, Step& step);
  void on_quorum_reply(NodeId from, const Message& reply, Step& step);
  void on_quorum_request_failed(NodeId to, Step& step);

  void on_flushed(int64_t key, Step& step);
  void on_timer(TimerKey timer, Step& step);

  bool is_active() const { return active_; }
  // Of the quorum, as this node knows it.
  LeaderEpoch epoch() const { return log_ ? log_->epoch() : kNoLeaderEpoch; }
  const std::optional<Raft>& raft() const { return log_; }
  // Requests that are answered later: when something is committed, or there is news.
  size_t parked() const { return pending_replies_.size() + (log_ ? log_->parked() : 0); }
  // What this node knows to be committed. Empty (next_offset 0) at first.
  const MetadataImage& committed_image() const { return committed_.image(); }
  // What decisions are based on: ahead of `committed_image` by records that are not durable yet.
  const MetadataImage& latest_image() const { return latest_.image(); }

  static void fields(auto&& f) {
    f("latest", &Controller::latest_);
    f("log", &Controller::log_);
    f("heartbeats", &Controller::heartbeats_);
    f("active", &Controller::active_);
  }

 private:
  struct PendingReply {
    Offset offset;  // Leaves when the record at this offset is committed.
    RequestToken token;
    Message message;
  };
  using Records = std::vector<MetadataRecord>;

  // controller.cc
  // After each input of the quorum: takes note of what it has changed.
  void follow_quorum(Step& step);
  void activate(Step& step);
  void renounce(Step& step);
  bool leads_claimed_epoch() const { return log_->leads() && log_->epoch() == claimed_epoch_; }
  // Appends and replays one decision's records, atomically. `why` goes into the notes. Returns the
  // last offset that the decision rests on; with no records that is the latest.
  Offset append(const Records& records, std::string_view why, Step& step);
  void replay_latest(const MetadataRecord& record, Offset offset, Step& step);
  // Replays what is newly committed: of its own decisions, or of another controller's.
  void publish_committed(Step& step);
  void replay_committed(const MetadataRecord& record, Offset offset, MetadataDelta& delta);
  void read_committed(Step& step);
  // True if the image is now what a snapshot gives.
  absl::StatusOr<bool> load_snapshot(Step& step);
  void write_snapshot(Step& step);
  // Replies when everything up to now is committed.
  void answer(RequestToken token, Message message, Step& step);
  void send_due_replies(Step& step);
  void check(const absl::Status& status, Step& step);

  // controller_brokers.cc
  bool has_broker_epoch(NodeId id, BrokerEpoch epoch) const;
  bool is_available(NodeId id) const;
  void fence_if_stale(NodeId id, Step& step);
  void add_fence_records(NodeId id, Records& records) const;
  void add_unfence_records(NodeId id, Records& records) const;
  void add_controlled_shutdown_records(NodeId id, Records& records) const;
  void note_if_brokers_ready(Step& step);
  std::vector<UsableBroker> usable_brokers() const;

  // controller_partitions.cc
  bool leads_any(NodeId id) const;
  PartitionTarget target_of(const TopicImage& topic, size_t index, Election election) const;
  static Election election_of(const TopicImage& topic);
  // Adds the record that leads to the target, if there is one, and returns what it leads to.
  std::optional<PartitionRegistration> change(const TopicImage& topic, PartitionTarget target,
                                              Records& records) const;
  void add_change(const TopicImage& topic, size_t index, const BrokerChange& brokers,
                  Records& records) const;
  // Changes of the partitions in whose ISR or ELR the brokers are.
  void add_isr_changes(const BrokerChange& brokers, Records& records) const;
  void add_elr_changes(const BrokerChange& brokers, Records& records) const;
  void add_changes_without(NodeId removed, Records& records) const;
  void add_shutdown_changes(NodeId id, bool clean, Step& step, Records& records) const;
  // Elections of leaderless partitions.
  void add_elections_with(NodeId added, Records& records) const;
  ErrorCode check_alter_partition(NodeId sender, const PartitionRegistration& partition,
                                  const AlterPartitionData& wanted, Step& step) const;
  ErrorCode check_new_isr(const PartitionRegistration& partition, const AlterPartitionData& wanted,
                          Step& step) const;
  AlterPartitionResult alter_partition(NodeId sender, const AlterPartitionData& wanted, Step& step,
                                       Records& records) const;

  // controller_topics.cc
  ErrorCode check_assignment(const std::vector<NodeId>& replicas,
                             std::optional<size_t> count) const;
  std::optional<PartitionRecord> new_partition(const Uuid& topic_id, int32_t index,
                                               const std::vector<NodeId>& replicas) const;
  ErrorCode check_new_topic(const CreatableTopic& topic, const CreateTopicsRequest& request) const;
  ErrorCode place_topic(const CreatableTopic& topic, Step& step,
                        std::vector<std::vector<NodeId>>& placed) const;
  CreatableTopicResult create_topic(const CreatableTopic& topic, const CreateTopicsRequest& request,
                                    Records& records, Step& step) const;
  ErrorCode create_partitions(const NewPartitions& wanted, Step& step, Records& records) const;

  // controller_reassign.cc
  ErrorCode reassign(const ReassignablePartition& wanted, bool may_change_factor,
                     Records& records) const;
  ErrorCode elect_asked(const TopicPartition& name, ElectionType type, Records& records) const;

  // controller_directories.cc
  bool has_online_directory(NodeId id, const PartitionRegistration& partition) const;
  Uuid default_directory(NodeId id) const;
  bool are_directories_valid(const BrokerRegistrationRequest& request) const;
  void add_changes_without_directory(NodeId broker, const Uuid& directory, Records& records) const;
  void add_offline_directories(NodeId id, const std::vector<Uuid>& offline, Records& records,
                               Step& step) const;
  ErrorCode assign_replica(NodeId broker, const Uuid& directory, const AssignedReplica& replica,
                           Records& records, Records& of_offline) const;

  // controller_configs.cc
  ErrorCode check_resource(const AlterConfigsResource& resource) const;
  ConfigMap configs_of(const AlterConfigsResource& resource) const;
  ErrorCode alter_configs(const AlterConfigsResource& resource, const ConfigMap& before,
                          Records& records) const;
  void add_clear_elr_records(Records& records) const;

  // controller_periodic.cc
  void start_periodic_tasks(Step& step);
  void on_periodic_timer(TimerKey timer, Step& step);
  void arm_no_op(Step& step);
  // At the first look after the broker's oldest session has run out.
  void arm_session(NodeId id, Step& step);
  void on_leader_balance(Step& step);
  void on_unclean_election(Step& step);

  ControllerOptions options_;
  std::optional<Raft> log_;
  MetadataReplay latest_;
  MetadataReplay committed_;
  SnapshotGenerator snapshot_generator_;
  BrokerHeartbeats heartbeats_;
  // Of each broker's latest registration; and of the latest that is committed.
  absl::btree_map<NodeId, Offset> registration_offsets_, committed_registrations_;
  MetadataPosition reached_;  // By `committed_`.
  std::deque<std::pair<Offset, MetadataRecord>> uncommitted_;
  std::deque<PendingReply> pending_replies_;
  bool active_ = false;
  sim::MonoTime looks_from_;                    // While it is active: it looks for silent brokers.
  LeaderEpoch claimed_epoch_ = kNoLeaderEpoch;  // While it is active.
  bool log_is_empty_ = true;                    // No metadata record is committed yet.
  bool brokers_ready_noted_ = false;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_CONTROLLER_H_
