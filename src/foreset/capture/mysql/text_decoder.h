// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/unkept_key.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// The expressions to select so that the text protocol carries each column exactly, in the
// schema's order: "`a`,`f`*1E0". (The server shows a FLOAT with six digits only.)
std::string SelectList(const TableSchema& schema);

// Appends values of one column, given as the text protocol carries them.
class ColumnTextDecoder {
 public:
  virtual ~ColumnTextDecoder() = default;
  // Empty: appended. Else the reason why the lake type cannot hold the value; NULL was appended.
  virtual std::string_view Append(std::string_view text) = 0;
  virtual void AppendNull() = 0;
  virtual Result<std::shared_ptr<arrow::Array>> Finish() = 0;
};

// Turns rows of the text protocol into record batches of ArrowSchemaOf(schema): the same values as
// the binlog's bytes give. What a lake type cannot hold (a zero date) becomes NULL and is kept as
// text. Not thread-safe.
class TextDecoder {
 public:
  explicit TextDecoder(std::shared_ptr<const TableSchema> schema);
  ~TextDecoder();

  // One row of a query over SelectList(). kInvalidInput with kKeyValueNotKept when the lake's type
  // has no place for a value of the key.
  Status Append(const SqlRowView& row);
  std::size_t rows() const { return rows_; }
  // Text that has been appended since the last Finish().
  std::size_t bytes() const { return bytes_; }

  // The rows so far; the decoder is empty afterwards.
  Result<std::shared_ptr<arrow::RecordBatch>> Finish(std::vector<RescuedValue>& rescued);

 private:
  std::shared_ptr<const TableSchema> schema_;
  std::shared_ptr<arrow::Schema> arrow_schema_;
  SharedTexts shared_;
  std::vector<std::unique_ptr<ColumnTextDecoder>> columns_;
  std::vector<RescuedValue> rescued_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace foreset::mysql
