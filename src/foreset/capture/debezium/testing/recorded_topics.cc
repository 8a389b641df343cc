// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/testing/recorded_topics.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <simdjson.h>

namespace foreset::debezium::testing {
namespace {

namespace fs = std::filesystem;

// Relative to the root of the project, where ctest runs the tests. A recording that is not there
// ends the test: without its records most tests would have nothing to say, and pass.
fs::path Recorded(const fs::path& path) {
  fs::path place = fs::path("tests/debezium_topics") / path;
  if (fs::exists(place)) return place;
  fmt::print(stderr, "There is no {}. Run the tests in the root of the project.\n",
             fs::absolute(place).string());
  std::abort();
}

std::optional<std::string> Text(const simdjson::dom::element& object, const char* key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

}  // namespace

std::vector<RecordedMessage> ReadRecorded(std::string_view folder, std::string_view topic) {
  std::ifstream file(Recorded(fs::path(folder) / (std::string(topic) + ".jsonl")));
  std::vector<RecordedMessage> records;
  simdjson::dom::parser parser;
  for (std::string line; std::getline(file, line);) {
    simdjson::dom::element json;
    if (parser.parse(line).get(json) != simdjson::SUCCESS) return {};
    RecordedMessage record;
    std::uint64_t number = 0;
    if (json["partition"].get(number) == simdjson::SUCCESS) {
      record.partition = static_cast<std::uint32_t>(number);
    }
    if (json["offset"].get(number) == simdjson::SUCCESS) record.offset = number;
    record.key = Text(json, "key");
    record.value = Text(json, "value");
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<std::string> RecordedTopics(std::string_view folder) {
  std::vector<std::string> topics;
  for (const auto& entry : fs::directory_iterator(Recorded(folder))) {
    if (entry.path().extension() == ".jsonl") topics.push_back(entry.path().stem().string());
  }
  std::ranges::sort(topics);
  return topics;
}

}  // namespace foreset::debezium::testing
