// SPDX-License-Identifier: MIT
#include "foreset/lake/bronze_codec.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>

#include "foreset/lake/conform.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/lake/lake_names.h"
#include "foreset/lake/rescued_json.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/sequence.h"

namespace foreset::lake {
namespace {

using arrow::internal::checked_cast;

struct BronzeColumn {
  enum : int {
    kOp,
    kSeq,
    kSourceTs,
    kGtid,
    kFile,
    kPos,
    kRow,
    kTxn,
    kIngestedAt,
    kBatch,
    kSchema,
    kBefore,
    kAfter,
    kRescued,
    kServerId,
    kThread,
    kTopic,
    kPartition,
    kOffset,
    kLate,
  };
};

template <typename Builder>
Result<std::shared_ptr<arrow::Array>> Finish(Builder& builder) {
  return FromArrow(builder.Finish());
}

// One text a row.
template <typename TextOf>
Result<std::shared_ptr<arrow::Array>> Texts(std::size_t rows, TextOf text_of) {
  arrow::StringBuilder builder;
  RETURN_IF_ERROR(FromArrow(builder.Reserve(static_cast<std::int64_t>(rows))));
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string_view text = text_of(i);
    RETURN_IF_ERROR(FromArrow(builder.Append(text)));
  }
  return Finish(builder);
}

template <typename Builder, typename ValueOf>
Result<std::shared_ptr<arrow::Array>> Numbers(Builder builder, std::size_t rows, ValueOf value_of) {
  RETURN_IF_ERROR(FromArrow(builder.Reserve(static_cast<std::int64_t>(rows))));
  for (std::size_t i = 0; i < rows; ++i) builder.UnsafeAppend(value_of(i));
  return Finish(builder);
}

// NULL for 0, which means that it is not known.
template <typename ValueOf>
Result<std::shared_ptr<arrow::Array>> KnownNumbers(std::size_t rows, ValueOf value_of) {
  arrow::Int64Builder builder;
  RETURN_IF_ERROR(FromArrow(builder.Reserve(static_cast<std::int64_t>(rows))));
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t value = value_of(i);
    if (value == 0) {
      builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(static_cast<std::int64_t>(value));
    }
  }
  return Finish(builder);
}

arrow::TimestampBuilder TimeBuilder() {
  return {arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), arrow::default_memory_pool()};
}

// The image columns as one struct column; NULL where `has` says that there is no image.
template <typename Has>
Result<std::shared_ptr<arrow::Array>> ImageStruct(const arrow::RecordBatch& image,
                                                  std::size_t first, std::size_t rows,
                                                  const std::shared_ptr<arrow::DataType>& type,
                                                  Has has) {
  const auto slice = image.Slice(static_cast<std::int64_t>(first), static_cast<std::int64_t>(rows));
  const auto conformed = TRY(ConformBatch(*slice, arrow::schema(type->fields())));
  arrow::TypedBufferBuilder<bool> validity;
  RETURN_IF_ERROR(FromArrow(validity.Reserve(static_cast<std::int64_t>(rows))));
  for (std::size_t i = 0; i < rows; ++i) validity.UnsafeAppend(has(first + i));
  const std::int64_t nulls = validity.false_count();
  auto bitmap = TRY(FromArrow(validity.Finish()));
  return std::make_shared<arrow::StructArray>(type, static_cast<std::int64_t>(rows),
                                              conformed->columns(), std::move(bitmap), nulls);
}

// NULL where nothing was rescued.
Result<std::shared_ptr<arrow::Array>> Rescued(const ChangeBatch& batch, std::size_t first,
                                              std::size_t rows) {
  arrow::StringBuilder builder;
  auto next = std::ranges::lower_bound(batch.rescued, first, {}, &RescuedValue::row);
  for (std::size_t row = first; row < first + rows; ++row) {
    const auto begin = next;
    while (next != batch.rescued.end() && next->row == row) ++next;
    if (begin == next) {
      RETURN_IF_ERROR(FromArrow(builder.AppendNull()));
    } else {
      RETURN_IF_ERROR(FromArrow(builder.Append(RescuedToJson({begin, next}))));
    }
  }
  return Finish(builder);
}

std::string_view TextAt(const arrow::RecordBatch& rows, int column, std::int64_t row) {
  return checked_cast<const arrow::StringArray&>(*rows.column(column)).GetView(row);
}

template <typename ArrayType>
auto ValueAt(const arrow::RecordBatch& rows, int column, std::int64_t row) {
  return checked_cast<const ArrayType&>(*rows.column(column)).Value(row);
}

// 0 where it is NULL, or the table has no such column yet.
std::uint64_t KnownNumberAt(const arrow::RecordBatch& rows, int column, std::int64_t row) {
  if (rows.num_columns() <= column || rows.column(column)->IsNull(row)) return 0;
  return static_cast<std::uint64_t>(ValueAt<arrow::Int64Array>(rows, column, row));
}

// Index of the row's transaction in the batch, added when it is another than the last row's.
std::uint32_t TransactionOf(ChangeBatch& batch, const arrow::RecordBatch& rows, std::int64_t row) {
  const std::string_view id = TextAt(rows, BronzeColumn::kTxn, row);
  const Timestamp committed_at(ValueAt<arrow::TimestampArray>(rows, BronzeColumn::kSourceTs, row));
  const bool same = !batch.transactions.empty() && batch.transactions.back().id == id &&
                    batch.transactions.back().committed_at == committed_at;
  if (!same) {
    batch.transactions.push_back(
        {.id = std::string(id),
         .gtid = std::string(TextAt(rows, BronzeColumn::kGtid, row)),
         .file = std::string(TextAt(rows, BronzeColumn::kFile, row)),
         .committed_at = committed_at,
         .server_id = static_cast<std::uint32_t>(KnownNumberAt(rows, BronzeColumn::kServerId, row)),
         .thread = KnownNumberAt(rows, BronzeColumn::kThread, row)});
  }
  return static_cast<std::uint32_t>(batch.transactions.size() - 1);
}

Result<std::shared_ptr<arrow::RecordBatch>> ImageOf(const arrow::RecordBatch& rows, int column,
                                                    const TableSchema& source,
                                                    const std::shared_ptr<arrow::Schema>& schema) {
  arrow::FieldVector named = schema->fields();
  for (std::size_t i = 0; i < named.size(); ++i) {
    named[i] = named[i]->WithName(source.columns[i].InLake());
  }
  const auto image = TRY(ConformArray(rows.column(column), arrow::struct_(named)));
  return MakeBatch(schema, rows.num_rows(),
                   checked_cast<const arrow::StructArray&>(*image).fields());
}

// The columns of tables that are fed from topics. A change from elsewhere has no record.
Status AppendPlaces(const ChangeBatch& batch, std::size_t first, std::size_t rows,
                    arrow::ArrayVector& columns) {
  arrow::StringBuilder topics;
  arrow::Int32Builder partitions;
  arrow::Int64Builder offsets;
  arrow::BooleanBuilder late;
  for (std::size_t row = first; row < first + rows; ++row) {
    const RecordPlace& place = batch.places[row];
    RETURN_IF_ERROR(FromArrow(topics.Append(batch.topics[place.topic])));
    RETURN_IF_ERROR(FromArrow(partitions.Append(place.partition)));
    RETURN_IF_ERROR(FromArrow(offsets.Append(place.offset.value())));
    RETURN_IF_ERROR(FromArrow(late.Append(batch.IsLate(row))));
  }
  columns.push_back(TRY(Finish(topics)));
  columns.push_back(TRY(Finish(partitions)));
  columns.push_back(TRY(Finish(offsets)));
  columns.push_back(TRY(Finish(late)));
  return {};
}

void ReadPlace(const arrow::RecordBatch& rows, std::int64_t row, ChangeBatch& batch) {
  const std::string_view topic = TextAt(rows, BronzeColumn::kTopic, row);
  if (batch.topics.empty() || batch.topics.back() != topic) batch.topics.emplace_back(topic);
  batch.places.push_back(
      {.topic = static_cast<std::uint32_t>(batch.topics.size() - 1),
       .partition = ValueAt<arrow::Int32Array>(rows, BronzeColumn::kPartition, row),
       .offset = LogOffset(ValueAt<arrow::Int64Array>(rows, BronzeColumn::kOffset, row))});
  batch.late.push_back(ValueAt<arrow::BooleanArray>(rows, BronzeColumn::kLate, row) ? 1 : 0);
}

}  // namespace

std::shared_ptr<arrow::Schema> BronzeSchema(const arrow::FieldVector& image_fields,
                                            bool from_topics) {
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto image = arrow::struct_(image_fields);
  arrow::FieldVector fields = {arrow::field("_op", arrow::utf8()),
                               arrow::field("_seq", arrow::utf8()),
                               arrow::field("_source_ts", time),
                               arrow::field("_gtid", arrow::utf8()),
                               arrow::field("_file", arrow::utf8()),
                               arrow::field("_pos", arrow::int64()),
                               arrow::field("_row", arrow::int32()),
                               arrow::field("_txn", arrow::utf8()),
                               arrow::field("_ingested_at", time),
                               arrow::field("_batch", arrow::int64()),
                               arrow::field("_schema", arrow::int64()),
                               arrow::field("before", image),
                               arrow::field("after", image),
                               arrow::field("_rescued", arrow::utf8()),
                               arrow::field("_server_id", arrow::int64()),
                               arrow::field("_thread", arrow::int64())};
  if (from_topics) {
    fields.push_back(arrow::field("_topic", arrow::utf8()));
    fields.push_back(arrow::field("_partition", arrow::int32()));
    fields.push_back(arrow::field("_offset", arrow::int64()));
    fields.push_back(arrow::field("_late", arrow::boolean()));
  }
  return arrow::schema(std::move(fields));
}

bool HasRecordPlaces(const arrow::Schema& bronze) {
  return bronze.num_fields() > BronzeColumn::kOffset &&
         bronze.field(BronzeColumn::kOffset)->name() == "_offset";
}

arrow::FieldVector ImageFields(const arrow::Schema& bronze) {
  return bronze.field(BronzeColumn::kAfter)->type()->fields();
}

Result<std::shared_ptr<arrow::RecordBatch>> ToBronze(const ChangeBatch& batch,
                                                     const TableSchema& named, std::size_t first,
                                                     std::size_t rows,
                                                     const std::shared_ptr<arrow::Schema>& bronze,
                                                     BatchNumber number, Timestamp now) {
  const auto operation = [&](std::size_t i) { return batch.operations[first + i]; };
  const auto transaction = [&](std::size_t i) -> const SourceTransaction& {
    return batch.TransactionOf(first + i);
  };
  char op = 0;
  char sequence[Sequence::kTextBytes];
  arrow::ArrayVector columns;
  columns.push_back(TRY(Texts(rows, [&](std::size_t i) {
    op = static_cast<char>(operation(i));
    return std::string_view(&op, 1);
  })));
  columns.push_back(TRY(Texts(rows, [&](std::size_t i) {
    batch.sequences[first + i].Format(sequence);
    return std::string_view(sequence, Sequence::kTextBytes);
  })));
  columns.push_back(TRY(Numbers(
      TimeBuilder(), rows, [&](std::size_t i) { return transaction(i).committed_at.value(); })));
  columns.push_back(
      TRY(Texts(rows, [&](std::size_t i) -> std::string_view { return transaction(i).gtid; })));
  columns.push_back(
      TRY(Texts(rows, [&](std::size_t i) -> std::string_view { return transaction(i).file; })));
  columns.push_back(TRY(Numbers(arrow::Int64Builder(), rows, [&](std::size_t i) {
    return static_cast<std::int64_t>(batch.event_offsets[first + i]);
  })));
  columns.push_back(TRY(Numbers(arrow::Int32Builder(), rows, [&](std::size_t i) {
    return static_cast<std::int32_t>(batch.event_rows[first + i]);
  })));
  columns.push_back(
      TRY(Texts(rows, [&](std::size_t i) -> std::string_view { return transaction(i).id; })));
  columns.push_back(TRY(Numbers(TimeBuilder(), rows, [&](std::size_t) { return now.value(); })));
  columns.push_back(
      TRY(Numbers(arrow::Int64Builder(), rows, [&](std::size_t) { return number.value(); })));
  columns.push_back(TRY(Numbers(arrow::Int64Builder(), rows,
                                [&](std::size_t) { return batch.schema->version.value(); })));
  const auto& image_type = bronze->field(BronzeColumn::kAfter)->type();
  const auto before = TRY(ByLakeNames(*batch.before, named));
  const auto after = TRY(ByLakeNames(*batch.after, named));
  columns.push_back(TRY(ImageStruct(*before, first, rows, image_type, [&](std::size_t row) {
    return HasBefore(batch.operations[row]);
  })));
  columns.push_back(TRY(ImageStruct(*after, first, rows, image_type, [&](std::size_t row) {
    return HasAfter(batch.operations[row]);
  })));
  columns.push_back(TRY(Rescued(batch, first, rows)));
  // A table that an earlier version made gets them with its next change of schema.
  if (bronze->num_fields() > BronzeColumn::kServerId) {
    columns.push_back(TRY(KnownNumbers(
        rows, [&](std::size_t i) { return std::uint64_t{transaction(i).server_id}; })));
    columns.push_back(
        TRY(KnownNumbers(rows, [&](std::size_t i) { return transaction(i).thread; })));
  }
  if (HasRecordPlaces(*bronze)) RETURN_IF_ERROR(AppendPlaces(batch, first, rows, columns));
  return MakeBatch(bronze, static_cast<std::int64_t>(rows), std::move(columns));
}

Result<std::shared_ptr<const ChangeBatch>> FromBronze(const arrow::RecordBatch& rows,
                                                      std::shared_ptr<const TableSchema> schema,
                                                      DateTimeAs datetime) {
  auto batch = std::make_shared<ChangeBatch>();
  const auto images = ArrowSchemaOf(*schema, datetime);
  batch->before = TRY(ImageOf(rows, BronzeColumn::kBefore, *schema, images));
  batch->after = TRY(ImageOf(rows, BronzeColumn::kAfter, *schema, images));
  batch->schema = std::move(schema);
  const bool has_places = HasRecordPlaces(*rows.schema());
  for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
    const std::string_view operation = TextAt(rows, BronzeColumn::kOp, row);
    const auto sequence = Sequence::Parse(TextAt(rows, BronzeColumn::kSeq, row));
    if (operation.size() != 1 || !sequence) {
      return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
                 "a bronze row has no operation or sequence");
    }
    batch->operations.push_back(static_cast<Operation>(operation.front()));
    batch->sequences.push_back(*sequence);
    batch->event_offsets.push_back(
        static_cast<std::uint64_t>(ValueAt<arrow::Int64Array>(rows, BronzeColumn::kPos, row)));
    batch->event_rows.push_back(
        static_cast<std::uint32_t>(ValueAt<arrow::Int32Array>(rows, BronzeColumn::kRow, row)));
    batch->transaction_of.push_back(TransactionOf(*batch, rows, row));
    if (has_places) ReadPlace(rows, row, *batch);
    if (rows.column(BronzeColumn::kRescued)->IsNull(row)) continue;
    RETURN_IF_ERROR(RescuedFromJson(TextAt(rows, BronzeColumn::kRescued, row),
                                    static_cast<std::size_t>(row), batch->rescued));
  }
  return batch;
}

}  // namespace foreset::lake
