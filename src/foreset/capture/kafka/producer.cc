// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/producer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/clock.h"
#include "foreset/capture/kafka/client.h"

namespace foreset::kafka {
namespace {

constexpr const char* kOption = "sink.kafka";
constexpr int kAdminTimeoutMs = 30'000;
constexpr std::chrono::milliseconds kLogInPatience{10'000};
constexpr int kFarewellMs = 2'000;       // for the broker to hear of an abort
constexpr std::int64_t kFirstSpan = 64;  // records at a topic's end that are read first

int Millis(std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); }

std::unexpected<Error> Stopped() {
  return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "publishing was interrupted");
}

bool IsFencing(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING:
    case RD_KAFKA_RESP_ERR_INVALID_TXN_STATE:
    case RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID:
      return true;
    default:
      return false;
  }
}

bool IsRefusal(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return true;
    default:
      return IsAccessDenied(code);
  }
}

// What a failed call means to the caller; see Producer.
std::unexpected<Error> Failure(std::string_view what, rd_kafka_resp_err_t code,
                               std::string_view detail) {
  std::string message = fmt::format("{}: {}", what, rd_kafka_err2str(code));
  if (!detail.empty()) message += fmt::format(" ({})", detail);
  if (IsFencing(code)) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaFenced, std::move(message));
  }
  if (IsRefusal(code)) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaRefused, std::move(message));
  }
  return Err(ErrorKind::kTransient, ErrorCode::kKafkaUnavailable, std::move(message));
}

class RdProducer final : public Producer {
 public:
  RdProducer(const ProducerOptions& options, Stop stop)
      : options_(options), stop_(std::move(stop)) {}

  ~RdProducer() override {
    if (client_ == nullptr) return;
    rd_kafka_purge(handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    // Best effort: whoever opens the id next aborts what is left.
    if (in_transaction_) KafkaError(rd_kafka_abort_transaction(handle(), kFarewellMs));
  }

  Status Start() {
    client_ = TRY(Client::Open(
        RD_KAFKA_PRODUCER,
        {.option = kOption,
         .own = {{"bootstrap.servers", options_.bootstrap_servers},
                 {"transactional.id", options_.transactional_id},
                 {"transaction.timeout.ms", std::to_string(options_.transaction_timeout.count())},
                 {"enable.idempotence", "true"},
                 // One request at a time: a first record that the broker refuses, since it has not
                 // heard of its topic yet, must not be overtaken by the second.
                 {"max.in.flight.requests.per.connection", "1"},
                 {"partitioner", "murmur2_random"},
                 {"compression.type", "zstd"},
                 {"linger.ms", "5"},
                 {"message.max.bytes", "67108864"},
                 {"queue.buffering.max.messages", "200000"},
                 {"queue.buffering.max.kbytes",
                  std::to_string(std::max<std::size_t>(1024, options_.queue_bytes >> 10U))},
                 {"client.id", "foreset"}},
         .security = options_.properties,
         .delivered = OnDelivery}));
    return Persist("opening the transactional producer",
                   [this] { return rd_kafka_init_transactions(handle(), Millis(options_.step)); });
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
    const Queue queue(rd_kafka_queue_new(handle()));
    auto* request = rd_kafka_AdminOptions_new(handle(), RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_CreateTopics(handle(), wanted.data(), wanted.size(), request, queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), kAdminTimeoutMs));
    rd_kafka_AdminOptions_destroy(request);
    rd_kafka_NewTopic_destroy_array(wanted.data(), wanted.size());
    return OutcomeOf(event.get());
  }

  Status Begin() override {
    produced_ = delivered_ = 0;
    failed_ = RD_KAFKA_RESP_ERR_NO_ERROR;
    const KafkaError error(rd_kafka_begin_transaction(handle()));
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
        return Failure(fmt::format("producing to {}", record.topic), CauseOf(code),
                       client_->words());
      }
      if (stop_()) return Stopped();
      client_->Serve(std::chrono::milliseconds(50));
    }
    if (++produced_ % 256 == 0) client_->Serve();
    return {};
  }

  Status Commit() override {
    while (delivered_ < produced_) {
      rd_kafka_flush(handle(), Millis(options_.step));
      RETURN_IF_ERROR(CheckDelivered());
      if (delivered_ < produced_ && stop_()) return Stopped();
    }
    RETURN_IF_ERROR(Persist("committing a transaction", [this] {
      return rd_kafka_commit_transaction(handle(), Millis(options_.step));
    }));
    in_transaction_ = false;
    return CheckDelivered();
  }

 private:
  rd_kafka_t* handle() const { return client_->get(); }

  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    auto& self = *static_cast<RdProducer*>(message->_private);
    ++self.delivered_;
    // A broker that has seen a later record of the partition takes this one for a repetition, and
    // the library that for success, whether the record was written or not: only an offset proves
    // it.
    const bool unproved = message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->offset < 0;
    const auto outcome = unproved ? RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER : message->err;
    if (self.failed_ == RD_KAFKA_RESP_ERR_NO_ERROR) self.failed_ = outcome;
  }

  // After a fatal error everything else fails of it (records are purged, say): that is the cause.
  rd_kafka_resp_err_t CauseOf(rd_kafka_resp_err_t code) const {
    char reason[256] = {};
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle(), reason, sizeof reason);
    return fatal != RD_KAFKA_RESP_ERR_NO_ERROR ? fatal : client_->CauseOf(code);
  }

  Status FailureOf(std::string_view what, const rd_kafka_error_t* error) const {
    return Failure(what, CauseOf(rd_kafka_error_code(error)), rd_kafka_error_string(error));
  }

  // Repeats a call as long as the library says that it may go on with it. A log-in that is refused
  // is seldom mended by waiting, but brokers that start know their users a little later.
  template <typename Call>
  Status Persist(std::string_view what, Call call) {
    const auto start = SystemClock().Steady();
    for (;;) {
      const KafkaError error(call());
      client_->Serve();
      if (error == nullptr) {
        client_->Succeeded();
        return {};
      }
      if (rd_kafka_error_is_retriable(error.get()) == 0) return FailureOf(what, error.get());
      if (stop_()) return Stopped();
      const rd_kafka_resp_err_t cause = CauseOf(RD_KAFKA_RESP_ERR__TIMED_OUT);
      const auto patience = IsAccessDenied(cause) ? kLogInPatience : options_.transaction_timeout;
      if (SystemClock().Steady() - start >= patience) {
        return Failure(what, cause, client_->words());
      }
    }
  }

  Status CheckDelivered() const {
    if (failed_ == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return Failure("delivering a record", CauseOf(failed_), client_->words());
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
    const rd_kafka_resp_err_t code =
        rd_kafka_producev(handle(), RD_KAFKA_V_TOPIC(record.topic.c_str()),
                          RD_KAFKA_V_PARTITION(record.partition.value_or(RD_KAFKA_PARTITION_UA)),
                          RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_VALUE(value, value_size),
                          RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_OPAQUE(this), RD_KAFKA_V_END);
    // NOLINTEND(cppcoreguidelines-pro-type-vararg)
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
    return code;
  }

  Status OutcomeOf(rd_kafka_event_t* event) const {
    if (event == nullptr) {
      return Failure("making topics", CauseOf(RD_KAFKA_RESP_ERR__TIMED_OUT), client_->words());
    }
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return Failure("making topics", CauseOf(rd_kafka_event_error(event)), client_->words());
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
  std::unique_ptr<Client> client_;
  bool in_transaction_ = false;
  std::uint64_t produced_ = 0;
  std::uint64_t delivered_ = 0;  // with success or without
  rd_kafka_resp_err_t failed_ = RD_KAFKA_RESP_ERR_NO_ERROR;
};

// Reads one partition from an offset to its end.
class TailReader {
 public:
  TailReader(std::string topic, std::chrono::steady_clock::time_point deadline)
      : topic_(std::move(topic)), deadline_(deadline) {}

  Status Start(const ProducerOptions& options) {
    client_ = TRY(
        Client::Open(RD_KAFKA_CONSUMER, {.option = kOption,
                                         .own = {{"bootstrap.servers", options.bootstrap_servers},
                                                 {"group.id", options.transactional_id + ".reader"},
                                                 {"isolation.level", "read_committed"},
                                                 {"enable.partition.eof", "true"},
                                                 {"enable.auto.commit", "false"},
                                                 {"auto.offset.reset", "earliest"},
                                                 {"client.id", "foreset"}},
                                         .security = options.properties}));
    return {};
  }

  // Nothing when there is no such topic.
  Result<std::optional<std::pair<std::int64_t, std::int64_t>>> Bounds() {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (;;) {
      const rd_kafka_resp_err_t code =
          rd_kafka_query_watermark_offsets(client_->get(), topic_.c_str(), 0, &low, &high, 2'000);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return std::pair(low, high);
      if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
          code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
          code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
        return std::nullopt;
      }
      RETURN_IF_ERROR(CheckPatience(code));
    }
  }

  // The last record of that key from `from` on.
  Result<std::optional<std::string>> LastFrom(std::int64_t from, std::string_view key) {
    const Partitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), 0)->offset = from;
    const rd_kafka_resp_err_t assigned = rd_kafka_assign(client_->get(), list.get());
    if (assigned != RD_KAFKA_RESP_ERR_NO_ERROR) return Failure("reading progress", assigned, "");
    std::optional<std::string> last;
    for (;;) {
      const Message message(rd_kafka_consumer_poll(client_->get(), 200));
      if (message == nullptr || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (message != nullptr && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return last;
        RETURN_IF_ERROR(
            CheckPatience(message == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : message->err));
        continue;
      }
      const std::string_view found(static_cast<const char*>(message->key), message->key_len);
      if (found == key && message->payload != nullptr) {
        last.emplace(static_cast<const char*>(message->payload), message->len);
      }
    }
  }

 private:
  // What waiting longer does not mend fails at once, everything else at the deadline.
  Status CheckPatience(rd_kafka_resp_err_t code) const {
    const rd_kafka_resp_err_t cause = client_->CauseOf(code);
    if (!IsAccessDenied(cause) && SystemClock().Steady() < deadline_) return {};
    return Failure("reading progress from " + topic_, cause, client_->words());
  }

  std::string topic_;
  std::chrono::steady_clock::time_point deadline_;
  std::unique_ptr<Client> client_;
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
  TailReader reader(topic, SystemClock().Steady() + timeout);
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
