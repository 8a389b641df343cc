// SPDX-License-Identifier: MIT
// A variant: its first byte says how long its metadata are, then they and the value follow. What
// is read is JSON, all at once and member by member.
#include <algorithm>
#include <cstdlib>

#include <simdjson.h>

#include "foreset/base/byte_reader.h"
#include "foreset/columnar/variant_value.h"

using namespace foreset;  // NOLINT

namespace {

// Variants nest deeper than simdjson goes by itself, and have integers that it holds for too big.
void ExpectJson(const std::string& text) {
  simdjson::dom::parser parser;
  if (parser.allocate(text.size(), 2000) != simdjson::SUCCESS) std::abort();
  const simdjson::error_code error = parser.parse(text).error();
  if (error != simdjson::SUCCESS && error != simdjson::NUMBER_ERROR) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader(Bytes(data, size));
  const std::size_t length = reader.U8();
  const std::string_view metadata = AsText(reader.Take(std::min(length, reader.remaining())));
  const std::string_view value = AsText(reader.Rest());
  auto variant = VariantValue::Open(metadata, value);
  if (!variant) return 0;
  JsonWriter json;
  if (variant->Write(json)) ExpectJson(json.Take());
  auto again = VariantValue::Open(metadata, value);
  const auto members = again->Members();
  if (!members) return 0;
  for (const VariantValue::Member& member : *members) {
    JsonWriter part;
    if (again->WriteMember(member, part)) ExpectJson(part.Take());
  }
  return 0;
}
