// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/lake/progress.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/table_schema.h"

// Change batches as rows of a bronze table, and back.
namespace foreset::lake {

// _op, _seq, _source_ts, _gtid, _file, _pos, _row, _txn, _ingested_at, _batch, _schema, before,
// after, _rescued, _server_id, _thread; `before` and `after` are structs of the images' fields.
// From topics also _topic, _partition, _offset, and _late: a newer change of the row was here
// before.
std::shared_ptr<arrow::Schema> BronzeSchema(const arrow::FieldVector& image_fields,
                                            bool from_topics);
// True when such a table is fed from topics.
bool HasRecordPlaces(const arrow::Schema& bronze);
// The fields of the images in such a schema.
arrow::FieldVector ImageFields(const arrow::Schema& bronze);

// The rows [first, first + rows) of the batch. `named` is its schema with the names that its
// columns have in the table. An image that the operation does not have is a NULL struct.
// kInvalidInput when a value does not fit the table's columns.
Result<std::shared_ptr<arrow::RecordBatch>> ToBronze(const ChangeBatch& batch,
                                                     const TableSchema& named, std::size_t first,
                                                     std::size_t rows,
                                                     const std::shared_ptr<arrow::Schema>& bronze,
                                                     BatchNumber number, Timestamp now);

// The inverse for rows of one schema, which has the names of its columns there too; where a
// transaction began is not kept (its offset is 0).
Result<std::shared_ptr<const ChangeBatch>> FromBronze(const arrow::RecordBatch& rows,
                                                      std::shared_ptr<const TableSchema> schema,
                                                      DateTimeAs datetime);

}  // namespace foreset::lake
