// SPDX-License-Identifier: MIT
// Any text as a model of the warehouse: what it is made of, or a mistake with its line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "foreset/sql/warehouse/model_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto model = foreset::sql::ParseModel("M", text);
  if (model && (model->sql.empty() || model->key.empty())) std::abort();
  if (!model && model.error().message.empty()) std::abort();
  return 0;
}
