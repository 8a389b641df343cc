// SPDX-License-Identifier: MIT
#include "foreset/cli/operation/status_report.h"

#include <simdjson.h>

#include "foreset/base/errors/operation.h"
#include "foreset/base/json_writer.h"
#include "foreset/base/time_text.h"

namespace foreset::cli {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kSchema = "foreset.status.v1";

void Write(JsonWriter& json, std::string_view key, const std::optional<SourcePosition>& value) {
  json.Key(key);
  value ? json.Raw(ToJson(*value)) : json.Null();
}
void Write(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& value) {
  json.Key(key);
  value ? json.Int(*value) : json.Null();
}

void WriteRules(JsonWriter& json, const StatusReport::Table& table) {
  if (table.rules.empty() && !table.older_rows) return;
  json.Member("older_rows", table.older_rows).Key("rules").BeginArray();
  for (const StatusReport::Rule& rule : table.rules) {
    json.BeginObject().Member("rule", rule.rule).Member("kind", rule.kind);
    json.Member("rows", rule.rows).Member("failed", rule.failed).EndObject();
  }
  json.EndArray();
}

void WriteNames(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.Key(key).BeginArray();
  for (const std::string& name : names) json.String(name);
  json.EndArray();
}

void WriteStanding(JsonWriter& json, const StatusReport& report) {
  json.Key("stopped").BeginArray();
  for (const StatusReport::Stopped& stopped : report.stopped) {
    json.BeginObject().Member("table", stopped.table).Member("code", stopped.code);
    json.Member("message", stopped.message).Member("next", stopped.next).EndObject();
  }
  json.EndArray();
  WriteNames(json, "incomplete", report.incomplete);
  WriteNames(json, "left_out", report.left_out);
}

std::unexpected<Error> NoReport(const std::string& why) {
  return Err(ErrorKind::kTransient, operation_error::kStatusNotServed,
             "the reply is no status of Foreset: " + why);
}

// Members of an object; a member that is missing or of another type is a failure, null an absent
// value.
class Members {
 public:
  explicit Members(dom::object object) : object_(object) {}
  const dom::object& object() const { return object_; }

  Result<std::string> Text(const char* key) const {
    std::string_view value;
    if (object_[key].get(value) != simdjson::SUCCESS) return NoReport(key);
    return std::string(value);
  }
  Result<std::int64_t> Integer(const char* key) const {
    std::int64_t value = 0;
    if (object_[key].get(value) != simdjson::SUCCESS) return NoReport(key);
    return value;
  }
  Result<std::optional<std::int64_t>> IntegerOrNull(const char* key) const {
    if (IsNull(key)) return std::optional<std::int64_t>();
    return TRY(Integer(key));
  }
  Result<std::optional<bool>> TruthOrNull(const char* key) const {
    if (IsNull(key)) return std::optional<bool>();
    bool value = false;
    if (object_[key].get(value) != simdjson::SUCCESS) return NoReport(key);
    return std::optional(value);
  }
  Result<std::optional<SourcePosition>> PositionOrNull(const char* key) const {
    if (IsNull(key)) return std::optional<SourcePosition>();
    dom::element value;
    if (object_[key].get(value) != simdjson::SUCCESS) return NoReport(key);
    auto position = SourcePositionFromJson(std::string(simdjson::minify(value)));
    if (!position) return NoReport(key);
    return std::optional(*std::move(position));
  }

 private:
  bool IsNull(const char* key) const {
    dom::element value;
    return object_[key].get(value) == simdjson::SUCCESS && value.is_null();
  }

  dom::object object_;
};

Result<StatusReport::Rule> RuleFrom(const Members& members) {
  return StatusReport::Rule{.rule = TRY(members.Text("rule")),
                            .kind = TRY(members.Text("kind")),
                            .rows = TRY(members.Integer("rows")),
                            .failed = TRY(members.Integer("failed"))};
}

Result<StatusReport::Table> TableFrom(const Members& members) {
  StatusReport::Table table;
  table.table = TRY(members.Text("table"));
  table.state = TRY(members.Text("state"));
  table.version = TRY(members.Integer("version"));
  table.rows = TRY(members.IntegerOrNull("rows"));
  table.batches_behind = TRY(members.IntegerOrNull("batches_behind"));
  const auto committed_at = ParseTimestamp(TRY(members.Text("committed_at")));
  if (!committed_at) return NoReport("committed_at");
  table.committed_at = Timestamp(*committed_at);
  table.position = TRY(members.PositionOrNull("position"));
  if (dom::array rules; members.object()["rules"].get(rules) == simdjson::SUCCESS) {
    if (members.object()["older_rows"].get(table.older_rows) != simdjson::SUCCESS) {
      return NoReport("older_rows");
    }
    for (const dom::element element : rules) {
      dom::object rule;
      if (element.get(rule) != simdjson::SUCCESS) return NoReport("rules");
      table.rules.push_back(TRY(RuleFrom(Members(rule))));
    }
  }
  return table;
}

Result<StatusReport::Stopped> StoppedFrom(const Members& members) {
  return StatusReport::Stopped{.table = TRY(members.Text("table")),
                               .code = TRY(members.Text("code")),
                               .message = TRY(members.Text("message")),
                               .next = TRY(members.Text("next"))};
}

// Absent in replies of programs that did not tell it.
Status ReadStanding(const Members& members, StatusReport& report) {
  dom::array stopped;
  if (members.object()["stopped"].get(stopped) == simdjson::SUCCESS) {
    for (const dom::element element : stopped) {
      dom::object object;
      if (element.get(object) != simdjson::SUCCESS) return NoReport("stopped");
      report.stopped.push_back(TRY(StoppedFrom(Members(object))));
    }
  }
  const auto read = [&](const char* key, std::vector<std::string>& names) -> Status {
    dom::array array;
    if (members.object()[key].get(array) != simdjson::SUCCESS) return {};
    for (const dom::element element : array) {
      std::string_view name;
      if (element.get(name) != simdjson::SUCCESS) return NoReport(key);
      names.emplace_back(name);
    }
    return {};
  };
  RETURN_IF_ERROR(read("incomplete", report.incomplete));
  return read("left_out", report.left_out);
}

Result<StatusReport> ReportFrom(dom::object object) {
  const Members members(object);
  if (TRY(members.Text("schema")) != kSchema) return NoReport("schema");
  StatusReport report;
  report.pipeline = TRY(members.Text("pipeline"));
  report.source = TRY(members.PositionOrNull("source"));
  report.source_error = TRY(members.Text("source_error"));
  // Not told where there is nothing to tell.
  report.source_unproved = members.Text("source_unproved").value_or("");
  report.covered = TRY(members.PositionOrNull("covered"));
  report.current = TRY(members.TruthOrNull("current"));
  report.lag = TRY(members.Text("lag"));
  report.batches_behind = TRY(members.Integer("batches_behind"));
  report.older_rules = TRY(members.Text("older_rules"));
  if (dom::object sink; object["sink"].get(sink) == simdjson::SUCCESS) {
    const Members of_sink(sink);
    report.sink = StatusReport::Sink{.lag = TRY(of_sink.Text("lag")),
                                     .published = TRY(of_sink.PositionOrNull("published")),
                                     .records = TRY(of_sink.IntegerOrNull("records"))};
  }
  RETURN_IF_ERROR(ReadStanding(members, report));
  dom::array tables;
  if (object["tables"].get(tables) != simdjson::SUCCESS) return NoReport("tables");
  for (const dom::element element : tables) {
    dom::object table;
    if (element.get(table) != simdjson::SUCCESS) return NoReport("tables");
    report.tables.push_back(TRY(TableFrom(Members(table))));
  }
  return report;
}

}  // namespace

std::string ToJson(const StatusReport& report) {
  JsonWriter json;
  json.BeginObject().Member("schema", kSchema).Member("pipeline", report.pipeline);
  Write(json, "source", report.source);
  json.Member("source_error", report.source_error);
  if (!report.source_unproved.empty()) json.Member("source_unproved", report.source_unproved);
  Write(json, "covered", report.covered);
  json.Key("current");
  report.current ? json.Bool(*report.current) : json.Null();
  json.Member("lag", report.lag);
  if (report.sink) {
    json.Key("sink").BeginObject().Member("lag", report.sink->lag);
    Write(json, "published", report.sink->published);
    Write(json, "records", report.sink->records);
    json.EndObject();
  }
  json.Member("batches_behind", report.batches_behind);
  json.Member("older_rules", report.older_rules);
  WriteStanding(json, report);
  json.Key("tables").BeginArray();
  for (const StatusReport::Table& table : report.tables) {
    json.BeginObject().Member("table", table.table).Member("state", table.state);
    json.Member("version", table.version);
    Write(json, "rows", table.rows);
    Write(json, "batches_behind", table.batches_behind);
    json.Member("committed_at", TimestampText(table.committed_at.value(), true));
    Write(json, "position", table.position);
    WriteRules(json, table);
    json.EndObject();
  }
  json.EndArray().EndObject();
  return json.Take() + "\n";
}

Result<StatusReport> StatusReportFromJson(std::string_view json) {
  dom::parser parser;
  dom::object object;
  if (parser.parse(simdjson::padded_string(json)).get(object) != simdjson::SUCCESS) {
    return NoReport("it is not a JSON object");
  }
  return ReportFrom(object);
}

}  // namespace foreset::cli
