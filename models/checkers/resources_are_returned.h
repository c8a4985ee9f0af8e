// SPDX-License-Identifier: Apache-2.0
//
// When nothing is under way any more, nobody holds more than he should: no request is parked without
// a timer that ends it, none has been read and is neither answered nor parked, none has been sent
// that nothing gives up on, no buffer of an idle producer is in use. The shell says what each node
// holds and how much it may hold (NodeShell::held).
// Source: core/.../server/DelayedOperation.scala (purgatory), clients/.../BufferPool.java.

#ifndef MODELS_CHECKERS_RESOURCES_ARE_RETURNED_H_
#define MODELS_CHECKERS_RESOURCES_ARE_RETURNED_H_

#include "models/checkers/invariant.h"

namespace models {

class ResourcesAreReturned final : public Invariant {
 public:
  std::unique_ptr<Invariant> clone() const override {
    return std::make_unique<ResourcesAreReturned>(*this);
  }
  std::string_view name() const override { return "resources-are-returned"; }
  std::string_view why() const override {
    return "What is parked, buffered or in flight must end; a request that nothing ends is a "
           "leak that a long run dies of.";
  }
  std::optional<Violation> on_idle(const std::string& holder, const HeldResource& held) override;
};

}  // namespace models

#endif  // MODELS_CHECKERS_RESOURCES_ARE_RETURNED_H_
