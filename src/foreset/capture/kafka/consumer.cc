// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/consumer.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "foreset/base/clock.h"
#include "foreset/capture/kafka/client.h"

namespace foreset::kafka {
namespace {

constexpr int kCallMs = 10'000;
constexpr int kAskAgainMs = 50;
// ListOffsets' special timestamps (Kafka protocol, ListOffsets request).
constexpr std::int64_t kLatest = -1;
constexpr std::int64_t kEarliest = -2;

bool IsLost(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

ErrorCode CodeOf(rd_kafka_resp_err_t code) {
  if (IsAccessDenied(code)) return ErrorCode::kKafkaAccessDenied;
  if (IsLost(code)) return ErrorCode::kKafkaOffsetLost;
  if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
      code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
    return ErrorCode::kKafkaTopicReplaced;
  }
  if (code == RD_KAFKA_RESP_ERR__INVALID_ARG || code == RD_KAFKA_RESP_ERR__FATAL) {
    return ErrorCode::kKafkaFailed;
  }
  return ErrorCode::kKafkaUnreachable;
}

// Whatever is not known to be final is worth another attempt: brokers come and go.
bool IsTransient(rd_kafka_resp_err_t code) { return CodeOf(code) == ErrorCode::kKafkaUnreachable; }

Error ErrorOf(rd_kafka_resp_err_t code, std::string_view what, std::string_view detail) {
  std::string text = fmt::format("{}: {}", what, rd_kafka_err2str(code));
  if (!detail.empty()) text += fmt::format(" ({})", detail);
  return {
      IsTransient(code) ? ErrorKind::kTransient : ErrorKind::kInvalidInput, CodeOf(code), text, {}};
}

std::unexpected<Error> Fail(rd_kafka_resp_err_t code, std::string_view what,
                            std::string_view detail = {}) {
  return std::unexpected(ErrorOf(code, what, detail));
}

ClientSettings SettingsOf(const KafkaOptions& options) {
  const std::size_t queue_kib = std::max<std::size_t>(1024, options.queue_bytes / 1024);
  return {.option = "source.kafka",
          .own = {{"bootstrap.servers", options.bootstrap_servers},
                  {"group.id", options.group},
                  {"client.id", "foreset"},
                  {"enable.auto.commit", "false"},
                  {"enable.auto.offset.store", "false"},
                  {"auto.offset.reset", "error"},
                  {"isolation.level", "read_committed"},
                  {"enable.partition.eof", "true"},
                  {"allow.auto.create.topics", "false"},
                  {"check.crcs", "true"},
                  {"queued.max.messages.kbytes", std::to_string(queue_kib)},
                  {"fetch.wait.max.ms", "100"},
                  {"fetch.error.backoff.ms", "100"},
                  {"reconnect.backoff.max.ms", "2000"}},
          .security = options.security};
}

// The library says "unknown" of its own accord while it has lost the broker that it had the topic
// from. Only a broker's word tells that a topic is gone.
rd_kafka_resp_err_t Heard(rd_kafka_resp_err_t code) {
  const bool own =
      code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
  return own ? RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE : code;
}

// Asks, and asks again while brokers come and go, until kCallMs have passed: a connection that
// breaks, or a broker that is forgotten, ends the question that was on its way there. `ask` is
// given the milliseconds that are left. The answer of a log-in that is refused is not waited out.
template <typename Ask>
rd_kafka_resp_err_t AskBrokers(Client& client, const Ask& ask) {
  using std::chrono::milliseconds;
  const auto until = SystemClock().Steady() + milliseconds(kCallMs);
  for (int left = kCallMs;;) {
    const rd_kafka_resp_err_t code = Heard(client.CauseOf(ask(left)));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) client.Succeeded();
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || !IsTransient(code)) return code;
    client.Serve(milliseconds(kAskAgainMs));
    left = static_cast<int>(
        std::chrono::duration_cast<milliseconds>(until - SystemClock().Steady()).count());
    if (left <= 0) return code;
  }
}

std::optional<std::string_view> BytesOf(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

// In the library's own memory.
Record RecordOf(Message message) {
  const RecordContent content{
      .topic = rd_kafka_topic_name(message->rkt),
      .partition = message->partition,
      .offset = LogOffset(message->offset),
      .is_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF,
      .key = BytesOf(message->key, message->key_len),
      .value = BytesOf(message->payload, message->len),
  };
  return {content, Record::Memory(message.release(), [](void* memory) {
            rd_kafka_message_destroy(static_cast<rd_kafka_message_t*>(memory));
          })};
}

Error ErrorOf(const rd_kafka_message_t& message, Client& client) {
  const std::string where =
      message.rkt == nullptr
          ? std::string("reading records")
          : fmt::format("{} [{}]", rd_kafka_topic_name(message.rkt), message.partition);
  return ErrorOf(client.CauseOf(message.err), where, rd_kafka_message_errstr(&message));
}

Partitions NewList(std::size_t size) {
  return Partitions(rd_kafka_topic_partition_list_new(static_cast<int>(size)));
}

// All partitions of the topics, each with `offset`.
Partitions EveryPartition(const std::map<std::string, std::int32_t>& topics, std::int64_t offset) {
  Partitions list = NewList(topics.size());
  for (const auto& [topic, partitions] : topics) {
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
    }
  }
  return list;
}

// rd_kafka_offsets_for_times; one partition's failure is the call's.
rd_kafka_resp_err_t OffsetsForTimes(rd_kafka_t* handle, rd_kafka_topic_partition_list_t* list,
                                    int milliseconds) {
  const auto code = rd_kafka_offsets_for_times(handle, list, milliseconds);
  for (int i = 0; code == RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; ++i) {
    if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list->elems[i].err;
  }
  return code;
}

// The answer to DescribeConfigs, null when none comes in time.
Event DescribeTopic(rd_kafka_t* handle, rd_kafka_ConfigResource_t* topic, int milliseconds) {
  const Queue queue(rd_kafka_queue_new(handle));
  rd_kafka_DescribeConfigs(handle, &topic, 1, nullptr, queue.get());
  return Event(rd_kafka_queue_poll(queue.get(), milliseconds));
}

}  // namespace

struct Consumer::State {
  std::unique_ptr<Client> client;
  Queue queue;  // of records

  rd_kafka_t* handle() const { return client->get(); }
  // `cause` as AskBrokers gives it.
  std::unexpected<Error> Failed(rd_kafka_resp_err_t cause, std::string_view what) const {
    return Fail(cause, what, client->words());
  }
};

Consumer::Consumer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Consumer::~Consumer() = default;

Result<std::unique_ptr<Consumer>> Consumer::Open(const KafkaOptions& options) {
  auto state = std::make_unique<State>();
  state->client = TRY(Client::Open(RD_KAFKA_CONSUMER, SettingsOf(options)));
  state->queue.reset(rd_kafka_queue_get_consumer(state->handle()));
  return std::unique_ptr<Consumer>(new Consumer(std::move(state)));
}

Result<std::map<std::string, std::int32_t>> Consumer::ListTopics() {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = AskBrokers(*state_->client, [&](int left) {
    return rd_kafka_metadata(state_->handle(), 1, nullptr, &metadata, left);
  });
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return state_->Failed(code, "asking Kafka for its topics");
  }
  std::map<std::string, std::int32_t> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR) topics[topic.topic] = topic.partition_cnt;
  }
  rd_kafka_metadata_destroy(metadata);
  return topics;
}

Result<PartitionMarks> Consumer::QueryWatermarks(
    const std::map<std::string, std::int32_t>& topics) {
  PartitionMarks marks;
  for (const std::int64_t which : {kEarliest, kLatest}) {
    Partitions answers;
    const auto code = AskBrokers(*state_->client, [&](int left) {
      answers = EveryPartition(topics, which);
      return answers->cnt == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR
                               : OffsetsForTimes(state_->handle(), answers.get(), left);
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return state_->Failed(code, "asking for offsets");
    for (int i = 0; i < answers->cnt; ++i) {
      const rd_kafka_topic_partition_t& answer = answers->elems[i];
      Watermarks& of = marks[{answer.topic, answer.partition}];
      (which == kEarliest ? of.low : of.high) = LogOffset(answer.offset);
    }
  }
  return marks;
}

Status Consumer::Add(const std::vector<PartitionPosition>& partitions) {
  if (partitions.empty()) return {};
  const Partitions list = NewList(partitions.size());
  for (const PartitionPosition& from : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), from.topic.c_str(), from.partition)->offset =
        from.next_offset.value();
  }
  const KafkaError error(rd_kafka_incremental_assign(state_->handle(), list.get()));
  if (error == nullptr) return {};
  return Fail(rd_kafka_error_code(error.get()), "reading partitions",
              rd_kafka_error_string(error.get()));
}

Status Consumer::Pause(const std::string& topic, std::int32_t partition) {
  const Partitions list = NewList(1);
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  const auto code = rd_kafka_pause_partitions(state_->handle(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail(code, topic);
  return {};
}

Status Consumer::Resume(const std::string& topic, std::int32_t partition) {
  const Partitions list = NewList(1);
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  const auto code = rd_kafka_resume_partitions(state_->handle(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail(code, topic);
  return {};
}

Result<std::vector<Record>> Consumer::Poll(std::size_t most, std::chrono::milliseconds wait) {
  std::vector<rd_kafka_message_t*> messages(most);
  state_->client->Serve();
  const auto count = rd_kafka_consume_batch_queue(
      state_->queue.get(), static_cast<int>(wait.count()), messages.data(), most);
  if (count < 0) {
    return state_->Failed(state_->client->CauseOf(rd_kafka_last_error()), "reading records");
  }
  std::vector<Record> records;
  records.reserve(static_cast<std::size_t>(count));
  std::optional<Error> failed;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    Message message(messages[i]);
    const bool is_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || is_end) {
      records.push_back(RecordOf(std::move(message)));
    } else if (!failed) {
      failed = ErrorOf(*message, *state_->client);
    }
  }
  if (failed) return std::unexpected(*std::move(failed));
  if (!records.empty()) state_->client->Succeeded();
  return records;
}

void Consumer::Publish(const std::vector<PartitionPosition>& partitions) {
  if (partitions.empty()) return;
  const Partitions list = NewList(partitions.size());
  for (const PartitionPosition& at : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition)->offset =
        at.next_offset.value();
  }
  rd_kafka_commit(state_->handle(), list.get(), 1);
}

Result<std::map<std::string, std::string>> Consumer::TopicSettings(const std::string& topic) {
  const Resource asked(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  Event event;
  const auto code = AskBrokers(*state_->client, [&](int left) {
    event = DescribeTopic(state_->handle(), asked.get(), left);
    return event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event.get());
  });
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return state_->Failed(code, topic);
  std::size_t count = 0;
  const auto* answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  std::map<std::string, std::string> settings;
  if (count == 0) return settings;
  if (const auto refused = rd_kafka_ConfigResource_error(answers[0]);
      refused != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Fail(refused, topic);
  }
  std::size_t entries = 0;
  const auto* all = rd_kafka_ConfigResource_configs(answers[0], &entries);
  for (std::size_t i = 0; i < entries; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(all[i]);
    settings[rd_kafka_ConfigEntry_name(all[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

}  // namespace foreset::kafka
