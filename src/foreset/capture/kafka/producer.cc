// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/producer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/kafka/handle.h"

namespace foreset::kafka {
namespace {

constexpr int kAdminTimeoutMs = 30'000;
constexpr int kFarewellMs = 2'000;       // for the broker to hear of an abort
constexpr std::int64_t kFirstSpan = 64;  // records at a topic's end that are read first

int Millis(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

std::unexpected<Error> Stopped() {
  return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "publishing was interrupted");
}

class RdProducer final : public Producer {
 public:
  RdProducer(const ProducerOptions& options, Stop stop)
      : options_(options), stop_(std::move(stop)) {}

  ~RdProducer() override {
    if (handle_ == nullptr) return;
    rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    // Best effort: whoever opens the id next aborts what is left.
    if (in_transaction_) KafkaError(rd_kafka_abort_transaction(handle_.get(), kFarewellMs));
  }

  Status Start() {
    Conf conf = TRY(
        MakeConf({{"bootstrap.servers", options_.bootstrap_servers},
                  {"transactional.id", options_.transactional_id},
                  {"transaction.timeout.ms", std::to_string(options_.transaction_timeout.count())},
                  {"enable.idempotence", "true"},
                  {"partitioner", "murmur2_random"},
                  {"compression.type", "zstd"},
                  {"linger.ms", "5"},
                  {"message.max.bytes", "67108864"},
                  {"queue.buffering.max.messages", "200000"},
                  {"queue.buffering.max.kbytes",
                   std::to_string(std::max<std::size_t>(1024, options_.queue_bytes >> 10U))},
                  {"client.id", "foreset"}},
                 options_.properties));
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivery);
    rd_kafka_conf_set_error_cb(conf.get(), OnError);
    char reason[256] = {};
    handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), reason, sizeof reason));
    if (handle_ == nullptr) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid, reason);
    }
    [[maybe_unused]] const auto* given = conf.release();  // the handle has it now
    return Persist("opening the transactional producer", [this] {
      return rd_kafka_init_transactions(handle_.get(), Millis(options_.step));
    });
  }

  Status CreateTopics(const std::vector<TopicSettings>& topics) override {
    std::vector<rd_kafka_NewTopic_t*> wanted;
    for (const TopicSettings& topic : topics) {
      char reason[256] = {};
      auto* made =
          rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, -1, reason, sizeof reason);
      if (made == nullptr) continue;  // a name that cannot be: producing says so
      rd_kafka_NewTopic_set_config(made, "cleanup.policy", topic.compacted ? "compact" : "delete");
      wanted.push_back(made);
    }
    if (wanted.empty()) return {};
    const Queue queue(rd_kafka_queue_new(handle_.get()));
    auto* request = rd_kafka_AdminOptions_new(handle_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_CreateTopics(handle_.get(), wanted.data(), wanted.size(), request, queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), kAdminTimeoutMs));
    rd_kafka_AdminOptions_destroy(request);
    rd_kafka_NewTopic_destroy_array(wanted.data(), wanted.size());
    return OutcomeOf(event.get());
  }

  Status Begin() override {
    produced_ = delivered_ = 0;
    failed_ = RD_KAFKA_RESP_ERR_NO_ERROR;
    const KafkaError error(rd_kafka_begin_transaction(handle_.get()));
    if (error != nullptr) return FailureOf("beginning a transaction", error.get());
    in_transaction_ = true;
    return {};
  }

  Status Produce(const OutgoingRecord& record) override {
    for (;;) {
      RETURN_IF_ERROR(CheckDelivered());
      const rd_kafka_resp_err_t code = Enqueue(record);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        return Failure(fmt::format("producing to {}", record.topic), CauseOf(code), last_error_);
      }
      if (stop_()) return Stopped();
      rd_kafka_poll(handle_.get(), 50);
    }
    if (++produced_ % 256 == 0) rd_kafka_poll(handle_.get(), 0);
    return {};
  }

  Status Commit() override {
    while (delivered_ < produced_) {
      rd_kafka_flush(handle_.get(), Millis(options_.step));
      RETURN_IF_ERROR(CheckDelivered());
      if (delivered_ < produced_ && stop_()) return Stopped();
    }
    RETURN_IF_ERROR(Persist("committing a transaction", [this] {
      return rd_kafka_commit_transaction(handle_.get(), Millis(options_.step));
    }));
    in_transaction_ = false;
    return CheckDelivered();
  }

 private:
  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& self = *static_cast<RdProducer*>(opaque);
    ++self.delivered_;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && self.failed_ == RD_KAFKA_RESP_ERR_NO_ERROR) {
      self.failed_ = message->err;
    }
  }
  static void OnError(rd_kafka_t*, int code, const char* reason, void* opaque) {
    auto& self = *static_cast<RdProducer*>(opaque);
    const auto error = static_cast<rd_kafka_resp_err_t>(code);
    self.last_error_ = fmt::format("{}: {}", rd_kafka_err2name(error), reason);
    if (IsLogIn(error)) self.log_in_ = error;
  }
  static bool IsLogIn(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL;
  }

  // After a fatal error everything else fails of it (records are purged, say): that is the cause.
  rd_kafka_resp_err_t CauseOf(rd_kafka_resp_err_t code) const {
    char reason[256] = {};
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle_.get(), reason, sizeof reason);
    if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) return fatal;
    // A call that timed out says nothing; that no log-in succeeded does.
    const bool refused = log_in_ != RD_KAFKA_RESP_ERR_NO_ERROR;
    return refused && code == RD_KAFKA_RESP_ERR__TIMED_OUT ? log_in_ : code;
  }

  Status FailureOf(std::string_view what, const rd_kafka_error_t* error) const {
    return Failure(what, CauseOf(rd_kafka_error_code(error)), rd_kafka_error_string(error));
  }

  // Repeats a call as long as the library says that it may go on with it.
  template <typename Call>
  Status Persist(std::string_view what, Call call) {
    const auto deadline = std::chrono::steady_clock::now() + options_.transaction_timeout;
    for (;;) {
      const KafkaError error(call());
      rd_kafka_poll(handle_.get(), 0);
      if (error == nullptr) {
        log_in_ = RD_KAFKA_RESP_ERR_NO_ERROR;
        return {};
      }
      if (rd_kafka_error_is_retriable(error.get()) == 0) return FailureOf(what, error.get());
      if (stop_()) return Stopped();
      if (std::chrono::steady_clock::now() >= deadline) {
        return Failure(what, CauseOf(RD_KAFKA_RESP_ERR__TIMED_OUT), last_error_);
      }
    }
  }

  Status CheckDelivered() const {
    if (failed_ == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return Failure("delivering a record", CauseOf(failed_), last_error_);
  }

  rd_kafka_resp_err_t Enqueue(const OutgoingRecord& record) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers) {
      rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    }
    // The library copies both; its signature is older than const.
    auto* key = const_cast<char*>(record.key ? record.key->data() : nullptr);
    auto* value = const_cast<char*>(record.value ? record.value->data() : nullptr);
    const std::size_t key_size = record.key ? record.key->size() : 0;
    const std::size_t value_size = record.value ? record.value->size() : 0;
    // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): the library's only call with headers.
    const rd_kafka_resp_err_t code = rd_kafka_producev(
        handle_.get(), RD_KAFKA_V_TOPIC(record.topic.c_str()),
        RD_KAFKA_V_PARTITION(record.partition.value_or(RD_KAFKA_PARTITION_UA)),
        RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_VALUE(value, value_size),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    // NOLINTEND(cppcoreguidelines-pro-type-vararg)
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
    return code;
  }

  Status OutcomeOf(rd_kafka_event_t* event) const {
    if (event == nullptr) {
      return Failure("making topics", RD_KAFKA_RESP_ERR__TIMED_OUT, last_error_);
    }
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Failure("making topics", rd_kafka_event_error(event), last_error_);
    }
    std::size_t count = 0;
    const auto* result = rd_kafka_event_CreateTopics_result(event);
    const auto* const* topics = rd_kafka_CreateTopics_result_topics(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
      const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);
      const bool there =
          code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS;
      // Without the right to make topics, they may be there all the same.
      const bool denied = code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
                          code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
      if (there || denied) continue;
      return Failure(fmt::format("making topic {}", rd_kafka_topic_result_name(topics[i])), code,
                     "");
    }
    return {};
  }

  ProducerOptions options_;
  Stop stop_;
  Handle handle_;
  bool in_transaction_ = false;
  std::uint64_t produced_ = 0;
  std::uint64_t delivered_ = 0;  // with success or without
  rd_kafka_resp_err_t failed_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string last_error_;  // as the library tells it, for messages
  rd_kafka_resp_err_t log_in_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // why none succeeded, lately
};

// Reads one partition from an offset to its end.
class TailReader {
 public:
  TailReader(std::string topic, std::chrono::steady_clock::time_point deadline)
      : topic_(std::move(topic)), deadline_(deadline) {}

  Status Start(const ProducerOptions& options) {
    Conf conf = TRY(MakeConf({{"bootstrap.servers", options.bootstrap_servers},
                              {"group.id", options.transactional_id + ".reader"},
                              {"isolation.level", "read_committed"},
                              {"enable.partition.eof", "true"},
                              {"enable.auto.commit", "false"},
                              {"auto.offset.reset", "earliest"},
                              {"client.id", "foreset"}},
                             options.properties));
    char reason[256] = {};
    handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), reason, sizeof reason));
    if (handle_ == nullptr) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid, reason);
    }
    [[maybe_unused]] const auto* given = conf.release();
    rd_kafka_poll_set_consumer(handle_.get());
    return {};
  }

  // Nothing when there is no such topic.
  Result<std::optional<std::pair<std::int64_t, std::int64_t>>> Bounds() {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (;;) {
      const rd_kafka_resp_err_t code =
          rd_kafka_query_watermark_offsets(handle_.get(), topic_.c_str(), 0, &low, &high, 2'000);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return std::pair(low, high);
      if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
          code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
          code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
        return std::nullopt;
      }
      if (Late()) return Failure("reading progress from " + topic_, code, "");
    }
  }

  // The last record of that key from `from` on.
  Result<std::optional<std::string>> LastFrom(std::int64_t from, std::string_view key) {
    const Partitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), 0)->offset = from;
    const rd_kafka_resp_err_t assigned = rd_kafka_assign(handle_.get(), list.get());
    if (assigned != RD_KAFKA_RESP_ERR_NO_ERROR) return Failure("reading progress", assigned, "");
    std::optional<std::string> last;
    for (;;) {
      const Message message(rd_kafka_consumer_poll(handle_.get(), 200));
      if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (message != nullptr && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return last;
        if (Late()) return Failure("reading progress", RD_KAFKA_RESP_ERR__TIMED_OUT, "");
        continue;
      }
      const std::string_view found(static_cast<const char*>(message->key), message->key_len);
      if (found == key && message->payload != nullptr) {
        last.emplace(static_cast<const char*>(message->payload), message->len);
      }
    }
  }

 private:
  bool Late() const { return std::chrono::steady_clock::now() >= deadline_; }

  std::string topic_;
  std::chrono::steady_clock::time_point deadline_;
  Handle handle_;
};

}  // namespace

Result<std::unique_ptr<Producer>> Producer::Open(const ProducerOptions& options, Stop stop) {
  auto producer = std::make_unique<RdProducer>(options, std::move(stop));
  RETURN_IF_ERROR(producer->Start());
  return producer;
}

Result<std::optional<std::string>> ReadLastCommitted(const ProducerOptions& options,
                                                     const std::string& topic, std::string_view key,
                                                     std::chrono::milliseconds timeout) {
  TailReader reader(topic, std::chrono::steady_clock::now() + timeout);
  RETURN_IF_ERROR(reader.Start(options));
  const auto bounds = TRY(reader.Bounds());
  if (!bounds) return std::nullopt;
  for (std::int64_t span = kFirstSpan;; span *= 8) {
    const std::int64_t from = std::max(bounds->first, bounds->second - span);
    if (auto found = TRY(reader.LastFrom(from, key))) return found;
    if (from == bounds->first) return std::nullopt;
  }
}

}  // namespace foreset::kafka
