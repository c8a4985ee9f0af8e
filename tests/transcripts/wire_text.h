// SPDX-License-Identifier: Apache-2.0
//
// Messages and notes as one line of text in the field's terms, for transcripts.
//
//   Fetch from 5, last epoch 1, leader epoch 1      Fetched [5, 8), hw 5

#ifndef TESTS_TRANSCRIPTS_WIRE_TEXT_H_
#define TESTS_TRANSCRIPTS_WIRE_TEXT_H_

#include <string>
#include <vector>

#include "models/common/effects.h"
#include "models/protocol/message.h"

namespace models {

std::string text_of(const FetchRequest& request);
std::string text_of(const FetchResponse& response);
std::string text_of(const AlterPartitionRequest& request);
std::string text_of(const AlterPartitionResponse& response);
std::string text_of(const ListOffsetsRequest& request);
std::string text_of(const ListOffsetsResponse& response);
std::string text_of(const Note& note);
// Any message of those above; others by their name.
std::string text_of(const Message& message);

// "1,2,3", or "none".
std::string ids_text(const std::vector<NodeId>& ids);
// "[5, 8)" of whole batches; "nothing" if empty.
std::string records_text(const absl::Cord& records);

}  // namespace models

#endif  // TESTS_TRANSCRIPTS_WIRE_TEXT_H_
