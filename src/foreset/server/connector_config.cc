// SPDX-License-Identifier: MIT
#include "foreset/server/connector_config.h"

#include "foreset/base/json_writer.h"

namespace foreset::server {

std::string ConnectorConfig::Get(const std::string& name) const {
  const auto found = options_.find(name);
  return found == options_.end() ? std::string() : found->second;
}

ConnectorConfig ConnectorConfig::Kept(
    const std::function<OptionUse(const std::string&)>& use_of) const {
  ConnectorConfig kept;
  for (const auto& [name, value] : options_) {
    const OptionUse use = use_of(name);
    if (use == OptionUse::kNone) continue;
    kept.options_.emplace(name, value);
    if (use == OptionUse::kOpen) kept.open_.insert(name);
  }
  return kept;
}

ConnectorConfig::Options ConnectorConfig::Masked() const {
  Options masked = options_;
  for (auto& [name, value] : masked) {
    if (!open_.contains(name)) value = kMask;
  }
  return masked;
}

std::vector<std::string> ConnectorConfig::MaskedSecrets() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : options_) {
    if (value == kMask && !open_.contains(name)) names.push_back(name);
  }
  return names;
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
    if (value == kMask && former.Has(name) && !former.open_.contains(name)) {
      value = former.Get(name);
    }
  }
}

std::string ToJson(const ConnectorConfig::Options& options) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : options) json.Member(name, value);
  return json.EndObject().Take();
}

}  // namespace foreset::server
