// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreset::server {

// What a secret's place is taken by wherever a configuration is shown.
inline constexpr std::string_view kMask = "****";

// True for options whose values are credentials, by the words that their names are made of:
// passwords, secrets, tokens, keys of their own, JAAS configurations.
bool IsSecretOption(std::string_view name);

// A connector's options as they were given: name → text. Holds passwords, so that only Masked() may
// go into a reply or a message. A plain value, not thread-safe.
class ConnectorConfig {
 public:
  using Options = std::map<std::string, std::string>;
  // An empty value removes the option.
  using Changes = std::map<std::string, std::optional<std::string>>;

  ConnectorConfig() = default;
  explicit ConnectorConfig(Options options) : options_(std::move(options)) {}

  bool operator==(const ConnectorConfig&) const = default;

  bool Has(const std::string& name) const { return options_.contains(name); }
  // Empty when the option is not given.
  std::string Get(const std::string& name) const;
  void Set(const std::string& name, std::string value) { options_[name] = std::move(value); }

  // With every secret replaced by kMask: what is shown.
  Options Masked() const;
  // As given: for what connects, and for the file that keeps it.
  const Options& Reveal() const { return options_; }

  // This configuration with changes laid over it.
  ConnectorConfig With(const Changes& changes) const;
  // Secrets that come back masked, as they were shown, are those of `former`.
  void KeepMasked(const ConnectorConfig& former);

 private:
  Options options_;
};

// {"name":"value",…}
std::string ToJson(const ConnectorConfig::Options& options);

}  // namespace foreset::server
