// SPDX-License-Identifier: MIT
#include "foreset/batch/delta_source.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>
#include <set>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/messages.h"
#include "foreset/base/retry.h"
#include "foreset/delta/table_scan.h"
#include "foreset/delta/table_search.h"
#include "foreset/lake/conform.h"
#include "foreset/lake/file_stats.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/snapshot_rows.h"

namespace foreset::batch {
namespace {

// Sequences count binlog files; this source has one.
constexpr char kOnlyFile[] = "delta.000001";
constexpr std::uint32_t kMicroseconds = 6;

std::string VersionText(const delta::Snapshot& snapshot) {
  return std::to_string(snapshot.version().value());
}

std::string VersionsOf(const DeltaTables& tables) {
  std::string text;
  for (const auto& [name, table] : tables) {
    text += fmt::format("{}{}@{}", text.empty() ? "" : ",", name, VersionText(*table.snapshot));
  }
  return text;
}

std::set<std::string> SplitVersions(std::string_view text) {
  std::set<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    parts.emplace(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::unexpected<Error> Changed(const std::string& what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSourceReplaced,
             fmt::format("{}: the tables were copied at other versions", what),
             "Copy anew: foreset reset --layer bronze, then foreset run.");
}

std::optional<ColumnSchema> ColumnOf(const arrow::Field& field) {
  ColumnSchema column;
  column.name = field.name();
  const auto is = [&](SourceType type, std::string declared) {
    column.type = type;
    column.declared_type = std::move(declared);
    return column;
  };
  switch (field.type()->id()) {
    case arrow::Type::INT8:
      return is(SourceType::kTinyInt, "tinyint");
    case arrow::Type::INT16:
      return is(SourceType::kSmallInt, "smallint");
    case arrow::Type::INT32:
      return is(SourceType::kInt, "int");
    case arrow::Type::INT64:
      return is(SourceType::kBigInt, "bigint");
    case arrow::Type::FLOAT:
      return is(SourceType::kFloat, "float");
    case arrow::Type::DOUBLE:
      return is(SourceType::kDouble, "double");
    case arrow::Type::BOOL:
      column.length = 1;
      return is(SourceType::kBit, "bit(1)");
    case arrow::Type::DATE32:
      return is(SourceType::kDate, "date");
    case arrow::Type::BINARY:
      return is(SourceType::kBlob, "longblob");
    case arrow::Type::STRING:
      column.charset = "utf8mb4";
      column.collation = "utf8mb4_bin";
      return is(SourceType::kText, "longtext");
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(*field.type());
      column.length = static_cast<std::uint32_t>(decimal.precision());
      column.scale = static_cast<std::uint32_t>(decimal.scale());
      return is(SourceType::kDecimal, fmt::format("decimal({},{})", column.length, column.scale));
    }
    case arrow::Type::TIMESTAMP: {
      column.scale = kMicroseconds;
      const auto& timestamp = static_cast<const arrow::TimestampType&>(*field.type());
      return timestamp.timezone().empty() ? is(SourceType::kDateTime, "datetime(6)")
                                          : is(SourceType::kTimestamp, "timestamp(6)");
    }
    default:
      return std::nullopt;
  }
}

// A folder that is a table's: directly below the location, and nobody's own.
bool IsTaken(const std::string& name) {
  return !name.empty() && !name.starts_with('_') && !name.starts_with('.') && !name.contains('/');
}

// The folders of the tables.
Result<std::vector<std::string>> FindNames(const ObjectStore& root) {
  std::vector<std::string> names = TRY(delta::FindTables(root));
  std::erase_if(names, [](const std::string& name) { return !IsTaken(name); });
  return names;
}

// Tables that are no source are no secret.
Status TellLeftOut(const ObjectStore& root) {
  std::vector<std::string> names = TRY(delta::FindTables(root));
  std::erase_if(names, IsTaken);
  if (names.empty()) return {};
  Warn(
      "{} Delta tables in {} are left out: {}. A table is a folder directly there whose name does "
      "not begin with _ or .",
      names.size(), root.Describe(), fmt::join(names, ", "));
  return {};
}

class SnapshotFiles final : public BackfillReader {
 public:
  SnapshotFiles(std::string location, std::shared_ptr<const DeltaTables> tables,
                SnapshotOrigin origin)
      : location_(std::move(location)), tables_(std::move(tables)), origin_(std::move(origin)) {}

  Result<BackfillCursor> ReadChunk(std::shared_ptr<const TableSchema> schema,
                                   const BackfillCursor& from, std::size_t max_rows,
                                   const Sink& sink, const std::stop_token& stop) override {
    const std::string& name = schema->id.table;
    const DeltaTable& table = tables_->at(name);
    const delta::Snapshot& snapshot = *table.snapshot;
    const std::size_t begin = TRY(FirstFile(name, snapshot, from));
    BackfillCursor cursor = from;
    std::size_t at = 0;
    cursor.done = true;
    for (const delta::AddFile& file : snapshot.files()) {
      if (at++ < begin) continue;
      if (cursor.rows - from.rows >= max_rows) {
        cursor.done = false;
        --at;
        break;
      }
      RETURN_IF_ERROR(ReadFile(schema, table, file, cursor.rows, sink, stop));
    }
    cursor.after_key = {VersionText(snapshot), std::to_string(at)};
    return cursor;
  }

 private:
  static Result<std::size_t> FirstFile(const std::string& name, const delta::Snapshot& snapshot,
                                       const BackfillCursor& from) {
    if (from.after_key.empty()) return 0;
    std::size_t file = 0;
    const std::string& text = from.after_key.back();
    const bool known =
        from.after_key.size() == 2 && from.after_key.front() == VersionText(snapshot) &&
        std::from_chars(text.data(), text.data() + text.size(), file).ec == std::errc();
    if (!known) return Changed(fmt::format("{} is at version {}", name, VersionText(snapshot)));
    return file;
  }

  Status ReadFile(const std::shared_ptr<const TableSchema>& schema, const DeltaTable& table,
                  const delta::AddFile& file, std::uint64_t& rows, const Sink& sink,
                  const std::stop_token& stop) {
    const auto columns = ArrowSchemaOf(*schema);
    const auto take = [&](const delta::ScannedBatch& scanned) -> Status {
      if (stop.stop_requested()) {
        return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "the copy was stopped");
      }
      auto values = TRY(lake::ConformBatch(*scanned.batch, columns));
      RETURN_IF_ERROR(CheckKey(*schema, *values));
      const auto count = static_cast<std::uint64_t>(values->num_rows());
      RETURN_IF_ERROR(sink(TRY(SnapshotRows(schema, std::move(values), origin_, rows))));
      rows += count;
      return {};
    };
    return delta::ScanFile(*table.store, *table.snapshot, file, {}, take);
  }

  Status CheckKey(const TableSchema& schema, const arrow::RecordBatch& values) const {
    for (const std::size_t column : schema.key) {
      if (values.column(static_cast<int>(column))->null_count() == 0) continue;
      return Err(ErrorKind::kInvalidInput, batch_error::kKeyMissing,
                 fmt::format("{}/{}: {} is NULL in some rows", location_, schema.id.table,
                             schema.columns[column].name),
                 "Choose other columns in source.delta.keys; without a key all rows are kept.");
    }
    return {};
  }

  const std::string location_;
  const std::shared_ptr<const DeltaTables> tables_;
  const SnapshotOrigin origin_;
};

// Of tables that stay as they are.
class NoChanges final : public ChangeStream {
 public:
  explicit NoChanges(SourcePosition end) : end_(std::move(end)) {}

  Result<CaptureRound> Next(const RoundLimits& limits, const std::stop_token& stop) override {
    // The first round says at once that all is read.
    if (std::exchange(told_, true)) {
      BackOff({.first = limits.idle, .longest = limits.idle}).Wait([&] {
        return stop.stop_requested();
      });
    }
    if (stop.stop_requested()) {
      return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "the stream was stopped");
    }
    CaptureRound round;
    round.end = end_;
    return round;
  }

 private:
  const SourcePosition end_;
  bool told_ = false;
};

}  // namespace

Result<DeltaTables> DeltaSource::LoadTables() const {
  const auto root = TRY(OpenStore(options_.location, options_.stores));
  DeltaTables tables;
  for (const std::string& name : TRY(FindNames(*root))) {
    const auto store = SubStore(root, name);
    tables.emplace(name, DeltaTable{store, TRY(delta::Snapshot::Load(store))});
  }
  if (tables.empty()) {
    return Err(ErrorKind::kNotFound, batch_error::kInputMissing,
               fmt::format("there are no Delta tables in {}", options_.location),
               "source.delta.location names the folder above the tables' folders.");
  }
  for (const auto& [table, key] : options_.keys) {
    if (tables.contains(table)) continue;
    return Err(
        ErrorKind::kInvalidInput, batch_error::kKeyMissing,
        fmt::format("source.delta.keys: there is no table {} in {}", table, options_.location),
        fmt::format("Name one that is there: {}.", fmt::join(std::views::keys(tables), ", ")));
  }
  return tables;
}

Result<TableSchema> DeltaSource::SchemaOf(const std::string& table,
                                          const delta::Snapshot& snapshot) const {
  TableSchema schema;
  schema.id = {options_.database, table};
  for (const auto& field : snapshot.schema()->fields()) {
    auto column = ColumnOf(*field);
    if (!column) {
      return Err(ErrorKind::kUnsupported, batch_error::kTypeNotCaptured,
                 fmt::format("{}/{}: {} is {}", options_.location, table, field->name(),
                             field->type()->ToString()));
    }
    schema.columns.push_back(*std::move(column));
  }
  const auto key = options_.keys.find(table);
  if (key == options_.keys.end()) return schema;
  schema.key_kind = KeyKind::kPrimary;
  for (const std::string& name : key->second) {
    const auto column = schema.FindColumn(name);
    if (!column) {
      return Err(ErrorKind::kInvalidInput, batch_error::kKeyMissing,
                 fmt::format("source.delta.keys: {} has no column {}", table, name),
                 "Correct the name.");
    }
    schema.columns[*column].nullable = false;
    schema.key.push_back(*column);
  }
  return schema;
}

SourcePosition DeltaSource::PositionOf(const DeltaTables& tables) const {
  SourcePosition position;
  position.server = "delta:" + options_.location;
  position.file = kOnlyFile;
  for (const auto& [name, table] : tables) {
    position.offset += static_cast<std::uint64_t>(table.snapshot->version().value()) + 1;
  }
  position.gtid_set = VersionsOf(tables);
  return position;
}

Result<SourceDescription> DeltaSource::Describe() {
  SourceDescription description;
  description.now = PositionOf(TRY(LoadTables()));
  description.server = description.now.server;
  description.version = "Delta tables in " + options_.location;
  return description;
}

Result<std::vector<TableId>> DeltaSource::ListTables() {
  std::vector<TableId> ids;
  const auto root = TRY(OpenStore(options_.location, options_.stores));
  for (const std::string& name : TRY(FindNames(*root))) ids.push_back({options_.database, name});
  return ids;
}

Result<Backfill> DeltaSource::BeginBackfill(std::size_t readers, SourceEpoch epoch) {
  const auto tables = std::make_shared<const DeltaTables>(TRY(LoadTables()));
  RETURN_IF_ERROR(TellLeftOut(*TRY(OpenStore(options_.location, options_.stores))));
  Backfill backfill;
  backfill.position = PositionOf(*tables);
  backfill.position.epoch = epoch;
  for (const auto& [name, table] : *tables) {
    backfill.tables.push_back(TRY(SchemaOf(name, *table.snapshot)));
    backfill.estimated_rows.push_back(static_cast<std::uint64_t>(lake::LiveRows(*table.snapshot)));
    backfill.statements.emplace_back();
  }
  const SnapshotOrigin origin{backfill.position, clock_.Now()};
  for (std::size_t i = 0; i < readers; ++i) {
    backfill.readers.push_back(std::make_unique<SnapshotFiles>(options_.location, tables, origin));
  }
  return backfill;
}

Result<std::unique_ptr<ChangeStream>> DeltaSource::Follow(const SourcePosition& from,
                                                          std::vector<FollowedTable> tables) {
  SourcePosition now = PositionOf(TRY(LoadTables()));
  now.epoch = from.epoch;
  std::set<std::string> copied_anew;
  for (const FollowedTable& table : tables) {
    if (table.after.position() == now.offset) copied_anew.insert(table.schema->id.table);
  }
  const std::set<std::string> versions = SplitVersions(now.gtid_set);
  for (const std::string& copied : SplitVersions(from.gtid_set)) {
    if (versions.contains(copied)) continue;
    if (copied_anew.contains(copied.substr(0, copied.rfind('@')))) continue;
    return Changed(fmt::format("{} is gone or changed", copied));
  }
  return std::make_unique<NoChanges>(std::move(now));
}

}  // namespace foreset::batch
