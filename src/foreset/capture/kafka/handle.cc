// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/handle.h"

#include <fmt/format.h>

namespace foreset::kafka {
namespace {

// The loops say what happens; the library stays quiet.
void Quiet(const rd_kafka_t*, int, const char*, const char*) {}

Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char reason[256] = {};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason, sizeof reason) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
             fmt::format("Kafka property {} is not accepted", name));
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
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<Conf> MakeConf(const std::map<std::string, std::string>& settings,
                      const std::map<std::string, Secret>& properties) {
  Conf conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), Quiet);
  for (const auto& [name, value] : settings) RETURN_IF_ERROR(Set(conf.get(), name, value));
  for (const auto& [name, value] : properties) {
    RETURN_IF_ERROR(Set(conf.get(), name, value.Reveal()));
  }
  return conf;
}

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

}  // namespace foreset::kafka
