// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"
#include "foreset/capture/kafka/handle.h"

namespace foreset::kafka {

struct ClientSettings {
  std::string option;                      // of the configuration, for messages: "source.kafka"
  std::map<std::string, std::string> own;  // what Foreset wants, by librdkafka's names
  std::map<std::string, Secret> security;  // what the user wants: comes after `own`
  // For producers: told of each record's fate, on the thread that calls Serve. The message's
  // `_private` is what it was produced with.
  void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr;
};

// librdkafka's consumer or producer, and what its brokers said of the log-in: that comes beside the
// calls, which merely time out. Not thread-safe; the library has threads of its own, and renews
// OAUTHBEARER tokens on one of them.
class Client {
 public:
  // Connects later. kInvalidInput (kConfigInvalid) names the setting that is unknown, whose value
  // is refused, or on which exactly-once rests so that it is not the user's; values are never told.
  static Result<std::unique_ptr<Client>> Open(rd_kafka_type_t type, const ClientSettings& settings);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  rd_kafka_t* get() const { return handle_.get(); }

  // Hears what has happened meanwhile, waiting so long for something to happen. To be called now
  // and then, by whoever waits for records too: a consumer's records do not come through here.
  void Serve(std::chrono::milliseconds wait = {}) {
    rd_kafka_poll(handle_.get(), static_cast<int>(wait.count()));
  }
  // A broker answered: whatever was said of the log-in before is over.
  void Succeeded();
  // Why a call failed: the log-in's refusal when nothing came back and no log-in has succeeded
  // since, else `code` itself.
  rd_kafka_resp_err_t CauseOf(rd_kafka_resp_err_t code);
  // The broker's or the library's last words, of the refusal when there is one; may be empty.
  const std::string& words() const { return words_; }

 private:
  Client() = default;
  static void OnError(rd_kafka_t* handle, int code, const char* reason, void* opaque);

  bool let_in_ = false;  // a broker has answered
  rd_kafka_resp_err_t refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string words_;
  Handle handle_;  // its threads end before the rest
};

// Whether a broker, or TLS, does not let this user in, or not to what it asks for.
bool IsAccessDenied(rd_kafka_resp_err_t code);

}  // namespace foreset::kafka
