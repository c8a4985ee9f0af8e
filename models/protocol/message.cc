// SPDX-License-Identifier: Apache-2.0

#include "models/protocol/message.h"

namespace models {

namespace {

// Request header v2 and response header v1 without tagged fields, plus the 4-byte length prefix.
constexpr int64_t kRequestHeaderBytes = 4 + 2 + 2 + 4 + 12;
constexpr int64_t kResponseHeaderBytes = 4 + 4;

}  // namespace

std::string_view name_of(const Message& message) {
  return std::visit([](const auto& body) { return std::decay_t<decltype(body)>::kName; }, message);
}

Envelope::Envelope(int32_t correlation_id, bool is_request, Message body)
    : correlation_id_(correlation_id), is_request_(is_request), body_(std::move(body)) {
  encoded_size_ = (is_request ? kRequestHeaderBytes : kResponseHeaderBytes) +
                  std::visit([](const auto& value) { return sim::encoded_size(value); }, body_);
}

std::string_view Envelope::name() const { return name_of(body_); }

void Envelope::show(sim::FieldSink& sink) const {
  sink.integer("correlation_id", correlation_id_);
  std::visit([&](const auto& value) { sim::show_fields(value, sink); }, body_);
}

}  // namespace models
