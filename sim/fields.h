// SPDX-License-Identifier: Apache-2.0
//
// The visitor by which any value shows its fields to trace, JSON, digest, printers and tests.
//
// A struct declares once
//
//   static void fields(auto&& f) { f("topic", &Fetch::topic); f("offset", &Fetch::offset); }
//
// and `show_fields(value, sink)` walks it: integers, booleans, enums (by value, or by name where a
// `std::string_view name_of(E)` is found by ADL), strong ids, times, durations, strings, Cords (by
// size), optionals (absent: nothing), vectors, pairs, maps, and structs with `fields`.
// `encoded_size(value)` estimates the bytes of such a value on the wire (Kafka's non-flexible
// encoding: fixed-width integers, 2-byte string lengths, 4-byte array and bytes lengths).

#ifndef SIM_FIELDS_H_
#define SIM_FIELDS_H_

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/cord.h"
#include "sim/strong_id.h"
#include "sim/time.h"

namespace sim {

// Receives the fields of a value in declaration order. Names are static strings.
class FieldSink {
 public:
  virtual ~FieldSink() = default;
  virtual void integer(std::string_view name, int64_t value) = 0;
  virtual void boolean(std::string_view name, bool value) = 0;
  virtual void text(std::string_view name, std::string_view value) = 0;
  virtual void begin_group(std::string_view name) = 0;
  virtual void end_group() = 0;
  virtual void begin_list(std::string_view name) = 0;
  virtual void end_list() = 0;
};

template <class T>
concept HasFields = requires { T::fields([](std::string_view, auto) {}); };
template <class T>
concept IsId = requires(const T& t) { typename T::rep; t.value(); };
template <class T>
concept HasNanos = requires(const T& t) { { t.nanos() } -> std::same_as<int64_t>; };
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T t) { { name_of(t) } -> std::convertible_to<std::string_view>; };

template <class T> struct is_optional : std::false_type {};
template <class T> struct is_optional<std::optional<T>> : std::true_type {};
template <class T> struct is_pair : std::false_type {};
template <class A, class B> struct is_pair<std::pair<A, B>> : std::true_type {};

template <class T>
void show_fields(const T& value, FieldSink& sink);

template <class T>
void show(FieldSink& sink, std::string_view name, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    sink.boolean(name, value);
  } else if constexpr (NamedEnum<T>) {
    sink.text(name, name_of(value));
  } else if constexpr (std::is_enum_v<T>) {
    sink.integer(name, static_cast<int64_t>(value));
  } else if constexpr (std::integral<T>) {
    sink.integer(name, static_cast<int64_t>(value));
  } else if constexpr (IsId<T>) {
    show(sink, name, value.value());
  } else if constexpr (HasNanos<T>) {
    sink.integer(name, value.nanos());
  } else if constexpr (std::same_as<T, absl::Cord>) {
    sink.integer(name, static_cast<int64_t>(value.size()));
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    sink.text(name, value);
  } else if constexpr (is_optional<T>::value) {
    if (value) show(sink, name, *value);
  } else if constexpr (is_pair<T>::value) {
    sink.begin_group(name);
    show(sink, "key", value.first);
    show(sink, "value", value.second);
    sink.end_group();
  } else if constexpr (HasFields<T>) {
    sink.begin_group(name);
    show_fields(value, sink);
    sink.end_group();
  } else {
    sink.begin_list(name);
    for (const auto& item : value) show(sink, "", item);
    sink.end_list();
  }
}

template <class T>
void show_fields(const T& value, FieldSink& sink) {
  T::fields([&](std::string_view name, auto member) { show(sink, name, value.*member); });
}

template <class T>
int64_t encoded_size(const T& value) {
  if constexpr (std::integral<T> || std::is_enum_v<T>) {
    return static_cast<int64_t>(sizeof(T));
  } else if constexpr (IsId<T>) {
    if constexpr (std::integral<typename T::rep>) {
      return static_cast<int64_t>(sizeof(typename T::rep));
    } else {
      return encoded_size(value.value());
    }
  } else if constexpr (HasNanos<T>) {
    return 4;
  } else if constexpr (std::same_as<T, absl::Cord>) {
    return 4 + static_cast<int64_t>(value.size());
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return 2 + static_cast<int64_t>(std::string_view(value).size());
  } else if constexpr (is_optional<T>::value) {
    return value ? encoded_size(*value) : 2;
  } else if constexpr (is_pair<T>::value) {
    return encoded_size(value.first) + encoded_size(value.second);
  } else if constexpr (HasFields<T>) {
    int64_t total = 0;
    T::fields([&](std::string_view, auto member) { total += encoded_size(value.*member); });
    return total;
  } else {
    int64_t total = 4;
    for (const auto& item : value) total += encoded_size(item);
    return total;
  }
}

}  // namespace sim

#endif  // SIM_FIELDS_H_
