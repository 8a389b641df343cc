// SPDX-License-Identifier: MIT
// Records that Debezium wrote, each value of them missing, renamed or of another kind in turn, as a
// single message transform or another converter may leave them: each ends in a row, a table change
// or an answer, never in a crash, and a builder has as many rows as it took.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <simdjson.h>

#include "foreset/capture/debezium/change_builder.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/message_reader.h"
#include "foreset/capture/debezium/schema_follower.h"
#include "foreset/capture/debezium/schema_record.h"
#include "foreset/capture/debezium/testing/recorded_topics.h"

namespace foreset::debezium {
namespace {

namespace dom = simdjson::dom;

constexpr std::array<std::string_view, 6> kOthers = {"null", "true", "-1", "\"x\"", "[]", "{}"};

// What stands around one value of a record, and what may stand in its place.
struct Around {
  std::string before;
  std::string after;
};

class Variants {
 public:
  static std::vector<std::string> Of(std::string_view record) {
    dom::parser parser;
    dom::element root;
    EXPECT_EQ(parser.parse(record.data(), record.size()).get(root), simdjson::SUCCESS);
    Variants variants;
    variants.Visit(root, {});
    return std::move(variants.texts_);
  }

 private:
  void Visit(const dom::element& value, const Around& around) {
    for (const std::string_view other : kOthers) Add(around, other);
    dom::object object;
    dom::array array;
    if (value.get(object) == simdjson::SUCCESS) VisitMembers(object, around);
    if (value.get(array) == simdjson::SUCCESS) VisitElements(array, around);
  }

  void VisitMembers(const dom::object& object, const Around& around) {
    std::vector<std::string> members;
    for (const auto& [key, value] : object) {
      members.push_back("\"" + std::string(key) + "\":" + simdjson::minify(value));
    }
    std::size_t i = 0;
    for (const auto& [key, value] : object) {
      const Around without = Beside(members, i++, {around.before + "{", "}" + around.after});
      Add(without, "\"_\":0");
      Add(without, "\"_\":" + simdjson::minify(value));
      Visit(value, {without.before + "\"" + std::string(key) + "\":", without.after});
    }
  }

  void VisitElements(const dom::array& array, const Around& around) {
    std::vector<std::string> elements;
    for (const dom::element& value : array) elements.push_back(simdjson::minify(value));
    std::size_t i = 0;
    for (const dom::element& value : array) {
      const Around without = Beside(elements, i, {around.before + "[", "]" + around.after});
      Add(without, elements[i] + "," + elements[i]);
      Visit(value, without);
      ++i;
    }
    for (i = 0; i < elements.size(); ++i) {
      std::vector<std::string> fewer = elements;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      std::string text;
      for (const std::string& one : fewer) text += (text.empty() ? "" : ",") + one;
      Add({around.before + "[", "]" + around.after}, text);
    }
  }

  static Around Beside(const std::vector<std::string>& parts, std::size_t at, Around around) {
    for (std::size_t i = 0; i < at; ++i) around.before += parts[i] + ",";
    std::string after;
    for (std::size_t i = at + 1; i < parts.size(); ++i) after += "," + parts[i];
    around.after.insert(0, after);
    return around;
  }

  void Add(const Around& around, std::string_view value) {
    texts_.push_back(around.before + std::string(value) + around.after);
  }

  std::vector<std::string> texts_;
};

// Decodes it as the pipeline does; whatever comes is an answer.
void Follow(std::string_view payload) {
  const auto record = ReadSchemaRecord(payload);
  if (!record) return;
  SchemaFollower follower(mysql::TableFilter({"*"}, {}), {});
  for (int i = 0; i < 2; ++i) {
    if (!follower.Apply(*record, SourceEpoch(0))) return;
  }
}

void Decode(const Message& message) {
  if (message.connect == nullptr) return;
  const auto schema = TableSchemaOf({"d", "t"}, *message.connect, nullptr, "__");
  if (!schema) return;
  auto builder = ChangeBuilder::Open(std::make_shared<const TableSchema>(*schema), {});
  if (!builder) return;
  const bool taken = builder->Append(message, Sequence(), Conform::kByName).has_value();
  ASSERT_EQ(builder->size(), taken ? 1U : 0U);
  ASSERT_TRUE(builder->Finish());
}

TEST(AlteredRecordsTest, EachEndsInAnAnswer) {
  MessageReader reader;
  std::size_t read = 0;
  std::size_t refused = 0;
  for (const auto& [folder, topic] :
       {std::pair("ws", "ws.online_store.UniqueOnly"), std::pair("ws", "ws")}) {
    const auto records = testing::ReadRecorded(folder, topic);
    ASSERT_FALSE(records.empty());
    for (std::size_t i = 0; i < std::min<std::size_t>(records.size(), 3); ++i) {
      if (!records[i].value) continue;
      for (const std::string& text : Variants::Of(*records[i].value)) {
        const auto message = reader.Read(text);
        ++(message ? read : refused);
        if (!message) continue;
        if (message->kind == MessageKind::kSchemaChange) Follow(message->payload);
        Decode(*message);
      }
    }
  }
  EXPECT_GT(read, 1000U);
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace foreset::debezium
