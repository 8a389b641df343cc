// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/json_writer.h"
#include "foreset/base/result.h"

namespace foreset {

// One variant in its binary form: a dictionary of keys ("metadata") and a value that refers to it
// (Parquet's VariantEncoding.md). Reads every type of version 1; decodes only what is asked for.
// Does not own the bytes, of which it believes nothing: kCorruption (kParquetDamaged) when they
// leave their bounds, overlap beyond reason or nest more than 1,000 deep, kUnsupported for types of
// a later version. Time and memory are bounded: of values that overlap 1 MiB are read again, and
// the JSON may hold 256 MiB of keys. Not thread-safe.
class VariantValue {
 public:
  // Where a member of the outermost object begins.
  struct Member {
    std::string_view key;
    std::size_t at = 0;
  };

  static Result<VariantValue> Open(std::string_view metadata, std::string_view value);

  // The whole value as JSON: the text that Spark's to_json gives, but for the escapes of control
  // characters. Timestamps are in UTC.
  Status Write(JsonWriter& json) { return WriteAt(0, 0, json); }

  // Of the outermost object, in its order. kCorruption when the value is not an object.
  Result<std::vector<Member>> Members();
  Status WriteMember(const Member& member, JsonWriter& json) { return WriteAt(member.at, 1, json); }

 private:
  static constexpr std::size_t kReadAgain = 1U << 20U;

  // An object or an array: how many values, where their keys are named, where they begin.
  struct Container {
    std::size_t count = 0;
    std::size_t id_width = 0;  // 0: an array
    std::size_t offset_width = 0;
    Bytes ids;
    Bytes offsets;
    std::size_t data = 0;  // where offsets count from
  };

  VariantValue(std::string_view metadata, std::string_view value)
      : metadata_(AsBytes(metadata)), value_(AsBytes(value)), budget_(value.size() + kReadAgain) {}

  Status ReadDictionary();
  Result<std::string_view> Key(std::size_t id);
  Result<Container> ReadContainer(std::size_t at);
  Result<std::size_t> ChildAt(const Container& container, std::size_t index) const;
  Result<std::string_view> KeyOf(const Container& container, std::size_t index);
  Status WriteAt(std::size_t at, int depth, JsonWriter& json);
  Status WriteContainer(std::size_t at, int depth, JsonWriter& json);
  Status WriteShortString(std::size_t at, JsonWriter& json);
  Status WritePrimitive(std::size_t at, JsonWriter& json);
  Status Spend(std::size_t bytes);

  Bytes metadata_;
  Bytes value_;
  std::size_t budget_;  // bytes that may still be read
  std::size_t key_bytes_ = 0;
  std::size_t key_count_ = 0;
  std::size_t key_offset_width_ = 0;
  Bytes key_offsets_;
  Bytes keys_;
};

}  // namespace foreset
