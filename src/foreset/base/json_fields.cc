// SPDX-License-Identifier: MIT
#include "foreset/base/json_fields.h"

#include <utility>

#include <fmt/format.h>

namespace foreset {

using simdjson::dom::element;

namespace {

// Free-form values of provenance are not always text; what is not becomes its JSON.
std::optional<std::string> AsLooseText(const element& value) {
  if (value.is_null()) return std::nullopt;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

}  // namespace

std::optional<element> JsonFields::Find(std::string_view key) const {
  element value;
  if (object_.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

template <typename T>
std::optional<T> JsonFields::Read(std::string_view key, std::string_view fault) {
  const std::optional<element> value = Find(key);
  if (!value) return std::nullopt;
  T read{};
  if (value->get(read) != simdjson::SUCCESS) FailMember(key, fault);
  return read;
}

template <typename T>
T JsonFields::Required(std::string_view key, std::optional<T> value) {
  if (!value) FailMember(key, "is missing");
  return std::move(value).value_or(T{});
}

std::string JsonFields::Text(std::string_view key) { return Required(key, OptionalText(key)); }

std::int64_t JsonFields::Int(std::string_view key) { return Required(key, OptionalInt(key)); }

std::uint64_t JsonFields::Unsigned(std::string_view key) {
  return Required(key, OptionalUnsigned(key));
}

std::optional<std::string> JsonFields::OptionalText(std::string_view key) {
  return std::optional<std::string>(Read<std::string_view>(key, "is not text"));
}

std::optional<std::int64_t> JsonFields::OptionalInt(std::string_view key) {
  return Read<std::int64_t>(key, "is not a whole number");
}

std::optional<std::uint64_t> JsonFields::OptionalUnsigned(std::string_view key) {
  return Read<std::uint64_t>(key, "is not a number from 0 on");
}

bool JsonFields::Flag(std::string_view key) { return Required(key, OptionalFlag(key)); }

bool JsonFields::Flag(std::string_view key, bool otherwise) {
  return OptionalFlag(key).value_or(otherwise);
}

std::optional<std::vector<std::string>> JsonFields::OptionalTexts(std::string_view key) {
  const std::optional<element> value = Find(key);
  if (!value) return std::nullopt;
  std::vector<std::string> texts;
  simdjson::dom::array array;
  if (value->get(array) != simdjson::SUCCESS) {
    FailMember(key, "is not a list");
    return texts;
  }
  for (const element item : array) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) FailMember(key, "holds what is not text");
    texts.emplace_back(text);
  }
  return texts;
}

std::optional<std::map<std::string, std::optional<std::string>>> JsonFields::OptionalTextMap(
    std::string_view key) {
  const std::optional<simdjson::dom::object> object = OptionalObject(key);
  if (!object) return std::nullopt;
  std::map<std::string, std::optional<std::string>> map;
  for (const simdjson::dom::key_value_pair member : *object) {
    map.insert_or_assign(std::string(member.key), AsLooseText(member.value));
  }
  return map;
}

std::map<std::string, std::string> JsonFields::TextMap(std::string_view key) {
  std::map<std::string, std::string> map;
  auto loose = OptionalTextMap(key);
  if (!loose) return map;
  for (auto& [name, value] : *loose) {
    if (value) map.emplace(name, std::move(*value));
  }
  return map;
}

std::optional<bool> JsonFields::OptionalFlag(std::string_view key) {
  return Read<bool>(key, "is neither true nor false");
}

std::optional<simdjson::dom::object> JsonFields::OptionalObject(std::string_view key) {
  const std::optional<element> value = Find(key);
  if (!value) return std::nullopt;
  simdjson::dom::object object;
  if (value->get(object) != simdjson::SUCCESS) {
    FailMember(key, "is not an object");
    return std::nullopt;
  }
  return object;
}

std::optional<simdjson::dom::object> JsonFields::Object(std::string_view key) {
  const auto object = OptionalObject(key);
  if (!object) FailMember(key, "is missing");
  return object;
}

std::vector<simdjson::dom::object> JsonFields::Objects(std::string_view key) {
  std::vector<simdjson::dom::object> objects;
  const std::optional<element> value = Find(key);
  if (!value) return objects;
  simdjson::dom::array array;
  if (value->get(array) != simdjson::SUCCESS) {
    FailMember(key, "is not a list");
    return objects;
  }
  for (const element item : array) {
    simdjson::dom::object object;
    if (item.get(object) != simdjson::SUCCESS) {
      FailMember(key, "holds what is not an object");
      return objects;
    }
    objects.push_back(object);
  }
  return objects;
}

void JsonFields::Fail(std::string_view fault) {
  if (fault_.empty()) fault_ = fmt::format("{}: {}", what_, fault);
}

void JsonFields::FailMember(std::string_view key, std::string_view fault) {
  if (fault_.empty()) fault_ = fmt::format("{}: '{}' {}", what_, key, fault);
}

Status JsonFields::status() const {
  if (fault_.empty()) return {};
  return Err(ErrorKind::kCorruption, damaged_, fault_);
}

}  // namespace foreset
