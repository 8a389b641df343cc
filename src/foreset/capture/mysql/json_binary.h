// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "foreset/base/byte_reader.h"

namespace foreset::mysql {

struct JsonMember;

// A JSON document of MySQL, taken apart as far as partial updates need it: scalars are text
// already. A value.
struct JsonNode {
  using Scalar = std::string;  // as SELECT shows it, strings quoted
  using Array = std::vector<JsonNode>;
  using Object = std::vector<JsonMember>;  // by key length, then bytes

  std::variant<Scalar, Array, Object> value;
};
struct JsonMember {
  std::string key;
  JsonNode node;
};

// Appends the document's text exactly as SELECT shows it, so that streamed and backfilled values
// are equal. An empty document is the JSON null. False when the bytes contradict themselves (an
// offset outside, deeper than the server's 100 levels, text beyond its bytes' possible yield).
bool AppendJsonText(Bytes document, std::string& out);

// The same as a tree, for changing; false as above.
bool ParseJson(Bytes document, JsonNode& out);
void AppendJsonText(const JsonNode& node, std::string& out);

// Applies the diffs of a PARTIAL_UPDATE_ROWS event (operation, path, value; repeated) to the
// document before the update. False when they do not fit it.
bool ApplyJsonDiffs(Bytes diffs, JsonNode& document);

}  // namespace foreset::mysql
