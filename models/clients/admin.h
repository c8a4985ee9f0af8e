// SPDX-License-Identifier: Apache-2.0
//
// An administrator at the beginning of a run: waits until all brokers are there, creates the topics,
// and waits until every partition has a leader that clients are told of.
// Source: clients/.../admin/KafkaAdminClient.java (createTopics).

#ifndef MODELS_CLIENTS_ADMIN_H_
#define MODELS_CLIENTS_ADMIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "models/common/step.h"
#include "models/protocol/create_topics.h"
#include "models/protocol/metadata.h"

namespace models {

struct AdminOptions {
  std::vector<CreatableTopic> topics;
  int32_t brokers_expected = 1;
  std::vector<NodeId> bootstrap;
  sim::Duration retry_backoff = sim::Duration::millis(100);
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

  bool done() const { return stage_ == Stage::kDone; }
  // Why a topic could not be created; empty: nothing is wrong so far.
  const std::string& refused() const { return refused_; }

  static void fields(auto&& f) {
    f("stage", &Admin::stage_);
    f("refused", &Admin::refused_);
  }

 private:
  enum class Stage : uint8_t { kWaitingForBrokers, kCreating, kWaitingForLeaders, kDone };

  void ask(Step& step);
  void create(Step& step);
  void ask_later(Step& step);
  bool has_all_leaders(const MetadataResponse& response) const;

  AdminOptions options_;
  Stage stage_ = Stage::kWaitingForBrokers;
  std::string refused_;
};

}  // namespace models

#endif  // MODELS_CLIENTS_ADMIN_H_
