// SPDX-License-Identifier: Apache-2.0
//
// A fetcher's side of a fetch session (KIP-227): what the other side knows that it wants, so that the
// next request names only what changed. For followers and consumers; one for each connection.
//
//   handler.begin();
//   handler.want(...) each partition that may have changed (of a full request: all), handler.drop(...)
//   if (handler.build(request)) send it
//   if (handler.on_response(response)) use it, else nothing of it holds; or on_failed()
//
// Source: clients/.../FetchSessionHandler.java, requests/FetchMetadata.java.

#ifndef MODELS_PROTOCOL_FETCH_SESSION_HANDLER_H_
#define MODELS_PROTOCOL_FETCH_SESSION_HANDLER_H_

#include <cstdint>
#include <vector>

#include "models/protocol/fetch.h"

namespace models {

class FetchSessionHandler {
 public:
  // Must the next request name everything?
  bool is_full() const { return epoch_ == kInitialFetchEpoch; }
  void begin();
  void want(const FetchPartition& partition);
  void drop(const TopicPartition& partition);
  // These and no others; in place of want and drop.
  void want_only(const std::vector<FetchPartition>& partitions);
  // Fills in session, partitions and what is forgotten. False: there is nothing to ask.
  bool build(FetchRequest& request);

  bool on_response(const FetchResponse& response);
  void on_failed() { epoch_ = kInitialFetchEpoch; }

  // What the last request stood for, named in it or not; null: nothing of this partition.
  const FetchPartition* asked(const TopicPartition& partition) const;
  const std::vector<FetchPartition>& partitions() const { return session_; }
  int32_t session_id() const { return id_; }

  static void fields(auto&& f) {
    f("session_id", &FetchSessionHandler::id_);
    f("session_epoch", &FetchSessionHandler::epoch_);
  }

 private:
  std::vector<FetchPartition>::iterator position_of(const TopicPartition& partition);
  bool answers_ours(const FetchResponse& response) const;

  int32_t id_ = kNoFetchSession;
  int32_t epoch_ = kInitialFetchEpoch;   // Of the next request.
  std::vector<FetchPartition> session_;  // By partition.
  // Of the request that is being built.
  std::vector<FetchPartition> added_;
  std::vector<FetchPartition> altered_;
  std::vector<TopicPartition> forgotten_;
};

}  // namespace models

#endif  // MODELS_PROTOCOL_FETCH_SESSION_HANDLER_H_
