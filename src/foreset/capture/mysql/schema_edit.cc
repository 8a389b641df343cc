// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/schema_edit.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace foreset::mysql {
namespace {

// MariaDB's `utf8` is one of two character sets (old_mode), which the binlog's table maps tell.
void SetCharset(const std::string& charset, const std::string& collation,
                const EditContext& context, ColumnSchema& column) {
  const bool open = context.form.is_mariadb && charset == "utf8";
  column.charset = open ? std::string() : charset;
  column.collation = open ? std::string() : collation;
}

void SetDefault(const DefaultClause& clause, ColumnSchema& column) {
  column.default_value.reset();
  if (clause.kind == DefaultKind::kLiteral) column.default_value = clause.text;
  column.default_now = clause.kind == DefaultKind::kCurrentTimestamp;
}

// `charset` is what the column takes when it says nothing itself; may be empty.
ColumnSchema ToColumn(const ColumnDefinition& definition, const std::string& charset,
                      const std::string& collation, const EditContext& context) {
  ColumnSchema column;
  column.name = definition.name;
  AssignType(definition.type, column);
  column.nullable = definition.nullable.value_or(true) && !definition.primary_key;
  column.generated = definition.generated || definition.row_version;
  SetDefault(definition.default_clause, column);
  column.auto_filled = definition.auto_increment || definition.on_update_now;
  if (!HasCharset(column.type)) {
    column.charset.clear();
    column.collation.clear();
  } else if (column.charset.empty()) {
    SetCharset(charset, collation, context, column);
  } else {
    SetCharset(std::string(column.charset), std::string(column.collation), context, column);
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

bool HaveOneType(const ColumnSchema& a, const ColumnSchema& b) {
  return a.type == b.type && a.is_unsigned == b.is_unsigned && a.length == b.length &&
         a.scale == b.scale && a.labels == b.labels;
}

// Whether an expression over the column is the same before and after. It may use the column's
// default.
bool ComputesAlike(const ColumnSchema& before, const ColumnSchema& after) {
  if (!HaveOneType(before, after)) return false;
  const bool is_shown_alike =
      before.declared_type == after.declared_type || !before.labels.empty() ||
      (before.type <= SourceType::kBigInt && !IsZeroFilled(before) && !IsZeroFilled(after));
  if (!is_shown_alike) return false;
  if (HasCharset(before.type) && (after.collation.empty() || before.charset != after.charset ||
                                  before.collation != after.collation)) {
    return false;
  }
  return before.default_value == after.default_value && before.default_now == after.default_now;
}

// The next larger TEXT, which CONVERT TO CHARACTER SET may make of one.
std::string Larger(const std::string& declared) {
  if (declared == "tinytext") return "text";
  if (declared == "text") return "mediumtext";
  return declared == "mediumtext" ? "longtext" : declared;
}

// Builds the new list of columns as the server does: those that stay, in their old order, under
// their new definitions; then, clause by clause, columns are added and moved.
class Editor {
 public:
  Editor(const TableSchema& before, const AlterTable& alter, const EditContext& context)
      : before_(before), context_(context), form_(context.form) {
    edit_.after = before;
    edit_.after.columns.clear();
    if (alter.ignore) {
      form_.strict = false;
      Stop("ALTER IGNORE may have changed or dropped rows");
    }
    alter_copies_ = alter.copies;
    key_ = KeyNames(before);
    for (const AlterClause& clause : alter.clauses) {
      std::visit([this](const auto& c) { Take(c); }, clause);
      ++clause_;
    }
  }

  SchemaEdit Run() {
    for (const ColumnSchema& column : before_.columns) TakeOver(column);
    for (const Placed& placed : placed_) Put(placed);
    NameWhatIsMissing();
    Convert();
    KeepComputed();
    PutKey();
    if (changed_) edit_.after.version = edit_.after.version.Next();
    std::ranges::stable_sort(effects_, {}, &Effect::clause);
    for (Effect& effect : effects_) edit_.columns.push_back(std::move(effect.change));
    return std::move(edit_);
  }

 private:
  // An added column, or a changed one that also moves.
  struct Placed {
    const AddColumn* added = nullptr;
    const ChangeColumn* moved = nullptr;
    std::size_t number = 0;  // of the clause
  };
  template <typename Clause>
  struct Pending {
    const Clause* clause;
    std::size_t number = 0;  // of the clause
    bool used = false;
  };
  struct Effect {
    std::size_t clause;
    ColumnChange change;
  };

  std::vector<ColumnSchema>& columns() { return edit_.after.columns; }

  // Of the clause at hand: they are told in the statement's order.
  void Tell(ColumnChange change) { effects_.push_back({clause_, std::move(change)}); }

  void Stop(std::string reason) {
    if (!edit_.cannot_follow) edit_.cannot_follow = std::move(reason);
  }

  bool IsKey(std::string_view name) const {
    return std::ranges::any_of(key_, [&](const std::string& key) { return SameName(key, name); });
  }

  // The clauses by kind.

  void Take(const AddColumn& clause) {
    if (before_.FindColumn(clause.column.name) && clause.if_not_exists) return;
    placed_.push_back({&clause, nullptr, clause_});
  }
  void Take(const DropColumn& clause) { drops_.push_back({&clause, clause_}); }
  void Take(const ChangeColumn& clause) {
    changes_.push_back({&clause, clause_});
    if (clause.place.first || clause.place.after) placed_.push_back({nullptr, &clause, clause_});
  }
  void Take(const RenameColumn& clause) { renames_.push_back({&clause, clause_}); }
  void Take(const AlterDefault& clause) { defaults_.push_back({&clause, clause_}); }
  void Take(const AddKey& clause) {
    if (clause.key.kind == KeyDefinition::Kind::kPrimary) new_primary_ = &clause.key;
  }
  void Take(const DropPrimaryKey&) { dropped_primary_ = true; }
  // Which index is the key is not kept: any may be.
  void Take(const DropKey& clause) {
    if (before_.key_kind == KeyKind::kUnique) {
      Stop(fmt::format("index {} was dropped, and the table is recognised by a unique index",
                       clause.name));
    }
  }
  void Take(const RenameTo& clause) { edit_.renamed_to = clause.to; }
  void Take(const ConvertCharset& clause) { convert_ = &clause; }
  void Take(const DefaultCharset&) {}
  void Take(const ChangesRows& clause) {
    Stop(fmt::format("{} removes or brings rows that the binlog does not tell", clause.what));
    if (clause.other) edit_.others.push_back(clause);
  }

  // The first unused clause about the column.
  template <typename Clause, typename NameOf>
  const Clause* Find(std::vector<Pending<Clause>>& clauses, std::string_view name, NameOf name_of) {
    for (Pending<Clause>& pending : clauses) {
      if (pending.used || !SameName(name_of(*pending.clause), name)) continue;
      pending.used = true;
      clause_ = pending.number;
      return pending.clause;
    }
    return nullptr;
  }

  // What becomes of a column that the table had.
  void TakeOver(const ColumnSchema& old) {
    if (Find(drops_, old.name, [](const DropColumn& c) { return c.name; })) return Drop(old);
    if (const auto* change =
            Find(changes_, old.name, [](const ChangeColumn& c) { return c.name; })) {
      return Change(old, *change);
    }
    ColumnSchema column = old;
    if (const auto* rename =
            Find(renames_, old.name, [](const RenameColumn& c) { return c.from; })) {
      column.name = rename->to;
      Rename(old.name, column.name);
      changed_ = true;
    }
    if (const auto* set = Find(defaults_, old.name, [](const AlterDefault& c) { return c.name; })) {
      SetDefault(set->value, column);
      NoteBase(old, column);
      changed_ = true;
    }
    columns().push_back(std::move(column));
  }

  void Drop(const ColumnSchema& old) {
    if (IsKey(old.name)) Stop(fmt::format("key column {} was dropped", old.name));
    Tell(ColumnDropped{old.name});
    changed_ = true;
  }

  void Change(const ColumnSchema& old, const ChangeColumn& clause) {
    ColumnSchema column = ToColumn(clause.column, {}, {}, context_);
    if (IsKey(old.name) && before_.key_kind == KeyKind::kPrimary) column.nullable = false;
    if (IsKey(old.name) && column.nullable) {
      Stop(fmt::format("key column {} may be NULL now: the key no longer tells rows apart",
                       column.name));
    }
    if (clause.column.primary_key && !IsKey(old.name)) Stop("the table got a primary key");
    Rename(old.name, column.name);
    Retype(old, column, clause.column);
    NoteBase(old, column);
    columns().push_back(std::move(column));
    changed_ = true;
  }

  void Rename(const std::string& from, const std::string& to) {
    if (from != to) Tell(ColumnRenamed{from, to});
    new_names_.emplace_back(from, to);
  }

  void Retype(const ColumnSchema& old, ColumnSchema& column, const ColumnDefinition& definition) {
    FillCharset(column);
    if (auto problem = RetypeProblem(old, column, form_)) {
      // The table's default character set is not in the text.
      const bool open = HasCharset(column.type) && column.charset.empty();
      if (open && context_.server == nullptr) edit_.server_may_tell = true;
      Stop(*std::move(problem));
    }
    if (old.nullable && column.type == SourceType::kTimestamp && !definition.nullable &&
        !context_.explicit_timestamps.value_or(false)) {
      Stop(fmt::format("column {} may have become NOT NULL by explicit_defaults_for_timestamp",
                       column.name));
    }
    if (definition.auto_increment && !old.auto_filled) {
      Stop(fmt::format("column {} became AUTO_INCREMENT: the server numbered rows with 0 or NULL",
                       column.name));
    }
    if (column.generated != old.generated) {
      Stop(fmt::format("column {} {} be computed from others", column.name,
                       column.generated ? "began to" : "ceased to"));
    } else if (column.generated) {
      Stop(fmt::format("the expression of computed column {} may have changed", column.name));
    }
    if (!HaveOneType(old, column)) Tell(ColumnRetyped{column.name});
  }

  // From the server, where the text leaves it to the table's default.
  void FillCharset(ColumnSchema& column) const {
    if (!HasCharset(column.type) || context_.server == nullptr) return;
    const auto told = context_.server->schema.FindColumn(column.name);
    if (!told) return;
    const ColumnSchema& known = context_.server->schema.columns[*told];
    if (column.charset.empty()) column.charset = known.charset;
    if (column.collation.empty()) column.collation = known.collation;
  }

  // A column computed from this one is computed anew when the rows are written anew; a virtual one
  // is read anew at any time.
  void NoteBase(const ColumnSchema& old, const ColumnSchema& column) {
    if (!old.generated && !ComputesAlike(old, column)) {
      changed_base_ = column.name;
      const bool open = HasCharset(column.type) && column.collation.empty();
      if (open && HasComputed() && context_.server == nullptr) edit_.server_may_tell = true;
    }
  }

  bool HasComputed() const {
    return std::ranges::any_of(before_.columns, &ColumnSchema::generated);
  }

  void KeepComputed() {
    if (!HasComputed()) return;
    if (changed_base_) {
      Stop(fmt::format("column {} changed, and columns that are computed from it with it",
                       *changed_base_));
    } else if (convert_ != nullptr) {
      Stop("the character set changed, and what is computed from texts with it");
    } else if (alter_copies_) {
      Stop("the server may have computed the table's generated columns anew");
    }
  }

  // Added and moved columns.

  void Put(const Placed& placed) {
    clause_ = placed.number;
    if (placed.added != nullptr) return Add(*placed.added);
    const auto at = edit_.after.FindColumn(placed.moved->column.name);
    if (!at) return;
    ColumnSchema column = std::move(columns()[*at]);
    columns().erase(columns().begin() + static_cast<std::ptrdiff_t>(*at));
    Insert(std::move(column), placed.moved->place);
  }

  void Add(const AddColumn& clause) {
    AddedValue added = ValueOfAddedColumn(clause.column, context_);
    if (added.server_may_tell) {
      edit_.server_may_tell = true;
      edit_.unknown_defaults.push_back(clause.column.name);
    }
    if (added.cannot_follow) Stop(*std::move(added.cannot_follow));
    if (clause.column.row_version) Stop("the table became system-versioned");
    if (clause.column.primary_key) Stop("the table got a primary key");
    Insert(ToColumn(clause.column, {}, {}, context_), clause.place);
    Tell(ColumnAdded{clause.column.name, std::move(added.value)});
    changed_ = true;
  }

  void Insert(ColumnSchema column, const ColumnPlace& place) {
    if (edit_.after.FindColumn(column.name)) {
      return Stop(fmt::format("column {} is already there", column.name));
    }
    auto at = columns().end();
    if (place.first) at = columns().begin();
    if (place.after) {
      const auto previous = edit_.after.FindColumn(*place.after);
      if (!previous) {
        return Stop(fmt::format("there is no column {} to stand behind", *place.after));
      }
      at = columns().begin() + static_cast<std::ptrdiff_t>(*previous) + 1;
    }
    columns().insert(at, std::move(column));
  }

  // A clause about a column that the table did not have.
  void NameWhatIsMissing() {
    const auto missing = [this](const auto& clauses, auto name_of, auto may_miss) {
      for (const auto& pending : clauses) {
        if (pending.used || may_miss(*pending.clause)) continue;
        Stop(fmt::format("there is no column {}", name_of(*pending.clause)));
      }
    };
    missing(
        drops_, [](const DropColumn& c) { return c.name; },
        [](const DropColumn& c) { return c.if_exists; });
    missing(
        changes_, [](const ChangeColumn& c) { return c.name; },
        [](const ChangeColumn& c) { return c.if_exists; });
    missing(
        renames_, [](const RenameColumn& c) { return c.from; },
        [](const RenameColumn& c) { return c.if_exists; });
    missing(
        defaults_, [](const AlterDefault& c) { return c.name; },
        [](const AlterDefault&) { return false; });
  }

  void Convert() {
    if (convert_ == nullptr) return;
    for (ColumnSchema& column : columns()) {
      if (!HasCharset(column.type)) continue;
      const ColumnSchema old = column;
      SetCharset(convert_->charset.empty() ? context_.database_charset : convert_->charset,
                 convert_->collation, context_, column);
      FillCharset(column);
      if (auto problem = ConversionProblem(old, column, form_)) {
        if (column.charset.empty() && context_.server == nullptr) edit_.server_may_tell = true;
        Stop(*std::move(problem));
      }
      if (column.charset.empty() || column.charset != old.charset) {
        column.declared_type = Larger(column.declared_type);
      }
    }
    changed_ = true;
  }

  void PutKey() {
    for (std::string& key : key_) {
      for (const auto& [from, to] : new_names_) {
        if (SameName(key, from)) {
          key = to;
          break;
        }
      }
    }
    if (new_primary_ != nullptr) {
      const bool same = dropped_primary_ && before_.key_kind == KeyKind::kPrimary &&
                        !new_primary_->over_expression &&
                        std::ranges::equal(new_primary_->columns, key_, SameName);
      if (!same) Stop("the table got another primary key");
    } else if (dropped_primary_ && before_.key_kind == KeyKind::kPrimary) {
      Stop("the primary key was dropped");
    }
    edit_.after.key.clear();
    for (const std::string& name : key_) {
      if (const auto column = edit_.after.FindColumn(name)) edit_.after.key.push_back(*column);
    }
  }

  const TableSchema& before_;
  const EditContext& context_;
  FormContext form_;
  std::vector<Pending<DropColumn>> drops_;
  std::vector<Pending<ChangeColumn>> changes_;
  std::vector<Pending<RenameColumn>> renames_;
  std::vector<Pending<AlterDefault>> defaults_;
  std::vector<Placed> placed_;
  std::vector<std::pair<std::string, std::string>> new_names_;
  std::size_t clause_ = 0;  // the clause at hand
  std::vector<Effect> effects_;
  const ConvertCharset* convert_ = nullptr;
  const KeyDefinition* new_primary_ = nullptr;
  std::vector<std::string> key_;
  bool alter_copies_ = false;
  std::optional<std::string> changed_base_;  // a column of which others may be computed
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
    schema.columns.push_back(ToColumn(definition, charset, create.collation, context));
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
  return Editor(before, alter, context).Run();
}

}  // namespace foreset::mysql
