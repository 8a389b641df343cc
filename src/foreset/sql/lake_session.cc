// SPDX-License-Identifier: MIT
#include "foreset/sql/lake_session.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <arrow/table.h>
#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/base/errors/parquet_mode.h"
#include "foreset/base/errors/query.h"
#include "foreset/base/nearest_word.h"
#include "foreset/base/time_text.h"
#include "foreset/delta/table_search.h"
#include "foreset/model/table_schema.h"
#include "foreset/sql/delta_relation.h"
#include "foreset/sql/file_pruning.h"
#include "foreset/sql/scan_bounds.h"

namespace foreset::sql {
namespace {

// Names beyond these are not told in an error.
constexpr std::size_t kNamesTold = 20;

// Tables a folder deeper are named "database.Table".
std::string NameOf(std::string folder) {
  std::ranges::replace(folder, '/', '.');
  return folder;
}

std::string FolderOf(std::string name) {
  if (const auto dot = name.find('.'); dot != std::string::npos) name[dot] = '/';
  return name;
}

bool SameNames(const QueryName& a, const QueryName& b) {
  return std::ranges::equal(a, b, SameName);
}

Result<delta::Version> VersionOf(const std::string& digits) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (error == std::errc()) return delta::Version(version);
  return Err(ErrorKind::kNotFound, ErrorCode::kDeltaVersionNotFound,
             fmt::format("no table has a version {}", digits));
}

Result<Timestamp> TimeOf(const std::string& text) {
  if (const auto micros = ParseTimestamp(text)) return Timestamp(*micros);
  return Err(ErrorKind::kInvalidInput, query_error::kQueryInvalid,
             fmt::format("\"{}\" is no time", text),
             "Write a table's time as Orders@'2026-01-31 10:00' (UTC, or with +02:00 at the end), "
             "its version as Orders@v3.");
}

// "Ordrs" of DuckDB's "Table with name Ordrs does not exist!".
std::string_view MissingName(std::string_view message) {
  constexpr std::string_view kBefore = "Table with name ";
  const auto at = message.find(kBefore);
  if (at == std::string_view::npos) return {};
  message.remove_prefix(at + kBefore.size());
  return message.substr(0, message.find(" does not"));
}

// SHOW [ALL] TABLES [FROM or IN a schema].
bool IsListing(const std::vector<QueryName>& words) {
  std::string text;
  for (const QueryName& word : words) text += AsciiLower(word.back()) + " ";
  const bool all = text == "show tables " || text == "show all tables ";
  return all || (words.size() == 4 &&
                 (text.starts_with("show tables from ") || text.starts_with("show tables in ")));
}

bool IsMissing(const Error& error) { return error.code == ErrorCode::kDeltaTableNotFound; }

// A table in Parquet mode has manifests of earlier versions, but the files that they name go.
Result<std::shared_ptr<const delta::Snapshot>> WithItsFiles(
    std::shared_ptr<const delta::Snapshot> snapshot) {
  if (snapshot->Property("foreset.format", "") != "parquet") return snapshot;
  return Err(ErrorKind::kUnsupported, parquet_mode_error::kNoTimeTravel,
             "the table is kept as Parquet files without earlier versions");
}

}  // namespace

Result<std::unique_ptr<LakeSession>> LakeSession::Open(std::vector<LakeSchema> schemas,
                                                       const EngineOptions& options) {
  auto engine = TRY(Engine::Open(options));
  // What a session makes itself is found first.
  std::string path = "main";
  for (const LakeSchema& schema : schemas) {
    RETURN_IF_ERROR(engine->Execute("CREATE SCHEMA IF NOT EXISTS " + Quoted(schema.name)));
    path += "," + Quoted(schema.name);
  }
  RETURN_IF_ERROR(engine->Execute("SET search_path = " + Literal(path)));
  return std::unique_ptr<LakeSession>(new LakeSession(std::move(schemas), std::move(engine)));
}

Result<std::unique_ptr<QueryResult>> LakeSession::Query(const std::string& statement) {
  std::string text = QuoteVersions(statement);
  const auto words = NamesIn(statement);
  if (IsListing(words)) text = TRY(Listing(words));
  RETURN_IF_ERROR(Prepare(text));
  RETURN_IF_ERROR(Prune(text));
  auto result = engine_->Query(text);
  if (!result) return std::unexpected(Explain(std::move(result).error()));
  // It may have put something in a view's place, or have dropped it.
  if (!(*result)->has_rows()) whole_.clear();
  return result;
}

// The tables as a query that makes them up.
Result<std::string> LakeSession::Listing(const std::vector<QueryName>& words) {
  const std::string only = words.size() == 4 ? words.back().back() : "";
  const auto is_it = [&](const LakeSchema& schema) { return SameName(schema.name, only); };
  if (!only.empty() && std::ranges::none_of(schemas_, is_it)) {
    std::vector<std::string> names;
    for (const LakeSchema& schema : schemas_) names.push_back(schema.name);
    return Err(ErrorKind::kInvalidInput, query_error::kQueryTableUnknown,
               fmt::format("there is no schema {}{}", only, Suggestion(only, names)));
  }
  std::string rows;
  for (const LakeTable& table : TRY(Tables())) {
    if (!only.empty() && !SameName(table.schema, only)) continue;
    rows += fmt::format(R"({} ({}, {}))", rows.empty() ? "VALUES" : ",", Literal(table.schema),
                        Literal(table.name));
  }
  if (rows.empty()) rows = "SELECT '', '' WHERE false";
  const std::string own =
      only.empty() ? "UNION ALL SELECT 'main', table_name FROM duckdb_tables() WHERE NOT internal"
                   : "";
  return fmt::format(R"(SELECT * FROM ({}) AS t("schema", "table") {})", rows, own);
}

Status LakeSession::Prepare(const std::string& statement) {
  used_.clear();
  views_.clear();
  const auto named = engine_->TablesOf(statement);
  for (const QueryName& name : named ? *named : TRY(Mentioned(statement))) {
    RETURN_IF_ERROR(Use(name));
  }
  return {};
}

// Registers anew, without the files whose statistics rule them out, what the plan puts conditions
// on.
Status LakeSession::Prune(const std::string& statement) {
  const auto several = [](const UsedTable& used) { return used.snapshot->files().size() > 1; };
  if (std::ranges::none_of(used_, several)) return {};
  const auto bounds = ScanBounds(*engine_, statement);
  for (std::size_t i = 0; i < used_.size(); ++i) {
    const auto found = bounds.find(engine_->FunctionOf(views_[i]).value_or(""));
    if (found == bounds.end()) continue;
    UsedTable& used = used_[i];
    const KeepFile keep =
        TRY(PruneFiles(*engine_, *used.snapshot, found->second, used.pruned_files));
    if (used.pruned_files == 0) continue;
    whole_.erase(views_[i]);
    RETURN_IF_ERROR(
        engine_->Register(views_[i], MakeDeltaRelation(used.store, used.snapshot, keep)));
  }
  return {};
}

// Those names in the statement that are tables' names: more than it reads, perhaps.
Result<std::vector<QueryName>> LakeSession::Mentioned(const std::string& statement) {
  std::vector<QueryName> mentioned;
  const std::vector<LakeTable> tables = TRY(Tables());
  for (QueryName& name : NamesIn(statement)) {
    const std::string wanted = ParseVersionedName(name.back()).table;
    const auto named = [&](const LakeTable& table) { return SameName(table.name, wanted); };
    if (std::ranges::any_of(tables, named)) mentioned.push_back(std::move(name));
  }
  return mentioned;
}

Status LakeSession::Use(const QueryName& name) {
  auto found = TRY(FindVersion(name));
  // Perhaps it is the session's own, or DuckDB's; if not, DuckDB says so.
  if (!found) return {};
  views_.push_back({found->table.schema, name.back()});
  if (name.size() == 2 && !SameName(name.front(), found->table.schema)) {
    views_.back() = name;
    RETURN_IF_ERROR(engine_->Execute("CREATE SCHEMA IF NOT EXISTS " + Quoted(name.front())));
  }
  RETURN_IF_ERROR(TellApart(*found));
  if (auto& whole = whole_[views_.back()]; whole != found->snapshot) {
    whole.reset();
    RETURN_IF_ERROR(
        engine_->Register(views_.back(), MakeDeltaRelation(found->store, found->snapshot)));
    whole = found->snapshot;
  }
  used_.push_back(*std::move(found));
  return {};
}

// Views have names without case. What the newest view's name means was another table's before, or
// is another table's in this very statement.
Status LakeSession::TellApart(const UsedTable& found) {
  const QueryName& name = views_.back();
  for (std::size_t i = 0; i < used_.size(); ++i) {
    if (!SameNames(views_[i], name) || used_[i].snapshot == found.snapshot) continue;
    return Err(ErrorKind::kUnsupported, query_error::kQueryInvalid,
               fmt::format("{} and {} differ in case only, and are two tables",
                           used_[i].table.folder, found.table.folder),
               "DuckDB cannot tell them apart within one statement: CREATE TABLE … AS FROM one of "
               "them, and ask that.");
  }
  std::erase_if(whole_, [&](const auto& known) {
    return known.first != name && SameNames(known.first, name);
  });
  return {};
}

Result<std::optional<UsedTable>> LakeSession::FindVersion(const QueryName& name) {
  if (name.size() > 2) return std::nullopt;
  const VersionedName wanted = ParseVersionedName(name.back());
  for (const LakeSchema& schema : schemas_) {
    if (name.size() == 2 && !SameName(schema.name, name.front())) continue;
    if (auto found = TRY(FindIn(schema, wanted))) return found;
  }
  const auto is_schema = [&](const LakeSchema& schema) {
    return SameName(schema.name, name.front());
  };
  if (name.size() == 1 || std::ranges::any_of(schemas_, is_schema)) return std::nullopt;
  const VersionedName deeper{name.front() + "." + wanted.table, wanted.version, wanted.at};
  for (const LakeSchema& schema : schemas_) {
    if (auto found = TRY(FindIn(schema, deeper))) return found;
  }
  return std::nullopt;
}

Result<std::optional<UsedTable>> LakeSession::Find(const QueryName& name) {
  return FindVersion(name);
}

// The folder that the name says, and only when there is none a look at all of them: in an object
// store that takes a request for each.
Result<std::optional<UsedTable>> LakeSession::FindIn(const LakeSchema& schema,
                                                     const VersionedName& wanted) {
  std::vector<std::string> folders{wanted.table};
  if (wanted.table.find('.') != std::string::npos) folders.push_back(FolderOf(wanted.table));
  for (bool listed = false;; listed = true) {
    for (const std::string& folder : folders) {
      const auto store = SubStore(schema.store, folder);
      auto snapshot = Load(store, wanted);
      if (!snapshot && IsMissing(snapshot.error())) continue;
      if (!snapshot) return std::unexpected(std::move(snapshot).error());
      return UsedTable{{schema.name, NameOf(folder), folder}, store, *std::move(snapshot)};
    }
    if (listed) return std::nullopt;
    folders.clear();
    for (std::string& folder : TRY(delta::FindTables(*schema.store))) {
      if (SameName(NameOf(folder), wanted.table)) folders.push_back(std::move(folder));
    }
    if (folders.size() > 1) {
      return Err(ErrorKind::kInvalidInput, query_error::kQueryInvalid,
                 fmt::format("{} is {} as well as {}", wanted.table, folders[0], folders[1]),
                 "Write the name as it is.");
    }
  }
}

Result<std::shared_ptr<const delta::Snapshot>> LakeSession::Load(
    const std::shared_ptr<ObjectStore>& store, const VersionedName& wanted) {
  if (!wanted.version.empty()) {
    const delta::Version version = TRY(VersionOf(wanted.version));
    return WithItsFiles(TRY(delta::Snapshot::Load(store, version)));
  }
  if (!wanted.at.empty()) {
    const auto at = TRY(TimeOf(wanted.at));
    return WithItsFiles(TRY(delta::Snapshot::LoadAt(store, at)));
  }
  auto& newest = newest_[store->Describe()];
  if (newest == nullptr) {
    auto loaded = delta::Snapshot::Load(store);
    if (!loaded) {
      newest_.erase(store->Describe());
      return loaded;
    }
    newest = *std::move(loaded);
  } else if (!pinned_) {
    newest = TRY(newest->Advance());
  }
  return newest;
}

Result<std::vector<LakeTable>> LakeSession::Tables() {
  std::vector<LakeTable> tables;
  for (const LakeSchema& schema : schemas_) {
    for (const std::string& folder : TRY(delta::FindTables(*schema.store))) {
      tables.push_back({schema.name, NameOf(folder), folder});
    }
  }
  return tables;
}

// DuckDB knows only the tables that were named before; the lake knows all.
Error LakeSession::Explain(Error error) {
  const bool missing = error.message.find("Table with name") != std::string::npos;
  if (error.code != query_error::kQueryInvalid || !missing) return error;
  const auto tables = Tables();
  if (!tables) return error;
  error.code = query_error::kQueryTableUnknown;
  error.message = error.message.substr(0, error.message.find('\n'));
  std::vector<std::string> known;
  for (const LakeTable& table : *tables) known.push_back(table.name);
  const auto meant = NearestWord(MissingName(error.message), known);
  std::string names = meant ? fmt::format("Did you mean {}? ", *meant) : "";
  names += tables->empty() ? "There are no tables" : "There are ";
  for (std::size_t i = 0; i < std::min(tables->size(), kNamesTold); ++i) {
    names += fmt::format("{}{}.{}", i == 0 ? "" : ", ", (*tables)[i].schema, (*tables)[i].name);
  }
  error.next_step = names + (tables->size() > kNamesTold ? ", …." : ".");
  return error;
}

}  // namespace foreset::sql
