// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/shop_schema.h"

#include <fmt/format.h>

namespace foreset::cli {

std::string AmountText(Cents amount) {
  return fmt::format("{}.{:02}", amount.value() / 100, amount.value() % 100);
}

void ChangeCounts::Add(const ChangeCounts& other) {
  for (std::size_t table = 0; table < kShopTableCount; ++table) {
    for (std::size_t change = 0; change < 3; ++change) {
      rows[table][change] += other.rows[table][change];
    }
  }
}

std::uint64_t ChangeCounts::total() const {
  std::uint64_t sum = 0;
  for (const auto& table : rows) {
    for (const std::uint64_t count : table) sum += count;
  }
  return sum;
}

}  // namespace foreset::cli
