// SPDX-License-Identifier: MIT
#include "foreset/cli/config/configuration_reader.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/nearest_word.h"
#include "foreset/cli/config/mapping_reader.h"
#include "foreset/storage/azure/azure_location.h"

namespace foreset::cli {
namespace {

constexpr std::uint64_t kSmallestMemoryLimit = 128UL << 20U;

// A path of the file, made absolute from the file's folder.
std::string Absolute(const std::string& directory, const std::string& path) {
  if (path.empty()) return path;
  std::string full = (std::filesystem::path(directory) / path).lexically_normal().string();
  if (full.size() > 1 && full.ends_with('/')) full.pop_back();
  return full;
}

std::map<std::string, Secret> SecretsOf(MappingReader mapping) {
  std::map<std::string, Secret> secrets;
  for (auto& [key, text] : mapping.AllTexts()) secrets.emplace(key, Secret(std::move(text)));
  return secrets;
}

// Names with '/' between them; none that leads elsewhere.
bool IsFolderName(std::string_view text) {
  while (true) {
    const std::size_t slash = text.find('/');
    const std::string_view name = text.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

class ConfigurationReader {
 public:
  ConfigurationReader(Reading& reading, Configuration& configuration)
      : reading_(reading), out_(configuration) {}

  void ReadAll(const SettingsNode& root) {
    MappingReader top(reading_, &root, "");
    out_.name = top.Text("name", out_.name);
    ReadSource(top.Mapping("source"));
    ReadSink(top.Mapping("sink"));
    ReadLake(top);
    ReadAzure(top.Mapping("azure"));
    constexpr std::size_t kFirst = 0;
    out_.upsert =
        static_cast<UpsertMode>(top.Choice("upsert", {"deletion_vectors", "rewrite"}, kFirst));
    ReadSchema(top.Mapping("schema"));
    ReadSilver(top.Mapping("silver"));
    ReadGold(top.Mapping("gold"));
    ReadCommit(top.Mapping("commit"));
    ReadMaintenance(top.Mapping("maintenance"));
    out_.memory_limit_bytes = top.Size("memory_limit", out_.memory_limit_bytes);
    if (out_.memory_limit_bytes < kSmallestMemoryLimit) {
      top.Mistake("memory_limit", "must be 128MiB at least");
    }
    out_.ready_all = top.Choice("ready", {"any", "all"}, kFirst) != kFirst;
    top.Finish();
  }

 private:
  void ReadSource(MappingReader source) {
    if (auto mysql = source.Mapping("mysql"); mysql.present()) ReadMySql(std::move(mysql));
    if (auto kafka = source.Mapping("kafka"); kafka.present()) ReadKafka(std::move(kafka));
    if (auto delta = source.Mapping("delta"); delta.present()) ReadDelta(std::move(delta));
    source.Finish();
  }

  void ReadDelta(MappingReader delta) {
    auto& settings = out_.delta.emplace();
    settings.location = Location(delta, "location", delta.RequiredText("location"));
    settings.database = delta.Text("database", out_.name);
    settings.keys = delta.Mapping("keys").AllLists();
    delta.Finish();
  }

  void ReadKafka(MappingReader kafka) {
    auto& settings = out_.kafka.emplace();
    settings.bootstrap_servers = kafka.RequiredText("bootstrap_servers");
    settings.topics = kafka.Texts("topics");
    if (settings.topics.empty()) {
      kafka.Mistake("topics", "is missing: globs over topics, such as [\"shop.store.*\"]");
    }
    settings.group = kafka.Text("group", settings.group);
    settings.security = SecretsOf(kafka.Mapping("security"));
    settings.schema_topic = kafka.Text("schema_topic", "");
    settings.begin_kept = kafka.Choice("begin", {"whole", "kept"}, 0) == 1;
    settings.modes = kafka.Mapping("modes").AllTexts();
    for (auto& [table, columns] : kafka.Mapping("schemas").AllMappings()) {
      settings.schemas.push_back({table, columns.AllTexts("key"), columns.Texts("key")});
    }
    kafka.Finish();
  }

  void ReadMySql(MappingReader mysql) {
    auto& settings = out_.mysql.emplace();
    settings.host = mysql.Text("host", settings.host);
    settings.port = static_cast<std::uint16_t>(mysql.Integer("port", settings.port, 65535));
    settings.user = mysql.RequiredText("user");
    settings.password = mysql.SecretText("password");
    settings.read_password = mysql.SecretAgain("password");
    settings.tables = mysql.Texts("tables");
    settings.exclude = mysql.Texts("exclude");
    for (const auto& [key, globs] :
         {std::pair{"tables", &settings.tables}, std::pair{"exclude", &settings.exclude}}) {
      for (const std::string& glob : *globs) CheckTableGlob(mysql, key, glob);
    }
    if (settings.tables.empty()) {
      mysql.Mistake("tables", "is missing: globs over database.table, such as [\"shop.*\"]");
    }
    constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint32_t>::max();
    settings.server_id = static_cast<std::uint32_t>(mysql.Integer("server_id", 0, kGreatest));
    ReadTls(mysql.Mapping("tls"), settings.tls);
    mysql.Finish();
  }

  static void CheckTableGlob(MappingReader& mysql, const std::string& key,
                             const std::string& glob) {
    if (glob.find('.') != std::string::npos || glob == "*") return;
    mysql.Mistake(key, fmt::format("\"{}\" has no dot: name tables as database.table", glob));
  }

  void ReadTls(MappingReader tls, TlsSettings& settings) {
    settings.mode = static_cast<TlsMode>(
        tls.Choice("mode", {"disabled", "preferred", "required", "verify_ca", "verify_identity"},
                   static_cast<std::size_t>(settings.mode)));
    settings.ca = Absolute(out_.directory, tls.Text("ca", ""));
    settings.cert = Absolute(out_.directory, tls.Text("cert", ""));
    settings.key = Absolute(out_.directory, tls.Text("key", ""));
    tls.Finish();
  }

  void ReadSink(MappingReader sink) {
    if (auto kafka = sink.Mapping("kafka"); kafka.present()) {
      auto& settings = out_.kafka_sink.emplace();
      settings.bootstrap_servers = kafka.RequiredText("bootstrap_servers");
      settings.topic_prefix = kafka.Text("topic_prefix", out_.name);
      settings.security = SecretsOf(kafka.Mapping("security"));
      settings.partitions = static_cast<std::int32_t>(kafka.Integer("partitions", 1, 100'000));
      ReadShape(kafka, settings);
      kafka.Finish();
    }
    sink.Finish();
  }

  static bool Flag(MappingReader& mapping, const std::string& key, bool otherwise) {
    return mapping.Choice(key, {"false", "true"}, otherwise ? 1 : 0) == 1;
  }

  // By the names that a Debezium connector's configuration has.
  static void ReadShape(MappingReader& kafka, KafkaSinkSettings& settings) {
    settings.decimal_handling =
        kafka.Choice("decimal.handling.mode", {"precise", "double", "string"}, 0);
    settings.bigint_unsigned_handling =
        kafka.Choice("bigint.unsigned.handling.mode", {"long", "precise"}, 0);
    settings.time_precision =
        kafka.Choice("time.precision.mode", {"adaptive_time_microseconds", "connect"}, 0);
    settings.binary_handling =
        kafka.Choice("binary.handling.mode", {"bytes", "base64", "base64-url-safe", "hex"}, 0);
    settings.schemas_enable = Flag(kafka, "schemas.enable", false);
    settings.tombstones_on_delete = Flag(kafka, "tombstones.on.delete", true);
    settings.include_schema_changes = Flag(kafka, "include.schema.changes", true);
    settings.provide_transaction_metadata = Flag(kafka, "provide.transaction.metadata", false);
    settings.heartbeat_interval =
        std::chrono::milliseconds(kafka.Integer("heartbeat.interval.ms", 0, 24ULL * 3'600'000));
    settings.skipped_operations = SkippedOperations(kafka);
  }

  static std::string SkippedOperations(MappingReader& kafka) {
    if (!kafka.Has("skipped.operations")) return "t";
    std::string skipped;
    for (const std::string& word : kafka.Texts("skipped.operations")) {
      for (const char letter : word) {
        if (letter == ',' || letter == ' ') continue;
        skipped += letter;
      }
    }
    if (skipped == "none") return {};
    if (skipped.find_first_not_of("cudtr") != std::string::npos) {
      kafka.Mistake("skipped.operations", "is none, or a list of c, u, d, t and r");
    }
    return skipped;
  }

  void ReadLake(MappingReader& top) {
    LakeSettings& settings = out_.lake;
    const SettingsNode* node = top.Raw("lake");
    const bool is_root = node != nullptr && node->kind == NodeKind::kScalar;
    if (is_root || top.describes()) ReadLakeRoot(top);
    if (is_root) return;
    MappingReader mapping = top.Mapping("lake");
    for (const lake::Layer layer : lake::kLayers) {
      const std::string name(lake::NameOf(layer));
      settings[layer].location = Location(mapping, name, mapping.RequiredText(name));
    }
    ReadFormat(mapping);
    settings.layout = mapping.Text("layout", settings.layout);
    if (settings.layout != "{table}" && settings.layout != "{database}/{table}") {
      mapping.Mistake("layout", "must be \"{table}\" or \"{database}/{table}\"");
    }
    settings.keep_replaced = mapping.Duration("keep_replaced", settings.keep_replaced);
    const std::string& bronze = settings.bronze.location;
    if (!bronze.empty() && bronze == settings.silver.location) {
      mapping.Mistake("silver", "is the place of bronze: each layer needs one of its own");
    }
    mapping.Finish();
  }

  // One root for all layers.
  void ReadLakeRoot(MappingReader& top) {
    const std::string root = top.RequiredText("lake");
    for (const lake::Layer layer : lake::kLayers) {
      out_.lake[layer].location =
          Location(top, "lake", fmt::format("{}/{}", root, lake::NameOf(layer)));
    }
  }

  std::string Location(MappingReader& mapping, const std::string& key, std::string text) const {
    constexpr std::string_view kFile = "file://";
    if (text.starts_with(kFile)) text.erase(0, kFile.size());
    const std::size_t scheme = text.find("://");
    if (scheme == std::string::npos) {
      return Absolute(out_.directory, AtHome(mapping, key, std::move(text)));
    }
    const std::string name = text.substr(0, scheme);
    if (!azure::IsAzureUri(text)) {
      mapping.Mistake(key, fmt::format("\"{}://\" is not a place that tables can be kept: give a "
                                       "directory or an abfss:// URI",
                                       name));
    }
    while (text.ends_with('/')) text.pop_back();
    return text;
  }

  // "~" is the home folder, as in a shell.
  std::string AtHome(MappingReader& mapping, const std::string& key, std::string text) const {
    if (text != "~" && !text.starts_with("~/")) return text;
    const std::string home = reading_.sources.environment("HOME").value_or("");
    if (home.empty()) mapping.Mistake(key, "~ is the home folder, and HOME is not set");
    return home + text.substr(1);
  }

  void ReadFormat(MappingReader& mapping) {
    const SettingsNode* node = mapping.Raw("format");
    const std::vector<std::string> words{"delta", "parquet"};
    if (node == nullptr || node->kind == NodeKind::kScalar) {
      const auto format = static_cast<lake::TableFormat>(mapping.Choice("format", words, 0));
      for (const lake::Layer layer : lake::kLayers) out_.lake[layer].format = format;
      if (!mapping.describes()) return;
    }
    MappingReader format = mapping.Mapping("format");
    for (const lake::Layer layer : lake::kLayers) {
      const std::string name(lake::NameOf(layer));
      out_.lake[layer].format = static_cast<lake::TableFormat>(format.Choice(name, words, 0));
    }
    format.Finish();
  }

  void ReadAzure(MappingReader azure) {
    out_.azure.endpoint = azure.Text("endpoint", "");
    out_.azure.ca = Absolute(out_.directory, azure.Text("ca", ""));
    out_.azure.create_containers = Flag(azure, "create_containers", false);
    for (auto& [key, text] : azure.TextsBeginning("fs.azure.")) {
      out_.azure.keys.emplace(key, Secret(std::move(text)));
    }
    azure.Finish();
  }

  void ReadSchema(MappingReader schema) {
    out_.schema.widening =
        static_cast<WideningMode>(schema.Choice("widening", {"rewrite", "type_widening"}, 0));
    schema.Choice("incompatible", {"stop"}, 0);
    schema.Finish();
  }

  void ReadSilver(MappingReader silver) {
    for (auto& [table, columns] : silver.Mapping("clean").AllMappings()) {
      for (auto& [column, expression] : columns.AllTexts()) {
        out_.silver.clean.push_back({table, column, std::move(expression)});
      }
    }
    const std::vector<std::string> words{"warn", "drop", "quarantine"};
    for (auto& [table, expressions] : silver.Mapping("expect").AllMappings()) {
      for (const auto& [expression, choice] : expressions.AllChoices(words)) {
        out_.silver.expect.push_back({table, expression, words[choice]});
      }
    }
    silver.Finish();
  }

  void ReadGold(MappingReader gold) {
    out_.gold.history =
        static_cast<HistoryMode>(gold.Choice("history", {"changes", "closed", "intervals"}, 0));
    if (!gold.Has("dimensions")) {
      gold.Raw("dimensions");
      out_.gold.dimensions.push_back({"*", "", {}, "{table}_current", "{table}_history"});
    } else {
      for (auto& [name, dimension] : gold.Mapping("dimensions").AllMappings()) {
        ReadDimension(name, std::move(dimension));
      }
    }
    gold.Finish();
  }

  void ReadDimension(const std::string& name, MappingReader dimension) {
    const bool every = name == "*";
    DimensionSettings settings;
    settings.name = name;
    const std::string stem = every ? "{table}" : name;
    if (!every) {
      settings.from = dimension.Text("from", name);
      settings.columns = dimension.Mapping("columns").AllTexts();
    }
    settings.current = dimension.Text("current", stem + "_current");
    settings.history = dimension.Text("history", stem + "_history");
    for (const auto& [key, table] :
         {std::pair{"current", settings.current}, std::pair{"history", settings.history}}) {
      if (every && table.find("{table}") == std::string::npos) {
        dimension.Mistake(key, "for \"*\" the name must contain {table}");
      }
      if (!IsFolderName(table)) {
        dimension.Mistake(key, fmt::format("\"{}\" cannot be a folder below lake.gold", table));
      }
      if (!gold_tables_.insert(table).second) {
        dimension.Mistake(key, fmt::format("another gold table is called \"{}\" already", table));
      }
    }
    dimension.Finish();
    out_.gold.dimensions.push_back(std::move(settings));
  }

  void ReadCommit(MappingReader commit) {
    out_.commit.interval = commit.Duration("interval", out_.commit.interval);
    out_.commit.size_bytes = commit.Size("size", out_.commit.size_bytes);
    if (out_.commit.size_bytes == 0) commit.Mistake("size", "must be more than 0");
    commit.Finish();
  }

  void ReadMaintenance(MappingReader maintenance) {
    MaintenanceSettings& settings = out_.maintenance;
    constexpr std::size_t kAuto = 0;
    settings.vacuum = maintenance.Choice("vacuum", {"auto", "off"}, kAuto) == kAuto;
    settings.log_retention = maintenance.Duration("log_retention", settings.log_retention);
    if (settings.log_retention < std::chrono::seconds(1)) {
      maintenance.Mistake("log_retention", "must be 1s at least");
    }
    constexpr std::uint64_t kGreatest = 1'000'000;
    settings.budget = maintenance.Integer("budget", settings.budget, kGreatest);
    if (settings.budget == 0) maintenance.Mistake("budget", "must be more than 0");
    maintenance.Finish();
  }

  Reading& reading_;
  Configuration& out_;
  std::set<std::string> gold_tables_;
};

// Flags that name no key.
void CheckOverrides(Reading& reading) {
  for (const auto& [path, value] : reading.overrides) {
    if (std::ranges::find(reading.known_paths, path) != reading.known_paths.end()) continue;
    reading.mistakes.push_back(
        fmt::format("--set {}: unknown key{}", path, Suggestion(path, reading.known_paths)));
  }
}

std::string DirectoryOf(const std::string& file, const std::string& working_directory) {
  const auto full = std::filesystem::path(working_directory) / file;
  return full.lexically_normal().parent_path().string();
}

}  // namespace

Result<Configuration> ParseConfiguration(const std::string& text, const std::string& file,
                                         const ConfigurationInputs& inputs) {
  const SettingsNode root = TRY(ParseSettings(text, file));
  Configuration configuration;
  configuration.file = file;
  configuration.directory = DirectoryOf(file, inputs.working_directory);
  Reading reading{.file = file,
                  .sources = {inputs.environment, inputs.read_file, configuration.directory},
                  .overrides = inputs.overrides,
                  .mistakes = {},
                  .known_paths = {},
                  .form = nullptr};
  ConfigurationReader(reading, configuration).ReadAll(root);
  CheckOverrides(reading);
  if (reading.mistakes.empty()) return configuration;
  return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
             fmt::format("{}", fmt::join(reading.mistakes, "\n")));
}

std::string ConfigurationSchema() {
  SettingsForm form;
  Configuration ignored;
  const auto nothing = [](const std::string&) -> std::optional<std::string> { return {}; };
  Reading reading{.file = {},
                  .sources = {nothing, {}, {}},
                  .overrides = {},
                  .mistakes = {},
                  .known_paths = {},
                  .form = &form};
  ConfigurationReader(reading, ignored).ReadAll({});
  return JsonSchemaOf(form, "Configuration of Foreset (foreset.yaml)");
}

Result<Configuration> ReadConfiguration(const std::string& file,
                                        const ConfigurationInputs& inputs) {
  auto text = inputs.read_file((std::filesystem::path(inputs.working_directory) / file).string());
  if (!text) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigNotFound,
               fmt::format("{}: {}", file, text.error().message));
  }
  return ParseConfiguration(*text, file, inputs);
}

Status CheckSupported(const Configuration& configuration) {
  const auto refuse = [&](std::string_view key, std::string_view what) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kNotInThisVersion,
               fmt::format("{}: {}: {}", configuration.file, key, what));
  };
  if (configuration.kafka && configuration.kafka_sink) {
    return refuse("sink.kafka", "changes that come from topics are not published again");
  }
  const bool follows = configuration.mysql || configuration.kafka;
  if (configuration.delta && (follows || configuration.kafka_sink)) {
    return refuse("source.delta", "it stands alone: no other source, no sink");
  }
  if (!follows && !configuration.delta) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
               fmt::format("{}: source.mysql or source.kafka is missing: where changes come from",
                           configuration.file));
  }
  for (const LayerSettings* layer :
       {&configuration.lake.bronze, &configuration.lake.silver, &configuration.lake.gold}) {
    if (layer->location.find("{connector}") != std::string::npos) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
                 fmt::format("{}: lake: {{connector}} is replaced by `foreset connect` alone",
                             configuration.file));
    }
  }
  if (configuration.gold.history != HistoryMode::kChanges) {
    return refuse("gold.history", "only the mode \"changes\" is in this version");
  }
  if (configuration.schema.widening != WideningMode::kRewrite) {
    return refuse("schema.widening", "only \"rewrite\" is in this version");
  }
  return {};
}

}  // namespace foreset::cli
