// SPDX-License-Identifier: MIT
#include "foreset/delta/roaring_format.h"

#include <bit>
#include <cstdint>

namespace foreset::delta {
namespace {

constexpr std::uint32_t kCookieWithRuns = 12347;
constexpr std::uint32_t kCookieWithoutRuns = 12346;
constexpr std::size_t kFewContainers = 4;  // fewer, with runs: no offset header
constexpr std::uint32_t kMaxArray = 4096;
constexpr std::size_t kBitsetWords = 1024;
constexpr std::size_t kMaxContainers = 65536;

bool IsArray(ByteReader& reader, std::uint32_t cardinality) {
  std::int32_t previous = -1;
  for (std::uint32_t i = 0; i < cardinality; ++i) {
    const std::int32_t value = reader.U16();
    if (value <= previous) return false;
    previous = value;
  }
  return reader.ok();
}

bool IsBitset(ByteReader& reader, std::uint32_t cardinality) {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < kBitsetWords && reader.ok(); ++i) {
    count += static_cast<std::uint32_t>(std::popcount(reader.U64()));
  }
  return reader.ok() && count == cardinality;
}

bool IsRuns(ByteReader& reader, std::uint32_t cardinality) {
  const std::uint16_t runs = reader.U16();
  std::int64_t previous_end = -1;
  std::uint32_t count = 0;
  for (std::uint16_t i = 0; i < runs; ++i) {
    const std::int64_t start = reader.U16();
    const std::int64_t end = start + reader.U16();
    if (!reader.ok() || start <= previous_end || end > 65535) return false;
    previous_end = end;
    count += static_cast<std::uint32_t>(end - start + 1);
  }
  return reader.ok() && count == cardinality;
}

}  // namespace

std::optional<std::size_t> MeasureRoaring(Bytes bytes) {
  ByteReader reader(bytes);
  const std::uint32_t cookie = reader.U32();
  const bool has_runs = (cookie & 0xFFFFU) == kCookieWithRuns;
  if (!has_runs && cookie != kCookieWithoutRuns) return std::nullopt;
  const std::size_t containers = has_runs ? (cookie >> 16U) + 1 : reader.U32();
  if (containers > kMaxContainers) return std::nullopt;
  const Bytes run_flags = has_runs ? reader.Take((containers + 7) / 8) : Bytes{};
  const Bytes header = reader.Take(containers * 4);
  if (!has_runs || containers >= kFewContainers) reader.Skip(containers * 4);
  if (!reader.ok()) return std::nullopt;

  ByteReader descriptions(header);
  std::int32_t previous_key = -1;
  for (std::size_t i = 0; i < containers; ++i) {
    const std::int32_t key = descriptions.U16();
    const std::uint32_t cardinality = descriptions.U16() + 1U;
    if (key <= previous_key) return std::nullopt;
    previous_key = key;
    const bool is_runs = has_runs && (run_flags[i / 8] >> (i % 8) & 1U) != 0;
    const bool good = is_runs                    ? IsRuns(reader, cardinality)
                      : cardinality <= kMaxArray ? IsArray(reader, cardinality)
                                                 : IsBitset(reader, cardinality);
    if (!good) return std::nullopt;
  }
  return reader.offset();
}

}  // namespace foreset::delta
