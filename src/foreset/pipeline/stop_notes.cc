// SPDX-License-Identifier: MIT
#include "foreset/pipeline/stop_notes.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/hash128.h"
#include "foreset/base/json_writer.h"

namespace foreset::pipeline {
namespace {

constexpr char kNotes[] = "_stopped/";

std::string PathOf(const TableId& table) {
  const Hash128 name = HashBytes(table.ToString());
  return fmt::format("{}{:016x}{:016x}.json", kNotes, name.high, name.low);
}

std::optional<std::pair<TableId, Error>> ParseNote(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view database;
  std::string_view table;
  std::string_view message;
  std::int64_t number = 0;
  const bool parsed =
      parser.parse(simdjson::padded_string(json)).get(object) == simdjson::SUCCESS &&
      object["database"].get(database) == simdjson::SUCCESS &&
      object["table"].get(table) == simdjson::SUCCESS &&
      object["code"].get(number) == simdjson::SUCCESS &&
      object["message"].get(message) == simdjson::SUCCESS;
  if (!parsed) return std::nullopt;
  const ErrorPage* page = FindErrorPage(static_cast<std::uint16_t>(number));
  if (page == nullptr) return std::nullopt;
  return std::pair(TableId{std::string(database), std::string(table)},
                   Error{ErrorKind::kInvalidInput, page->code, std::string(message), {}});
}

}  // namespace

Status WriteStopNote(ObjectStore& bronze, const TableId& table, const Error& why) {
  JsonWriter json;
  json.BeginObject().Member("database", table.database).Member("table", table.table);
  json.Member("code", static_cast<std::int64_t>(why.code)).Member("message", why.message);
  json.EndObject();
  const std::string text = json.Take();
  return bronze.Put(PathOf(table), AsBytes(text));
}

Status RemoveStopNote(ObjectStore& bronze, const TableId& table) {
  Status removed = bronze.Delete(PathOf(table));
  if (!removed && removed.error().kind == ErrorKind::kNotFound) return {};
  return removed;
}

Result<std::map<TableId, Error>> ReadStopNotes(const ObjectStore& bronze) {
  std::map<TableId, Error> notes;
  for (const ObjectInfo& object : TRY(bronze.List(kNotes, ""))) {
    const auto text = bronze.Read(object.path);
    // Removed since it was listed.
    if (!text && text.error().kind == ErrorKind::kNotFound) continue;
    if (auto note = ParseNote(TRY(text))) notes.insert(*std::move(note));
  }
  return notes;
}

}  // namespace foreset::pipeline
