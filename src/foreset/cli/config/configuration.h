// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"
#include "foreset/lake/layer.h"
#include "foreset/lake/table_format.h"
#include "foreset/storage/azure/azure_settings.h"

// What foreset.yaml says, checked and with every default filled in. Plain values: nothing here
// knows YAML, and nothing outside cli includes it; each command hands on what a module needs.
namespace foreset::cli {

enum class TlsMode : std::uint8_t { kDisabled, kPreferred, kRequired, kVerifyCa, kVerifyIdentity };

struct TlsSettings {
  TlsMode mode = TlsMode::kPreferred;
  std::string ca;  // paths of PEM files, absolute; empty where not given
  std::string cert;
  std::string key;
};

struct MySqlSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3306;
  std::string user;
  Secret password;
  // Looks up again what the password refers to; empty where it refers to nothing.
  std::function<Result<std::string>()> read_password;
  std::vector<std::string> tables;   // globs over "database.table"; never empty
  std::vector<std::string> exclude;  // the same
  std::uint32_t server_id = 0;       // 0: a free one is chosen
  TlsSettings tls;
};

// A table whose column types nothing else tells.
struct DeclaredTableSettings {
  std::string table;                                         // "Table" or "database.Table"
  std::vector<std::pair<std::string, std::string>> columns;  // name, type
  std::vector<std::string> key;
};

struct KafkaSourceSettings {
  std::string bootstrap_servers;
  std::vector<std::string> topics;  // globs
  std::string group = "foreset";
  std::map<std::string, Secret> security;  // librdkafka's own names
  std::string schema_topic;                // empty: the topics' own prefix
  bool begin_kept = false;  // a topic that has lost its first records is read from what is kept
  // The connector's own settings, by Debezium's names: how values are written.
  std::vector<std::pair<std::string, std::string>> modes;
  std::vector<DeclaredTableSettings> schemas;
};

// Plain Delta tables that stay as they are.
struct DeltaSourceSettings {
  std::string location;  // an absolute path or a URI
  std::string database;  // of which the tables are said to be
  std::map<std::string, std::vector<std::string>> keys;
};

struct KafkaSinkSettings {
  std::string bootstrap_servers;
  std::string topic_prefix;
  std::map<std::string, Secret> security;
  std::int32_t partitions = 1;  // of a table's topic, when it is made
  // The shape of the messages, by Debezium's names; the index of the word that was chosen.
  std::size_t decimal_handling = 0;          // precise, double, string
  std::size_t bigint_unsigned_handling = 0;  // long, precise
  std::size_t time_precision = 0;            // adaptive_time_microseconds, connect
  std::size_t binary_handling = 0;           // bytes, base64, base64-url-safe, hex
  bool schemas_enable = false;
  bool tombstones_on_delete = true;
  bool include_schema_changes = true;
  bool provide_transaction_metadata = false;
  std::string skipped_operations = "t";  // letters, or empty
  std::chrono::milliseconds heartbeat_interval{0};
};

// Where one layer is kept: an absolute local path, or an abfss:// or wasbs:// URI, without a '/'
// at the end.
struct LayerSettings {
  std::string location;
  lake::TableFormat format = lake::TableFormat::kDelta;
};

struct LakeSettings : lake::PerLayer<LayerSettings> {
  // A table's folder below its layer: "{table}" or "{database}/{table}".
  std::string layout = "{table}";
  // In Parquet mode: how long a file that was replaced stays for readers of earlier manifests.
  std::chrono::milliseconds keep_replaced{120'000};
};

enum class UpsertMode : std::uint8_t { kDeletionVectors, kRewrite };
enum class WideningMode : std::uint8_t { kRewrite, kTypeWidening };

struct SchemaSettings {
  WideningMode widening = WideningMode::kRewrite;
  bool stop_at_incompatible = true;  // the only choice so far
};

struct CleaningRule {
  std::string table;
  std::string column;
  std::string expression;
};
struct Expectation {
  std::string table;
  std::string expression;
  std::string otherwise;  // "warn", "drop" or "quarantine"
};
struct SilverSettings {
  std::vector<CleaningRule> clean;
  std::vector<Expectation> expect;
};

// One gold dimension: a projection of a source table, as a current and a history table.
struct DimensionSettings {
  std::string name;  // "*": every table that no other dimension is made from
  std::string from;  // the source table; empty for "*"
  // (column in gold, column of the source), in order; empty: all, by their own names.
  std::vector<std::pair<std::string, std::string>> columns;
  std::string current;  // table names; for "*" "{table}_current", "{table}_history"
  std::string history;
};

enum class HistoryMode : std::uint8_t { kChanges, kClosed, kIntervals };

struct GoldSettings {
  HistoryMode history = HistoryMode::kChanges;
  // Without the section in the file: "*". With it: exactly what it lists, in its order.
  std::vector<DimensionSettings> dimensions;
};

struct CommitSettings {
  std::chrono::milliseconds interval{1000};
  std::size_t size_bytes = 64UL << 20U;
};

// What is deleted behind the commits, when nobody needs it any more.
struct MaintenanceSettings {
  bool vacuum = true;  // false: nothing is
  std::chrono::milliseconds log_retention{std::chrono::hours(24)};
  std::uint64_t budget = 1000;  // objects a second
};

struct Configuration {
  std::string file;       // where it was read from, for messages
  std::string directory;  // absolute; relative paths in the file start here
  std::string name = "foreset";
  std::optional<MySqlSettings> mysql;
  std::optional<KafkaSourceSettings> kafka;
  std::optional<DeltaSourceSettings> delta;
  std::optional<KafkaSinkSettings> kafka_sink;
  LakeSettings lake;
  AzureSettings azure;
  UpsertMode upsert = UpsertMode::kDeletionVectors;
  SchemaSettings schema;
  SilverSettings silver;
  GoldSettings gold;
  CommitSettings commit;
  MaintenanceSettings maintenance;
  std::size_t memory_limit_bytes = 2UL << 30U;
  bool ready_all = false;  // ready: all
};

// True for a path of this machine, false for a URI of an object store.
inline bool IsLocal(const LayerSettings& layer) {
  return layer.location.find("://") == std::string::npos;
}

}  // namespace foreset::cli
