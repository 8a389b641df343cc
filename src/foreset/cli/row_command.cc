// SPDX-License-Identifier: MIT
#include "foreset/cli/row_command.h"

#include <memory>
#include <ostream>
#include <ranges>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/json_writer.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/output/row_writer.h"
#include "foreset/cli/output/text_width.h"
#include "foreset/cli/row_life.h"

namespace foreset::cli {
namespace {

struct RowOptions {
  std::string table;
  std::vector<std::string> key;
  std::string configuration;
  bool json = false;
};

std::string Cell(const arrow::RecordBatch& row, const std::string& column) {
  const auto array = row.GetColumnByName(column);
  return array == nullptr ? "" : CellText(*array, 0);
}

std::string OperationName(const std::string& letter) {
  if (letter == "c") return "INSERT";
  if (letter == "u") return "UPDATE";
  if (letter == "d") return "DELETE";
  if (letter == "r") return "SNAPSHOT";
  return letter == "t" ? "TRUNCATE" : letter;
}

const arrow::StructArray* Image(const arrow::RecordBatch& row, const std::string& name) {
  const auto array = row.GetColumnByName(name);
  if (array == nullptr || array->type_id() != arrow::Type::STRUCT || array->IsNull(0)) {
    return nullptr;
  }
  return static_cast<const arrow::StructArray*>(array.get());
}

// "Name: Ann → Anna, …" of an update; every value of an insert or delete.
std::string ChangeText(const arrow::RecordBatch& row, bool update) {
  const arrow::StructArray* after = Image(row, "after");
  const arrow::StructArray* before = Image(row, "before");
  const arrow::StructArray* image = after != nullptr ? after : before;
  if (image == nullptr) return "";
  std::vector<std::string> parts;
  for (int i = 0; i < image->num_fields(); ++i) {
    const std::string value = CellText(*image->field(i), 0);
    const std::string name = image->struct_type()->field(i)->name();
    if (!update || before == nullptr) {
      parts.push_back(fmt::format("{}={}", name, value));
      continue;
    }
    const std::string old = CellText(*before->field(i), 0);
    if (old != value) parts.push_back(fmt::format("{}: {} → {}", name, old, value));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

void PrintBronze(const RowTrace& trace, const Page& page) {
  for (const auto& row : trace.rows) {
    const std::string operation = Cell(*row, "_op");
    PrintTo(page, "  {}  {:<8}  {}:{}  {}\n", Cell(*row, "_source_ts"), OperationName(operation),
            Cell(*row, "_file"), Cell(*row, "_pos"), ChangeText(*row, operation == "u"));
  }
}

Status WriteTrace(const RowTrace& trace, RowWriter& writer) {
  for (const auto& row : trace.rows) RETURN_IF_ERROR(writer.Write(*row));
  return writer.Finish();
}

bool Fits(std::string_view lines, std::size_t cells) {
  for (const auto line : std::views::split(lines, '\n')) {
    if (DisplayWidth(std::string_view(line.begin(), line.end())) > cells) return false;
  }
  return true;
}

// A life is told whole: where a terminal has no place for the columns, each has a line.
Status PrintRows(const RowTrace& trace, const Page& page) {
  const auto schema = trace.rows.front()->schema();
  std::ostringstream table;
  RETURN_IF_ERROR(WriteTrace(trace, *MakeTableWriter(schema, table)));
  if (page.cells == 0 || Fits(table.str(), page.cells)) {
    page.out << table.str();
    return {};
  }
  std::ostringstream records;
  RETURN_IF_ERROR(WriteTrace(trace, *MakeRecordWriter(*schema, records)));
  PrintTo(page, "{}", AsIs{records.str()});
  return {};
}

Status PrintLife(const RowLife& life, const std::vector<std::string>& key, Context& context) {
  PrintTo(OutPage(context), "{} where {} = {}\n", life.schema.id.ToString(),
          fmt::format("{}", fmt::join(life.key_columns, ", ")),
          fmt::format("{}", fmt::join(key, ", ")));
  for (const RowTrace& trace : life.traces) {
    PrintTo(OutPage(context), "\n{}\n", trace.table);
    if (trace.rows.empty()) {
      context.out << "  nothing\n";
    } else if (trace.layer == lake::Layer::kBronze) {
      PrintBronze(trace, OutPage(context));
    } else {
      RETURN_IF_ERROR(PrintRows(trace, OutPage(context)));
    }
  }
  return {};
}

void PrintJson(const RowLife& life, std::ostream& out) {
  JsonWriter json;
  json.BeginObject().Member("schema", "foreset.row.v1").Member("table", life.schema.id.ToString());
  json.Key("key_columns").BeginArray();
  for (const std::string& column : life.key_columns) json.String(column);
  json.EndArray().Key("traces").BeginObject();
  for (const RowTrace& trace : life.traces) {
    json.Key(trace.table).BeginArray();
    for (const auto& row : trace.rows) {
      json.BeginObject();
      for (int i = 0; i < row->num_columns(); ++i) {
        json.Key(row->schema()->field(i)->name());
        WriteCellJson(*row->column(i), 0, json);
      }
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject().EndObject();
  out << json.Take() << '\n';
}

Result<int> ShowRow(const RowOptions& options, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  const RowLife life = TRY(ReadRowLife(configuration, options.table, options.key, context));
  if (options.json) {
    PrintJson(life, context.out);
  } else {
    RETURN_IF_ERROR(PrintLife(life, options.key, context));
  }
  return kExitOk;
}

}  // namespace

void RegisterRow(Command app, Context& context) {
  auto options = std::make_shared<RowOptions>();
  const Command command =
      app.AddCommand("row", "Show the full history of one row: bronze events, history, current");
  command.Group(kGroupTables);
  command.AddOption("T", options->table, "The source table, such as Customers").Required();
  command.AddOption("KEY", options->key, "Values of the key columns, in key order").Required();
  AddConfigurationOption(command, options->configuration);
  command
      .AddOption(
          "-o,--output", [options](const std::string& form) { options->json = form == "json"; },
          "table or json")
      .Among({"table", "json"})
      .ValueName("");
  command.Footer(R"(Examples:
  foreset row Customers 7 -c foreset.yaml
  foreset row OrderItems 12 3 -c foreset.yaml -o json)");
  command.OnRun([options, &context] { return ShowRow(*options, context); });
}

}  // namespace foreset::cli
