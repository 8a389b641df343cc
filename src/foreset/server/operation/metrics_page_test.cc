// SPDX-License-Identifier: MIT
#include "foreset/server/operation/metrics_page.h"

#include <limits>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace foreset::server {
namespace {

bool Has(const std::string& page, const std::string& line) {
  return page.find("\n" + line + "\n") != std::string::npos;
}

std::size_t CountOf(const std::string& page, const std::string& start) {
  std::istringstream lines(page);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.starts_with(start) ? 1 : 0;
  return count;
}

class MetricsPageTest : public testing::Test {
 protected:
  std::string Page() {
    health_.name = "shop";
    health_.status = std::make_shared<pipeline::PipelineStatus>(status_);
    return MetricsPage({.version = "1.2",
                        .pipelines = {health_},
                        .max_lag_seconds = 60,
                        .memory_limit_bytes = 1024,
                        .process = {}});
  }

  pipeline::PipelineHealth health_;
  pipeline::PipelineStatus status_;
};

TEST_F(MetricsPageTest, NamesAreUniqueAndSayTheirUnit) {
  std::set<std::string_view> names;
  for (const MetricDefinition& metric : AllMetrics()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_EQ(metric.name.ends_with("_total"), metric.is_counter) << metric.name;
    EXPECT_TRUE(metric.name.starts_with("foreset_") || metric.name.starts_with("process_"));
    EXPECT_TRUE(metric.help.ends_with('.')) << metric.name;
  }
}

TEST_F(MetricsPageTest, WhatIsKnownIsServedAndNothingElse) {
  status_.following = true;
  status_.transactions = 7;
  status_.tables[TableId{"shop", "Items"}].changes = 3;
  status_.tables[TableId{"shop", "Items"}].index_bytes = 5500;
  health_.lag_seconds = {{"bronze", 0.5}, {"sink", 2}};
  health_.stores["bronze"].commits = 4;
  const std::string page = Page();
  EXPECT_TRUE(Has(page, "foreset_build_info{version=\"1.2\"} 1")) << page;
  EXPECT_TRUE(Has(page, "foreset_lag_seconds{pipeline=\"shop\",layer=\"bronze\"} 0.5")) << page;
  EXPECT_TRUE(Has(page, "foreset_sink_lag_seconds{pipeline=\"shop\"} 2")) << page;
  EXPECT_TRUE(Has(page, "foreset_transactions_total{pipeline=\"shop\"} 7")) << page;
  EXPECT_TRUE(Has(page, "foreset_changes_total{pipeline=\"shop\",table=\"shop.Items\"} 3"));
  EXPECT_TRUE(Has(page, "foreset_key_index_bytes{pipeline=\"shop\",table=\"shop.Items\"} 5500"));
  EXPECT_TRUE(Has(page, "foreset_commits_total{pipeline=\"shop\",layer=\"bronze\"} 4"));
  EXPECT_TRUE(Has(page, "foreset_ready{pipeline=\"shop\"} 1"));
  EXPECT_TRUE(Has(page, "foreset_memory_limit_bytes 1024"));
  EXPECT_EQ(CountOf(page, "foreset_source_reachable"), 0);
  EXPECT_EQ(CountOf(page, "foreset_source_retention_left_seconds"), 0);
  EXPECT_EQ(CountOf(page, "foreset_sink_records_total"), 0);
}

TEST_F(MetricsPageTest, ASourceThatNeverDeletesIsInfinity) {
  health_.source.Add(Timestamp(1), pipeline::SourceSighting{
                                       .now = {},
                                       .clock_ahead_seconds = -1.5,
                                       .purge_seconds = std::numeric_limits<double>::infinity()});
  const std::string page = Page();
  EXPECT_TRUE(Has(page, "foreset_source_retention_left_seconds{pipeline=\"shop\"} +Inf")) << page;
  EXPECT_TRUE(Has(page, "foreset_source_clock_ahead_seconds{pipeline=\"shop\"} -1.5")) << page;
  EXPECT_TRUE(Has(page, "foreset_source_reachable{pipeline=\"shop\"} 1")) << page;
}

TEST_F(MetricsPageTest, ManyTablesShareALabel) {
  for (std::size_t i = 0; i < kMostTableLabels + 5; ++i) {
    status_.tables[TableId{"shop", "T" + std::to_string(1000 + i)}].changes = 2;
  }
  const std::string page = Page();
  EXPECT_EQ(CountOf(page, "foreset_changes_total{"), kMostTableLabels);
  EXPECT_TRUE(Has(page, "foreset_changes_total{pipeline=\"shop\",table=\"other\"} 12")) << page;
  EXPECT_TRUE(Has(page, "foreset_tables{pipeline=\"shop\",state=\"waiting\"} 205"));
}

TEST_F(MetricsPageTest, NoNameBreaksOutOfItsLabel) {
  status_.tables[TableId{"shop", "a\"} 1\n\\"}].changes = 2;
  EXPECT_TRUE(Has(Page(), R"(foreset_changes_total{pipeline="shop",table="shop.a\"} 1\n\\"} 2)"));
}

}  // namespace
}  // namespace foreset::server
