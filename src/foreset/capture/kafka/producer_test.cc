// SPDX-License-Identifier: MIT
// Against the broker that librdkafka brings along for tests: it answers what a test tells it to.
#include "foreset/capture/kafka/producer.h"

#include <memory>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "foreset/base/errors/topics.h"

namespace foreset::kafka {
namespace {

constexpr std::int16_t kProduce = 0;  // its ApiKey

class ScriptedBroker {
 public:
  ScriptedBroker()
      : owner_(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0), rd_kafka_destroy),
        cluster_(rd_kafka_mock_cluster_new(owner_.get(), 1), rd_kafka_mock_cluster_destroy) {
    rd_kafka_mock_topic_create(cluster_.get(), "t", 1, 1);
  }

  ProducerOptions Options() const {
    ProducerOptions options;
    options.bootstrap_servers = rd_kafka_mock_cluster_bootstraps(cluster_.get());
    options.transactional_id = "id";
    return options;
  }

  void AnswerNextProduceWith(rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors_array(cluster_.get(), kProduce, 1, &error);
  }

 private:
  std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> owner_;
  std::unique_ptr<rd_kafka_mock_cluster_t, decltype(&rd_kafka_mock_cluster_destroy)> cluster_;
};

Status CommitOne(const ScriptedBroker& broker) {
  auto producer = Producer::Open(broker.Options(), [] { return false; });
  if (!producer) return std::unexpected(std::move(producer).error());
  OutgoingRecord record;
  record.topic = "t";
  record.partition = 0;
  record.value = "value";
  if (auto begun = (*producer)->Begin(); !begun) return begun;
  if (auto produced = (*producer)->Produce(record); !produced) return produced;
  return (*producer)->Commit();
}

TEST(ProducerTest, CommitsWhatTheBrokerHasWritten) {
  const ScriptedBroker broker;
  const Status committed = CommitOne(broker);
  EXPECT_TRUE(committed) << committed.error().ToString();
}

TEST(ProducerTest, WritesAgainWhatTheBrokerHadNoPlaceFor) {
  ScriptedBroker broker;
  broker.AnswerNextProduceWith(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  const Status committed = CommitOne(broker);
  EXPECT_TRUE(committed) << committed.error().ToString();
}

TEST(ProducerTest, NeverCommitsWithoutARecordThatTheBrokerTookForARepetition) {
  ScriptedBroker broker;
  broker.AnswerNextProduceWith(RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER);
  const Status committed = CommitOne(broker);
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::kTransient) << committed.error().ToString();
}

TEST(ProducerTest, NeverCommitsWithoutARecordThatWasRefused) {
  for (const auto refusal : {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD,
                             RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED}) {
    ScriptedBroker broker;
    broker.AnswerNextProduceWith(refusal);
    const Status committed = CommitOne(broker);
    ASSERT_FALSE(committed) << rd_kafka_err2name(refusal);
    EXPECT_EQ(committed.error().kind, ErrorKind::kInvalidInput) << committed.error().ToString();
  }
}

}  // namespace
}  // namespace foreset::kafka
