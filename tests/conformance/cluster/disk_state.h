// SPDX-License-Identifier: Apache-2.0
//
// What a node has on its disk, as lines of the normal form: a simulated disk or a folder of a real
// node, behind the same calls.

#ifndef TESTS_CONFORMANCE_CLUSTER_DISK_STATE_H_
#define TESTS_CONFORMANCE_CLUSTER_DISK_STATE_H_

#include <optional>
#include <string>

#include "models/common/metadata_image.h"
#include "sim/file_system.h"
#include "tests/conformance/cluster/script.h"

namespace conformance {

// "leader 1 epoch 0 isr 1,2,3 version 0 replicas 1,2,3"; all lists but the replicas are sets.
std::string describe(const models::PartitionRegistration& partition);
std::string describe_set(std::vector<models::NodeId> ids);

// Every state that a partition has been in, oldest first, from the controller's metadata log in
// `root`. Nothing, and the test fails, if our decoder does not read it.
std::optional<Lines> history_of(sim::FileSystem& files, const std::string& root,
                                const models::TopicPartition& partition);

// The replica in `root`: its epochs, and "0 epoch 0 k0=v0" for each record. Empty: there is none.
Lines replica_of(sim::FileSystem& files, const std::string& root,
                 const models::TopicPartition& partition);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_CLUSTER_DISK_STATE_H_
