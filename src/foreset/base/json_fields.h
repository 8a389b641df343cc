// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "foreset/base/result.h"

namespace foreset {

// Reads the members of one JSON object. A member that is absent or null is absent; a
// member of another type than asked for, or a required one that is absent, marks the reader failed
// for good (the first fault is kept). Check status() once after all reads. Unknown members are
// ignored. Not thread-safe; valid as long as the parser that made the object.
class JsonFields {
 public:
  // `what` names the object in messages and must outlive the reader; `damaged` is the code of its
  // faults.
  JsonFields(simdjson::dom::object object, std::string_view what, ErrorCode damaged)
      : object_(object), what_(what), damaged_(damaged) {}

  bool Has(std::string_view key) const { return Find(key).has_value(); }
  std::string Text(std::string_view key);
  std::int64_t Int(std::string_view key);
  std::uint64_t Unsigned(std::string_view key);
  std::optional<std::string> OptionalText(std::string_view key);
  std::optional<std::int64_t> OptionalInt(std::string_view key);
  std::optional<std::uint64_t> OptionalUnsigned(std::string_view key);
  bool Flag(std::string_view key);
  bool Flag(std::string_view key, bool otherwise);
  std::optional<std::vector<std::string>> OptionalTexts(std::string_view key);
  // Text or null values. Numbers and booleans, which some writers emit, become their JSON text.
  std::optional<std::map<std::string, std::optional<std::string>>> OptionalTextMap(
      std::string_view key);
  // The same without its nulls; absent is empty.
  std::map<std::string, std::string> TextMap(std::string_view key);
  // Nothing when it fails.
  std::optional<simdjson::dom::object> Object(std::string_view key);
  std::optional<simdjson::dom::object> OptionalObject(std::string_view key);
  // A list of objects; absent is empty.
  std::vector<simdjson::dom::object> Objects(std::string_view key);

  // Records a fault found by the caller.
  void Fail(std::string_view fault);
  // kCorruption that names the object, the member and the fault.
  Status status() const;

 private:
  // Nothing when absent or null.
  std::optional<simdjson::dom::element> Find(std::string_view key) const;
  // A T{} where it is something else, which fails with `fault`.
  template <typename T>
  std::optional<T> Read(std::string_view key, std::string_view fault);
  std::optional<bool> OptionalFlag(std::string_view key);
  template <typename T>
  T Required(std::string_view key, std::optional<T> value);
  void FailMember(std::string_view key, std::string_view fault);

  simdjson::dom::object object_;
  std::string_view what_;
  ErrorCode damaged_;
  std::string fault_;
};

}  // namespace foreset
