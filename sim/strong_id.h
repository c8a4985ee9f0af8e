// SPDX-License-Identifier: Apache-2.0
//
// StrongId<Tag, Rep>: an integer that names a thing. Two kinds of id never mix, and an id has no
// arithmetic; what counts (offsets, sizes) uses OrderedId, which adds `+ n`, `- n` and `a - b`.

#ifndef SIM_STRONG_ID_H_
#define SIM_STRONG_ID_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace sim {

template <class Tag, class Rep = int32_t>
class StrongId {
 public:
  using rep = Rep;
  constexpr StrongId() = default;
  explicit constexpr StrongId(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const StrongId&) const = default;

  template <class H>
  friend H AbslHashValue(H h, const StrongId& id) { return H::combine(std::move(h), id.value_); }

 private:
  Rep value_{};
};

// A StrongId whose values are positions on a line.
template <class Tag, class Rep = int64_t>
class OrderedId {
 public:
  using rep = Rep;
  constexpr OrderedId() = default;
  explicit constexpr OrderedId(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const OrderedId&) const = default;
  constexpr OrderedId& operator++() { ++value_; return *this; }
  constexpr OrderedId& operator+=(Rep n) { value_ += n; return *this; }
  friend constexpr OrderedId operator+(OrderedId a, Rep n) { return OrderedId(a.value_ + n); }
  friend constexpr OrderedId operator-(OrderedId a, Rep n) { return OrderedId(a.value_ - n); }
  friend constexpr Rep operator-(OrderedId a, OrderedId b) { return a.value_ - b.value_; }

 private:
  Rep value_{};
};

// Names of kernel things. A ProcessId names the role (broker 2), not one life of it; lives are told
// apart by Incarnation, which grows at each boot and each stop.
using HostId = StrongId<struct HostIdTag, int32_t>;
using ProcessId = StrongId<struct ProcessIdTag, int32_t>;
using Incarnation = OrderedId<struct IncarnationTag, int32_t>;
using ConnectionId = StrongId<struct ConnectionIdTag, uint64_t>;
// Number of an event in its world's order of creation; 0 means "none" (the world's beginning).
using EventId = StrongId<struct EventIdTag, uint64_t>;

}  // namespace sim

#endif  // SIM_STRONG_ID_H_
