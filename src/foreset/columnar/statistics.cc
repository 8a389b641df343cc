// SPDX-License-Identifier: MIT
#include "foreset/columnar/statistics.h"

#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/base/json_writer.h"

namespace foreset {

StatisticsCollector::StatisticsCollector(const arrow::Schema& schema, int max_leaves) {
  nodes_ = MakeNodes(schema.fields(), max_leaves);
}

std::vector<StatisticsCollector::Node> StatisticsCollector::MakeNodes(
    const std::vector<std::shared_ptr<arrow::Field>>& fields, int& leaves_left) {
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < fields.size() && leaves_left > 0; ++i) {
    const arrow::DataType& type = *fields[i]->type();
    Node node{.name = fields[i]->name(), .index = i, .children = {}, .bounds = nullptr};
    if (type.id() == arrow::Type::STRUCT) {
      node.children = MakeNodes(type.fields(), leaves_left);
      if (node.children.empty()) continue;
    } else {
      node.bounds = MakeColumnBounds(type);
      --leaves_left;
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

void StatisticsCollector::Update(const arrow::RecordBatch& batch) {
  rows_ += batch.num_rows();
  for (Node& node : nodes_) UpdateNode(node, *batch.column(static_cast<int>(node.index)));
}

void StatisticsCollector::UpdateNode(Node& node, const arrow::Array& column) {
  if (node.is_leaf()) {
    node.nulls += column.null_count();
    if (node.bounds && column.null_count() < column.length()) node.bounds->Update(column);
    return;
  }
  const auto& parent = static_cast<const arrow::StructArray&>(column);
  for (Node& child : node.children) {
    const int index = static_cast<int>(child.index);
    std::shared_ptr<arrow::Array> values = parent.field(index);
    if (parent.null_count() > 0) {
      if (auto flat = parent.GetFlattenedField(index); flat.ok()) values = *std::move(flat);
    }
    UpdateNode(child, *values);
  }
}

bool StatisticsCollector::HasPart(const Node& node, Part part) {
  if (node.is_leaf()) {
    if (part == Part::kNulls) return true;
    if (!node.bounds) return false;
    return (part == Part::kMin ? node.bounds->MinJson() : node.bounds->MaxJson()).has_value();
  }
  for (const Node& child : node.children) {
    if (HasPart(child, part)) return true;
  }
  return false;
}

void StatisticsCollector::WriteNodes(const std::vector<Node>& nodes, Part part,
                                     JsonWriter& json) {
  json.BeginObject();
  for (const Node& node : nodes) {
    if (!HasPart(node, part)) continue;
    json.Key(node.name);
    if (!node.is_leaf()) {
      WriteNodes(node.children, part, json);
    } else if (part == Part::kNulls) {
      json.Int(node.nulls);
    } else {
      json.Raw(*(part == Part::kMin ? node.bounds->MinJson() : node.bounds->MaxJson()));
    }
  }
  json.EndObject();
}

std::string StatisticsCollector::ToJson() const {
  JsonWriter json;
  json.BeginObject().Member("numRecords", rows_);
  WriteNodes(nodes_, Part::kMin, json.Key("minValues"));
  WriteNodes(nodes_, Part::kMax, json.Key("maxValues"));
  WriteNodes(nodes_, Part::kNulls, json.Key("nullCount"));
  return json.EndObject().Take();
}

}  // namespace foreset
