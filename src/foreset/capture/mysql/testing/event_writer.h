// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/capture/mysql/binlog_event.h"

namespace foreset::mysql::testing {

// Little-endian bytes of an integer.
std::string Int(std::uint64_t value, std::size_t width);
std::string BigInt(std::uint64_t value, std::size_t width);  // big-endian

// Writes events as a server does, one after another in one file, with CRC-32 footers. For tests.
class EventWriter {
 public:
  // One event; the file position moves on by its size.
  std::string Event(EventType type, std::string_view body, std::uint16_t flags = 0);
  // An event without checksum and position, as inside a compressed transaction.
  static std::string Inner(EventType type, std::string_view body);

  std::string FormatDescription();
  std::string Rotate(std::string_view file, std::uint64_t position = 4, bool artificial = false);
  // Of the server 00000000-0000-0000-0000-000000000001.
  std::string Gtid(std::uint64_t number, std::uint64_t commit_micros = 0);
  // MariaDB's, of server 1; `tail` is what follows the flags.
  std::string MariaGtid(std::uint64_t number, std::uint8_t flags, std::string_view tail = {},
                        std::uint32_t domain = 0);
  // Ends a group that began with XA START of `global`.
  std::string XaPrepare(std::string_view global);
  std::string Query(std::string_view text, std::string_view database = "shop");
  std::string Xid() { return Event(EventType::kXid, Int(7, 8)); }

  static std::string QueryBody(std::string_view text, std::string_view database = "shop");
  // shop.items(id INT, name VARCHAR(40) utf8mb4) with names and charset told, under number 7.
  static std::string ItemsMap();
  // Rows of it; each row is already an image or two.
  static std::string RowsBody(bool update, std::string_view rows);
  // (id, name); a null name when it is empty.
  static std::string Item(std::uint32_t id, std::string_view name);

  std::uint64_t position() const { return position_; }
  void set_position(std::uint64_t position) { position_ = position; }
  void set_timestamp(std::uint32_t seconds) { timestamp_ = seconds; }

 private:
  std::uint64_t position_ = 4;
  std::uint32_t timestamp_ = 1'700'000'000;
};

}  // namespace foreset::mysql::testing
