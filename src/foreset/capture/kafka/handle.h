// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <librdkafka/rdkafka.h>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"

// librdkafka's objects, owned. For the sources of this folder only.
namespace foreset::kafka {

struct HandleDeleter {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
struct ConfDeleter {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
struct QueueDeleter {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct MessageDeleter {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
struct PartitionsDeleter {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
struct EventDeleter {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
struct ErrorDeleter {
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
};

using Handle = std::unique_ptr<rd_kafka_t, HandleDeleter>;
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;
using Queue = std::unique_ptr<rd_kafka_queue_t, QueueDeleter>;
using Message = std::unique_ptr<rd_kafka_message_t, MessageDeleter>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, PartitionsDeleter>;
using Event = std::unique_ptr<rd_kafka_event_t, EventDeleter>;
using KafkaError = std::unique_ptr<rd_kafka_error_t, ErrorDeleter>;

// A configuration with these settings, then the user's own. kInvalidInput (kConfigInvalid) names
// the one that librdkafka does not take; values are never told.
Result<Conf> MakeConf(const std::map<std::string, std::string>& settings,
                      const std::map<std::string, Secret>& properties);

// What a failed call means to the caller; see Producer.
std::unexpected<Error> Failure(std::string_view what, rd_kafka_resp_err_t code,
                               std::string_view detail);

}  // namespace foreset::kafka
