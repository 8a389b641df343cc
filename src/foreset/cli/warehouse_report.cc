// SPDX-License-Identifier: MIT
#include "foreset/cli/warehouse_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/printable_text.h"
#include "foreset/cli/output/aligned_lines.h"
#include "foreset/model/source_position.h"

namespace foreset::cli {
namespace {

using pipeline::ModelReport;

std::string ChecksOf(const ModelReport& model) {
  if (model.checks.empty()) return "";
  const auto passed = std::ranges::count_if(model.checks, [](const auto& c) { return c.passed(); });
  return fmt::format("{} of {}", passed, model.checks.size());
}

void WriteError(const Error& error, JsonWriter& json) {
  json.Key("error").BeginObject().Member("code", FormatCode(error.code));
  json.Member("message", error.message).Member("next", error.NextStep()).EndObject();
}

void WriteModel(const ModelReport& model, JsonWriter& json) {
  json.BeginObject().Member("model", model.model).Member("state", NameOf(model.state));
  json.Member("mode", model.mode);
  if (!model.because.empty()) json.Member("because", model.because);
  json.Member("rows", model.rows).Member("rows_come", model.come).Member("rows_gone", model.gone);
  json.Member("affected", model.affected).Member("version", model.version);
  json.Key("seconds").Double(model.seconds);
  json.Key("reads").BeginObject();
  for (const auto& [name, version] : model.reads) json.Member(name, version);
  json.EndObject().Key("checks").BeginArray();
  for (const sql::CheckOutcome& check : model.checks) {
    json.BeginObject().Member("name", check.name).Member("passed", check.passed());
    json.Member("offenders", check.offenders);
    if (!check.examples.empty()) json.Member("examples", check.examples);
    json.EndObject();
  }
  json.EndArray();
  if (model.error) WriteError(*model.error, json);
  json.EndObject();
}

}  // namespace

std::string AsLine(const ModelReport& model) {
  std::string line = fmt::format("{}: {}", model.model, NameOf(model.state));
  if (model.state == pipeline::LoadState::kLoaded) {
    line += fmt::format(", {}, {} rows, +{} -{}, {:.1f} s", model.mode, model.rows, model.come,
                        model.gone, model.seconds);
  }
  if (model.state == pipeline::LoadState::kPlanned) {
    line += model.mode == "none" ? ", unchanged" : ", " + model.mode;
  }
  if (!model.because.empty()) line += fmt::format(" ({})", model.because);
  return line;
}

namespace {

// Where it goes to no terminal.
std::string WarehouseTable(const pipeline::WarehouseReport& report) {
  std::string text = fmt::format("{:<20} {:<10} {:<12} {:>10} {:>8} {:>8} {:>8}  {}\n", "model",
                                 "state", "mode", "rows", "come", "gone", "seconds", "checks");
  for (const ModelReport& model : report.models) {
    const std::string checks = ChecksOf(model);
    text += fmt::format("{:<20} {:<10} {:<12} {:>10} {:>8} {:>8} {:>8.1f}  {}\n", model.model,
                        NameOf(model.state), model.mode, model.rows, model.come, model.gone,
                        model.seconds, checks.empty() ? checks : checks + " passed");
  }
  for (const auto& table : report.target) {
    text += fmt::format("MySQL {:<14} {:<23} {:>10} {:>8} {:>8}\n", table.model, table.mode,
                        table.rows, table.put, table.deleted);
  }
  if (!report.position.empty()) {
    text += fmt::format("as of {} ({})\n", report.epoch_time, report.position);
  }
  return text;
}

AlignedLines Lines(const pipeline::WarehouseReport& report) {
  AlignedLines lines({{"model"},
                      {"state"},
                      {"mode"},
                      {"rows", 0, true},
                      {"come", 0, true},
                      {"gone", 0, true},
                      {"seconds", 0, true},
                      {"checks"}});
  for (const ModelReport& model : report.models) {
    lines.Row({model.model, std::string(NameOf(model.state)), model.mode,
               fmt::to_string(model.rows), fmt::to_string(model.come), fmt::to_string(model.gone),
               fmt::format("{:.1f}", model.seconds), ChecksOf(model)});
  }
  for (const auto& table : report.target) {
    lines.Row({"MySQL " + table.model, "", table.mode, fmt::to_string(table.rows),
               fmt::to_string(table.put), fmt::to_string(table.deleted)});
  }
  if (report.position.empty()) return lines;
  const auto position = SourcePositionFromJson(report.position);
  lines.Line(fmt::format("as of {}, {}", report.epoch_time,
                         position ? position->ToString() : report.position));
  return lines;
}

}  // namespace

void PrintReport(const pipeline::WarehouseReport& report, const Page& page) {
  if (page.cells > 0) {
    Lines(report).WriteTo(page);
  } else {
    page.out << PrintableText(WarehouseTable(report), "\n");
  }
}

std::string AsJson(const pipeline::WarehouseReport& report) {
  JsonWriter json;
  json.BeginObject().Member("schema", "foreset.warehouse.v1");
  json.Member("ok", report.failure() == nullptr);
  json.Key("position");
  if (report.position.empty()) {
    json.Null();
  } else {
    json.Raw(report.position);
  }
  json.Member("epoch_time", report.epoch_time);
  json.Key("seconds").Double(report.seconds);
  json.Key("models").BeginArray();
  for (const ModelReport& model : report.models) WriteModel(model, json);
  json.EndArray().Key("target").BeginObject();
  json.Key("tables").BeginArray();
  for (const auto& table : report.target) {
    json.BeginObject().Member("model", table.model).Member("mode", table.mode);
    json.Member("rows", table.rows).Member("put", table.put).Member("deleted", table.deleted);
    json.EndObject();
  }
  json.EndArray();
  if (report.target_error) WriteError(*report.target_error, json);
  json.EndObject().EndObject();
  return json.Take() + "\n";
}

}  // namespace foreset::cli
