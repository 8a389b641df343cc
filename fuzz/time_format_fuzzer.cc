// SPDX-License-Identifier: MIT
// Any line as a format, the rest as a text in it: a time that a clock shows, or none.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "foreset/batch/time_format.h"

namespace foreset::batch {
namespace {

void Check(const std::optional<ReadTime>& time) {
  constexpr std::int64_t kDay = 86'400'000'000;
  constexpr std::int32_t kMostMinutes = 24 * 60;
  if (!time) return;
  if (time->micros < 0 || time->micros >= kDay) std::abort();
  const std::int32_t offset = time->offset_minutes.value_or(0);
  if (offset <= -kMostMinutes || offset >= kMostMinutes) std::abort();
}

void Run(std::string_view input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view text = input.substr(std::min(end + 1, input.size()));
  Check(ReadIsoTime(text));
  const auto format = TimeFormat::Parse(std::string(input.substr(0, end)));
  if (format) Check(format->Read(text));
}

}  // namespace
}  // namespace foreset::batch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  foreset::batch::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
