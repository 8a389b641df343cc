// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/testing/event_writer.h"

#include "foreset/base/compression.h"

namespace foreset::mysql::testing {
namespace {

std::string Header(EventType type, std::size_t size, std::uint32_t timestamp, std::uint32_t end,
                   std::uint16_t flags) {
  return Int(timestamp, 4) + static_cast<char>(type) + Int(1, 4) + Int(size, 4) + Int(end, 4) +
         Int(flags, 2);
}

}  // namespace

std::string Int(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
  return bytes;
}

std::string BigInt(std::uint64_t value, std::size_t width) {
  const std::string little = Int(value, width);
  return {little.rbegin(), little.rend()};
}

std::string EventWriter::Event(EventType type, std::string_view body, std::uint16_t flags) {
  const std::size_t size = kEventHeaderBytes + body.size() + kChecksumBytes;
  const bool in_file = (flags & kFlagArtificial) == 0;
  if (in_file) position_ += size;
  std::string event =
      Header(type, size, timestamp_, in_file ? static_cast<std::uint32_t>(position_) : 0, flags);
  event += body;
  return event + Int(Crc32(AsBytes(event)), 4);
}

std::string EventWriter::Inner(EventType type, std::string_view body) {
  return Header(type, kEventHeaderBytes + body.size(), 1'700'000'000, 0, 0) + std::string(body);
}

std::string EventWriter::FormatDescription() {
  std::string version = "9.7.4-test";
  version.resize(50, '\0');
  const std::string lengths(40, '\x08');
  return Event(
      EventType::kFormatDescription,
      Int(4, 2) + version + Int(0, 4) + static_cast<char>(kEventHeaderBytes) + lengths + '\x01');
}

std::string EventWriter::Rotate(std::string_view file, std::uint64_t position, bool artificial) {
  std::string event = Event(EventType::kRotate, Int(position, 8) + std::string(file),
                            artificial ? kFlagArtificial : 0);
  position_ = position;
  return event;
}

std::string EventWriter::Gtid(std::uint64_t number, std::uint64_t commit_micros) {
  std::string body = '\x01' + std::string(15, '\0') + '\x01' + Int(number, 8) + '\x02' +
                     Int(number - 1, 8) + Int(number, 8);
  if (commit_micros != 0) body += Int(commit_micros, 7) + '\x10';
  return Event(EventType::kGtid, body);
}

std::string EventWriter::MariaGtid(std::uint64_t number, std::uint8_t flags, std::string_view tail,
                                   std::uint32_t domain) {
  std::string body = Int(number, 8) + Int(domain, 4) + static_cast<char>(flags) + std::string(tail);
  if (body.size() < 19) body.resize(19, '\0');
  return Event(EventType::kMariaGtid, body);
}

std::string EventWriter::XaPrepare(std::string_view global) {
  return Event(EventType::kXaPrepare,
               '\0' + Int(1, 4) + Int(global.size(), 4) + Int(0, 4) + std::string(global));
}

std::string EventWriter::QueryBody(std::string_view text, std::string_view database) {
  return Int(9, 4) + Int(0, 4) + static_cast<char>(database.size()) + Int(0, 2) + Int(0, 2) +
         std::string(database) + '\0' + std::string(text);
}

std::string EventWriter::Query(std::string_view text, std::string_view database) {
  return Event(EventType::kQuery, QueryBody(text, database));
}

std::string EventWriter::ItemsMap() {
  std::string body = Int(7, 6) + Int(1, 2);
  body += std::string("\x04shop\0\x05items\0", 13);
  body +=
      std::string("\x02\x03\x0f\x02\xa0\x00\x02", 7);  // INT, VARCHAR of 160 bytes; name nullable
  body += std::string("\x01\x01\x00", 3);              // signedness
  body += std::string("\x02\x01\xff", 3);              // utf8mb4_0900_ai_ci
  body.back() = '\x2d';                                // utf8mb4_general_ci
  body += std::string("\x04\x08\x02id\x04name", 10);
  body += std::string("\x08\x01\x00", 3);  // primary key
  return body;
}

std::string EventWriter::RowsBody(bool update, std::string_view rows) {
  return Int(7, 6) + Int(1, 2) + Int(2, 2) + '\x02' + '\xff' + (update ? "\xff" : "") +
         std::string(rows);
}

std::string EventWriter::Item(std::uint32_t id, std::string_view name) {
  if (name.empty()) return '\x02' + Int(id, 4);
  return '\0' + Int(id, 4) + static_cast<char>(name.size()) + std::string(name);
}

}  // namespace foreset::mysql::testing
