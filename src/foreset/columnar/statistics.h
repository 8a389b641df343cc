// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/columnar/statistics_bounds.h"

namespace foreset {

class JsonWriter;

// Delta's statistics of one data file (PROTOCOL.md, "Per-file Statistics"), gathered batch by batch
// while the file is written: numRecords, and of the first leaf columns (a list or map counts as
// one) nullCount, minValues, maxValues. A leaf of a NULL struct counts as NULL. A bound that JSON
// or other engines could misread is left out, never approximated inwards: see statistics_bounds.h.
// Not thread-safe.
class StatisticsCollector {
 public:
  static constexpr int kDefaultLeaves = 32;

  // `schema` with the names that the file has (physical ones under column mapping).
  explicit StatisticsCollector(const arrow::Schema& schema, int max_leaves = kDefaultLeaves);

  // The batch has the schema's columns in order; names do not matter.
  void Update(const arrow::RecordBatch& batch);
  std::int64_t rows() const { return rows_; }
  // {"numRecords":2,"minValues":{…},"maxValues":{…},"nullCount":{…}}
  std::string ToJson() const;

 private:
  // A column of the tree: a struct with children, or a leaf.
  struct Node {
    std::string name;
    std::size_t index = 0;  // among the columns of its parent
    std::vector<Node> children;
    std::unique_ptr<ColumnBounds> bounds;  // null where the type has none
    std::int64_t nulls = 0;

    bool is_leaf() const { return children.empty(); }
  };
  enum class Part { kMin, kMax, kNulls };

  static std::vector<Node> MakeNodes(const std::vector<std::shared_ptr<arrow::Field>>& fields,
                                     int& leaves_left);
  static void UpdateNode(Node& node, const arrow::Array& column);
  static void WriteNodes(const std::vector<Node>& nodes, Part part, JsonWriter& json);
  static bool HasPart(const Node& node, Part part);

  std::vector<Node> nodes_;
  std::int64_t rows_ = 0;
};

}  // namespace foreset
