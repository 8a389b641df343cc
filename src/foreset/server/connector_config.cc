// SPDX-License-Identifier: MIT
#include "foreset/server/connector_config.h"

#include <algorithm>
#include <array>

#include "foreset/base/json_writer.h"

namespace foreset::server {
namespace {

constexpr auto kSecretWords = std::to_array<std::string_view>(
    {"password", "passphrase", "secret", "token", "credential", "jaas", "private", "salt"});

}  // namespace

bool IsSecretOption(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
  return std::ranges::any_of(kSecretWords, [&lower](std::string_view word) {
    return lower.find(word) != std::string::npos;
  });
}

std::string ConnectorConfig::Get(const std::string& name) const {
  const auto found = options_.find(name);
  return found == options_.end() ? std::string() : found->second;
}

ConnectorConfig::Options ConnectorConfig::Masked() const {
  Options masked = options_;
  for (auto& [name, value] : masked) {
    if (IsSecretOption(name)) value = kMask;
  }
  return masked;
}

ConnectorConfig ConnectorConfig::With(const Changes& changes) const {
  ConnectorConfig changed = *this;
  for (const auto& [name, value] : changes) {
    if (value) {
      changed.options_[name] = *value;
    } else {
      changed.options_.erase(name);
    }
  }
  return changed;
}

void ConnectorConfig::KeepMasked(const ConnectorConfig& former) {
  for (auto& [name, value] : options_) {
    if (value == kMask && IsSecretOption(name) && former.Has(name)) value = former.Get(name);
  }
}

std::string ToJson(const ConnectorConfig::Options& options) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : options) json.Member(name, value);
  return json.EndObject().Take();
}

}  // namespace foreset::server
