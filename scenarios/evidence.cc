// SPDX-License-Identifier: Apache-2.0

#include "scenarios/evidence.h"

#include <string>

namespace scenarios {

namespace {

// Is this timeline entry of the metric's kind?
bool counts_for(std::string_view metric, const TimelineEntry& entry) {
  if (metric == "leader_changes") return entry.kind == "election" && entry.direction != "lost";
  if (metric == "unclean_elections") return entry.direction == "unclean";
  if (metric == "isr_shrinks") return entry.kind == "isr" && entry.direction == "shrinks";
  if (metric == "isr_expands") return entry.kind == "isr" && entry.direction == "expands";
  if (metric == "truncated") return entry.kind == "truncated";
  if (metric == "cleaned") return entry.kind == "cleaned";
  return false;
}

bool moves_gauge(std::string_view metric, const TimelineEntry& entry) {
  if (metric == "fenced_brokers") return entry.kind == "fenced" || entry.kind == "unfenced";
  for (std::string_view name : {"isr", "leader", "under_replicated", "under_min_isr", "offline"}) {
    if (name == metric) return entry.kind == "isr" || entry.kind == "election";
  }
  return false;
}

// "orders-0" is of "", of "orders" and of "orders-0".
bool is_of(const std::string& subject, std::string_view argument) {
  return argument.empty() || subject == argument ||
         subject.substr(0, subject.rfind('-')) == argument;
}

}  // namespace

sim::EventId Evidence::of_waiting(const models::TopicPartition& partition, sim::SimTime from,
                                  sim::SimTime to) const {
  sim::EventId election, isr;
  for (const TimelineEntry& entry : recorder_.timeline()) {
    if (entry.at < from || entry.at > to || entry.subject != to_string(partition)) continue;
    if (entry.kind == "election" && entry.direction != "lost") election = entry.event;
    if (entry.kind == "isr" && isr.value() == 0) isr = entry.event;
  }
  if (election.value() != 0) return election;
  sim::EventId fault = of_fault(from, to);
  return fault.value() != 0 ? fault : isr;
}

sim::EventId Evidence::of_gauge(std::string_view metric, std::string_view argument,
                                sim::SimTime at) const {
  sim::EventId event;
  for (const TimelineEntry& entry : recorder_.timeline()) {
    if (entry.at > at) break;
    if (moves_gauge(metric, entry) && is_of(entry.subject, argument)) event = entry.event;
  }
  bool is_lag = metric == "lag" || metric == "max_lag";
  return is_lag ? of_fault(sim::SimTime(), at) : event;
}

sim::EventId Evidence::of_counter(std::string_view metric, std::string_view argument,
                                  sim::SimTime from, sim::SimTime to) const {
  for (const TimelineEntry& entry : recorder_.timeline()) {
    if (entry.at < from || entry.at > to) continue;
    if (counts_for(metric, entry) && is_of(entry.subject, argument)) return entry.event;
  }
  return {};
}

sim::EventId Evidence::of_fault(sim::SimTime from, sim::SimTime to) const {
  sim::EventId event;
  for (const FaultRun& fault : faults_) {
    bool at_work = fault.began <= to && (!fault.ended || *fault.ended >= from);
    if (at_work && !fault.nothing()) event = fault.event;
  }
  return event;
}

}  // namespace scenarios
