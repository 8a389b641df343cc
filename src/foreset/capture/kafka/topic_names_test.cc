// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_names.h"

#include <gtest/gtest.h>

namespace foreset::kafka {
namespace {

using Topics = std::map<std::string, std::int32_t>;

TEST(TopicNames, KafkasOwnTopicsNeverMatch) {
  const TopicNames names({"*"}, "");
  EXPECT_FALSE(names.Matches("__consumer_offsets"));
  EXPECT_TRUE(names.Matches("__debezium-heartbeat.shop"));
  EXPECT_TRUE(names.Matches("shop.store.Orders"));
}

TEST(TopicNames, SchemaChangesStandInTheTopicOfThePrefix) {
  const Topics topics = {{"shop", 1}, {"shop.store.Orders", 3}, {"other", 1}};
  const TopicNames names({"shop.store.*"}, "");
  EXPECT_EQ(names.Matching(topics), (Topics{{"shop.store.Orders", 3}}));
  EXPECT_EQ(names.SchemaTopics(topics), (Topics{{"shop", 1}}));
  EXPECT_EQ(TopicNames({"shop.store.*"}, "other").SchemaTopics(topics), (Topics{{"other", 1}}));
}

TEST(TopicNames, TableIsWantedWhereItsTopicWouldMatch) {
  const TopicNames names({"shop.store.O*"}, "");
  EXPECT_TRUE(names.Wants({"store", "Orders"}, {"shop"}));
  EXPECT_FALSE(names.Wants({"store", "Payments"}, {"shop"}));
  EXPECT_FALSE(names.Wants({"store", "Orders"}, {"elsewhere"}));
}

TEST(TopicNames, CharactersThatKafkaDoesNotAllowAreReplaced) {
  EXPECT_EQ(TopicSafe("Order Items"), "Order_Items");
  EXPECT_TRUE(TopicNames::IsOf("shop.store.Order_Items", {"store", "Order Items"}));
}

}  // namespace
}  // namespace foreset::kafka
