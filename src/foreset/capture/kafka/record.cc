// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/record.h"

#include <librdkafka/rdkafka.h>

namespace foreset::kafka {
namespace {

std::optional<std::string_view> BytesOf(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

}  // namespace

void Record::Destroy::operator()(rd_kafka_message_s* message) const {
  rd_kafka_message_destroy(message);
}

std::string_view Record::topic() const { return rd_kafka_topic_name(message_->rkt); }
std::int32_t Record::partition() const { return message_->partition; }
LogOffset Record::offset() const { return LogOffset(message_->offset); }
bool Record::is_end() const { return message_->err == RD_KAFKA_RESP_ERR__PARTITION_EOF; }
std::optional<std::string_view> Record::value() const {
  return BytesOf(message_->payload, message_->len);
}
std::optional<std::string_view> Record::key() const {
  return BytesOf(message_->key, message_->key_len);
}
std::size_t Record::bytes() const { return message_->len + message_->key_len + sizeof(*message_); }

}  // namespace foreset::kafka
