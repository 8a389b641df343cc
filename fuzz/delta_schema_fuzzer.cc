// SPDX-License-Identifier: MIT
// A Delta schema text: what is read can be written and reads back as the same.
#include <cstdlib>

#include <arrow/type.h>

#include "foreset/base/byte_reader.h"
#include "foreset/delta/schema_json.h"

using namespace foreset;         // NOLINT
using namespace foreset::delta;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto schema = SchemaFromJson(AsText(Bytes(data, size)));
  if (!schema) return 0;
  const auto text = SchemaToJson(**schema);
  if (!text) std::abort();
  const auto back = SchemaFromJson(*text);
  if (!back || !(*back)->Equals(**schema, /*check_metadata=*/true)) std::abort();
  for (const auto& field : (*schema)->fields()) {
    (void)PhysicalName(*field);
    (void)ColumnId(*field);
  }
  return 0;
}
