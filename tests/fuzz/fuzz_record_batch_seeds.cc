// SPDX-License-Identifier: Apache-2.0
//
// Writes the inputs from which fuzz_record_batch starts into the folder given: Kafka's own batches
// and some of ours, each with several options of the validator.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "models/log/control_records.h"
#include "models/log/record_batch.h"

namespace {

namespace fs = std::filesystem;

std::vector<std::string> kafkas_batches() {
  std::vector<std::string> batches;
  for (const auto& entry :
       fs::directory_iterator(FAULTLINE_SOURCE_DIR "/tests/data/kafka_batches")) {
    if (entry.path().extension() != ".batch") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    batches.push_back(bytes.str());
  }
  return batches;
}

std::vector<std::string> our_batches() {
  std::vector<std::string> batches;
  for (int id = 0; id <= 4; ++id) {
    models::BatchBuilder builder({.producer_id = models::ProducerId(1),
                                  .producer_epoch = models::ProducerEpoch(0),
                                  .base_sequence = models::Sequence(0),
                                  .compression = {*models::compression_type_of_id(id), {}}});
    for (int i = 0; i < 3; ++i)
      builder.add(1'700'000'000'000 - i, "key", std::string(static_cast<size_t>(i * 40), 'v'),
                  {{"h", std::nullopt}});
    batches.emplace_back(builder.build());
  }
  batches.emplace_back(
      models::end_txn_batch({}, models::ProducerId(1), models::ProducerEpoch(0), 5));
  return batches;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  fs::create_directories(argv[1]);
  std::vector<std::string> batches = kafkas_batches();
  for (std::string& batch : our_batches()) batches.push_back(std::move(batch));
  int written = 0;
  for (const std::string& batch : batches) {
    // A client's: as it is; packed anew as lz4; for a compacted topic, as none. Then a
    // coordinator's.
    for (unsigned char options : {0xe0, 0x60, 0x04, 0xe2}) {
      std::ofstream out(fs::path(argv[1]) / std::to_string(written++), std::ios::binary);
      out << options << batch;
      if (!out.good()) return 1;
    }
  }
  std::printf("%d seeds\n", written);
  return 0;
}
