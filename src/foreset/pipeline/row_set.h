// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/hash128.h"
#include "foreset/base/result.h"
#include "foreset/lake/projection.h"

namespace foreset::pipeline {

// Some rows of a table as a comparison sees them: a digest of each row's key and of all its
// columns. In a table without a key both are the same.
struct DigestedRows {
  std::vector<Hash128> keys;
  std::vector<Hash128> rows;
  // Row i stands at origin[i] of `columns` (the compared columns, for telling the key's text).
  std::shared_ptr<arrow::RecordBatch> columns;
  std::vector<std::int64_t> origin;
};
using DigestSink = std::function<Status(const DigestedRows&)>;

// Makes digests of rows that are in the projection's columns, by name; further columns are left
// out. kCorruption when a column is missing. Not thread-safe.
class RowDigester {
 public:
  explicit RowDigester(const lake::Projection& projection) : projection_(projection) {}

  const TableSchema& schema() const { return projection_.schema(); }
  Result<DigestedRows> Digest(const arrow::RecordBatch& batch) const;
  // "CustomerID=7" of row `index` of DigestedRows::columns.
  std::string KeyText(const arrow::RecordBatch& columns, std::int64_t index) const;

 private:
  const lake::Projection& projection_;
};

// A multiset of rows as its size and the sum of its digests: equal multisets are equal sets of
// both, whatever the order; a difference goes unnoticed with probability 2^-128.
struct RowSet {
  std::uint64_t rows = 0;
  Hash128 sum;

  void Add(const Hash128& row);
  bool operator==(const RowSet&) const = default;
  // 32 hex digits.
  std::string Checksum() const;
};

}  // namespace foreset::pipeline
