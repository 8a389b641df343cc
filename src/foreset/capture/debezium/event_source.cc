// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/event_source.h"

#include <array>
#include <iterator>

#include <fmt/format.h>

#include "foreset/capture/debezium/jackson_text.h"

namespace foreset::debezium {
namespace {

constexpr auto kMarkers = std::to_array<std::string_view>(
    {"false", "true", "first", "first_in_data_collection", "last_in_data_collection", "last"});

void AppendTextOrNull(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += "null";
  } else {
    AppendJsonString(out, text);
  }
}

}  // namespace

void AppendSource(std::string& out, const EventSource& source, const EventOptions& options) {
  const std::int64_t micros = source.at.value();
  fmt::format_to(std::back_inserter(out), R"({{"version":"foreset","connector":"{}","name":)",
                 options.Connector());
  AppendJsonString(out, options.prefix);
  fmt::format_to(std::back_inserter(out), R"(,"ts_ms":{},"snapshot":"{}","db":)", micros / 1000,
                 kMarkers[static_cast<std::size_t>(source.snapshot)]);
  AppendJsonString(out, source.database);
  fmt::format_to(std::back_inserter(out), R"(,"sequence":null,"ts_us":{},"ts_ns":{},"table":)",
                 micros, micros * 1000);
  AppendTextOrNull(out, source.table);
  fmt::format_to(std::back_inserter(out), R"(,"server_id":{},"gtid":)", source.server_id);
  AppendTextOrNull(out, source.gtid);
  out += ",\"file\":";
  AppendJsonString(out, source.file);
  fmt::format_to(std::back_inserter(out), R"(,"pos":{},"row":{},"thread":)", source.position,
                 source.row);
  out += source.thread == 0 ? "null" : std::to_string(source.thread);
  out += ",\"query\":null}";
}

std::string SourceSchema(const EventOptions& options) {
  constexpr std::string_view kFields =
      R"({"type":"struct","fields":[{"type":"string","optional":false,"field":"version"},)"
      R"({"type":"string","optional":false,"field":"connector"},)"
      R"({"type":"string","optional":false,"field":"name"},)"
      R"({"type":"int64","optional":false,"field":"ts_ms"},)"
      R"({"type":"string","optional":true,"name":"io.debezium.data.Enum","version":1,)"
      R"("parameters":{"allowed":"true,first,first_in_data_collection,)"
      R"(last_in_data_collection,last,false,incremental"},"default":"false",)"
      R"("field":"snapshot"},{"type":"string","optional":false,"field":"db"},)"
      R"({"type":"string","optional":true,"field":"sequence"},)"
      R"({"type":"int64","optional":true,"field":"ts_us"},)"
      R"({"type":"int64","optional":true,"field":"ts_ns"},)"
      R"({"type":"string","optional":true,"field":"table"},)"
      R"({"type":"int64","optional":false,"field":"server_id"},)"
      R"({"type":"string","optional":true,"field":"gtid"},)"
      R"({"type":"string","optional":false,"field":"file"},)"
      R"({"type":"int64","optional":false,"field":"pos"},)"
      R"({"type":"int32","optional":false,"field":"row"},)"
      R"({"type":"int64","optional":true,"field":"thread"},)"
      R"({"type":"string","optional":true,"field":"query"}],"optional":false,)";
  return fmt::format(R"({}"name":"io.debezium.connector.{}.Source","version":1,"field":"source"}})",
                     kFields, options.Connector());
}

}  // namespace foreset::debezium
