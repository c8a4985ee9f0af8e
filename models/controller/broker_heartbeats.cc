// SPDX-License-Identifier: Apache-2.0

#include "models/controller/broker_heartbeats.h"

#include <algorithm>
#include <limits>

#include "sim/check.h"

namespace models {

const BrokerHeartbeats::Broker& BrokerHeartbeats::broker(NodeId id) const {
  auto it = brokers_.find(id);
  SIM_CHECK(it != brokers_.end(), id.value());
  return it->second;
}

void BrokerHeartbeats::on_registration(NodeId id, bool fenced) {
  auto [it, is_new] = brokers_.try_emplace(id);
  if (is_new) it->second.fenced = fenced;
  Offset metadata_offset = kNoOffset;
  if (!is_new && it->second.fenced != fenced) metadata_offset = it->second.metadata_offset;
  touch(id, fenced, metadata_offset);
}

void BrokerHeartbeats::touch(NodeId id, bool fenced, Offset metadata_offset) {
  auto it = brokers_.find(id);
  SIM_CHECK(it != brokers_.end(), id.value());
  Broker& broker = it->second;
  broker.fenced = fenced;
  broker.metadata_offset = metadata_offset;
  // Fencing ends a controlled shutdown; the broker's next heartbeat is told to shut down at once.
  if (fenced) broker.controlled_shutdown_offset = kNoOffset;
}

void BrokerHeartbeats::fence(NodeId id) {
  auto it = brokers_.find(id);
  if (it != brokers_.end()) it->second.fenced = true;
}

void BrokerHeartbeats::begin_controlled_shutdown(NodeId id, Offset offset) {
  auto it = brokers_.find(id);
  SIM_CHECK(it != brokers_.end() && !it->second.fenced, id.value());
  if (it->second.controlled_shutdown_offset == kNoOffset) {
    it->second.controlled_shutdown_offset = offset;
  }
}

bool BrokerHeartbeats::has_valid_session(NodeId id, BrokerEpoch epoch, sim::MonoTime now) const {
  auto contact = contacts_.find({id, epoch});
  return contact != contacts_.end() && !is_expired(contact->second, now);
}

std::optional<BrokerEpoch> BrokerHeartbeats::take_expired(NodeId id, sim::MonoTime now) {
  for (auto contact = contacts_.lower_bound({id, kNoBrokerEpoch});
       contact != contacts_.end() && contact->first.first == id; ++contact) {
    if (!is_expired(contact->second, now)) continue;
    BrokerEpoch epoch = contact->first.second;
    contacts_.erase(contact);
    return epoch;
  }
  return std::nullopt;
}

std::optional<sim::MonoTime> BrokerHeartbeats::oldest_contact(NodeId id) const {
  std::optional<sim::MonoTime> oldest;
  for (auto contact = contacts_.lower_bound({id, kNoBrokerEpoch});
       contact != contacts_.end() && contact->first.first == id; ++contact) {
    if (!oldest || contact->second < *oldest) oldest = contact->second;
  }
  return oldest;
}

bool BrokerHeartbeats::is_tracked_unfenced(NodeId id) const {
  auto it = brokers_.find(id);
  return it != brokers_.end() && !it->second.fenced;
}

bool BrokerHeartbeats::is_shutting_down(NodeId id) const {
  auto it = brokers_.find(id);
  return it != brokers_.end() && it->second.controlled_shutdown_offset != kNoOffset;
}

Offset BrokerHeartbeats::lowest_active_offset() const {
  Offset lowest{std::numeric_limits<int64_t>::max()};
  for (const auto& [id, broker] : brokers_) {
    if (broker.fenced || broker.controlled_shutdown_offset != kNoOffset) continue;
    lowest = std::min(lowest, broker.metadata_offset);
  }
  return lowest;
}

BrokerControlState BrokerHeartbeats::current_state(NodeId id) const {
  const Broker& broker = this->broker(id);
  if (broker.controlled_shutdown_offset != kNoOffset)
    return BrokerControlState::kControlledShutdown;
  return broker.fenced ? BrokerControlState::kFenced : BrokerControlState::kUnfenced;
}

BrokerControlState BrokerHeartbeats::next_state(const BrokerHeartbeatRequest& request,
                                                Offset registration_offset,
                                                absl::FunctionRef<bool()> leads_any) const {
  BrokerControlState current = current_state(request.broker_id);
  if (current == BrokerControlState::kFenced) {
    if (request.want_shut_down) return BrokerControlState::kShutdownNow;
    bool caught_up = request.current_metadata_offset >= registration_offset;
    return !request.want_fence && caught_up ? BrokerControlState::kUnfenced : current;
  }
  if (current == BrokerControlState::kUnfenced) {
    if (request.want_fence) {
      return request.want_shut_down ? BrokerControlState::kShutdownNow
                                    : BrokerControlState::kFenced;
    }
    if (!request.want_shut_down) return current;
    return leads_any() ? BrokerControlState::kControlledShutdown : BrokerControlState::kShutdownNow;
  }
  // In controlled shutdown: until the brokers that took over know that they did.
  bool known_to_all =
      broker(request.broker_id).controlled_shutdown_offset <= lowest_active_offset();
  return !leads_any() && known_to_all ? BrokerControlState::kShutdownNow : current;
}

}  // namespace models
