// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/mysql_change_stream.h"

#include <chrono>
#include <optional>

namespace foreset::mysql {
namespace {

constexpr std::chrono::milliseconds kPatience{100};

}  // namespace

Result<CaptureRound> MysqlChangeStream::Next(const RoundLimits& limits,
                                             const std::stop_token& stop) {
  RoundAssembler& assembler = *parts_.assembler;
  assembler.set_round_bytes(limits.bytes);
  auto deadline = clock_.Steady() + limits.idle;
  bool has_items = false;
  while (!assembler.full()) {
    if (assembler.suspended()) {
      RETURN_IF_ERROR(assembler.Resume());
      continue;
    }
    const auto now = clock_.Steady();
    if (!has_items && assembler.has_items()) {
      has_items = true;
      deadline = now + limits.interval;
    }
    if (!assembler.in_transaction() &&
        (now >= deadline || (limits.until && assembler.position().Covers(*limits.until)))) {
      break;
    }
    // Past the deadline it is the end of a transaction that is waited for.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
    const auto wait = left.count() > 0 ? left : kPatience;
    const std::optional<Bytes> event = TRY(connection_.Next(wait, stop));
    if (event) RETURN_IF_ERROR(assembler.Feed(*event));
  }
  if (!assembler.suspended()) connection_.GiveBackBuffer();
  return assembler.Take();
}

}  // namespace foreset::mysql
