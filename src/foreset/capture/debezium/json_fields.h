// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include <simdjson.h>

#include "foreset/capture/debezium/json_strings.h"

// Reading fields with simdjson's on-demand parser without exceptions.
namespace foreset::debezium {

using JsonField = simdjson::simdjson_result<simdjson::ondemand::field>;
using JsonValue = simdjson::ondemand::value;

// The key as it reads unescaped; nothing when it is damaged. Before value().
inline std::optional<std::string_view> KeyOf(JsonField& field) {
  simdjson::ondemand::raw_json_string raw;
  if (field.key().get(raw) != simdjson::SUCCESS) return std::nullopt;
  const char* const first = raw.raw();
  const char* end = first;
  while (*end != '"' && *end != '\\') ++end;
  if (*end == '"') [[likely]]
    return std::string_view(first, static_cast<std::size_t>(end - first));
  std::string_view key;
  if (field.unescaped_key().get(key) != simdjson::SUCCESS) return std::nullopt;
  return key;
}

// A scalar as it stands; for an object or array only its bracket. White space may follow.
inline std::string_view TokenOf(JsonValue& value) { return value.raw_json_token(); }

inline bool IsNull(std::string_view token) { return ScalarOf(token) == "null"; }

}  // namespace foreset::debezium
