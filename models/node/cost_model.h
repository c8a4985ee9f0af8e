// SPDX-License-Identifier: Apache-2.0
//
// What things cost: CPU of brokers and clients, links, disks. Each default is a measured or derived
// figure of a real cluster; together they make batching, linger, acks and load visible in latency.
// One table, in one place. Sources: LinkedIn's 2014 benchmark, Kafka pull requests 8428, 19232,
// 18801, 11056, and values derived from them; expect a factor of two either way.

#ifndef MODELS_NODE_COST_MODEL_H_
#define MODELS_NODE_COST_MODEL_H_

#include <cstdint>

#include "models/protocol/message.h"
#include "sim/time.h"

namespace models {

// Nanoseconds per 1,024 bytes, so that a cost a byte stays an integer.
struct PerKib {
  int64_t nanos = 0;
  constexpr sim::Duration of(int64_t bytes) const {
    return sim::Duration::nanos(bytes * nanos / 1024);
  }
};

struct CostModel {
  // Broker and controller: network threads, each way.
  sim::Duration network_request = sim::Duration::micros(15);
  PerKib network_bytes{256};
  // Produce: request handler threads.
  sim::Duration produce_request = sim::Duration::micros(50);
  sim::Duration produce_batch = sim::Duration::micros(6);
  PerKib produce_bytes{358};
  // Fetch.
  sim::Duration fetch_request = sim::Duration::micros(30);
  sim::Duration fetch_partition = sim::Duration::nanos(50);
  sim::Duration fetch_partition_with_data = sim::Duration::micros(4);
  PerKib fetch_bytes{154};
  // A follower's append, on its fetcher thread.
  sim::Duration follower_partition = sim::Duration::micros(6);
  PerKib follower_bytes{358};
  // Control plane.
  sim::Duration control_request = sim::Duration::micros(10);
  sim::Duration coordinator_request = sim::Duration::micros(50);
  sim::Duration metadata_partition = sim::Duration::nanos(200);
  sim::Duration metadata_change = sim::Duration::nanos(1700);
  // Clients.
  sim::Duration send_record = sim::Duration::nanos(950);
  sim::Duration client_request = sim::Duration::micros(30);
  sim::Duration client_batch = sim::Duration::micros(5);
  sim::Duration poll_record = sim::Duration::nanos(500);
  sim::Duration fetch_response = sim::Duration::micros(40);
  PerKib client_bytes{256};

  // Computing on a request handler thread before the request's effects can happen.
  sim::Duration handle(const Message& request) const;
  // Further work for a reply, done by whoever completes it.
  sim::Duration reply(const Message& reply) const;
  // A broker's work on a reply to its own request (a follower appends what it fetched).
  sim::Duration broker_receives(const Message& reply) const;
  // A client's work on a reply, and to send a request.
  sim::Duration client_receives(const Message& reply) const;
  sim::Duration client_sends(const Message& request) const;
};

}  // namespace models

#endif  // MODELS_NODE_COST_MODEL_H_
