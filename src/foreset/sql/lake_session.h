// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/statement_text.h"
#include "foreset/storage/object_store.h"

namespace foreset::sql {

// A folder of tables that queries know as a schema: a layer of the lake.
struct LakeSchema {
  std::string name;  // "silver"
  std::shared_ptr<ObjectStore> store;
};

// A table as queries name it.
struct LakeTable {
  std::string schema;
  std::string name;    // "Customers"; "online_store.Customers" where tables lie a folder deeper
  std::string folder;  // below the schema's store
};

// A table at the version that a query reads.
struct UsedTable {
  LakeTable table;
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;
  std::size_t pruned_files = 0;  // that the query need not open
};

// Queries over the tables of a lake by their names: silver.Customers, or Customers for the first
// schema that has one; store_dw.FactSales for a table in a folder of a schema; Customers@v3 and
// Customers@'2026-01-31 10:00' for what they were. A query sees one version of a table for its
// whole run, the newest when it begins. Not thread-safe.
class LakeSession {
 public:
  // `schemas` in the order in which a bare name is looked for.
  static Result<std::unique_ptr<LakeSession>> Open(std::vector<LakeSchema> schemas,
                                                   const EngineOptions& options);

  // Begins one statement, as Engine::Query. SHOW TABLES [FROM schema] gives the lake's tables and
  // what the session made. kQueryTableUnknown names the nearest table.
  Result<std::unique_ptr<QueryResult>> Query(const std::string& statement);
  // What the last statement read.
  const std::vector<UsedTable>& used() const { return used_; }

  // From now on tables stay at the versions at which they are first named.
  void Pin() { pinned_ = true; }

  // All tables, by schema in the session's order, then by name; looked for anew.
  Result<std::vector<LakeTable>> Tables();
  // One of them at its newest version; nothing when there is none of that name.
  Result<std::optional<UsedTable>> Find(const QueryName& name);

  Engine& engine() { return *engine_; }

 private:
  LakeSession(std::vector<LakeSchema> schemas, std::unique_ptr<Engine> engine)
      : schemas_(std::move(schemas)), engine_(std::move(engine)) {}

  Result<std::string> Listing(const std::vector<QueryName>& words);
  Status Prepare(const std::string& statement);
  Result<std::vector<QueryName>> Mentioned(const std::string& statement);
  Status Use(const QueryName& name);
  Status TellApart(const UsedTable& found);
  Status Prune(const std::string& statement);
  Result<std::optional<UsedTable>> FindVersion(const QueryName& name);
  Result<std::optional<UsedTable>> FindIn(const LakeSchema& schema, const VersionedName& wanted);
  Result<std::shared_ptr<const delta::Snapshot>> Load(const std::shared_ptr<ObjectStore>& store,
                                                      const VersionedName& wanted);
  Error Explain(Error error);

  std::vector<LakeSchema> schemas_;
  std::unique_ptr<Engine> engine_;
  // The newest snapshots that were loaded, by the store's name: the next query looks for what came
  // after.
  std::map<std::string, std::shared_ptr<const delta::Snapshot>> newest_;
  std::vector<UsedTable> used_;
  std::vector<QueryName> views_;  // of the used tables, in their order
  // What views read that were registered with all files: they serve as long as it is the same.
  std::map<QueryName, std::shared_ptr<const delta::Snapshot>> whole_;
  bool pinned_ = false;
};

}  // namespace foreset::sql
