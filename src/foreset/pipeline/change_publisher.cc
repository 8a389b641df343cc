// SPDX-License-Identifier: MIT
#include "foreset/pipeline/change_publisher.h"

#include <utility>

#include <fmt/format.h>

#include "foreset/capture/debezium/schema_change_record.h"
#include "foreset/capture/debezium/table_encoding.h"
#include "foreset/capture/debezium/transaction_records.h"

namespace foreset::pipeline {
namespace {

constexpr std::chrono::milliseconds kReadTimeout{20'000};
constexpr std::size_t kHardLimit = 4;  // times transaction_bytes

}  // namespace

Result<std::optional<PublishCursor>> ReadPublished(const PublishOptions& options,
                                                   std::chrono::milliseconds timeout) {
  kafka::ProducerOptions kafka = options.kafka;
  kafka.transactional_id = options.TransactionalId();
  const auto text =
      TRY(kafka::ReadLastCommitted(kafka, options.ProgressTopic(), options.name, timeout));
  if (!text) return std::nullopt;
  return TRY(PublishCursorFromJson(*text));
}

Result<std::unique_ptr<ChangePublisher>> ChangePublisher::Open(const PublishOptions& options,
                                                               const Clock& clock,
                                                               std::uint32_t server_id,
                                                               const std::function<bool()>& stop) {
  std::unique_ptr<ChangePublisher> publisher(new ChangePublisher(options, clock, server_id));
  kafka::ProducerOptions kafka = options.kafka;
  kafka.transactional_id = options.TransactionalId();
  publisher->producer_ = TRY(kafka::Producer::Open(kafka, stop));
  const std::string topic = options.ProgressTopic();
  RETURN_IF_ERROR(
      publisher->producer_->CreateTopics({{.name = topic, .partitions = 1, .compacted = true}}));
  publisher->topics_.insert(topic);
  if (auto cursor = TRY(ReadPublished(options, kReadTimeout))) {
    publisher->cursor_ = *std::move(cursor);
  }
  publisher->cursor_.writer = options.events.run_id;
  RETURN_IF_ERROR(publisher->producer_->Begin());
  publisher->open_ = true;
  RETURN_IF_ERROR(publisher->Commit());
  return publisher;
}

Status ChangePublisher::Snapshot(const TableId& table, const FeedItem& item,
                                 debezium::SnapshotMarker marker) {
  records_.clear();
  writer_.Write(*item.rows, item.row, marker, {}, clock_.Now(), records_);
  for (const auto& record : records_) RETURN_IF_ERROR(Send(record));
  TableCursor& cursor = cursor_.tables[table];
  cursor.batch = item.batch;
  cursor.place = item.place;
  return CommitWhenDue(true);
}

Status ChangePublisher::Change(const TableId& table, const FeedItem& item) {
  if (item.change != nullptr) {
    RETURN_IF_ERROR(LeaveTransaction());
    RETURN_IF_ERROR(PublishSchemaChange(*item.change));
  } else {
    const std::string& transaction = item.rows->TransactionOf(item.row).id;
    if (transaction != transaction_) {
      RETURN_IF_ERROR(CommitWhenDue(true));
      transaction_ = transaction;
    }
    RETURN_IF_ERROR(Row(table, item));
  }
  TableCursor& cursor = cursor_.tables[table];
  cursor.batch = item.batch;
  cursor.place = item.place;
  return CommitWhenDue(false);
}

Status ChangePublisher::Row(const TableId& table, const FeedItem& item) {
  const SourceTransaction& transaction = item.rows->TransactionOf(item.row);
  cursor_.newest_commit = transaction.committed_at;
  cursor_.server_id = transaction.server_id;
  const Operation operation = item.rows->operations[item.row];
  if (operation != Operation::kTruncate) cursor_.event_row = item.rows->event_rows[item.row];
  std::optional<debezium::TransactionPlace> place;
  if (options_.events.transactions && operation != Operation::kTruncate) {
    RETURN_IF_ERROR(EnterTransaction(transaction));
    const std::int64_t events = writer_.EventsOf(*item.rows, item.row);
    std::int64_t& of_table = cursor_.transaction.by_table[table.ToString()];
    place = {cursor_.transaction.events + 1, of_table + 1};
    cursor_.transaction.events += events;
    of_table += events;
  }
  records_.clear();
  writer_.Write(*item.rows, item.row, debezium::SnapshotMarker::kFalse, place, clock_.Now(),
                records_);
  for (const auto& record : records_) RETURN_IF_ERROR(Send(record));
  return {};
}

Status ChangePublisher::PublishSchemaChange(const SchemaChange& change) {
  if (!options_.events.schema_changes || change.cannot_follow) return {};
  const bool copied = change.committed_at.value() == 0;
  const std::string file = FileNameOf(change.sequence);
  const Timestamp now = clock_.Now();
  debezium::EventSource source{.snapshot = debezium::SnapshotMarker::kTrue,
                               .at = now,
                               .file = file,
                               .position = change.sequence.position()};
  if (!copied) {
    source.snapshot = debezium::SnapshotMarker::kFalse;
    // Debezium takes it from the statement's event, which knows milliseconds only.
    source.at = Timestamp(change.committed_at.value() / 1000 * 1000);
    source.server_id = cursor_.server_id != 0 ? cursor_.server_id : server_id_;
    source.gtid = change.gtid;
    source.row = cursor_.event_row;
  }
  return Send(debezium::SchemaChangeRecord(change, source, now, options_.events));
}

Status ChangePublisher::EnterTransaction(const SourceTransaction& transaction) {
  if (cursor_.transaction.id == transaction.id) return {};
  RETURN_IF_ERROR(LeaveTransaction());
  cursor_.transaction.id = transaction.id;
  cursor_.transaction.committed_at = transaction.committed_at;
  return Send(debezium::BeginRecord(cursor_.transaction, options_.events));
}

Status ChangePublisher::LeaveTransaction() {
  if (cursor_.transaction.id.empty()) return {};
  RETURN_IF_ERROR(Send(debezium::EndRecord(cursor_.transaction, options_.events)));
  cursor_.transaction = {};
  return {};
}

Status ChangePublisher::EndRound(const SourcePosition& position) {
  RETURN_IF_ERROR(LeaveTransaction());
  transaction_.clear();
  if (!open_ && cursor_.position == position) return {};
  cursor_.position = position;
  if (!open_) {
    RETURN_IF_ERROR(producer_->Begin());
    open_ = true;
  }
  return Commit();
}

Status ChangePublisher::Heartbeat() {
  RETURN_IF_ERROR(Send(debezium::HeartbeatRecord(clock_.Now(), options_.events)));
  return Commit();
}

Status ChangePublisher::Send(const kafka::OutgoingRecord& record) {
  if (!topics_.contains(record.topic)) {
    const std::int32_t partitions = record.partition ? 1 : options_.partitions;
    RETURN_IF_ERROR(producer_->CreateTopics({{.name = record.topic, .partitions = partitions}}));
    topics_.insert(record.topic);
  }
  if (!open_) {
    RETURN_IF_ERROR(producer_->Begin());
    open_ = true;
  }
  bytes_ += record.bytes();
  ++cursor_.records;
  return producer_->Produce(record);
}

Status ChangePublisher::CommitWhenDue(bool between_transactions) {
  const std::size_t limit = options_.transaction_bytes * (between_transactions ? 1 : kHardLimit);
  return open_ && bytes_ >= limit ? Commit() : Status{};
}

Status ChangePublisher::Commit() {
  kafka::OutgoingRecord progress;
  progress.topic = options_.ProgressTopic();
  progress.partition = 0;
  progress.key = options_.name;
  progress.value = ToJson(cursor_);
  RETURN_IF_ERROR(producer_->Produce(progress));
  RETURN_IF_ERROR(producer_->Commit());
  open_ = false;
  bytes_ = 0;
  return {};
}

// "mysql-bin.000042" of the number 42, in the manner of the newest file's name.
std::string ChangePublisher::FileNameOf(Sequence sequence) const {
  const std::string& known = file_name_.empty() ? cursor_.position.file : file_name_;
  const std::size_t point = known.rfind('.');
  if (point == std::string::npos) return known;
  return fmt::format("{}.{:0{}}", known.substr(0, point), sequence.file_number(),
                     known.size() - point - 1);
}

}  // namespace foreset::pipeline
