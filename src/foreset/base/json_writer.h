// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreset {

// Builds one JSON text, compact, in the order of the calls. Commas are its own business; matching
// Begin with End and giving every member a Key is the caller's. Invalid UTF-8 in a string becomes
// U+FFFD, so the text is always valid JSON. Not thread-safe.
class JsonWriter {
 public:
  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view value);
  JsonWriter& Int(std::int64_t value);
  JsonWriter& Bool(bool value);
  // Shortest text that reads back as the same double; NaN and infinities as quoted strings.
  JsonWriter& Double(double value);
  JsonWriter& Null();
  // Text that is JSON already, verbatim.
  JsonWriter& Raw(std::string_view json);

  // Key and value in one call.
  JsonWriter& Member(std::string_view key, std::string_view value) {
    return Key(key).String(value);
  }
  JsonWriter& Member(std::string_view key, const char* value) { return Key(key).String(value); }
  JsonWriter& Member(std::string_view key, std::int64_t value) { return Key(key).Int(value); }
  JsonWriter& Member(std::string_view key, bool value) { return Key(key).Bool(value); }

  // The text so far; the writer is empty afterwards.
  std::string Take();

 private:
  void BeforeValue();

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace foreset
