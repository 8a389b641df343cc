// SPDX-License-Identifier: MIT
#include "foreset/cli/config/configuration_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMinimal = R"(source:
  mysql:
    user: reader
    password: "${env:MYSQL_PASSWORD}"
    tables: ["shop.*"]
lake:
  bronze: lake/bronze
  silver: /data/silver/
  gold: abfss://gold@acc.dfs.core.windows.net/shop/
)";

ConfigurationInputs Inputs() {
  ConfigurationInputs inputs;
  inputs.working_directory = "/etc/foreset";
  inputs.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "MYSQL_PASSWORD") return "canary-${env:HOME}";
    if (name == "FORESET_COMMIT_INTERVAL") return "250ms";
    if (name == "PORT_OF_ANOTHER") return "canary-port";
    return std::nullopt;
  };
  inputs.read_file = [](const std::string& path) -> Result<std::string> {
    if (path == "/etc/foreset/user.txt") return "from_file\n";
    return Err(ErrorKind::kNotFound, ErrorCode::kStorageNotFound, "no such file");
  };
  return inputs;
}

Result<Configuration> Parse(const std::string& text, ConfigurationInputs inputs = Inputs()) {
  return ParseConfiguration(text, "foreset.yaml", inputs);
}

std::string MistakeOf(const std::string& text, ConfigurationInputs inputs = Inputs()) {
  const auto parsed = Parse(text, std::move(inputs));
  return parsed ? "no mistake" : parsed.error().message;
}

TEST(Configuration, AFileIsOneDocument) {
  const std::string minimal = kMinimal;
  EXPECT_THAT(MistakeOf(minimal + "---\n" + minimal), HasSubstr("it has 2 documents"));
  EXPECT_THAT(MistakeOf("---\n---\n" + minimal), HasSubstr("it has 2 documents"));
  EXPECT_EQ(MistakeOf("%YAML 1.2\n---\n" + minimal + "...\n"), "no mistake");
}

TEST(Configuration, DefaultsAreFilledInAndLocalPathsStartAtTheFile) {
  const Configuration c = Parse(kMinimal).value();
  EXPECT_EQ(c.mysql->host, "127.0.0.1");
  EXPECT_EQ(c.mysql->port, 3306);
  EXPECT_THAT(c.mysql->tables, ElementsAre("shop.*"));
  EXPECT_EQ(c.lake.bronze.location, "/etc/foreset/lake/bronze");
  EXPECT_EQ(c.lake.silver.location, "/data/silver");
  EXPECT_EQ(c.lake.gold.location, "abfss://gold@acc.dfs.core.windows.net/shop");
  EXPECT_TRUE(IsLocal(c.lake.bronze));
  EXPECT_FALSE(IsLocal(c.lake.gold));
  ASSERT_EQ(c.gold.dimensions.size(), 1U);
  EXPECT_EQ(c.gold.dimensions[0].current, "{table}_current");
  EXPECT_TRUE(CheckSupported(c));
}

TEST(Configuration, AReferenceIsReplacedOnceAndNeverLookedAtAgain) {
  EXPECT_EQ(Parse(kMinimal)->mysql->password.Reveal(), "canary-${env:HOME}");
}

TEST(Configuration, AFileReferenceStartsAtTheFileAndLosesItsLineBreak) {
  std::string text = kMinimal;
  text.replace(text.find("reader"), 6, "${file:user.txt}");
  EXPECT_EQ(Parse(text)->mysql->user, "from_file");
}

TEST(Configuration, FlagWinsOverEnvironmentOverFile) {
  ConfigurationInputs inputs = Inputs();
  const std::string text = std::string(kMinimal) + "commit: {interval: 3s}\n";
  EXPECT_EQ(Parse(text, inputs)->commit.interval.count(), 250);
  inputs.overrides["commit.interval"] = "7s";
  EXPECT_EQ(Parse(text, inputs)->commit.interval.count(), 7000);
}

TEST(Configuration, AnUnknownFlagNamesTheNearestKey) {
  ConfigurationInputs inputs = Inputs();
  inputs.overrides["commit.intervall"] = "7s";
  EXPECT_THAT(MistakeOf(kMinimal, inputs),
              HasSubstr("--set commit.intervall: unknown key; did you mean \"commit.interval\"?"));
}

TEST(Configuration, EveryMistakeIsToldWithItsLineAndTheNearestKey) {
  const std::string message = MistakeOf(R"(source:
  mysql:
    user: reader
    prot: 3307
    tables: [shop]
lake: {bronze: b, silver: s}
comit: {interval: 1s}
memory_limit: plenty
)");
  EXPECT_THAT(message, HasSubstr("foreset.yaml:4: source.mysql: unknown key \"prot\"; "
                                 "did you mean \"port\"?"));
  EXPECT_THAT(message, HasSubstr("foreset.yaml:5: source.mysql.tables: \"shop\" has no dot"));
  EXPECT_THAT(message, HasSubstr("foreset.yaml:6: lake.gold: is missing"));
  EXPECT_THAT(message, HasSubstr("foreset.yaml:7: unknown key \"comit\"; did you mean \"commit\""));
  EXPECT_THAT(message, HasSubstr("foreset.yaml:8: memory_limit: \"plenty\" is not a size"));
}

TEST(Configuration, AMistakeNeverQuotesWhatAReferenceStoodFor) {
  std::string text = kMinimal;
  text.replace(text.find("user: reader"), 12, "user: r\n    port: \"${env:PORT_OF_ANOTHER}\"");
  EXPECT_THAT(MistakeOf(text), HasSubstr("\"${env:PORT_OF_ANOTHER}\" is not a whole number"));
  EXPECT_THAT(MistakeOf(text), Not(HasSubstr("canary")));
}

TEST(Configuration, AMissingReferenceIsAMistakeInItsLine) {
  std::string text = kMinimal;
  text.replace(text.find("MYSQL_PASSWORD"), 14, "NOWHERE");
  EXPECT_THAT(MistakeOf(text), HasSubstr("foreset.yaml:4: source.mysql.password: ${env:NOWHERE}: "
                                         "the environment variable is not set"));
}

TEST(Configuration, WhatUnfoldsWithoutEndIsRefused) {
  const std::string large(1UL << 20U, 'x');
  std::string scalars = "a: &a " + large + "\nb: [";
  for (int i = 0; i < 90'000; ++i) scalars += "*a,";
  EXPECT_THAT(MistakeOf(scalars + "]\n"), HasSubstr("the file is too large"));
  std::string laughs = "a0: &a0 [x]\n";
  for (int i = 1; i < 12; ++i) {
    laughs += fmt::format("a{0}: &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n",
                          i, i - 1);
  }
  EXPECT_THAT(MistakeOf(laughs), HasSubstr("too large or too deep"));
  ConfigurationInputs inputs = Inputs();
  inputs.read_file = [&](const std::string&) -> Result<std::string> { return large; };
  std::string references = "source: {mysql: {host: h, user: u, tables: [";
  for (int i = 0; i < 1000; ++i) references += "'${file:x}',";
  EXPECT_THAT(MistakeOf(references + "]}}\nlake: l\n", inputs),
              HasSubstr("the references stand for too much text"));
}

TEST(Configuration, SyntaxErrorsAndDoubleKeysNameTheirPlace) {
  EXPECT_THAT(MistakeOf("a: [1,\n"), HasSubstr("foreset.yaml:"));
  EXPECT_THAT(MistakeOf("name: a\nname: b\n"), HasSubstr("foreset.yaml:2:1: the key \"name\""));
}

TEST(Configuration, DimensionsAreExactlyWhatIsListed) {
  const Configuration c = Parse(std::string(kMinimal) + R"(gold:
  dimensions:
    "*": {}
    DimCustomer: {from: Customers, columns: {CustomerID: CustomerID, CustomerName: Name},
                  current: DimCustomer, history: DimHistory_Customer}
)")
                              .value();
  ASSERT_EQ(c.gold.dimensions.size(), 2U);
  EXPECT_EQ(c.gold.dimensions[1].from, "Customers");
  EXPECT_THAT(c.gold.dimensions[1].columns, ElementsAre(std::pair("CustomerID", "CustomerID"),
                                                        std::pair("CustomerName", "Name")));
  EXPECT_EQ(c.gold.dimensions[1].history, "DimHistory_Customer");
}

TEST(Configuration, TwoGoldTablesOfOneNameAreRefused) {
  EXPECT_THAT(
      MistakeOf(std::string(kMinimal) + "gold: {dimensions: {A: {current: X}, B: {current: X}}}\n"),
      HasSubstr("another gold table is called \"X\""));
}

TEST(ConfigurationReader, SaysHowLongThingsStay) {
  const std::string lake = kMinimal;
  const MaintenanceSettings usual = Parse(lake)->maintenance;
  EXPECT_TRUE(usual.vacuum);
  EXPECT_EQ(usual.log_retention, std::chrono::hours(24));
  const MaintenanceSettings said =
      Parse(lake + "maintenance: {vacuum: off, log_retention: 7d, budget: 50}\n")->maintenance;
  EXPECT_FALSE(said.vacuum);
  EXPECT_EQ(said.log_retention, std::chrono::hours(7 * 24));
  EXPECT_EQ(said.budget, 50U);
  const std::string wrong =
      MistakeOf(lake + "maintenance: {vacuum: never, log_retention: 5ms, budget: 0}\n");
  for (const char* key :
       {"maintenance.vacuum", "maintenance.log_retention", "maintenance.budget"}) {
    EXPECT_THAT(wrong, HasSubstr(key));
  }
}

TEST(Configuration, TheFormatIsOneForAllLayersOrEachItsOwn) {
  const std::string head =
      "name: shop\nsource: {mysql: {user: u, password: p, tables: ['shop.*']}}\n";
  const std::string layers = "lake: {bronze: b, silver: s, gold: g, keep_replaced: 30s, format: ";
  const Configuration all = Parse(head + layers + "parquet}\n").value();
  EXPECT_EQ(all.lake.bronze.format, lake::TableFormat::kParquet);
  EXPECT_EQ(all.lake.gold.format, lake::TableFormat::kParquet);
  EXPECT_EQ(all.lake.keep_replaced, std::chrono::seconds(30));
  EXPECT_TRUE(CheckSupported(all));
  const Configuration one = Parse(head + layers + "{bronze: parquet}}\n").value();
  EXPECT_EQ(one.lake.bronze.format, lake::TableFormat::kParquet);
  EXPECT_EQ(one.lake.silver.format, lake::TableFormat::kDelta);
}

TEST(Configuration, WhatIsNotBuiltYetIsUnderstoodAndRefused) {
  const Configuration c = Parse(std::string(kMinimal) + "gold: {history: closed}\n").value();
  EXPECT_EQ(CheckSupported(c).error().code, ErrorCode::kNotInThisVersion);
}

TEST(Configuration, PlainTablesCanBeTheSource) {
  const Configuration c =
      Parse(
          "name: shop\nlake: lake\n"
          "source: {delta: {location: plain/, keys: {Orders: OrderID, Items: [OrderID, Line]}}}\n")
          .value();
  EXPECT_EQ(c.delta->location, "/etc/foreset/plain");
  EXPECT_EQ(c.delta->database, "shop");
  EXPECT_THAT(c.delta->keys.at("Orders"), ElementsAre("OrderID"));
  EXPECT_THAT(c.delta->keys.at("Items"), ElementsAre("OrderID", "Line"));
  EXPECT_TRUE(CheckSupported(c));
}

TEST(Configuration, TheSinkTakesDebeziumsOwnNames) {
  const Configuration c =
      Parse(std::string(kMinimal) +
            "sink: {kafka: {bootstrap_servers: 'h:1', topic_prefix: shop, partitions: 3,"
            " decimal.handling.mode: string, bigint.unsigned.handling.mode: precise,"
            " time.precision.mode: connect, binary.handling.mode: base64-url-safe,"
            " provide.transaction.metadata: true, tombstones.on.delete: false,"
            " skipped.operations: none, heartbeat.interval.ms: 500}}\n")
          .value();
  EXPECT_TRUE(CheckSupported(c));
  EXPECT_EQ(c.kafka_sink->topic_prefix, "shop");
  EXPECT_EQ(c.kafka_sink->partitions, 3);
  EXPECT_EQ(c.kafka_sink->decimal_handling, 2U);
  EXPECT_EQ(c.kafka_sink->bigint_unsigned_handling, 1U);
  EXPECT_EQ(c.kafka_sink->time_precision, 1U);
  EXPECT_EQ(c.kafka_sink->binary_handling, 2U);
  EXPECT_TRUE(c.kafka_sink->provide_transaction_metadata);
  EXPECT_FALSE(c.kafka_sink->tombstones_on_delete);
  EXPECT_EQ(c.kafka_sink->skipped_operations, "");
  EXPECT_EQ(c.kafka_sink->heartbeat_interval.count(), 500);
}

TEST(Configuration, AnOptionOfTheSinkThatIsNotDebeziumsIsRefused) {
  EXPECT_THAT(
      MistakeOf(std::string(kMinimal) +
                "sink: {kafka: {bootstrap_servers: 'h:1', time.precision.mode: adaptive}}\n"),
      HasSubstr("time.precision.mode"));
}

TEST(Configuration, AzureKeysAreTakenVerbatim) {
  const Configuration c =
      Parse(std::string(kMinimal) + "azure: {fs.azure.account.key.a.dfs.core.windows.net: k}\n")
          .value();
  EXPECT_EQ(c.azure.keys.at("fs.azure.account.key.a.dfs.core.windows.net").Reveal(), "k");
}

std::string WithLake(const std::string& lake) {
  const std::string minimal = kMinimal;
  return minimal.substr(0, minimal.find("lake:\n")) + lake;
}

TEST(Configuration, ALakeWithoutAPlaceIsAMistake) {
  ConfigurationInputs inputs = Inputs();
  inputs.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "MYSQL_PASSWORD") return "x";
    if (name == "LAKE_DIR") return "";
    return std::nullopt;
  };
  EXPECT_THAT(MistakeOf(WithLake("lake: \"${env:LAKE_DIR}\"\n"), inputs),
              HasSubstr("lake: is missing"));
  EXPECT_THAT(
      MistakeOf(WithLake("lake: {bronze: \"${env:LAKE_DIR}\", silver: s, gold: g}\n"), inputs),
      HasSubstr("lake.bronze: is missing"));
}

TEST(Configuration, LayersInOneFolderAreAMistake) {
  EXPECT_THAT(MistakeOf(WithLake("lake: {bronze: lake, silver: ./lake/, gold: lake}\n")),
              HasSubstr("lake.silver: is the place of bronze"));
  EXPECT_EQ(MistakeOf(WithLake("lake: {bronze: lake, silver: lake/silver, gold: lake/gold}\n")),
            "no mistake");
}

TEST(Configuration, ATildeIsTheHomeFolder) {
  ConfigurationInputs inputs = Inputs();
  inputs.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOME") return "/homes/ann";
    return name == "MYSQL_PASSWORD" ? std::optional<std::string>("x") : std::nullopt;
  };
  const auto parsed = Parse(WithLake("lake: {bronze: ~/lake, silver: \"~\", gold: ~x}\n"), inputs);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->lake.bronze.location, "/homes/ann/lake");
  EXPECT_EQ(parsed->lake.silver.location, "/homes/ann");
  EXPECT_EQ(parsed->lake.gold.location, "/etc/foreset/~x");
  EXPECT_EQ(Parse(WithLake("lake: ~/lake\n"), inputs)->lake.gold.location, "/homes/ann/lake/gold");
  EXPECT_THAT(MistakeOf(WithLake("lake: ~/lake\n")), HasSubstr("HOME is not set"));
}

}  // namespace
}  // namespace foreset::cli
