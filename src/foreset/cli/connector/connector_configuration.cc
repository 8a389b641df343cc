// SPDX-License-Identifier: MIT
#include "foreset/cli/connector/connector_configuration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/connector/connector_mapping.h"

namespace foreset::cli {
namespace {

constexpr std::string_view kPlace = "{connector}";

// Makes the settings of the source, and notes what keeps it from doing so.
class SourceMaker {
 public:
  explicit SourceMaker(const Configuration& base) {
    if (base.mysql) settings_.tls = base.mysql->tls;
  }

  MySqlSettings Make(const ConnectorMapping& mapping, const server::ConnectorConfig& config) {
    for (const MappedOption& option : mapping.options) {
      if (option.fate == MappedFate::kRefused) Mistake(option.key, option.text);
    }
    RefuseReferences(config);
    const InitAnswers& answers = mapping.answers;
    settings_.host = Required("database.hostname", answers.host);
    settings_.user = Required("database.user", answers.user);
    settings_.password = Secret(config.Get("database.password"));
    settings_.port =
        static_cast<std::uint16_t>(Number("database.port", answers.port, settings_.port, 1, 65535));
    settings_.server_id = static_cast<std::uint32_t>(Number(
        "database.server.id", answers.server_id, 0, 0, std::numeric_limits<std::uint32_t>::max()));
    settings_.tables = answers.tables.empty() ? std::vector<std::string>{"*.*"} : answers.tables;
    settings_.exclude = answers.exclude;
    if (!answers.tls_mode.empty()) settings_.tls.mode = ModeOf(answers.tls_mode);
    return std::move(settings_);
  }

  void Mistake(std::string_view option, std::string_view what) {
    mistakes_.push_back(fmt::format("{}: {}", option, what));
  }
  std::string Required(std::string_view option, const std::string& value) {
    if (value.empty()) Mistake(option, "A value is required");
    return value;
  }
  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  // Kafka Connect has its configuration providers fill them in. Only a password can look like one
  // by chance, in a part.
  void RefuseReferences(const server::ConnectorConfig& config) {
    for (const auto& [option, value] : config.Reveal()) {
      const DebeziumOption* known = FindDebeziumOption(option);
      if (known == nullptr || known->fate != OptionFate::kTaken) continue;
      const std::size_t at = value.find("${");
      if (at == std::string::npos || value.find(':', at) > value.find('}', at)) continue;
      const bool whole = at == 0 && value.find('}') == value.size() - 1;
      if (known->type == "PASSWORD" && !whole) continue;
      Mistake(option, "references such as ${file:…} are not resolved here: give the value itself");
    }
  }

  std::uint64_t Number(std::string_view option, const std::string& text, std::uint64_t otherwise,
                       std::uint64_t least, std::uint64_t greatest) {
    if (text.empty()) return otherwise;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number >= least &&
        number <= greatest) {
      return number;
    }
    Mistake(option, fmt::format("must be a whole number from {} to {}", least, greatest));
    return otherwise;
  }

  TlsMode ModeOf(const std::string& word) {
    constexpr auto kWords = std::to_array<std::pair<std::string_view, TlsMode>>({
        {"disabled", TlsMode::kDisabled},
        {"preferred", TlsMode::kPreferred},
        {"required", TlsMode::kRequired},
        {"verify_ca", TlsMode::kVerifyCa},
        {"verify_identity", TlsMode::kVerifyIdentity},
    });
    for (const auto& [name, mode] : kWords) {
      if (name == word) return mode;
    }
    Mistake("database.ssl.mode",
            "must be disabled, preferred, required, verify_ca or verify_identity");
    return TlsMode::kVerifyIdentity;
  }

  MySqlSettings settings_;
  std::vector<std::string> mistakes_;
};

bool HasPlainSignsOnly(const std::string& name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// What Debezium takes for a prefix: it becomes part of the names of topics.
bool IsPlainPrefix(const std::string& prefix) {
  constexpr std::size_t kLongest = 249;  // of a topic's name
  return prefix.size() <= kLongest && prefix != "." && prefix != ".." && HasPlainSignsOnly(prefix);
}

// A name that becomes part of a path says nothing but itself there.
bool IsPlainFolder(const std::string& name) {
  return !name.starts_with('.') && HasPlainSignsOnly(name);
}

void PlaceLake(const std::string& connector, LakeSettings& lake, SourceMaker& maker) {
  for (LayerSettings* layer : {&lake.bronze, &lake.silver, &lake.gold}) {
    const std::size_t at = layer->location.find(kPlace);
    if (at == std::string::npos) continue;
    if (!IsPlainFolder(connector)) {
      return maker.Mistake("name", "is part of the lake's location: letters, digits, -, _ and .");
    }
    layer->location.replace(at, kPlace.size(), connector);
  }
}

}  // namespace

Result<Configuration> ConfigurationOf(const std::string& connector,
                                      const server::ConnectorConfig& config,
                                      const Configuration& base) {
  const auto& options = config.Reveal();
  const ConnectorMapping mapping = MapConnectorOptions({options.begin(), options.end()});
  Configuration configuration = base;
  configuration.file = fmt::format("connector {}", connector);
  configuration.kafka.reset();
  configuration.delta.reset();
  SourceMaker maker(base);
  configuration.mysql = maker.Make(mapping, config);
  configuration.name = maker.Required("topic.prefix", config.Get("topic.prefix"));
  if (!IsPlainPrefix(configuration.name)) {
    maker.Mistake("topic.prefix", "is made of letters, digits, -, _ and .");
  }
  if (configuration.kafka_sink) configuration.kafka_sink->topic_prefix = configuration.name;
  PlaceLake(connector, configuration.lake, maker);
  if (maker.mistakes().empty()) {
    RETURN_IF_ERROR(CheckSupported(configuration));
    return configuration;
  }
  return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorInvalid,
             fmt::format("{}", fmt::join(maker.mistakes(), "\n")));
}

}  // namespace foreset::cli
