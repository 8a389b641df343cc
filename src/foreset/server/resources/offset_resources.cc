// SPDX-License-Identifier: MIT
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

HttpReply Message(const char* text) {
  JsonWriter json;
  return JsonReply(200, json.BeginObject().Member("message", text).EndObject().Take());
}

// As Debezium's MySQL connector has them.
std::string OffsetsJson(const std::string& server, const std::optional<SourcePosition>& position) {
  JsonWriter json;
  json.BeginObject().Key("offsets").BeginArray();
  if (position) {
    json.BeginObject()
        .Key("partition")
        .BeginObject()
        .Member("server", server)
        .EndObject()
        .Key("offset")
        .BeginObject()
        .Member("file", position->file)
        .Member("pos", static_cast<std::int64_t>(position->offset));
    if (!position->gtid_set.empty()) json.Member("gtids", position->gtid_set);
    json.EndObject().EndObject();
  }
  return json.EndArray().EndObject().Take();
}

HttpReply Get(const RoutedRequest& request, const ServiceContext& context) {
  const auto connector = context.registry.Find(request.parameters[0]);
  if (!connector) return Refusal(connector.error());
  const auto task = (*connector)->task();
  const auto position = (*connector)->Position();
  if (!position) return Refusal(position.error());
  return JsonReply(200, OffsetsJson(task == nullptr ? "" : task->SourceName(), *position));
}

Status Refused(std::string why) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kOffsetRefused, std::move(why));
}

// The lake keeps its position itself and skips what it already has: going back changes nothing, and
// going on would leave changes out.
Status CheckCovered(const OffsetEntry& entry, const std::string& server,
                    const std::optional<SourcePosition>& covered) {
  const auto named = entry.partition.find("server");
  if (named == entry.partition.end() || named->second != server) {
    return Refused(fmt::format("this connector's only partition is {{\"server\":\"{}\"}}", server));
  }
  if (!covered) return Refused("the lake is empty: it begins with a first copy of the tables");
  SourcePosition wanted = *covered;
  const auto text = [&](const char* key) {
    const auto found = entry.offset->find(key);
    return found == entry.offset->end() ? std::string() : found->second;
  };
  wanted.file = text("file");
  const std::string digits = text("pos");
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), wanted.offset);
  if (wanted.file.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return Refused("an offset needs \"file\" and \"pos\"");
  }
  if (wanted.Floor() <= covered->Floor()) return {};
  return Refused(fmt::format("{}:{} is beyond what the lake holds, {}:{}", wanted.file,
                             wanted.offset, covered->file, covered->offset));
}

HttpReply Reset(const RoutedRequest& request, const ServiceContext& context) {
  const auto connector = context.registry.Find(request.parameters[0]);
  if (!connector) return Refusal(connector.error());
  const auto reset = (*connector)->ResetPosition();
  if (!reset) return Refusal(reset.error());
  return Message("The offsets for this connector have been reset successfully");
}

HttpReply Alter(const RoutedRequest& request, const ServiceContext& context) {
  const auto connector = context.registry.Find(request.parameters[0]);
  if (!connector) return Refusal(connector.error());
  const auto entries = ReadOffsets(request.http.body);
  if (!entries) return Refusal(entries.error());
  const auto task = (*connector)->task();
  if (task == nullptr || (*connector)->target() != TargetState::kStopped) {
    return Refusal(Error{ErrorKind::kInvalidInput, ErrorCode::kConnectorNotStopped,
                         "Connectors must be in the STOPPED state before their offsets can be "
                         "modified",
                         ""});
  }
  const auto covered = (*connector)->Position();
  if (!covered) return Refusal(covered.error());
  bool forget = false;
  for (const OffsetEntry& entry : *entries) {
    forget = forget || !entry.offset;
    if (!entry.offset) continue;
    const auto checked = CheckCovered(entry, task->SourceName(), *covered);
    if (!checked) return Refusal(checked.error());
  }
  if (forget) return Reset(request, context);
  return Message("The lake holds everything up to these offsets: the connector goes on after them");
}

}  // namespace

void AddOffsetResources(Router& router, const ServiceContext& context) {
  constexpr std::string_view kPath = "/connectors/{name}/offsets";
  router.Add("GET", kPath,
             [&context](const RoutedRequest& request) { return Get(request, context); });
  router.Add("PATCH", kPath,
             [&context](const RoutedRequest& request) { return Alter(request, context); });
  router.Add("DELETE", kPath,
             [&context](const RoutedRequest& request) { return Reset(request, context); });
}

}  // namespace foreset::server
