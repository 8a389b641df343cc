// SPDX-License-Identifier: MIT
// Partition values and paths of actions: any text for any type.
#include <cstdlib>
#include <string>

#include <arrow/scalar.h>
#include <arrow/type.h>

#include "foreset/base/byte_reader.h"
#include "foreset/delta/data_path.h"
#include "foreset/delta/partition_values.h"

using namespace foreset;         // NOLINT
using namespace foreset::delta;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(AsText(Bytes(data, size)));
  for (const auto& type :
       {arrow::int8(), arrow::int64(), arrow::float64(), arrow::boolean(), arrow::date32(),
        arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), arrow::decimal128(38, 10),
        arrow::decimal128(5, 2), arrow::utf8(), arrow::binary(), arrow::list(arrow::int8())}) {
    const auto value = ParsePartitionValue(text, type);
    if (value && !(*value)->type->Equals(*type)) std::abort();
  }
  if (DecodeUri(EncodeUri(text)) != text) std::abort();
  (void)CanonicalPath(text);
  return 0;
}
