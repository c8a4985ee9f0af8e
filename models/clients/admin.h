// SPDX-License-Identifier: Apache-2.0
//
// The administrator. At the beginning of a run it waits until all brokers are there, creates the
// topics, and waits until every partition has a leader that clients are told of. Later it issues what
// the scenario's actions ask for, one operation after the other: requests to the active controller,
// and DeleteRecords to the partitions' leaders.
//
// An operation that got no answer, or not from whom it must come, is sent again after a backoff,
// up to default.api.timeout.ms (60 s); so one that was carried out may be told to have failed the
// second time (TOPIC_ALREADY_EXISTS), as Kafka's client would tell. Errors of single topics or
// partitions are final. Notes: topics_ready, admin_done.
// Source: clients/.../admin/KafkaAdminClient.java (Call, handleNotControllerError),
// internals/DeleteRecordsHandler.java.

#ifndef MODELS_CLIENTS_ADMIN_H_
#define MODELS_CLIENTS_ADMIN_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "models/common/step.h"
#include "models/protocol/message.h"

namespace models {

struct AdminOptions {
  std::vector<CreatableTopic> topics;
  int32_t brokers_expected = 1;
  std::vector<NodeId> bootstrap;
  sim::Duration retry_backoff = sim::Duration::millis(100);
  sim::Duration retry_backoff_max = sim::Duration::millis(1000);
  sim::Duration api_timeout = sim::Duration::seconds(60);
};

class Admin {
 public:
  explicit Admin(AdminOptions options);

  void on_start(Step& step);
  void on_metadata_response(NodeId from, const MetadataResponse& response,
                            const MetadataRequest& sent, Step& step);
  void on_create_topics_response(NodeId from, const CreateTopicsResponse& response,
                                 const CreateTopicsRequest& sent, Step& step);
  void on_request_failed(NodeId to, const Message& sent, RequestFailure why, Step& step);
  void on_timer(TimerKey key, Step& step);

  // Queues an operation: DeleteRecords, or a request to the controller. When it is over, the note
  // admin_done names `id` and the errors, if any.
  void perform(int64_t id, Message request, Step& step);
  void on_operation_response(const Message& response, Step& step);
  void on_delete_records_response(NodeId from, const DeleteRecordsResponse& response,
                                  const DeleteRecordsRequest& sent, Step& step);

  bool done() const { return stage_ == Stage::kDone; }
  // Nothing is queued or under way.
  bool is_idle() const { return operations_.empty(); }
  // Why a topic could not be created; empty: nothing is wrong so far.
  const std::string& refused() const { return refused_; }

  static void fields(auto&& f) {
    f("stage", &Admin::stage_);
    f("refused", &Admin::refused_);
  }

 private:
  enum class Stage : uint8_t { kWaitingForBrokers, kCreating, kWaitingForLeaders, kDone };
  struct Operation {
    int64_t id = 0;
    Message request;
    int32_t failures = 0;
    bool in_flight = false;
    bool gave_up = false;  // Its time was over while it was in flight.
    // Of DeleteRecords: how many leaders have not answered, and the errors that are final.
    int32_t awaited = 0;
    std::string errors;
  };

  void ask(Step& step);
  void create(Step& step);
  void ask_later(Step& step);
  bool has_all_leaders(const MetadataResponse& response) const;
  void begin_next(Step& step);
  void send_operation(Step& step);
  void retry_operation(Step& step);
  void end_operation(std::string errors, Step& step);

  // admin_delete_records.cc. Null: the operation under way is another.
  DeleteRecordsRequest* deletion();
  void send_deletions(const MetadataResponse& response, Step& step);
  void on_deletion_failed(const DeleteRecordsRequest& sent, Step& step);
  void settle_deletion(Step& step);

  AdminOptions options_;
  Stage stage_ = Stage::kWaitingForBrokers;
  std::string refused_;
  std::deque<Operation> operations_;  // The first is under way.
};

}  // namespace models

#endif  // MODELS_CLIENTS_ADMIN_H_
