// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/modes.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace foreset::debezium {
namespace {

template <typename Mode>
using Choice = std::pair<std::string_view, Mode>;

constexpr auto kDecimal = std::to_array<Choice<DecimalMode>>({{"precise", DecimalMode::kPrecise},
                                                              {"double", DecimalMode::kDouble},
                                                              {"string", DecimalMode::kString}});
constexpr auto kBigInt = std::to_array<Choice<BigIntUnsignedMode>>(
    {{"long", BigIntUnsignedMode::kLong}, {"precise", BigIntUnsignedMode::kPrecise}});
constexpr auto kTime = std::to_array<Choice<TimeMode>>(
    {{"adaptive_time_microseconds", TimeMode::kAdaptiveTimeMicroseconds},
     {"adaptive", TimeMode::kAdaptive},
     {"connect", TimeMode::kConnect},
     {"isostring", TimeMode::kIsoString},
     {"microseconds", TimeMode::kMicroseconds},
     {"nanoseconds", TimeMode::kNanoseconds}});
constexpr auto kBinary =
    std::to_array<Choice<BinaryMode>>({{"bytes", BinaryMode::kBytes},
                                       {"base64", BinaryMode::kBase64},
                                       {"base64-url-safe", BinaryMode::kBase64UrlSafe},
                                       {"hex", BinaryMode::kHex}});

template <typename Mode>
Status Choose(std::span<const Choice<Mode>> choices, std::string_view name, std::string_view value,
              Mode& mode) {
  const auto found = std::ranges::find(choices, value, &Choice<Mode>::first);
  if (found != choices.end()) {
    mode = found->second;
    return {};
  }
  std::string known;
  for (const auto& [word, unused] : choices)
    known += (known.empty() ? "" : ", ") + std::string(word);
  return Err(ErrorKind::kInvalidInput, ErrorCode::kDebeziumMode,
             fmt::format("{} = {}: known are {}", name, value, known));
}

}  // namespace

Status SetMode(DebeziumModes& modes, std::string_view name, std::string_view value) {
  if (name == "decimal.handling.mode") {
    return Choose<DecimalMode>(kDecimal, name, value, modes.decimal);
  }
  if (name == "bigint.unsigned.handling.mode") {
    return Choose<BigIntUnsignedMode>(kBigInt, name, value, modes.bigint_unsigned);
  }
  if (name == "time.precision.mode") return Choose<TimeMode>(kTime, name, value, modes.time);
  if (name == "binary.handling.mode") {
    return Choose<BinaryMode>(kBinary, name, value, modes.binary);
  }
  if (name == "unavailable.value.placeholder") {
    modes.unavailable = value;
    return {};
  }
  if (name == "add.fields.prefix") {
    modes.added_prefix = value;
    return {};
  }
  return Err(ErrorKind::kInvalidInput, ErrorCode::kDebeziumMode,
             fmt::format("{} does not decide how values are written", name));
}

}  // namespace foreset::debezium
