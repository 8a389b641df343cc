// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace foreset {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Reads foreign bytes without ever leaving them: a read past the end yields zero (or an empty
// span), and marks the reader failed for good. Check ok() once after a group of reads.
// Not thread-safe. Does not own the bytes.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t remaining() const { return bytes_.size() - offset_; }
  std::size_t offset() const { return offset_; }
  bool empty() const { return remaining() == 0; }

  // Unsigned integers of 1 to 8 bytes.
  std::uint64_t LittleEndian(std::size_t width) {
    if (!Need(width)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      value |= static_cast<std::uint64_t>(bytes_[offset_ + i]) << (8 * i);
    }
    offset_ += width;
    return value;
  }
  std::uint64_t BigEndian(std::size_t width) {
    if (!Need(width)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | bytes_[offset_ + i];
    offset_ += width;
    return value;
  }
  std::uint8_t U8() { return static_cast<std::uint8_t>(LittleEndian(1)); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(LittleEndian(2)); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(LittleEndian(4)); }
  std::uint64_t U64() { return LittleEndian(8); }

  Bytes Take(std::size_t count) {
    if (!Need(count)) return {};
    const Bytes taken = bytes_.subspan(offset_, count);
    offset_ += count;
    return taken;
  }
  Bytes Rest() { return Take(remaining()); }
  void Skip(std::size_t count) { (void)Take(count); }

 private:
  bool Need(std::size_t count) {
    if (ok_ && count <= remaining()) return true;
    ok_ = false;
    return false;
  }

  Bytes bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace foreset
