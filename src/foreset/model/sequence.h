// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace foreset {

// What happened to a row; the letters are bronze's `_op` and Debezium's.
enum class Operation : char {
  kSnapshot = 'r',
  kTruncate = 't',
  kDelete = 'd',
  kUpdate = 'u',
  kInsert = 'c',
};

constexpr bool HasBefore(Operation operation) {
  return operation == Operation::kUpdate || operation == Operation::kDelete;
}
constexpr bool HasAfter(Operation operation) {
  return operation != Operation::kDelete && operation != Operation::kTruncate;
}

// The place of one change in the total order of its source: (source epoch, binlog file number,
// position of the event in the file, row, rank of the operation). 16 bytes. Its
// text, the `_seq` column, is 32 lower-case hex digits and sorts the same way.
//
//   bits 127-112  source epoch: rises when the server changes or its binlog is reset
//   bits 111-88   binlog file number ("mysql-bin.000042" is 42)
//   bits 87-40    position at which the rows event starts, unwrapped to 48 bits; inside a
//                 compressed transaction the position of its payload event
//   bits 39-4     row within the event; inside a compressed transaction the row's ordinal within
//                 the payload; for a backfilled row its ordinal within the backfill of its table
//   bits 3-0      rank: snapshot 0, truncate 1, delete 2, update 3, insert 4, so that a backfilled
//                 row sorts below any later change and a split key change deletes first
class Sequence {
 public:
  constexpr Sequence() = default;
  constexpr Sequence(std::uint16_t epoch, std::uint32_t file_number, std::uint64_t position,
                     std::uint64_t row, Operation operation)
      : high_(static_cast<std::uint64_t>(epoch) << 48U |
              static_cast<std::uint64_t>(file_number & 0xFFFFFFU) << 24U |
              (position >> 24U & 0xFFFFFFU)),
        low_((position & 0xFFFFFFU) << 40U | (row & 0xFFFFFFFFFU) << 4U | Rank(operation)) {}

  static constexpr Sequence FromBits(std::uint64_t high, std::uint64_t low) {
    Sequence sequence;
    sequence.high_ = high;
    sequence.low_ = low;
    return sequence;
  }
  // Nothing when `text` is not 32 hex digits.
  static std::optional<Sequence> Parse(std::string_view text);

  constexpr std::uint64_t high() const { return high_; }
  constexpr std::uint64_t low() const { return low_; }
  constexpr std::uint16_t epoch() const { return static_cast<std::uint16_t>(high_ >> 48U); }
  constexpr std::uint32_t file_number() const { return high_ >> 24U & 0xFFFFFFU; }
  constexpr std::uint64_t position() const { return (high_ & 0xFFFFFFU) << 24U | low_ >> 40U; }
  constexpr std::uint64_t row() const { return low_ >> 4U & 0xFFFFFFFFFU; }

  // The same place with another operation's rank: the two halves of a key change.
  constexpr Sequence WithRank(Operation operation) const {
    return FromBits(high_, (low_ & ~0xFULL) | Rank(operation));
  }

  constexpr auto operator<=>(const Sequence&) const = default;

  static constexpr std::size_t kTextBytes = 32;
  // Writes exactly kTextBytes.
  void Format(char* out) const;
  std::string ToString() const;

 private:
  static constexpr std::uint64_t Rank(Operation operation) {
    switch (operation) {
      case Operation::kSnapshot:
        return 0;
      case Operation::kTruncate:
        return 1;
      case Operation::kDelete:
        return 2;
      case Operation::kUpdate:
        return 3;
      case Operation::kInsert:
        return 4;
    }
    return 15;
  }

  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace foreset
