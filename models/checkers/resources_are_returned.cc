// SPDX-License-Identifier: Apache-2.0

#include "models/checkers/resources_are_returned.h"

namespace models {

std::optional<Violation> ResourcesAreReturned::on_idle(const std::string& holder,
                                                       const HeldResource& held) {
  if (held.held <= held.at_most) return std::nullopt;
  return violation(held.what, holder + " holds " + std::string(held.what) + ": " +
                                  std::to_string(held.held) + ", at most " +
                                  std::to_string(held.at_most) + " when nothing is under way");
}

}  // namespace models
