// SPDX-License-Identifier: Apache-2.0
//
// A small protocol for tests of the kernel: a pinger sends numbered pings and times out, a ponger
// answers; both write a line to their disk for each message.

#ifndef TESTS_SIM_TOY_H_
#define TESTS_SIM_TOY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/world.h"

namespace sim::toy {

class Note final : public MessageBody {
 public:
  Note(std::string_view name, int64_t number, int64_t size = 100)
      : name_(name), number_(number), size_(size) {}
  std::string_view name() const override { return name_; }
  int64_t encoded_size() const override { return size_; }
  void show(FieldSink& sink) const override { sink.integer("number", number_); }
  int64_t number() const { return number_; }

 private:
  std::string_view name_;
  int64_t number_;
  int64_t size_;
};

enum Timer : uint16_t { kPing, kTimeout };

struct PingerOptions {
  ProcessId peer;
  Duration every = Duration::millis(10);
  Duration timeout = Duration::millis(500);
};

class Pinger final : public Process {
 public:
  explicit Pinger(PingerOptions options) : options_(options) {}
  std::unique_ptr<Process> clone() const override { return std::make_unique<Pinger>(*this); }

  void on_boot(Context& context) override {
    context.handled_at("pinger.on_boot");
    connection_ = context.connect(options_.peer);
  }
  void on_stop(Context& context) override { context.exit(); }
  void on_connected(ConnectionId connection, Context& context) override {
    open_ = true;
    connection_ = connection;
    arm(context);
  }
  void on_message(ConnectionId, ProcessId, const MessageHandle& message, SimTime, Context& context) override {
    context.handled_at("pinger.on_message");
    received_.push_back(static_cast<const Note&>(*message).number());
    arrived_.push_back(context.now());
    context.cancel({kTimeout, 0});
  }
  void on_closed(ConnectionId, CloseReason reason, Context&) override {
    open_ = false;
    closed_ = reason;
  }
  void on_timer(TimerName name, Context& context) override {
    if (name.kind == kTimeout) {
      ++timeouts_;
      return;
    }
    context.handled_at("pinger.on_ping");
    if (open_) context.send(connection_, std::make_shared<Note>("Ping", sent_++));
    if (!context.armed({kTimeout, 0})) {
      context.arm({{kTimeout, 0}, options_.timeout, "Timeout", {}, options_.peer, "*"});
    }
    arm(context);
  }
  void on_service(int64_t, Context&) override {}
  void on_flushed(int64_t, Context&) override {}
  void show_state(FieldSink& sink) const override {
    sink.integer("sent", sent_);
    sink.integer("received", static_cast<int64_t>(received_.size()));
  }

  const std::vector<int64_t>& received() const { return received_; }
  const std::vector<SimTime>& arrived() const { return arrived_; }
  int64_t sent() const { return sent_; }
  int timeouts() const { return timeouts_; }
  bool open() const { return open_; }
  std::optional<CloseReason> closed() const { return closed_; }

 private:
  void arm(Context& context) {
    Duration jitter = context.rng().up_to(Duration::millis(1));
    context.arm({{kPing, 0}, options_.every + jitter, "NextPing", "Ping"});
  }

  PingerOptions options_;
  ConnectionId connection_;
  bool open_ = false;
  std::optional<CloseReason> closed_;
  int64_t sent_ = 0;
  int timeouts_ = 0;
  std::vector<int64_t> received_;
  std::vector<SimTime> arrived_;
};

class Ponger final : public Process {
 public:
  std::unique_ptr<Process> clone() const override { return std::make_unique<Ponger>(*this); }
  void on_boot(Context& context) override {
    context.handled_at("ponger.on_boot");
    DiskView disk(context.disk(), context.now(), context.disk_rng());
    file_ = *disk.open("pings", true);
  }
  void on_stop(Context& context) override { context.exit(); }
  void on_message(ConnectionId from, ProcessId, const MessageHandle& message, SimTime, Context& context) override {
    context.handled_at("ponger.on_message");
    int64_t number = static_cast<const Note&>(*message).number();
    seen_.push_back(number);
    DiskView disk(context.disk(), context.now(), context.disk_rng());
    SIM_CHECK(disk.append(file_, absl::Cord(std::to_string(number) + "\n")).ok());
    context.send(from, std::make_shared<Note>("Pong", number), disk.spent());
  }
  void on_connected(ConnectionId, Context&) override {}
  void on_closed(ConnectionId, CloseReason, Context&) override {}
  void on_timer(TimerName, Context&) override {}
  void on_service(int64_t, Context&) override {}
  void on_flushed(int64_t, Context&) override {}
  void show_state(FieldSink& sink) const override {
    sink.integer("seen", static_cast<int64_t>(seen_.size()));
  }
  const std::vector<int64_t>& seen() const { return seen_; }

 private:
  FileId file_;
  std::vector<int64_t> seen_;
};

class PingerFactory final : public ProcessFactory {
 public:
  explicit PingerFactory(PingerOptions options) : options_(options) {}
  std::unique_ptr<Process> build() const override { return std::make_unique<Pinger>(options_); }

 private:
  PingerOptions options_;
};
class PongerFactory final : public ProcessFactory {
 public:
  std::unique_ptr<Process> build() const override { return std::make_unique<Ponger>(); }
};

// A ponger on host 0 and `pingers` pingers, each on a host of its own.
struct Town {
  explicit Town(uint64_t seed = 1, int pingers = 2, PingerOptions options = {}, size_t ring = 0)
      : world(WorldOptions{.seed = seed, .start = SimTime(), .ring = ring}) {
    RegionId region = world.topology().add_region("region");
    ZoneId zone = world.topology().add_zone("zone", region);
    hosts.push_back(world.add_host({.name = "host 0", .zone = zone}));
    ponger_id = world.add_process(hosts[0], "ponger", std::make_shared<PongerFactory>());
    options.peer = ponger_id;
    world.boot(ponger_id);
    for (int i = 1; i <= pingers; ++i) {
      hosts.push_back(world.add_host({.name = "host " + std::to_string(i), .zone = zone}));
      pinger_ids.push_back(world.add_process(hosts.back(), "pinger " + std::to_string(i),
                                             std::make_shared<PingerFactory>(options)));
      world.boot(pinger_ids.back());
    }
  }
  Pinger& pinger(size_t i = 0) { return *static_cast<Pinger*>(world.find(pinger_ids[i])); }
  Ponger& ponger() { return *static_cast<Ponger*>(world.find(ponger_id)); }
  void run_to(int64_t millis) { world.run_until(SimTime::at_millis(millis)); }

  World world;
  std::vector<HostId> hosts;
  ProcessId ponger_id;
  std::vector<ProcessId> pinger_ids;
};

}  // namespace sim::toy

#endif  // TESTS_SIM_TOY_H_
