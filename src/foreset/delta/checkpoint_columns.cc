// SPDX-License-Identifier: MIT
#include "foreset/delta/checkpoint_columns.h"

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

namespace foreset::delta {
namespace {

using TextMap = std::map<std::string, std::optional<std::string>>;

// A column of foreign bytes, or none. Reading what is absent or NULL gives nothing; the first cell
// of a wrong type is noted in `fault`.
class Cells {
 public:
  Cells(std::shared_ptr<arrow::Array> array, std::string name, std::string& fault)
      : array_(std::move(array)), name_(std::move(name)), fault_(&fault) {}

  bool Has(std::int64_t row) const { return array_ != nullptr && !array_->IsNull(row); }

  Cells Child(const std::string& name) const {
    std::shared_ptr<arrow::Array> child;
    if (array_ != nullptr) {
      if (array_->type_id() == arrow::Type::STRUCT) {
        child = static_cast<const arrow::StructArray&>(*array_).GetFieldByName(name);
      } else {
        Fail("is no struct");
      }
    }
    return {std::move(child), name_ + "." + name, *fault_};
  }

  std::optional<std::string> Text(std::int64_t row) const {
    if (!Has(row)) return std::nullopt;
    switch (array_->type_id()) {
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
        return std::string(static_cast<const arrow::BinaryArray&>(*array_).GetView(row));
      case arrow::Type::LARGE_STRING:
      case arrow::Type::LARGE_BINARY:
        return std::string(static_cast<const arrow::LargeBinaryArray&>(*array_).GetView(row));
      case arrow::Type::DICTIONARY: {
        const auto& array = static_cast<const arrow::DictionaryArray&>(*array_);
        return Cells(array.dictionary(), name_, *fault_).Text(array.GetValueIndex(row));
      }
      default:
        Fail("is no text");
        return std::nullopt;
    }
  }

  std::optional<std::int64_t> Int(std::int64_t row) const {
    if (!Has(row)) return std::nullopt;
    switch (array_->type_id()) {
      case arrow::Type::INT64:
        return static_cast<const arrow::Int64Array&>(*array_).Value(row);
      case arrow::Type::INT32:
        return static_cast<const arrow::Int32Array&>(*array_).Value(row);
      default:
        Fail("is no whole number");
        return std::nullopt;
    }
  }

  std::optional<std::int32_t> Int32(std::int64_t row) const {
    const auto value = Int(row);
    if (!value) return std::nullopt;
    if (*value < std::numeric_limits<std::int32_t>::min() ||
        *value > std::numeric_limits<std::int32_t>::max()) {
      Fail("is out of range");
      return std::nullopt;
    }
    return static_cast<std::int32_t>(*value);
  }

  std::optional<bool> Flag(std::int64_t row) const {
    if (!Has(row)) return std::nullopt;
    if (array_->type_id() != arrow::Type::BOOL) {
      Fail("is neither true nor false");
      return std::nullopt;
    }
    return static_cast<const arrow::BooleanArray&>(*array_).Value(row);
  }

  std::optional<std::vector<std::string>> Texts(std::int64_t row) const {
    if (!Has(row)) return std::nullopt;
    std::vector<std::string> texts;
    if (array_->type_id() != arrow::Type::LIST) {
      Fail("is no list");
      return texts;
    }
    const auto& list = static_cast<const arrow::ListArray&>(*array_);
    const Cells items(list.values(), name_, *fault_);
    for (std::int64_t i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
      texts.push_back(items.Required(items.Text(i)));
    }
    return texts;
  }

  std::optional<TextMap> Map(std::int64_t row) const {
    if (!Has(row)) return std::nullopt;
    TextMap texts;
    if (array_->type_id() != arrow::Type::MAP) {
      Fail("is no map");
      return texts;
    }
    const auto& map = static_cast<const arrow::MapArray&>(*array_);
    const Cells keys(map.keys(), name_, *fault_);
    const Cells values(map.items(), name_, *fault_);
    for (std::int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
      texts.insert_or_assign(keys.Required(keys.Text(i)), values.Text(i));
    }
    return texts;
  }

  // Notes a fault where the value is absent.
  template <typename T>
  T Required(std::optional<T> value) const {
    if (!value) Fail("is missing");
    return std::move(value).value_or(T());
  }

 private:
  void Fail(std::string_view what) const {
    if (fault_->empty()) *fault_ = fmt::format("'{}' {}", name_, what);
  }

  std::shared_ptr<arrow::Array> array_;  // null: there is no such column
  std::string name_;
  std::string* fault_;
};

std::map<std::string, std::string> WithoutNulls(std::optional<TextMap> map) {
  std::map<std::string, std::string> kept;
  if (!map) return kept;
  for (auto& [key, value] : *map) {
    if (value) kept.emplace(key, std::move(*value));
  }
  return kept;
}

struct VectorCells {
  explicit VectorCells(const Cells& column)
      : self(column),
        storage_type(column.Child("storageType")),
        path(column.Child("pathOrInlineDv")),
        offset(column.Child("offset")),
        size(column.Child("sizeInBytes")),
        cardinality(column.Child("cardinality")) {}

  std::optional<DeletionVectorDescriptor> At(std::int64_t row) const {
    if (!self.Has(row)) return std::nullopt;
    DeletionVectorDescriptor vector;
    const std::string type = storage_type.Required(storage_type.Text(row));
    // An empty or unknown one is refused where the vector is read.
    vector.storage_type = type.size() == 1 ? type.front() : '?';
    vector.path_or_inline = path.Required(path.Text(row));
    vector.offset = offset.Int32(row);
    vector.size_bytes = size.Required(size.Int32(row));
    vector.cardinality = cardinality.Required(cardinality.Int(row));
    return vector;
  }

  Cells self, storage_type, path, offset, size, cardinality;
};

void AppendAdds(const Cells& column, std::int64_t rows, CheckpointPart& part) {
  const Cells path = column.Child("path");
  const Cells partition_values = column.Child("partitionValues");
  const Cells size = column.Child("size");
  const Cells modification_time = column.Child("modificationTime");
  const Cells stats = column.Child("stats");
  const Cells tags = column.Child("tags");
  const VectorCells vector(column.Child("deletionVector"));
  const Cells base_row_id = column.Child("baseRowId");
  const Cells commit_version = column.Child("defaultRowCommitVersion");
  const Cells clustering = column.Child("clusteringProvider");
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!column.Has(row)) continue;
    AddFile file;
    file.path = path.Required(path.Text(row));
    file.partition_values = partition_values.Map(row).value_or(PartitionValues());
    file.size_bytes = size.Int(row).value_or(0);
    file.modification_time_ms = modification_time.Int(row).value_or(0);
    file.stats_json = stats.Text(row);
    file.tags = tags.Map(row);
    file.deletion_vector = vector.At(row);
    file.base_row_id = base_row_id.Int(row);
    file.default_row_commit_version = commit_version.Int(row);
    file.clustering_provider = clustering.Text(row);
    part.actions.emplace_back(std::move(file));
  }
}

void AppendRemoves(const Cells& column, std::int64_t rows, CheckpointPart& part) {
  const Cells path = column.Child("path");
  const Cells deletion_timestamp = column.Child("deletionTimestamp");
  const Cells extended = column.Child("extendedFileMetadata");
  const Cells partition_values = column.Child("partitionValues");
  const Cells size = column.Child("size");
  const VectorCells vector(column.Child("deletionVector"));
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!column.Has(row)) continue;
    RemoveFile file;
    file.path = path.Required(path.Text(row));
    file.deletion_timestamp_ms = deletion_timestamp.Int(row);
    file.extended_file_metadata = extended.Flag(row).value_or(false);
    file.partition_values = partition_values.Map(row);
    file.size_bytes = size.Int(row);
    file.deletion_vector = vector.At(row);
    part.actions.emplace_back(std::move(file));
  }
}

void AppendMetadata(const Cells& column, std::int64_t rows, CheckpointPart& part) {
  const Cells format = column.Child("format");
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!column.Has(row)) continue;
    Metadata metadata;
    const Cells id = column.Child("id");
    metadata.id = id.Required(id.Text(row));
    metadata.name = column.Child("name").Text(row);
    metadata.description = column.Child("description").Text(row);
    metadata.format_provider = format.Child("provider").Text(row).value_or("parquet");
    metadata.format_options = WithoutNulls(format.Child("options").Map(row));
    const Cells schema = column.Child("schemaString");
    metadata.schema_json = schema.Required(schema.Text(row));
    metadata.partition_columns =
        column.Child("partitionColumns").Texts(row).value_or(std::vector<std::string>());
    metadata.created_time_ms = column.Child("createdTime").Int(row);
    metadata.configuration = WithoutNulls(column.Child("configuration").Map(row));
    part.actions.emplace_back(std::move(metadata));
  }
}

void AppendProtocol(const Cells& column, std::int64_t rows, CheckpointPart& part) {
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!column.Has(row)) continue;
    Protocol protocol;
    const Cells reader = column.Child("minReaderVersion");
    const Cells writer = column.Child("minWriterVersion");
    protocol.min_reader_version = reader.Required(reader.Int32(row));
    protocol.min_writer_version = writer.Required(writer.Int32(row));
    protocol.reader_features = column.Child("readerFeatures").Texts(row);
    protocol.writer_features = column.Child("writerFeatures").Texts(row);
    part.actions.emplace_back(std::move(protocol));
  }
}

void AppendTransactions(const Cells& column, std::int64_t rows, CheckpointPart& part) {
  const Cells app_id = column.Child("appId");
  const Cells version = column.Child("version");
  const Cells last_updated = column.Child("lastUpdated");
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!column.Has(row)) continue;
    part.actions.emplace_back(SetTransaction{app_id.Required(app_id.Text(row)),
                                             version.Required(version.Int(row)),
                                             last_updated.Int(row)});
  }
}

void AppendDomains(const Cells& column, std::int64_t rows, CheckpointPart& part) {
  const Cells domain = column.Child("domain");
  const Cells configuration = column.Child("configuration");
  const Cells removed = column.Child("removed");
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!column.Has(row)) continue;
    part.actions.emplace_back(DomainMetadata{domain.Required(domain.Text(row)),
                                             configuration.Text(row).value_or(""),
                                             removed.Flag(row).value_or(false)});
  }
}

void AppendSidecars(const Cells& column, std::int64_t rows, CheckpointPart& part) {
  const Cells path = column.Child("path");
  for (std::int64_t row = 0; row < rows; ++row) {
    if (column.Has(row)) part.sidecars.push_back(path.Required(path.Text(row)));
  }
}

struct ColumnReader {
  const char* name;
  void (*append)(const Cells& column, std::int64_t rows, CheckpointPart& part);
};
constexpr ColumnReader kReaders[] = {
    {"add", AppendAdds},           {"remove", AppendRemoves},
    {"metaData", AppendMetadata},  {"protocol", AppendProtocol},
    {"txn", AppendTransactions},   {"domainMetadata", AppendDomains},
    {"sidecar", AppendSidecars},
};

}  // namespace

const std::vector<std::string>& CheckpointColumnNames() {
  static const auto* const names = [] {
    auto* list = new std::vector<std::string>();
    for (const ColumnReader& reader : kReaders) list->emplace_back(reader.name);
    return list;
  }();
  return *names;
}

Status AppendActions(const arrow::RecordBatch& batch, CheckpointPart& part) {
  std::string fault;
  for (const ColumnReader& reader : kReaders) {
    const Cells column(batch.GetColumnByName(reader.name), reader.name, fault);
    reader.append(column, batch.num_rows(), part);
  }
  if (fault.empty()) return {};
  return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt, std::move(fault));
}

}  // namespace foreset::delta
