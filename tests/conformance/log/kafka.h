// SPDX-License-Identifier: Apache-2.0
//
// Kafka, as tests/conformance/kafka/README.md describes its commands. One JVM serves a whole test
// program; a broker is one of its own.

#ifndef TESTS_CONFORMANCE_LOG_KAFKA_H_
#define TESTS_CONFORMANCE_LOG_KAFKA_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/conformance/log/child_process.h"

namespace conformance {

using Json = nlohmann::json;

struct Answer {
  int exit = -1;  // -1: the JVM does not answer any more.
  std::vector<Json> lines;

  // The line of one log; null if there is none.
  Json of_log(const std::string& log) const;
  // Exit code and what went wrong, for messages.
  std::string describe() const;
};

// Asks the one JVM, which is started at the first call.
Answer ask_kafka(const std::vector<std::string>& words);
void stop_kafka();

// A real broker on a directory.
class Broker {
 public:
  // `options`: as {"--adopt", "orders"}.
  Broker(const std::string& directory, const std::vector<std::string>& options);
  // 0: it did not start, and the test has failed.
  int port() const { return port_; }
  void halt();
  void stop();

 private:
  std::unique_ptr<ChildProcess> process_;
  int port_ = 0;
};

// Where standard errors go.
std::string stderr_file();
// A new empty folder in this program's own temporary one, which goes with the program unless
// FAULTLINE_CONFORMANCE_KEEP is set.
std::string fresh_folder(const std::string& name);
// They are of no use any more, unless the test has failed.
void remove_if_passed(const std::vector<std::string>& folders);

}  // namespace conformance

#endif  // TESTS_CONFORMANCE_LOG_KAFKA_H_
