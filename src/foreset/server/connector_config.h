// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foreset::server {

// What a value's place is taken by wherever a configuration is shown.
inline constexpr std::string_view kMask = "****";
// What is wrong with a mask that comes back where no value is kept for it.
inline constexpr std::string_view kMaskRefusal =
    "**** stands for a value that is kept only for the server, port, user and TLS mode that it was "
    "given for: give it again";

// What an option is to the kind of connector that it is given to.
enum class OptionUse : std::uint8_t {
  kNone,    // it has no effect: neither kept nor shown
  kOpen,    // it is known to be harmless, and shown as it is
  kSecret,  // it is kept, and shown as kMask
};

// A connector's options as they were given: name → text. Holds passwords, so that only Masked() may
// go into a reply or a message: there everything is masked that Kept has not found to be harmless.
// A plain value, not thread-safe.
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

  // The options that have an effect; only these are kept and shown.
  ConnectorConfig Kept(const std::function<OptionUse(const std::string&)>& use_of) const;
  // With every value that is not known to be harmless replaced by kMask: what is shown.
  Options Masked() const;
  // Secrets whose value is the mask itself.
  std::vector<std::string> MaskedSecrets() const;
  // As given: for what connects, and for the file that keeps it.
  const Options& Reveal() const { return options_; }

  // This configuration with changes laid over it.
  ConnectorConfig With(const Changes& changes) const;
  // Values that come back masked, as they were shown, are those of `former`.
  void KeepMasked(const ConnectorConfig& former);

 private:
  Options options_;
  std::set<std::string> open_;  // options that are shown as they are
};

// {"name":"value",…}
std::string ToJson(const ConnectorConfig::Options& options);

}  // namespace foreset::server
