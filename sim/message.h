// SPDX-License-Identifier: Apache-2.0
//
// The handle of what travels between processes: immutable, shared by everything that holds it (the
// event queue, a sender's in-flight list, a forked world), and opaque to the kernel, which needs
// only its name, its size and a way to show its fields.

#ifndef SIM_MESSAGE_H_
#define SIM_MESSAGE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/fields.h"

namespace sim {

class MessageBody {
 public:
  virtual ~MessageBody() = default;
  // A static string such as "FetchRequest".
  virtual std::string_view name() const = 0;
  // Bytes on the wire, computed once by the sender.
  virtual int64_t encoded_size() const = 0;
  virtual void show(FieldSink& sink) const = 0;
};

using MessageHandle = std::shared_ptr<const MessageBody>;

}  // namespace sim

#endif  // SIM_MESSAGE_H_
