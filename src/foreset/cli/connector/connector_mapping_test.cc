// SPDX-License-Identifier: MIT
#include "foreset/cli/connector/connector_mapping.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/cli/connector/connector_configuration.h"

namespace foreset::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Options = std::map<std::string, std::string>;

Options Usual() {
  return {{"connector.class", "io.debezium.connector.mysql.MySqlConnector"},
          {"topic.prefix", "store"},
          {"database.hostname", "db"},
          {"database.user", "u"},
          {"database.password", "p"},
          {"database.include.list", "shop"}};
}

MappedFate FateOf(const std::string& key, const std::string& value) {
  const auto mapping = MapConnectorOptions({{key, value}});
  EXPECT_EQ(mapping.options.size(), 1U) << key;
  return mapping.options.at(0).fate;
}

TEST(ConnectorMapping, ExpressionsBecomeGlobs) {
  EXPECT_THAT(GlobsOfExpression(R"(shop\.Orders)"), ElementsAre("shop.Orders"));
  EXPECT_THAT(GlobsOfExpression("shop.Orders"), ElementsAre("shop.Orders"));
  EXPECT_THAT(GlobsOfExpression(R"(shop[.].*)"), ElementsAre("shop.*"));
  EXPECT_THAT(GlobsOfExpression(R"(shop\.T.+)"), ElementsAre("shop.T?*"));
  EXPECT_THAT(GlobsOfExpression(R"(shop\.(A|(?:B|C)x)|stock\.\$D)"),
              ElementsAre("shop.A", "shop.Bx", "shop.Cx", "stock.$D"));
}

TEST(ConnectorMapping, WhatGlobsCannotSayIsNotGuessed) {
  for (const char* expression : {"", "shop\\.[ab]", "shop\\.a+", "shop\\.(a|b)*", "shop\\.\\d",
                                 "^shop$", "shop\\.(a", "shop\\.a?", "shop\\.a{2}", "(?i)shop"}) {
    EXPECT_THAT(GlobsOfExpression(expression), IsEmpty()) << expression;
  }
  std::string many;
  for (int i = 0; i < 11; ++i) many += "(a|b)";
  EXPECT_THAT(GlobsOfExpression(many), IsEmpty());
  EXPECT_THAT(GlobsOfExpression(std::string(100'000, '(')), IsEmpty());
}

TEST(ConnectorMapping, NoOptionIsIgnoredSilently) {
  EXPECT_EQ(FateOf("database.hostname", "x"), MappedFate::kTaken);
  EXPECT_EQ(FateOf("schema.history.internal.kafka.topic", "x"), MappedFate::kNotNeeded);
  EXPECT_EQ(FateOf("schema.history.internal.consumer.sasl.mechanism", "x"), MappedFate::kNotNeeded);
  EXPECT_EQ(FateOf("column.exclude.list", "x"), MappedFate::kRefused);
  EXPECT_EQ(FateOf("column.mask.with.5.chars", "x"), MappedFate::kRefused);
  EXPECT_EQ(FateOf("skipped.operations", "t"), MappedFate::kNotNeeded);
  EXPECT_EQ(FateOf("skipped.operations", "d"), MappedFate::kRefused);
  EXPECT_EQ(FateOf("snapshot.mode", "when_needed"), MappedFate::kNotNeeded);
  EXPECT_EQ(FateOf("snapshot.mode", "never"), MappedFate::kRefused);
  EXPECT_EQ(FateOf("include.query", "false"), MappedFate::kNotNeeded);
  EXPECT_EQ(FateOf("include.query", "true"), MappedFate::kRefused);
  EXPECT_EQ(FateOf("transforms", "route"), MappedFate::kRefused);
  const auto unknown = MapConnectorOptions({{"databse.user", "x"}});
  EXPECT_EQ(unknown.options.at(0).fate, MappedFate::kRefused);
  EXPECT_THAT(unknown.options.at(0).text, HasSubstr("did you mean \"database.user\"?"));
}

TEST(ConnectorMapping, EveryOptionHasOneRow) {
  std::set<std::string_view> names;
  for (const DebeziumOption& option : AllDebeziumOptions()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_FALSE(option.text.empty()) << option.name;
  }
}

TEST(ConnectorConfiguration, TheSourceIsTheConnectorsAndTheRestTheBases) {
  Configuration base;
  base.lake.bronze.location = "/lake/{connector}/bronze";
  base.lake.silver.location = base.lake.gold.location = "/lake/{connector}";
  base.mysql.emplace().tls.ca = "/ca.pem";
  Options options = Usual();
  options["database.port"] = "3307";
  options["database.ssl.mode"] = "verify_ca";
  const auto made = ConfigurationOf("c-1", server::ConnectorConfig(options), base);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->name, "store");
  EXPECT_EQ(made->lake.bronze.location, "/lake/c-1/bronze");
  EXPECT_EQ(made->mysql->port, 3307);
  EXPECT_EQ(made->mysql->password.Reveal(), "p");
  EXPECT_THAT(made->mysql->tables, ElementsAre("shop.*"));
  EXPECT_EQ(made->mysql->tls.mode, TlsMode::kVerifyCa);
  EXPECT_EQ(made->mysql->tls.ca, "/ca.pem");
}

TEST(ConnectorConfiguration, AllMistakesAreToldAtOnce) {
  Options options = Usual();
  options.erase("topic.prefix");
  options["database.port"] = "0";
  options["database.ssl.mode"] = "sometimes";
  const auto made = ConfigurationOf("c", server::ConnectorConfig(options), Configuration());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kConnectorInvalid);
  for (const char* key : {"topic.prefix", "database.port", "database.ssl.mode"}) {
    EXPECT_THAT(made.error().message, HasSubstr(key));
  }
}

TEST(ConnectorConfiguration, APrefixIsAPlainName) {
  for (const char* prefix : {"../../x", "a/b", "..", "a b", "a\n", "\x1b[2J", "\xC2\x9B",
                             "\xE2\x80\xAE", "${env:X}", "a,b"}) {
    Options options = Usual();
    options["topic.prefix"] = prefix;
    const auto made = ConfigurationOf("c", server::ConnectorConfig(options), Configuration());
    ASSERT_FALSE(made) << prefix;
    EXPECT_THAT(made.error().message, HasSubstr("topic.prefix: "));
  }
}

TEST(ConnectorConfiguration, ReferencesAreNotTakenForValues) {
  for (const char* option : {"database.hostname", "database.user", "database.password"}) {
    Options options = Usual();
    options[option] = "${file:/run/secrets/x}";
    const auto made = ConfigurationOf("c", server::ConnectorConfig(options), Configuration());
    ASSERT_FALSE(made) << option;
    EXPECT_THAT(made.error().message, HasSubstr("are not resolved here"));
  }
  Options options = Usual();
  options["database.password"] = "a${HOME}:${b:c}";
  EXPECT_TRUE(ConfigurationOf("c", server::ConnectorConfig(options), Configuration()));
}

TEST(ConnectorConfiguration, ANameDoesNotLeaveTheLake) {
  Configuration base;
  base.lake.bronze.location = base.lake.silver.location = base.lake.gold.location =
      "/lake/{connector}";
  for (const char* name : {"../x", "a/b", "..", ".hidden", "a b", "a%2Fb"}) {
    EXPECT_FALSE(ConfigurationOf(name, server::ConnectorConfig(Usual()), base)) << name;
  }
  EXPECT_TRUE(ConfigurationOf("mysql-connector_1.x", server::ConnectorConfig(Usual()), base));
}

}  // namespace
}  // namespace foreset::cli
