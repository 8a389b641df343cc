// SPDX-License-Identifier: MIT
#include "foreset/pipeline/reset_request.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/messages.h"

namespace foreset::pipeline {
namespace {

constexpr std::string_view kRequests = "_requests/";
constexpr std::chrono::seconds kLookEvery{2};

std::optional<ResetRequest> ParseRequest(std::string path, std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view name;
  std::string_view database;
  std::string_view table;
  const bool read = parser.parse(text.data(), text.size()).get(root) == simdjson::SUCCESS &&
                    root["layer"].get(name) == simdjson::SUCCESS &&
                    root["database"].get(database) == simdjson::SUCCESS &&
                    root["table"].get(table) == simdjson::SUCCESS;
  const auto layer = lake::LayerNamed(name);
  if (!read || !layer || layer == lake::Layer::kBronze) return std::nullopt;
  return ResetRequest{.path = std::move(path),
                      .layer = *layer,
                      .table = {std::string(database), std::string(table)}};
}

}  // namespace

Result<ResetRequest> PostResetRequest(ObjectStore& bronze, lake::Layer layer, const TableId& table,
                                      const std::string& id) {
  ResetRequest request{
      .path = fmt::format("{}reset-{}.json", kRequests, id), .layer = layer, .table = table};
  JsonWriter json;
  json.BeginObject().Member("layer", lake::NameOf(layer));
  json.Member("database", std::string_view(table.database));
  json.Member("table", std::string_view(table.table)).EndObject();
  RETURN_IF_ERROR(bronze.Put(request.path, AsBytes(json.Take())));
  return request;
}

Result<bool> IsPending(const ObjectStore& bronze, const ResetRequest& request) {
  const auto object = bronze.Stat(request.path);
  if (object) return true;
  if (object.error().kind == ErrorKind::kNotFound) return false;
  return std::unexpected(object.error());
}

Result<std::vector<ResetRequest>> ResetInbox::Take() {
  const auto now = clock_.Steady();
  if (looked_ && now - *looked_ < kLookEvery) return std::vector<ResetRequest>{};
  looked_ = now;
  std::vector<ResetRequest> fresh;
  std::set<std::string> there;
  for (const ObjectInfo& object : TRY(bronze_->List(kRequests, ""))) {
    there.insert(object.path);
    if (taken_.contains(object.path)) continue;
    const auto text = bronze_->Read(object.path);
    if (!text && text.error().kind == ErrorKind::kNotFound) continue;  // withdrawn
    const std::string json = TRY(text);
    auto request = ParseRequest(object.path, json);
    if (!request) Warn("ignoring {}/{}: not a reset request", bronze_->Describe(), object.path);
    if (request) fresh.push_back(*std::move(request));
  }
  taken_ = std::move(there);
  return fresh;
}

}  // namespace foreset::pipeline
