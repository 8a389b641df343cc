// SPDX-License-Identifier: MIT
#include "foreset/base/json_writer.h"

#include <limits>

#include <gtest/gtest.h>

namespace foreset {
namespace {

TEST(JsonWriter, NestsWithCommasWhereTheyBelong) {
  JsonWriter json;
  json.BeginObject().Member("a", std::int64_t{1}).Key("b").BeginArray().Int(2).String("x");
  json.EndArray().Member("c", true).Key("d").Null().EndObject();
  EXPECT_EQ(json.Take(), R"({"a":1,"b":[2,"x"],"c":true,"d":null})");
}

TEST(JsonWriter, EscapesControlCharactersAndReplacesInvalidUtf8) {
  JsonWriter json;
  json.String("q\"\\\n\x01 \xC3\xA9 \xFF");
  EXPECT_EQ(json.Take(), "\"q\\\"\\\\\\n\\u0001 \xC3\xA9 \xEF\xBF\xBD\"");
}

TEST(JsonWriter, DoublesReadBackExactlyAndNonFiniteOnesAreQuoted) {
  JsonWriter json;
  json.BeginArray().Double(0.1).Double(std::numeric_limits<double>::infinity()).EndArray();
  EXPECT_EQ(json.Take(), R"([0.1,"Infinity"])");
}

}  // namespace
}  // namespace foreset
