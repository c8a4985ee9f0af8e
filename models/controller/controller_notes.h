// SPDX-License-Identifier: Apache-2.0
//
// What a metadata record means to people: notes for trace and report.

#ifndef MODELS_CONTROLLER_CONTROLLER_NOTES_H_
#define MODELS_CONTROLLER_CONTROLLER_NOTES_H_

#include <string>
#include <string_view>
#include <vector>

#include "models/common/step.h"
#include "models/controller/metadata_replay.h"

namespace models {

// "[1, 2, 3]"
std::string text_of(const std::vector<NodeId>& ids);

// Notes what `record` changes in what has been replayed so far: broker_registered, broker_fenced,
// broker_unfenced, broker_unregistered, controlled_shutdown, leader_elected, isr_changed,
// reassignment, topic_created, topic_deleted, config_changed. Counts marks of rare changes.
void note_record(const MetadataRecord& record, const MetadataReplay& before, std::string_view why,
                 Step& step);

}  // namespace models

#endif  // MODELS_CONTROLLER_CONTROLLER_NOTES_H_
