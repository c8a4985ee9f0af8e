// SPDX-License-Identifier: Apache-2.0
//
// All controllers agree on what is committed in the metadata log: below its own watermark each holds
// the committed batches, a leader of the quorum holds all of them, none loses them, and no watermark
// goes back or past its log.
// Source: raft/.../KafkaRaftClient.java, LeaderState.java (updateHighWatermark).

#ifndef MODELS_CHECKERS_METADATA_AGREES_H_
#define MODELS_CHECKERS_METADATA_AGREES_H_

#include "models/checkers/invariant.h"

namespace models {

class MetadataAgrees final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<MetadataAgrees>(*this);
  }
  std::string_view name() const override { return "metadata-agrees"; }
  std::string_view why() const override {
    return "Controllers that disagree on a committed record would each tell brokers another "
           "truth, and none could be taken back.";
  }
  std::optional<Violation> on_quorum(const QuorumChange& change) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_METADATA_AGREES_H_
