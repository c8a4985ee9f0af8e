// SPDX-License-Identifier: Apache-2.0
//
// What the active controller remembers of its brokers' heartbeats: when each was last heard of, how
// far it has read the metadata log, and since when it is shutting down. Soft state: nothing of it is
// in the log, and a new active controller starts it afresh from the registrations.
//
//   fenced    --caught up with its registration, wants no fence-->          unfenced
//   unfenced  --silent for a session, or wants a fence-->                   fenced
//   unfenced  --wants to shut down, leads something-->                      controlled shutdown
//   unfenced  --wants to shut down, leads nothing-->                        shut down now
//   controlled shutdown --leads nothing, all active brokers know it-->      shut down now
//   fenced    --wants to shut down-->                                       shut down now
//
// A session belongs to one registration (broker id and epoch), and begins with its first heartbeat,
// fenced or not. It is over when it has been silent for longer than broker.session.timeout.ms; the
// controller looks for such sessions eight times a timeout, so that a dead broker is fenced at most
// an eighth of the timeout later.
// Source: metadata/.../controller/{BrokerHeartbeatManager,BrokerHeartbeatTracker,
// BrokerControlState}.java of 4.1.

#ifndef MODELS_CONTROLLER_BROKER_HEARTBEATS_H_
#define MODELS_CONTROLLER_BROKER_HEARTBEATS_H_

#include <optional>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "models/common/ids.h"
#include "models/protocol/broker_lifecycle.h"
#include "sim/time.h"

namespace models {

enum class BrokerControlState { kFenced, kUnfenced, kControlledShutdown, kShutdownNow };
constexpr bool is_fenced(BrokerControlState state) {
  return state == BrokerControlState::kFenced || state == BrokerControlState::kShutdownNow;
}

class BrokerHeartbeats {
 public:
  using Session = std::pair<NodeId, BrokerEpoch>;

  explicit BrokerHeartbeats(sim::Duration session_timeout) : session_timeout_(session_timeout) {}

  // A registration of this broker was decided or replayed. Where the fencing does not change, the
  // broker's metadata offset is unknown until its next heartbeat.
  void on_registration(NodeId id, bool fenced);
  // A heartbeat was handled; `fenced` is the state decided for the broker.
  void touch(NodeId id, bool fenced, Offset metadata_offset);
  void fence(NodeId id);
  void remove(NodeId id) { brokers_.erase(id); }
  // The broker entered controlled shutdown with the records that end at `offset`. The first counts.
  void begin_controlled_shutdown(NodeId id, Offset offset);

  // This registration was heard of; whether it is (still) the broker's is not looked at.
  void on_contact(NodeId id, BrokerEpoch epoch, sim::MonoTime now) { contacts_[{id, epoch}] = now; }
  bool has_valid_session(NodeId id, BrokerEpoch epoch, sim::MonoTime now) const;
  // Forgets one of the broker's sessions that has run out and returns its epoch.
  std::optional<BrokerEpoch> take_expired(NodeId id, sim::MonoTime now);
  // Of the broker's sessions the contact that is longest ago; nothing: it has none.
  std::optional<sim::MonoTime> oldest_contact(NodeId id) const;

  bool is_tracked_unfenced(NodeId id) const;
  bool is_shutting_down(NodeId id) const;
  bool is_known(NodeId id) const { return brokers_.contains(id); }

  // Current and next state of a known broker that sent `request`; its registration's record is at
  // `registration_offset`. `leads_any` is asked only when it matters.
  BrokerControlState current_state(NodeId id) const;
  BrokerControlState next_state(const BrokerHeartbeatRequest& request, Offset registration_offset,
                                absl::FunctionRef<bool()> leads_any) const;

  static void fields(auto&& f) {
    f("brokers", &BrokerHeartbeats::brokers_);
    f("contacts", &BrokerHeartbeats::contacts_);
  }

 private:
  struct Broker {
    bool fenced = true;
    Offset metadata_offset = kNoOffset;
    Offset controlled_shutdown_offset = kNoOffset;
    static void fields(auto&& f) {
      f("fenced", &Broker::fenced);
      f("metadata_offset", &Broker::metadata_offset);
      f("controlled_shutdown_offset", &Broker::controlled_shutdown_offset);
    }
  };

  // Of brokers that are unfenced and not shutting down; the largest offset if there are none.
  Offset lowest_active_offset() const;
  const Broker& broker(NodeId id) const;
  bool is_expired(sim::MonoTime contact, sim::MonoTime now) const {
    return contact + session_timeout_ < now;
  }

  sim::Duration session_timeout_;
  absl::btree_map<NodeId, Broker> brokers_;
  absl::btree_map<Session, sim::MonoTime> contacts_;
};

}  // namespace models

#endif  // MODELS_CONTROLLER_BROKER_HEARTBEATS_H_
