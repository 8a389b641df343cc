// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/message_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <list>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/topics.h"
#include "foreset/base/time_units.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/json_fields.h"

namespace foreset::debezium {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kMaxSchemas = 64;

std::unexpected<Error> Undecodable(std::string what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kMessageUndecodable, std::move(what));
}

template <typename Number>
std::optional<Number> NumberOf(std::string_view token) {
  token = ScalarOf(token);
  Number value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return value;
}

// Milliseconds count only until microseconds come.
struct TimeFields {
  std::optional<std::int64_t> micros;
  std::optional<std::int64_t> millis;
  Timestamp Get() const {
    if (micros) return Timestamp(*micros);
    std::int64_t value = 0;
    if (__builtin_mul_overflow(millis.value_or(0), kMicrosPerMilli, &value)) return Timestamp(0);
    return Timestamp(value);
  }
};

// A message in padded memory on its way through the parser.
struct Padded {
  const char* data;
  std::size_t size;
  std::size_t room;  // from data on
};

std::optional<Operation> OperationOf(std::string_view op) {
  if (op.size() != 1) return std::nullopt;
  switch (op[0]) {
    case 'c':
    case 'u':
    case 'd':
    case 'r':
    case 't':
      return static_cast<Operation>(op[0]);
    default:
      return std::nullopt;
  }
}

SnapshotKind SnapshotOf(std::string_view token) {
  const std::string_view word =
      token.starts_with('"') ? token.substr(1, token.find('"', 1) - 1) : ScalarOf(token);
  if (word == "incremental") return SnapshotKind::kIncremental;
  return word.empty() || word == "false" || word == "null" ? SnapshotKind::kNone
                                                           : SnapshotKind::kInitial;
}

// What the fields of a payload are, gathered in one pass.
struct Payload {
  Message message;
  TimeFields processed;
  TimeFields committed;
  bool op = false;
  bool source = false;
  bool ddl = false;
  bool status = false;
  bool event_count = false;
  bool added = false;  // fields of ExtractNewRecordState
  bool added_op = false;
  bool deleted = false;
  bool cloud_event = false;
  std::size_t fields = 0;
  TransactionBlock own;  // of a record that tells a transaction's begin or end
};

std::unexpected<Error> Refused(ErrorCode code, std::string what) {
  return Err(ErrorKind::kUnsupported, code, std::move(what));
}

// A zero byte and the number of a schema (four bytes) stand before what a registry's serializer
// writes. No JSON begins so.
bool IsOfRegistry(std::string_view value) {
  constexpr std::size_t kPrefix = 5;
  return value.size() >= kPrefix && value[0] == '\0';
}

bool IsSupported(std::string_view connector) {
  return connector.empty() || connector == "mysql" || connector == "mariadb";
}

}  // namespace

std::string_view NameOf(MessageKind kind) {
  switch (kind) {
    case MessageKind::kChange:
      return "change";
    case MessageKind::kUnwrapped:
      return "unwrapped";
    case MessageKind::kTombstone:
      return "tombstone";
    case MessageKind::kHeartbeat:
      return "heartbeat";
    case MessageKind::kTransaction:
      return "transaction";
    case MessageKind::kSchemaChange:
      return "schema-change";
    case MessageKind::kLogicalMessage:
      return "logical-message";
  }
  return "unknown";
}

class MessageReader::Impl {
 public:
  explicit Impl(DebeziumModes modes) : modes_(std::move(modes)) {}

  Result<Message> Read(std::optional<std::string_view> value) {
    if (!value) return Message{};
    if (IsOfRegistry(*value)) {
      return Refused(topics_error::kRegistryRecord,
                     "a record in the form of a schema registry (Avro, JSON Schema or Protobuf)");
    }
    const Padded whole = Copy(*value);
    std::string_view payload;
    std::shared_ptr<const ConnectSchema> connect;
    if (const Known* known = FindKnown({whole.data, whole.size})) {
      connect = known->schema;
      payload = {whole.data + known->prefix.size(), whole.size - known->prefix.size() - 1};
    } else {
      payload = {whole.data, whole.size};
      if (MayBeWrapped(payload)) payload = TRY(Unwrap(whole, connect));
    }
    if (IsNull(payload)) return Message{};
    const auto before = static_cast<std::size_t>(payload.data() - whole.data);
    Message message = TRY(ReadPayload({payload.data(), payload.size(), whole.room - before}));
    message.payload = payload;
    message.connect = std::move(connect);
    return message;
  }

 private:
  // A schema that messages have carried, and all that stands before their payload.
  struct Known {
    std::string prefix;
    std::shared_ptr<const ConnectSchema> schema;
  };

  Padded Copy(std::string_view value) {
    const std::size_t room = value.size() + kMessagePadding;
    if (buffer_.size() < room) buffer_.resize(room * 2);
    std::memcpy(buffer_.data(), value.data(), value.size());
    std::memset(buffer_.data() + value.size(), ' ', kMessagePadding);
    return {buffer_.data(), value.size(), buffer_.size()};
  }

  const Known* FindKnown(std::string_view value) {
    if (known_.empty() || !value.ends_with('}')) return nullptr;
    for (auto known = known_.begin(); known != known_.end(); ++known) {
      if (!value.starts_with(known->prefix)) continue;
      known_.splice(known_.begin(), known_, known);
      return &known_.front();
    }
    return nullptr;
  }

  // The first key is one of the wrapper's: looked at without parsing.
  static bool MayBeWrapped(std::string_view text) {
    constexpr std::string_view kSpace = " \n\r\t";
    const std::size_t open = std::min(text.find_first_not_of(kSpace), text.size());
    const std::size_t key = std::min(text.find_first_not_of(kSpace, open + 1), text.size());
    const std::string_view rest = text.substr(key);
    return rest.starts_with("\"schema\"") || rest.starts_with("\"payload\"");
  }

  // {"schema":…,"payload":…}: the payload and what the schema says. Else the text itself.
  Result<std::string_view> Unwrap(const Padded& whole,
                                  std::shared_ptr<const ConnectSchema>& connect) {
    const std::string_view text(whole.data, whole.size);
    ondemand::document document;
    if (const auto error = parser_.iterate(whole.data, whole.size, whole.room).get(document)) {
      return Undecodable(fmt::format("not JSON: {}", simdjson::error_message(error)));
    }
    ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) {
      if (IsNull(text)) return text;
      return Undecodable("not a JSON object");
    }
    std::string_view schema;
    std::string_view payload;
    std::size_t fields = 0;
    for (JsonField field : object) {
      const auto key = KeyOf(field);
      JsonValue value;
      if (!key || field.value().get(value) != simdjson::SUCCESS) {
        return Undecodable("damaged JSON");
      }
      ++fields;
      if (*key != "schema" && *key != "payload") return text;
      std::string_view& part = *key == "schema" ? schema : payload;
      part = TRY(WholeOf(value));
    }
    if (fields != 2 || schema.empty() || payload.empty()) return text;
    if (schema.starts_with('{')) {
      auto parsed = ConnectSchema::Parse(schema);
      // Schemas of heartbeats, transactions and schema changes are no tables'.
      if (parsed) connect = Remember(text, schema, payload, *std::move(parsed));
    }
    return payload;
  }

  // Keeps the schema. What stands before the payload finds it again where nothing stands behind.
  std::shared_ptr<const ConnectSchema> Remember(std::string_view text, std::string_view schema,
                                                std::string_view payload, ConnectSchema parsed) {
    const auto before = static_cast<std::size_t>(payload.data() - text.data());
    const bool usual = schema.data() < payload.data() && before + payload.size() + 1 == text.size();
    std::string prefix(text.substr(0, before));
    // Else never found by its prefix, which no message begins with.
    if (!usual) prefix = "\n" + std::string(schema);
    for (auto known = known_.begin(); known != known_.end(); ++known) {
      if (known->prefix != prefix) continue;
      known_.splice(known_.begin(), known_, known);
      return known_.front().schema;
    }
    known_.push_front(
        {std::move(prefix), std::make_shared<const ConnectSchema>(std::move(parsed))});
    if (known_.size() > kMaxSchemas) known_.pop_back();
    return known_.front().schema;
  }

  // The text of a value, brackets and all.
  static Result<std::string_view> WholeOf(JsonValue& value) {
    const std::string_view token = TokenOf(value);
    std::string_view whole;
    if (token.starts_with('{')) {
      ondemand::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS ||
          object.raw_json().get(whole) != simdjson::SUCCESS) {
        return Undecodable("damaged JSON");
      }
      return ScalarOf(whole);
    }
    if (token.starts_with('[')) {
      ondemand::array array;
      if (value.get_array().get(array) != simdjson::SUCCESS ||
          array.raw_json().get(whole) != simdjson::SUCCESS) {
        return Undecodable("damaged JSON");
      }
      return ScalarOf(whole);
    }
    return ScalarOf(token);
  }

  Result<Message> ReadPayload(const Padded& text) {
    ondemand::document document;
    ondemand::object object;
    if (parser_.iterate(text.data, text.size, text.room).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS) {
      return Undecodable("the payload is not a JSON object");
    }
    Payload payload;
    for (JsonField field : object) {
      const auto key = KeyOf(field);
      JsonValue value;
      if (!key || field.value().get(value) != simdjson::SUCCESS) return Undecodable("damaged JSON");
      ++payload.fields;
      RETURN_IF_ERROR(Take(*key, value, payload));
    }
    const char* behind = nullptr;
    if (document.current_location().get(behind) != simdjson::OUT_OF_BOUNDS) {
      return Undecodable("text behind the payload");
    }
    return Classify(std::move(payload), {text.data, text.size});
  }

  Status Take(std::string_view key, JsonValue& value, Payload& payload) {
    Message& message = payload.message;
    if (key == "before" || key == "after") {
      const std::string_view image = TRY(WholeOf(value));
      if (IsNull(image)) return {};
      (key == "before" ? message.before : message.after) = image;
    } else if (key == "source" && TokenOf(value).starts_with('{')) {
      payload.source = true;
      return TakeObject(
          value, [&](std::string_view name, JsonValue& part) { TakeSource(name, part, payload); });
    } else if (key == "transaction" && TokenOf(value).starts_with('{')) {
      return TakeObject(value, [&](std::string_view name, JsonValue& part) {
        TakeTransaction(name, part, message.transaction);
      });
    } else if (key == "op") {
      payload.op = true;
      op_ = TextOf(value);
    } else if (key == "ts_us" || key == "ts_ms") {
      (key == "ts_us" ? payload.processed.micros : payload.processed.millis) =
          NumberOf<std::int64_t>(TokenOf(value));
    } else if (key == "ddl") {
      payload.ddl = true;
    } else if (key == "status" || key == "id" || key == "event_count") {
      payload.status |= key == "status";
      payload.event_count |= key == "event_count";
      TakeTransaction(key, value, payload.own);
    } else if (key == "specversion") {
      payload.cloud_event = true;
    } else if (key.starts_with(modes_.added_prefix)) {
      TakeAdded(key.substr(modes_.added_prefix.size()), value, payload);
    }
    return {};
  }

  template <typename Function>
  static Status TakeObject(JsonValue& value, Function take) {
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return Undecodable("damaged JSON");
    for (JsonField field : object) {
      const auto key = KeyOf(field);
      JsonValue part;
      if (!key || field.value().get(part) != simdjson::SUCCESS) return Undecodable("damaged JSON");
      take(*key, part);
    }
    return {};
  }

  // A string's text, unescaped; empty for anything else. Lives as long as the message.
  static std::string_view TextOf(JsonValue& value) {
    const std::string_view token = TokenOf(value);
    if (!token.starts_with('"')) return {};
    const std::size_t end = token.find_first_of("\"\\", 1);
    if (end != std::string_view::npos && token[end] == '"') return token.substr(1, end - 1);
    std::string_view text;
    return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
  }

  static void TakeSource(std::string_view key, JsonValue& value, Payload& payload) {
    SourceBlock& source = payload.message.source;
    if (key == "ts_us") {
      payload.committed.micros = NumberOf<std::int64_t>(TokenOf(value));
    } else if (key == "ts_ms") {
      payload.committed.millis = NumberOf<std::int64_t>(TokenOf(value));
    } else if (key == "db") {
      source.database = TextOf(value);
    } else if (key == "table") {
      source.table = TextOf(value);
    } else if (key == "file") {
      source.file = TextOf(value);
    } else if (key == "pos") {
      source.position = NumberOf<std::uint64_t>(TokenOf(value));
    } else if (key == "row") {
      source.row = NumberOf<std::uint64_t>(TokenOf(value));
    } else if (key == "gtid") {
      source.gtid = TextOf(value);
    } else if (key == "server_id") {
      source.server_id = NumberOf<std::uint64_t>(TokenOf(value)).value_or(0);
    } else if (key == "thread") {
      source.thread = NumberOf<std::int64_t>(TokenOf(value)).value_or(-1);
    } else if (key == "snapshot") {
      source.snapshot = SnapshotOf(TokenOf(value));
    } else if (key == "connector") {
      source.connector = TextOf(value);
    } else if (key == "name") {
      source.name = TextOf(value);
    }
  }

  static void TakeTransaction(std::string_view key, JsonValue& value, TransactionBlock& block) {
    if (key == "id") {
      block.id = TextOf(value);
    } else if (key == "total_order") {
      block.total_order = NumberOf<std::uint64_t>(TokenOf(value)).value_or(0);
    } else if (key == "event_count") {
      block.event_count = NumberOf<std::uint64_t>(TokenOf(value)).value_or(0);
    } else if (key == "status") {
      block.ended = TextOf(value) == "END";
    }
  }

  // A field that ExtractNewRecordState adds: "op", "deleted", "source_pos", …
  void TakeAdded(std::string_view key, JsonValue& value, Payload& payload) {
    if (key == "op") {
      payload.added = payload.added_op = true;
      op_ = TextOf(value);
    } else if (key == "deleted") {
      payload.added = true;
      const std::string_view token = TokenOf(value);
      payload.deleted = ScalarOf(token) == "true" || TextOf(value) == "true";
    } else if (key == "ts_ms" || key == "ts_us") {
      payload.added = true;
      (key == "ts_us" ? payload.processed.micros : payload.processed.millis) =
          NumberOf<std::int64_t>(TokenOf(value));
    } else if (key.starts_with("source_")) {
      payload.added = true;
      TakeSource(key.substr(7), value, payload);
    } else if (key == "table" || key == "db") {
      payload.added = true;
      TakeSource(key, value, payload);
    } else if (key.starts_with("transaction_")) {
      payload.added = true;
      TakeTransaction(key.substr(12), value, payload.message.transaction);
    }
  }

  Result<Message> Classify(Payload payload, std::string_view text) {
    Message& message = payload.message;
    message.source.committed_at = payload.committed.Get();
    message.processed_at = payload.processed.Get();
    if (!IsSupported(message.source.connector)) {
      return Refused(topics_error::kOtherConnector,
                     fmt::format("a record of connector {}", message.source.connector));
    }
    if (payload.op && payload.source) {
      message.kind = MessageKind::kChange;
      if (op_ == "m") {
        message.kind = MessageKind::kLogicalMessage;
        return message;
      }
      message.operation = TRY(KnownOperation());
      return message;
    }
    if (payload.ddl && payload.source) {
      message.kind = MessageKind::kSchemaChange;
      return message;
    }
    if (payload.status && payload.event_count && !payload.own.id.empty() && !payload.added) {
      message.kind = MessageKind::kTransaction;
      message.transaction = payload.own;
      return message;
    }
    if (payload.fields == 1 && payload.processed.millis) {
      message.kind = MessageKind::kHeartbeat;
      return message;
    }
    if (payload.cloud_event && !payload.added) {
      return Refused(topics_error::kCloudEvent, "a record in the envelope of CloudEvents");
    }
    if (!payload.added) {
      return Undecodable("neither an envelope nor a row with fields of ExtractNewRecordState");
    }
    message.kind = MessageKind::kUnwrapped;
    message.operation = Operation::kUpdate;
    if (payload.added_op) message.operation = TRY(KnownOperation());
    if (payload.deleted) message.operation = Operation::kDelete;
    // The row may have columns of these names.
    message.before = message.operation == Operation::kDelete ? text : std::string_view();
    message.after = message.operation == Operation::kDelete ? std::string_view() : text;
    return message;
  }

  Result<Operation> KnownOperation() const {
    if (const auto operation = OperationOf(op_)) return *operation;
    return Err(ErrorKind::kInvalidInput, ErrorCode::kMessageOperation,
               fmt::format("operation '{}'", op_));
  }

  DebeziumModes modes_;
  ondemand::parser parser_;
  std::string buffer_;
  std::list<Known> known_;  // latest first
  std::string_view op_;
};

MessageReader::MessageReader(DebeziumModes modes)
    : impl_(std::make_unique<Impl>(std::move(modes))) {}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;

Result<Message> MessageReader::Read(std::optional<std::string_view> value) {
  return impl_->Read(value);
}

}  // namespace foreset::debezium
