// SPDX-License-Identifier: MIT
#include "foreset/delta/checkpoint_rows.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/model/arrow_status.h"

namespace foreset::delta {
namespace {

// The columns of schema(), in order.
enum Column { kTxn, kAdd, kRemove, kMetadata, kProtocol, kDomain };

std::shared_ptr<arrow::DataType> TextMapType() { return arrow::map(arrow::utf8(), arrow::utf8()); }
std::shared_ptr<arrow::DataType> TextList() { return arrow::list(arrow::utf8()); }

std::shared_ptr<arrow::DataType> VectorType() {
  return arrow::struct_(
      {arrow::field("storageType", arrow::utf8()), arrow::field("pathOrInlineDv", arrow::utf8()),
       arrow::field("offset", arrow::int32()), arrow::field("sizeInBytes", arrow::int32()),
       arrow::field("cardinality", arrow::int64())});
}

std::shared_ptr<arrow::DataType> AddType() {
  return arrow::struct_(
      {arrow::field("path", arrow::utf8()), arrow::field("partitionValues", TextMapType()),
       arrow::field("size", arrow::int64()), arrow::field("modificationTime", arrow::int64()),
       arrow::field("dataChange", arrow::boolean()), arrow::field("stats", arrow::utf8()),
       arrow::field("tags", TextMapType()), arrow::field("deletionVector", VectorType()),
       arrow::field("baseRowId", arrow::int64()),
       arrow::field("defaultRowCommitVersion", arrow::int64()),
       arrow::field("clusteringProvider", arrow::utf8())});
}

std::shared_ptr<arrow::DataType> RemoveType() {
  return arrow::struct_(
      {arrow::field("path", arrow::utf8()), arrow::field("deletionTimestamp", arrow::int64()),
       arrow::field("dataChange", arrow::boolean()),
       arrow::field("extendedFileMetadata", arrow::boolean()),
       arrow::field("partitionValues", TextMapType()), arrow::field("size", arrow::int64()),
       arrow::field("deletionVector", VectorType())});
}

std::shared_ptr<arrow::DataType> MetadataType() {
  const auto format = arrow::struct_(
      {arrow::field("provider", arrow::utf8()), arrow::field("options", TextMapType())});
  return arrow::struct_(
      {arrow::field("id", arrow::utf8()), arrow::field("name", arrow::utf8()),
       arrow::field("description", arrow::utf8()), arrow::field("format", format),
       arrow::field("schemaString", arrow::utf8()), arrow::field("partitionColumns", TextList()),
       arrow::field("configuration", TextMapType()), arrow::field("createdTime", arrow::int64())});
}

std::shared_ptr<arrow::DataType> ProtocolType() {
  return arrow::struct_({arrow::field("minReaderVersion", arrow::int32()),
                         arrow::field("minWriterVersion", arrow::int32()),
                         arrow::field("readerFeatures", TextList()),
                         arrow::field("writerFeatures", TextList())});
}

// Appends the members of one struct value, one after the other in the order of its type. After a
// failure nothing more is appended.
class Members {
 public:
  Members(arrow::ArrayBuilder* builder, arrow::Status& status)
      : builder_(static_cast<arrow::StructBuilder&>(*builder)), status_(status) {
    Try([&] { return builder_.Append(); });
  }

  Members& operator<<(const std::string& text) {
    return With<arrow::StringBuilder>([&](auto& member) { return member.Append(text); });
  }
  Members& operator<<(std::int64_t number) {
    return With<arrow::Int64Builder>([&](auto& member) { return member.Append(number); });
  }
  Members& operator<<(std::int32_t number) {
    return With<arrow::Int32Builder>([&](auto& member) { return member.Append(number); });
  }
  Members& operator<<(bool value) {
    return With<arrow::BooleanBuilder>([&](auto& member) { return member.Append(value); });
  }
  Members& operator<<(const std::vector<std::string>& texts) {
    return With<arrow::ListBuilder>([&](auto& list) {
      ARROW_RETURN_NOT_OK(list.Append());
      return static_cast<arrow::StringBuilder&>(*list.value_builder()).AppendValues(texts);
    });
  }
  template <typename Value>  // text, or optional text
  Members& operator<<(const std::map<std::string, Value>& texts) {
    return With<arrow::MapBuilder>([&](auto& map) {
      ARROW_RETURN_NOT_OK(map.Append());
      auto& keys = static_cast<arrow::StringBuilder&>(*map.key_builder());
      auto& items = static_cast<arrow::StringBuilder&>(*map.item_builder());
      for (const auto& [key, value] : texts) {
        ARROW_RETURN_NOT_OK(keys.Append(key));
        ARROW_RETURN_NOT_OK(AppendText(items, value));
      }
      return arrow::Status::OK();
    });
  }
  Members& operator<<(const DeletionVectorDescriptor& vector) {
    if (auto* member = Next()) {
      Members(member, status_) << std::string(1, vector.storage_type) << vector.path_or_inline
                               << vector.offset << vector.size_bytes << vector.cardinality;
    }
    return *this;
  }
  template <typename Value>
  Members& operator<<(const std::optional<Value>& value) {
    if (value) return *this << *value;
    if (auto* member = Next()) Try([&] { return member->AppendNull(); });
    return *this;
  }
  // The builder of the next member, for a nested struct.
  arrow::ArrayBuilder* Next() { return status_.ok() ? builder_.field_builder(next_++) : nullptr; }

 private:
  static arrow::Status AppendText(arrow::StringBuilder& items, const std::string& text) {
    return items.Append(text);
  }
  static arrow::Status AppendText(arrow::StringBuilder& items,
                                  const std::optional<std::string>& text) {
    return text ? items.Append(*text) : items.AppendNull();
  }
  template <typename Call>
  void Try(Call call) {
    if (status_.ok()) status_ = call();
  }
  template <typename Builder, typename Call>
  Members& With(Call call) {
    if (auto* member = Next()) Try([&] { return call(static_cast<Builder&>(*member)); });
    return *this;
  }

  arrow::StructBuilder& builder_;
  arrow::Status& status_;
  int next_ = 0;
};

// The column that an action goes to, and its members.
struct Encoder {
  arrow::RecordBatchBuilder& columns;
  arrow::Status& status;

  int operator()(const SetTransaction& a) {
    To(kTxn) << a.app_id << a.version << a.last_updated_ms;
    return kTxn;
  }
  int operator()(const AddFile& a) {
    To(kAdd) << a.path << a.partition_values << a.size_bytes << a.modification_time_ms << false
             << a.stats_json << a.tags << a.deletion_vector << a.base_row_id
             << a.default_row_commit_version << a.clustering_provider;
    return kAdd;
  }
  int operator()(const RemoveFile& a) {
    To(kRemove) << a.path << a.deletion_timestamp_ms << false << a.extended_file_metadata
                << a.partition_values << a.size_bytes << a.deletion_vector;
    return kRemove;
  }
  int operator()(const Metadata& a) {
    Members members = To(kMetadata);
    members << a.id << a.name << a.description;
    if (auto* format = members.Next()) {
      Members(format, status) << a.format_provider << a.format_options;
    }
    members << a.schema_json << a.partition_columns << a.configuration << a.created_time_ms;
    return kMetadata;
  }
  int operator()(const Protocol& a) {
    To(kProtocol) << std::int32_t{a.min_reader_version} << std::int32_t{a.min_writer_version}
                  << a.reader_features << a.writer_features;
    return kProtocol;
  }
  int operator()(const DomainMetadata& a) {
    To(kDomain) << a.domain << a.configuration << a.removed;
    return kDomain;
  }
  template <typename Other>
  int operator()(const Other& /*not in checkpoints*/) {
    return -1;
  }

  Members To(int column) { return {columns.GetField(column), status}; }
};

}  // namespace

CheckpointRows::CheckpointRows() {
  auto made = arrow::RecordBatchBuilder::Make(schema(), arrow::default_memory_pool());
  status_ = made.status();
  if (made.ok()) builder_ = *std::move(made);
}

std::shared_ptr<arrow::Schema> CheckpointRows::schema() {
  const auto txn =
      arrow::struct_({arrow::field("appId", arrow::utf8()), arrow::field("version", arrow::int64()),
                      arrow::field("lastUpdated", arrow::int64())});
  const auto domain = arrow::struct_({arrow::field("domain", arrow::utf8()),
                                      arrow::field("configuration", arrow::utf8()),
                                      arrow::field("removed", arrow::boolean())});
  return arrow::schema(
      {arrow::field("txn", txn), arrow::field("add", AddType()),
       arrow::field("remove", RemoveType()), arrow::field("metaData", MetadataType()),
       arrow::field("protocol", ProtocolType()), arrow::field("domainMetadata", domain)});
}

void CheckpointRows::Append(const Action& action) {
  if (!status_.ok()) return;
  const int column = std::visit(Encoder{*builder_, status_}, action);
  if (column < 0) return;
  for (int i = 0; i < builder_->num_fields() && status_.ok(); ++i) {
    if (i != column) status_ = builder_->GetField(i)->AppendNull();
  }
  ++rows_;
}

Result<std::shared_ptr<arrow::RecordBatch>> CheckpointRows::Take() {
  RETURN_IF_ERROR(FromArrow(status_));
  rows_ = 0;
  return FromArrow(builder_->Flush());
}

}  // namespace foreset::delta
