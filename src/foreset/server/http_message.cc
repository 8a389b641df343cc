// SPDX-License-Identifier: MIT
#include "foreset/server/http_message.h"

#include <cstdint>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"

namespace foreset::server {
namespace {

int StatusOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kConnectorUnknown:
      return 404;
    case ErrorCode::kConnectorExists:
    case ErrorCode::kConnectorLakeTaken:
      return 409;
    case ErrorCode::kConnectorInvalid:
    case ErrorCode::kConnectorNotStopped:
    case ErrorCode::kOffsetRefused:
    case ErrorCode::kRequestNotUnderstood:
      return 400;
    default:
      break;
  }
  return error.kind == ErrorKind::kTransient ? 503 : 500;
}

}  // namespace

HttpReply JsonReply(int status, std::string body) {
  return {.status = status, .body = std::move(body), .headers = {}};
}

HttpReply EmptyReply(int status) { return {.status = status, .body = {}, .headers = {}}; }

HttpReply Refusal(int status, std::string_view message) {
  JsonWriter json;
  json.BeginObject()
      .Member("error_code", static_cast<std::int64_t>(status))
      .Member("message", message)
      .EndObject();
  return JsonReply(status, json.Take());
}

HttpReply Refusal(const Error& error) {
  return Refusal(StatusOf(error), fmt::format("{} ({}; {})", error.message, FormatCode(error.code),
                                              error.NextStep()));
}

}  // namespace foreset::server
