// SPDX-License-Identifier: MIT
// `foreset table show`: what a table is: columns, protocol, size, progress.
#include <memory>
#include <ostream>
#include <string>

#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/time_text.h"
#include "foreset/base/time_units.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/table/table_facts.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/cli/version_choice.h"
#include "foreset/delta/schema_json.h"

namespace foreset::cli {
namespace {

struct ShowOptions {
  std::string table;
  std::string configuration;
  VersionChoice version;
  OutputFormat format = OutputFormat::kTable;
};

// Delta's name of a column's type, where it has one.
std::string TypeName(const arrow::Field& column) {
  if (delta::IsVariant(column)) return "variant";
  const arrow::DataType& type = *column.type();
  switch (type.id()) {
    case arrow::Type::INT8:
      return "byte";
    case arrow::Type::INT16:
      return "short";
    case arrow::Type::INT32:
      return "integer";
    case arrow::Type::INT64:
      return "long";
    case arrow::Type::BOOL:
      return "boolean";
    case arrow::Type::DATE32:
      return "date";
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return fmt::format("decimal({},{})", decimal.precision(), decimal.scale());
    }
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? "timestamp_ntz"
                                                                               : "timestamp";
    case arrow::Type::STRUCT: {
      std::vector<std::string> members;
      for (const auto& field : type.fields()) {
        members.push_back(field->name() + ": " + TypeName(*field));
      }
      return fmt::format("struct<{}>", fmt::join(members, ", "));
    }
    case arrow::Type::LIST:
      return fmt::format("array<{}>", TypeName(*type.field(0)));
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      return fmt::format("map<{}, {}>", TypeName(*map.key_field()), TypeName(*map.item_field()));
    }
    default:
      return type.ToString();
  }
}

std::string ProtocolText(const delta::Protocol& protocol) {
  std::string text =
      fmt::format("reader {}, writer {}", protocol.min_reader_version, protocol.min_writer_version);
  if (protocol.writer_features) {
    text += fmt::format(" ({})", fmt::join(*protocol.writer_features, ", "));
  }
  return text;
}

ReportRows Columns(const delta::Snapshot& snapshot) {
  ReportRows report({{"column", ReportType::kText},
                     {"type", ReportType::kText},
                     {"nullable", ReportType::kTruth}});
  for (const auto& field : snapshot.schema()->fields()) {
    report.Add({field->name(), TypeName(*field), field->nullable()});
  }
  return report;
}

void PrintPage(const NamedTable& table, const delta::Snapshot& snapshot, const Page& page) {
  const TableFacts facts = FactsOf(snapshot);
  const auto line = [&page](std::string_view name, const std::string& value) {
    PrintTo(page, "{:<14}{}\n", name, value);
  };
  line("table", table.store->Describe());
  line("version", fmt::format("{} of {}", snapshot.version().value(),
                              TimestampText(snapshot.timestamp_ms() * kMicrosPerMilli, true)));
  line("rows", facts.rows ? FormatCount(static_cast<std::uint64_t>(*facts.rows)) : "not counted");
  line("files", fmt::format("{}, {}", FormatCount(static_cast<std::uint64_t>(facts.files)),
                            FormatSize(static_cast<std::uint64_t>(facts.bytes))));
  line("deleted rows", FormatCount(static_cast<std::uint64_t>(facts.deleted_rows)));
  line("protocol", ProtocolText(snapshot.protocol()));
  if (!snapshot.metadata().partition_columns.empty()) {
    line("partitioned by",
         fmt::format("{}", fmt::join(snapshot.metadata().partition_columns, ", ")));
  }
  for (const auto& [key, value] : snapshot.metadata().configuration) {
    line("property", key + " = " + value);
  }
  if (facts.progress) line("position", facts.progress->position.ToString());
  page.out << '\n';
}

void PrintJson(const NamedTable& table, const delta::Snapshot& snapshot, std::ostream& out) {
  const TableFacts facts = FactsOf(snapshot);
  JsonWriter json;
  json.BeginObject()
      .Member("schema", "foreset.v1")
      .Member("table", table.store->Describe())
      .Member("version", snapshot.version().value())
      .Member("committed_at", TimestampText(snapshot.timestamp_ms() * kMicrosPerMilli, true))
      .Key("rows");
  facts.rows ? json.Int(*facts.rows) : json.Null();
  json.Member("files", facts.files)
      .Member("bytes", facts.bytes)
      .Member("deleted_rows", facts.deleted_rows)
      .Member("min_reader_version", std::int64_t{snapshot.protocol().min_reader_version})
      .Member("min_writer_version", std::int64_t{snapshot.protocol().min_writer_version});
  json.Key("features").BeginArray();
  for (const std::string& feature :
       snapshot.protocol().writer_features.value_or(std::vector<std::string>())) {
    json.String(feature);
  }
  json.EndArray().Key("properties").BeginObject();
  for (const auto& [key, value] : snapshot.metadata().configuration) json.Member(key, value);
  json.EndObject().Key("partition_columns").BeginArray();
  for (const std::string& column : snapshot.metadata().partition_columns) json.String(column);
  json.EndArray().Key("columns").BeginArray();
  for (const auto& field : snapshot.schema()->fields()) {
    json.BeginObject()
        .Member("name", field->name())
        .Member("type", TypeName(*field))
        .Member("nullable", field->nullable())
        .EndObject();
  }
  json.EndArray().Key("progress");
  facts.progress ? json.Raw(lake::ToJson(*facts.progress)) : json.Null();
  json.EndObject();
  out << json.Take() << '\n';
}

Result<int> Show(const ShowOptions& options, Context& context) {
  const NamedTable table = TRY(OpenNamedTable(options.table, options.configuration, context));
  const auto snapshot = TRY(LoadSnapshot(table.store, options.version));
  if (options.format == OutputFormat::kJson || options.format == OutputFormat::kJsonLines) {
    PrintJson(table, *snapshot, context.out);
    return kExitOk;
  }
  if (options.format == OutputFormat::kTable) PrintPage(table, *snapshot, OutPage(context));
  RETURN_IF_ERROR(Columns(*snapshot).WriteTo(options.format, context));
  return kExitOk;
}

}  // namespace

void RegisterTableShow(Command table, Context& context) {
  auto options = std::make_shared<ShowOptions>();
  const Command command = table.AddCommand("show", "Show a table's columns, protocol and progress");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  AddVersionOptions(command, options->version);
  AddOutputOption(command, options->format);
  command.Footer(R"(Examples:
  foreset table show lake/gold/Orders_history
  foreset table show silver/Orders -c foreset.yaml -o json)");
  command.OnRun([options, &context] { return Show(*options, context); });
}

}  // namespace foreset::cli
