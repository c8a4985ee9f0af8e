// SPDX-License-Identifier: Apache-2.0
//
// Are the index files of a log what its batches say? What `faultline log verify` asks of a directory,
// in the small: every entry names the batch that it should.

#ifndef TESTS_MODELS_LOG_CRASH_LOG_AUDIT_H_
#define TESTS_MODELS_LOG_CRASH_LOG_AUDIT_H_

#include "models/log/partition_log.h"
#include "sim/file_system.h"

namespace models {

// Throws a Violation.
void audit_indexes(const PartitionLog& log, sim::FileSystem& disk);

}  // namespace models

#endif  // TESTS_MODELS_LOG_CRASH_LOG_AUDIT_H_
