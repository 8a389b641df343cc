// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::sql {

// A rule that a model's rows must keep.
struct ModelCheck {
  std::string name;
  std::string offenders;  // a query; each of its rows breaks the rule
  bool operator==(const ModelCheck&) const = default;
};

// How a change of a table that a model reads touches the model.
struct ChangeEffect {
  QueryName table;
  // A query of one column over `changed` (the table's rows that went or came): the values of the
  // grain whose rows may be others now.
  std::string query;
  // The model's rows with a value of the grain need only this table's rows with the same value.
  bool by_grain = false;
  bool operator==(const ChangeEffect&) const = default;
};

// A column of the model that an @ line names.
struct ColumnMention {
  std::string word;  // "key"
  std::string column;
  int line = 0;  // of the file
  bool operator==(const ColumnMention&) const = default;
};

// A table of the warehouse, as a query makes it.
//
// A model is a file NAME.sql: one SELECT. Comment lines that begin with `-- @` say the rest; lines
// after them that begin with `--` and three spaces or more continue them:
//
//   -- @key OrderItemID                         what tells rows apart: unique, never NULL; required
//   -- @not_null OrderID, ProductID
//   -- @unique Day, Month                       the combination
//   -- @references ProductID -> DimProduct.ProductID
//   -- @equal revenue: SELECT … == SELECT …     two queries of one value
//   -- @none NAME: SELECT …                     a query that finds nothing
//   -- @by OrderID: silver.OrderItems, silver.Orders
//   -- @affects gold.Products_history: SELECT OrderID FROM …
//
// With `@by` the model can be loaded in part: it names the grain, a column of the model without
// NULL, and the tables of which a row of the model needs only the rows with its own value there.
// `@affects` tells of another table which values its changes touch. A change of a table that
// neither names loads the whole model.
struct Model {
  std::string name;
  std::string sql;  // without the comment lines above, without a semicolon
  std::vector<std::string> key;
  std::string grain;  // empty: always whole
  std::vector<ChangeEffect> effects;
  std::vector<ModelCheck> checks;
  std::vector<ColumnMention> mentions;
  std::string definition;  // differs when the text does
  bool operator==(const Model&) const = default;
};

// kInvalidInput (kModelInvalid) says what of the text is not so. Whether the SQL can be understood
// is not asked yet.
Result<Model> ParseModel(const std::string& name, std::string_view text);

}  // namespace foreset::sql
