// SPDX-License-Identifier: MIT
#include "foreset/cli/connector/mysql_plugin.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "foreset/cli/connector/connector_configuration.h"
#include "foreset/cli/connector/connector_mapping.h"
#include "foreset/cli/connector/lake_task.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {
namespace {

using server::ConfigValidation;
using server::ConnectorConfig;
using server::OptionDefinition;
using server::OptionFinding;

// Of the type that Kafka Connect gives the option, with its words where it is not.
std::string TypeMistake(const OptionDefinition& option, const std::string& value) {
  const auto mistake = [&](std::string_view what) {
    return fmt::format("Invalid value {} for configuration {}: {}", value, option.name, what);
  };
  if (option.type == "INT" || option.type == "LONG") {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) {
      return mistake(fmt::format("Not a number of type {}", option.type));
    }
    if (option.name == "tasks.max" && number < 1) return mistake("Value must be at least 1");
  }
  if (option.type == "BOOLEAN" && value != "true" && value != "false") {
    return mistake("Expected value to be either true or false");
  }
  return "";
}

constexpr std::string_view kPassword = "PASSWORD";

OptionFinding FindingOf(OptionDefinition definition, const ConnectorConfig& config) {
  OptionFinding finding;
  const std::string& name = definition.name;
  const DebeziumOption* known = FindDebeziumOption(name);
  const bool harmless = known != nullptr && !known->IsPattern() && known->type != kPassword;
  if (config.Has(name)) {
    finding.value = harmless ? config.Get(name) : std::string(server::kMask);
    if (known != nullptr && known->fate == OptionFate::kTaken && !harmless &&
        config.Get(name) == server::kMask) {
      finding.errors.emplace_back(server::kMaskRefusal);
    }
    if (const auto mistake = TypeMistake(definition, config.Get(name)); !mistake.empty()) {
      finding.errors.push_back(mistake);
    }
  } else {
    finding.value = definition.default_value;
  }
  if (definition.required && config.Get(name).empty()) {
    finding.errors.push_back(
        fmt::format("Missing required configuration \"{}\" which has no default value.", name));
  }
  finding.definition = std::move(definition);
  return finding;
}

// Options that no row names by itself are shown, too: with what their pattern, or nobody, says.
OptionFinding& FindingFor(const std::string& key, const ConnectorConfig& config,
                          ConfigValidation& validation) {
  const auto found = std::ranges::find_if(validation.options, [&key](const OptionFinding& finding) {
    return finding.definition.name == key;
  });
  if (found != validation.options.end()) return *found;
  const DebeziumOption* pattern = FindDebeziumOption(key);
  OptionDefinition definition{.name = key, .type = "STRING", .importance = "LOW", .group = "Other"};
  if (pattern != nullptr) definition.documentation = pattern->text;
  validation.options.push_back(FindingOf(std::move(definition), config));
  return validation.options.back();
}

// A line each, "option: what is wrong"; what no option says is the connector's.
void NoteMistakes(std::string_view mistakes, const ConnectorConfig& config,
                  ConfigValidation& validation) {
  while (!mistakes.empty()) {
    const std::size_t end = std::min(mistakes.find('\n'), mistakes.size());
    const std::string_view line = mistakes.substr(0, end);
    const std::string option(line.substr(0, line.find(':')));
    const bool known = FindDebeziumOption(option) != nullptr && line.size() > option.size() + 2;
    FindingFor(known ? option : "connector.class", config, validation)
        .errors.emplace_back(known ? line.substr(option.size() + 2) : line);
    mistakes.remove_prefix(std::min(end + 1, mistakes.size()));
  }
}

std::string_view OptionOf(ErrorCode code) {
  if (code == ErrorCode::kSourceAccessDenied || code == ErrorCode::kMissingPrivilege) {
    return "database.user";
  }
  if (code == ErrorCode::kNoTableMatches) return "table.include.list";
  if (code == ErrorCode::kSourceTls) return "database.ssl.mode";
  return "database.hostname";
}

// What `foreset doctor` finds at the source.
void CheckSource(const Configuration& configuration, const Context& context,
                 const ConnectorConfig& config, ConfigValidation& validation) {
  const auto note = [&](ErrorCode code, const std::string& text) {
    FindingFor(std::string(OptionOf(code)), config, validation).errors.push_back(text);
  };
  const auto source = OpenServer(configuration, context);
  if (!source) return note(source.error().code, source.error().ToString());
  const auto checks = (*source)->Check();
  if (!checks) {
    const Error& error = checks.error();
    return note(error.code, fmt::format("{}. {}", error.ToString(), error.NextStep()));
  }
  for (const mysql::ServerCheck& check : *checks) {
    if (check.outcome != mysql::CheckOutcome::kFailed) continue;
    note(check.code, fmt::format("{}: {} is {}, wanted {}. {}", FormatCode(check.code), check.name,
                                 check.found, check.wanted, check.fix));
  }
}

}  // namespace

std::string MySqlPlugin::Version() const { return FORESET_VERSION; }

std::vector<OptionDefinition> MySqlPlugin::Options() const {
  std::vector<OptionDefinition> definitions;
  std::map<std::string_view, int> orders;
  for (const DebeziumOption& option : AllDebeziumOptions()) {
    if (option.IsPattern()) continue;
    definitions.push_back(
        {.name = std::string(option.name),
         .type = std::string(option.type),
         .required = option.required,
         .default_value = option.default_value == nullptr
                              ? std::nullopt
                              : std::optional<std::string>(option.default_value),
         .importance = std::string(option.importance),
         .documentation =
             fmt::format("{}{}", option.fate == OptionFate::kTaken ? "taken to " : "", option.text),
         .group = std::string(option.group),
         .order = ++orders[option.group]});
  }
  return definitions;
}

server::OptionUse MySqlPlugin::UseOf(const std::string& option) const {
  const DebeziumOption* known = FindDebeziumOption(option);
  if (known == nullptr || known->fate != OptionFate::kTaken) return server::OptionUse::kNone;
  return known->type == kPassword ? server::OptionUse::kSecret : server::OptionUse::kOpen;
}

std::string MySqlPlugin::DestinationOf(const ConnectorConfig& config) const {
  // One that is missing is not the same as its default: without a TLS mode it is foreset.yaml's.
  ConnectorConfig::Options options;
  for (const char* option :
       {"database.hostname", "database.port", "database.user", "database.ssl.mode"}) {
    if (config.Has(option)) options.emplace(option, config.Get(option));
  }
  return server::ToJson(options);
}

ConfigValidation MySqlPlugin::Validate(const ConnectorConfig& config) const {
  ConfigValidation validation{.class_name = class_name_, .groups = {}, .options = {}};
  for (OptionDefinition& definition : Options()) {
    if (std::ranges::find(validation.groups, definition.group) == validation.groups.end()) {
      validation.groups.push_back(definition.group);
    }
    validation.options.push_back(FindingOf(std::move(definition), config));
  }
  const auto& options = config.Reveal();
  const auto mapping = MapConnectorOptions({options.begin(), options.end()});
  for (const MappedOption& option : mapping.options) {
    if (option.fate == MappedFate::kTaken) continue;
    OptionFinding& finding = FindingFor(option.key, config, validation);
    if (option.fate == MappedFate::kRefused) {
      finding.errors.push_back(option.text);
    } else {
      finding.note = "not needed: " + option.text;
    }
  }
  if (validation.ErrorCount() > 0) return validation;
  const auto configuration = ConfigurationOf(config.Get("name"), config, base_);
  if (!configuration) {
    NoteMistakes(configuration.error().message, config, validation);
  } else {
    CheckSource(*configuration, context_, config, validation);
  }
  return validation;
}

Result<std::unique_ptr<server::ConnectorTask>> MySqlPlugin::Open(
    const std::string& name, const ConnectorConfig& config) const {
  return std::make_unique<LakeTask>(TRY(ConfigurationOf(name, config, base_)), context_);
}

}  // namespace foreset::cli
