// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/client.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace foreset::kafka {
namespace {

constexpr std::size_t kErrorText = 512;

bool IsLogInRefused(rd_kafka_resp_err_t code) {
  constexpr std::array kRefused = {RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL,
                                   RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
                                   RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
                                   RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE};
  return std::ranges::find(kRefused, code) != kRefused.end();
}

// RD_KAFKA_RESP_ERR__DESTROY_BROKER, which headers before 2.10 do not name: the connection that the
// call was on was given up.
constexpr auto kBrokerForgotten = static_cast<rd_kafka_resp_err_t>(-137);

// What a call ends with when nobody answered it.
bool IsSilence(rd_kafka_resp_err_t code) {
  constexpr std::array kSilence = {RD_KAFKA_RESP_ERR__TIMED_OUT,
                                   RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
                                   RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
                                   RD_KAFKA_RESP_ERR__TRANSPORT,
                                   RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
                                   RD_KAFKA_RESP_ERR__WAIT_COORD,
                                   kBrokerForgotten};
  return std::ranges::find(kSilence, code) != kSilence.end();
}

// What Foreset's exactly-once and its bounds on memory rest on is not for the configuration to
// change.
bool IsForesets(const std::string& name) {
  constexpr std::array<std::string_view, 17> kOwn = {"bootstrap.servers",
                                                     "metadata.broker.list",
                                                     "group.id",
                                                     "enable.auto.commit",
                                                     "auto.offset.reset",
                                                     "enable.auto.offset.store",
                                                     "isolation.level",
                                                     "enable.partition.eof",
                                                     "allow.auto.create.topics",
                                                     "check.crcs",
                                                     "group.instance.id",
                                                     "queued.max.messages.kbytes",
                                                     "transactional.id",
                                                     "enable.idempotence",
                                                     "transaction.timeout.ms",
                                                     "queue.buffering.max.kbytes",
                                                     "queue.buffering.max.messages"};
  return std::ranges::find(kOwn, name) != kOwn.end();
}

Status Set(rd_kafka_conf_t* conf, const std::string& option, const std::string& name,
           const std::string& value) {
  char error[kErrorText];
  const auto outcome = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error));
  if (outcome == RD_KAFKA_CONF_OK) return {};
  // The library's text quotes the value.
  return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
             outcome == RD_KAFKA_CONF_UNKNOWN
                 ? fmt::format("{}.security: librdkafka knows no \"{}\"", option, name)
                 : fmt::format("{}.security: librdkafka refuses the value of {}", option, name));
}

Status SetAll(rd_kafka_conf_t* conf, const ClientSettings& settings) {
  for (const auto& [name, value] : settings.own) {
    RETURN_IF_ERROR(Set(conf, settings.option, name, value));
  }
  for (const auto& [name, value] : settings.security) {
    if (IsForesets(name)) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
                 fmt::format("{}.security: {} is set by Foreset itself", settings.option, name));
    }
    RETURN_IF_ERROR(Set(conf, settings.option, name, value.Reveal()));
  }
  return {};
}

// The loops say what happens; the library stays quiet.
void Quiet(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

Result<std::unique_ptr<Client>> Client::Open(rd_kafka_type_t type, const ClientSettings& settings) {
  std::unique_ptr<Client> client(new Client());
  Conf conf(rd_kafka_conf_new());
  RETURN_IF_ERROR(SetAll(conf.get(), settings));
  rd_kafka_conf_set_opaque(conf.get(), client.get());
  rd_kafka_conf_set_log_cb(conf.get(), Quiet);
  rd_kafka_conf_set_error_cb(conf.get(), OnError);
  if (settings.delivered != nullptr) rd_kafka_conf_set_dr_msg_cb(conf.get(), settings.delivered);
  rd_kafka_conf_enable_sasl_queue(conf.get(), 1);
  char error[kErrorText];
  client->handle_.reset(rd_kafka_new(type, conf.get(), error, sizeof(error)));
  if (client->handle_ == nullptr) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
               fmt::format("{}: {}", settings.option, error));
  }
  [[maybe_unused]] const auto* given = conf.release();  // the handle's now
  // A call that waits for a broker would wait for a token that nobody fetches. Fails where the
  // log-in knows no tokens, which is well.
  const KafkaError ignored(rd_kafka_sasl_background_callbacks_enable(client->get()));
  return client;
}

void Client::OnError(rd_kafka_t*, int code, const char* reason, void* opaque) {
  auto& self = *static_cast<Client*>(opaque);
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  // A connection that breaks while it logs in is told as a failed log-in, too. So is one that
  // renews its log-in within a second of the last: brokers take that for no log-in at all, and say
  // the same where they know no log-ins; but then nobody was ever let in.
  const auto says = [&](rd_kafka_resp_err_t what) {
    return std::string_view(reason).contains(rd_kafka_err2str(what));
  };
  const bool broke = error == RD_KAFKA_RESP_ERR__AUTHENTICATION &&
                     (says(RD_KAFKA_RESP_ERR__TRANSPORT) ||
                      (self.let_in_ && says(RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE)));
  const bool refused = IsLogInRefused(error) && !broke;
  // A later "all brokers down" would hide that the log-in failed.
  if (self.refused_ != RD_KAFKA_RESP_ERR_NO_ERROR && !refused) return;
  if (refused) self.refused_ = error;
  self.words_ = reason;
}

void Client::Succeeded() {
  let_in_ = true;
  Serve();
  refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  words_.clear();
}

rd_kafka_resp_err_t Client::CauseOf(rd_kafka_resp_err_t code) {
  Serve();
  // A call that was on its way tells a failed log-in without its reason, by which OnError decides.
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) code = RD_KAFKA_RESP_ERR__TRANSPORT;
  return refused_ != RD_KAFKA_RESP_ERR_NO_ERROR && IsSilence(code) ? refused_ : code;
}

bool IsAccessDenied(rd_kafka_resp_err_t code) {
  constexpr std::array kDenied = {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                  RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                                  RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
                                  RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED};
  return IsLogInRefused(code) || std::ranges::find(kDenied, code) != kDenied.end();
}

}  // namespace foreset::kafka
