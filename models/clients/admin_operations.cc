// SPDX-License-Identifier: Apache-2.0
//
// The administrator's operations: sent, sent again, and over.

#include <algorithm>
#include <utility>

#include "models/clients/admin.h"

namespace models {

namespace {

std::string name_of_result(const CreatableTopicResult& result) { return result.name; }
std::string name_of_result(const DeletableTopicResult& result) { return result.name; }
std::string name_of_result(const CreatePartitionsResult& result) { return result.name; }
std::string name_of_result(const PartitionResult& result) { return to_string(result.partition); }
std::string name_of_result(const AlterConfigsResult& result) {
  return result.name.empty() ? "all brokers" : result.name;
}

template <class Results>
std::string errors_in(const Results& results) {
  std::string text;
  for (const auto& result : results) {
    if (result.error == ErrorCode::kNone) continue;
    text += text.empty() ? "" : ", ";
    text += name_of_result(result) + ": " + std::string(name_of(result.error));
  }
  return text;
}

struct Answer {
  ErrorCode error = ErrorCode::kUnknownServerError;  // Of the whole request.
  std::string errors;                                // Of its parts.
};

Answer answer_of(const Message& response) {
  return std::visit(
      [](const auto& body) -> Answer {
        if constexpr (!requires { body.error == ErrorCode::kNone; }) {
          return {};
        } else if constexpr (requires { body.results; }) {
          return {body.error, errors_in(body.results)};
        } else if constexpr (requires { body.topics; }) {
          return {body.error, errors_in(body.topics)};
        } else {
          return {body.error, ""};
        }
      },
      response);
}

}  // namespace

void Admin::perform(int64_t id, Message request, Step& step) {
  operations_.push_back({id, std::move(request)});
  if (operations_.size() == 1) begin_next(step);
}

void Admin::begin_next(Step& step) {
  if (operations_.empty()) return;
  step.effects.arm({Timer::kAdminTimeout}, options_.api_timeout);
  send_operation(step);
}

void Admin::send_operation(Step& step) {
  Operation& operation = operations_.front();
  operation.in_flight = true;
  if (deletion() != nullptr) return ask(step);  // Who leads.
  step.effects.request(Channel::kToController, kNoNode, operation.request);
}

void Admin::retry_operation(Step& step) {
  Operation& operation = operations_.front();
  operation.in_flight = false;
  if (operation.gave_up)
    return end_operation(std::string(name_of(ErrorCode::kRequestTimedOut)), step);
  int32_t doublings = std::min(operation.failures++, 10);
  sim::Duration backoff = options_.retry_backoff * (int64_t{1} << doublings);
  step.effects.arm({Timer::kAdminRetry}, std::min(backoff, options_.retry_backoff_max));
}

void Admin::end_operation(std::string errors, Step& step) {
  step.effects.cancel({Timer::kAdminTimeout});
  step.effects.cancel({Timer::kAdminRetry});
  step.effects.note("admin_done", {{"id", std::to_string(operations_.front().id)},
                                   {"errors", std::move(errors)}});
  operations_.pop_front();
  begin_next(step);
}

void Admin::on_operation_response(const Message& response, Step& step) {
  if (operations_.empty()) return;
  Answer answer = answer_of(response);
  if (answer.error == ErrorCode::kNotController) return retry_operation(step);
  std::string errors = std::move(answer.errors);
  if (answer.error != ErrorCode::kNone) errors = std::string(name_of(answer.error));
  end_operation(std::move(errors), step);
}

}  // namespace models
