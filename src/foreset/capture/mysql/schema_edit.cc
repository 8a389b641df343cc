// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/schema_edit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace foreset::mysql {
namespace {

// `charset` is what the column takes when it says nothing itself; may be empty.
ColumnSchema ToColumn(const ColumnDefinition& definition, const std::string& charset,
                      const std::string& collation) {
  ColumnSchema column;
  column.name = definition.name;
  AssignType(definition.type, column);
  column.nullable = definition.nullable.value_or(true) && !definition.primary_key;
  column.generated = definition.generated || definition.row_version;
  if (definition.default_kind == DefaultKind::kLiteral) {
    column.default_value = definition.default_text;
  }
  column.default_now = definition.default_kind == DefaultKind::kCurrentTimestamp;
  column.auto_filled = definition.auto_increment || definition.on_update_now;
  if (!HasCharset(column.type)) {
    column.charset.clear();
    column.collation.clear();
  } else if (column.charset.empty()) {
    column.charset = charset;
    column.collation = collation;
  }
  // A character column in the character set `binary` is one of bytes.
  if (column.charset == "binary") {
    if (column.type == SourceType::kChar) column.type = SourceType::kBinary;
    if (column.type == SourceType::kVarChar) column.type = SourceType::kVarBinary;
    if (column.type == SourceType::kText) column.type = SourceType::kBlob;
  }
  return column;
}

std::vector<std::string> KeyNames(const TableSchema& schema) {
  std::vector<std::string> names;
  for (const std::size_t column : schema.key) names.push_back(schema.columns[column].name);
  return names;
}

class Editor {
 public:
  Editor(const TableSchema& before, const AlterTable& alter, const EditContext& context)
      : context_(context), strict_(context.strict && !alter.ignore), key_(KeyNames(before)) {
    edit_.after = before;
    if (alter.ignore) Stop("ALTER IGNORE may have changed or dropped rows");
  }

  SchemaEdit Run(const AlterTable& alter) {
    for (const AlterClause& clause : alter.clauses) {
      std::visit([this](const auto& c) { Apply(c); }, clause);
    }
    if (changed_) edit_.after.version = edit_.after.version.Next();
    PutKey();
    return std::move(edit_);
  }

 private:
  TableSchema& after() { return edit_.after; }

  void Stop(std::string reason) {
    if (!edit_.cannot_follow) edit_.cannot_follow = std::move(reason);
  }

  bool IsKey(std::string_view name) const {
    return std::ranges::any_of(key_, [&](const std::string& key) { return SameName(key, name); });
  }

  void Insert(ColumnSchema column, const ColumnPlace& place) {
    auto& columns = after().columns;
    auto at = columns.end();
    if (place.first) at = columns.begin();
    if (place.after) {
      const auto previous = after().FindColumn(*place.after);
      if (!previous)
        return Stop(fmt::format("there is no column {} to stand behind", *place.after));
      at = columns.begin() + static_cast<std::ptrdiff_t>(*previous) + 1;
    }
    columns.insert(at, std::move(column));
  }

  void Apply(const AddColumn& clause) {
    if (after().FindColumn(clause.column.name)) {
      if (!clause.if_not_exists)
        Stop(fmt::format("column {} is already there", clause.column.name));
      return;
    }
    AddedValue added = ValueOfAddedColumn(clause.column, context_);
    if (added.cannot_follow) Stop(*std::move(added.cannot_follow));
    if (clause.column.row_version) Stop("the table became system-versioned");
    if (clause.column.primary_key) Stop("the table got a primary key");
    Insert(ToColumn(clause.column, {}, {}), clause.place);
    edit_.columns.emplace_back(ColumnAdded{clause.column.name, std::move(added.value)});
    changed_ = true;
  }

  void Apply(const DropColumn& clause) {
    const auto column = after().FindColumn(clause.name);
    if (!column) {
      if (!clause.if_exists) Stop(fmt::format("there is no column {} to drop", clause.name));
      return;
    }
    if (IsKey(clause.name)) Stop(fmt::format("key column {} was dropped", clause.name));
    edit_.columns.emplace_back(ColumnDropped{after().columns[*column].name});
    after().columns.erase(after().columns.begin() + static_cast<std::ptrdiff_t>(*column));
    changed_ = true;
  }

  void Apply(const ChangeColumn& clause) {
    const auto index = after().FindColumn(clause.name);
    if (!index) {
      if (!clause.if_exists) Stop(fmt::format("there is no column {} to change", clause.name));
      return;
    }
    const ColumnSchema old = after().columns[*index];
    ColumnSchema column = ToColumn(clause.column, {}, {});
    if (IsKey(old.name)) column.nullable = old.nullable;
    if (clause.column.primary_key && !IsKey(old.name)) Stop("the table got a primary key");
    Rename(old.name, column.name);
    Retype(old, column, clause.column);
    if (clause.place.first || clause.place.after) {
      after().columns.erase(after().columns.begin() + static_cast<std::ptrdiff_t>(*index));
      Insert(std::move(column), clause.place);
    } else {
      after().columns[*index] = std::move(column);
    }
    changed_ = true;
  }

  void Rename(const std::string& from, const std::string& to) {
    if (from == to) return;
    edit_.columns.emplace_back(ColumnRenamed{from, to});
    for (std::string& key : key_) {
      if (SameName(key, from)) key = to;
    }
  }

  void Retype(const ColumnSchema& old, const ColumnSchema& column,
              const ColumnDefinition& definition) {
    if (auto problem = RetypeProblem(old, column, strict_)) Stop(*std::move(problem));
    if (definition.auto_increment && old.nullable) {
      Stop(fmt::format("column {} became AUTO_INCREMENT", column.name));
    }
    if (column.generated != old.generated) {
      Stop(fmt::format("column {} {} be computed from others", column.name,
                       column.generated ? "began to" : "ceased to"));
    }
    if (column.generated) {
      Stop(fmt::format("the expression of computed column {} may have changed", column.name));
    }
    const bool same = old.type == column.type && old.is_unsigned == column.is_unsigned &&
                      old.length == column.length && old.scale == column.scale &&
                      old.labels == column.labels;
    if (!same) edit_.columns.emplace_back(ColumnRetyped{column.name});
  }

  void Apply(const RenameColumn& clause) {
    const auto index = after().FindColumn(clause.from);
    if (!index) {
      if (!clause.if_exists) Stop(fmt::format("there is no column {} to rename", clause.from));
      return;
    }
    Rename(after().columns[*index].name, clause.to);
    after().columns[*index].name = clause.to;
    changed_ = true;
  }

  void Apply(const AlterDefault& clause) {
    const auto index = after().FindColumn(clause.name);
    if (!index) return Stop(fmt::format("there is no column {}", clause.name));
    std::optional<std::string>& value = after().columns[*index].default_value;
    value.reset();
    if (clause.kind == DefaultKind::kLiteral) value = clause.text;
    after().columns[*index].default_now = clause.kind == DefaultKind::kCurrentTimestamp;
    changed_ = true;
  }

  void Apply(const AddKey& clause) {
    if (clause.key.kind != KeyDefinition::Kind::kPrimary) return;
    if (dropped_primary_ && clause.key.columns.size() == key_.size() &&
        std::ranges::equal(clause.key.columns, key_, SameName)) {
      dropped_primary_ = false;
      return;
    }
    Stop("the table got another primary key");
  }
  void Apply(const DropPrimaryKey&) {
    if (after().key_kind == KeyKind::kPrimary) dropped_primary_ = true;
  }
  // Which index is the key is not kept: any may be.
  void Apply(const DropKey& clause) {
    if (after().key_kind == KeyKind::kUnique) {
      Stop(fmt::format("index {} was dropped, and the table is recognised by a unique index",
                       clause.name));
    }
  }
  void Apply(const RenameTo& clause) { edit_.renamed_to = clause.to; }
  void Apply(const ConvertCharset& clause) {
    for (ColumnSchema& column : after().columns) {
      if (!HasCharset(column.type)) continue;
      column.charset = clause.charset == "DEFAULT" ? std::string() : clause.charset;
      column.collation = clause.collation;
    }
    if (!strict_) Stop("characters may have been lost in another character set");
    changed_ = true;
  }
  void Apply(const DefaultCharset&) {}
  void Apply(const ChangesRows& clause) {
    Stop(fmt::format("{} removes or brings rows that the binlog does not tell", clause.what));
  }

  void PutKey() {
    if (dropped_primary_) Stop("the primary key was dropped");
    after().key.clear();
    for (const std::string& name : key_) {
      if (const auto column = after().FindColumn(name)) after().key.push_back(*column);
    }
  }

  const EditContext& context_;
  const bool strict_;
  std::vector<std::string> key_;
  bool dropped_primary_ = false;
  bool changed_ = false;
  SchemaEdit edit_;
};

// Only a UNIQUE key over columns that are NOT NULL recognises every row.
bool Recognises(const KeyDefinition& key, const TableSchema& schema) {
  return !key.over_expression && std::ranges::all_of(key.columns, [&](const std::string& name) {
    const auto column = schema.FindColumn(name);
    return column && !schema.columns[*column].nullable;
  });
}

void ChooseKey(std::vector<KeyDefinition> keys, TableSchema& schema) {
  const auto primary = std::ranges::find(keys, KeyDefinition::Kind::kPrimary, &KeyDefinition::kind);
  const KeyDefinition* chosen = nullptr;
  if (primary != keys.end()) {
    chosen = &*primary;
    schema.key_kind = KeyKind::kPrimary;
  } else {
    for (const KeyDefinition& key : keys) {
      if (key.kind != KeyDefinition::Kind::kUnique || !Recognises(key, schema)) continue;
      const auto rank = [](const KeyDefinition& k) { return std::pair(k.columns.size(), k.name); };
      if (chosen == nullptr || rank(key) < rank(*chosen)) chosen = &key;
    }
    if (chosen != nullptr) schema.key_kind = KeyKind::kUnique;
  }
  if (chosen == nullptr) return;
  for (const std::string& name : chosen->columns) {
    if (const auto column = schema.FindColumn(name)) {
      schema.key.push_back(*column);
      schema.columns[*column].nullable = false;
    }
  }
}

}  // namespace

TableSchema BuildSchema(const CreateTable& create, const EditContext& context) {
  TableSchema schema;
  schema.id = create.table;
  const std::string& charset = create.charset.empty() ? context.database_charset : create.charset;
  std::vector<KeyDefinition> keys = create.keys;
  for (const ColumnDefinition& definition : create.columns) {
    schema.columns.push_back(ToColumn(definition, charset, create.collation));
    const auto kind =
        definition.primary_key ? KeyDefinition::Kind::kPrimary : KeyDefinition::Kind::kUnique;
    if (definition.primary_key || definition.unique_key) {
      keys.push_back({kind, definition.name, {definition.name}, false});
    }
  }
  ChooseKey(std::move(keys), schema);
  return schema;
}

SchemaEdit EditSchema(const TableSchema& before, const AlterTable& alter,
                      const EditContext& context) {
  return Editor(before, alter, context).Run(alter);
}

}  // namespace foreset::mysql
