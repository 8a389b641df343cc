// SPDX-License-Identifier: MIT
#include "foreset/batch/parquet_values.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/columnar/parquet_file.h"
#include "foreset/storage/open.h"

namespace foreset::batch {
namespace {

constexpr std::int64_t kNanosOfMicro = 1000;

std::unexpected<Error> NotKept(const std::string& column, const std::string& what,
                               const std::string& instead) {
  return Err(ErrorKind::kUnsupported, batch_error::kTypeWithoutDelta,
             fmt::format("column \"{}\" has {}", column, what),
             fmt::format("Write the file with {}, or with texts.", instead));
}

bool IsLongDecimal(const arrow::DataType& type) { return type.id() == arrow::Type::DECIMAL256; }

bool IsInNanoseconds(const arrow::DataType& type) {
  return type.id() == arrow::Type::TIMESTAMP &&
         static_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::NANO;
}

// At any depth.
bool Has(const arrow::DataType& type, const std::function<bool(const arrow::DataType&)>& wanted) {
  return wanted(type) || std::ranges::any_of(type.fields(), [&](const auto& member) {
           return Has(*member->type(), wanted);
         });
}

bool HasPartsOfMicroseconds(const std::shared_ptr<arrow::ArrayData>& values) {
  if (IsInNanoseconds(*values->type)) {
    const arrow::TimestampArray times(values);
    for (std::int64_t i = 0; i < times.length(); ++i) {
      if (times.IsValid(i) && times.Value(i) % kNanosOfMicro != 0) return true;
    }
  }
  return std::ranges::any_of(values->child_data, HasPartsOfMicroseconds);
}

}  // namespace

Status CheckParquetValues(const std::string& path) {
  const std::filesystem::path place(path);
  const auto store = TRY(OpenStore(place.parent_path().string(), {}));
  const auto file = TRY(ParquetFile::Open(*store, place.filename().string()));
  ParquetReadOptions in_nanoseconds{.fields = std::vector<int>()};
  for (int i = 0; i < file->schema()->num_fields(); ++i) {
    const arrow::Field& field = *file->schema()->field(i);
    if (Has(*field.type(), IsLongDecimal)) {
      return NotKept(field.name(), "decimals of more than 38 digits", "at most 38 digits");
    }
    if (Has(*field.type(), IsInNanoseconds)) in_nanoseconds.fields->push_back(i);
  }
  if (in_nanoseconds.fields->empty()) return {};
  const auto batches = TRY(file->Read(in_nanoseconds));
  while (const auto batch = TRY(batches->Next())) {
    for (int i = 0; i < batch->num_columns(); ++i) {
      if (!HasPartsOfMicroseconds(batch->column_data(i))) continue;
      return NotKept(batch->column_name(i), "times with parts of a microsecond",
                     "times in microseconds");
    }
  }
  return {};
}

}  // namespace foreset::batch
