// SPDX-License-Identifier: MIT
#include "foreset/base/compression.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace foreset {
namespace {

std::string Zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

std::string Zlib(std::string_view text) {
  std::string out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
           text.size());
  out.resize(size);
  return out;
}

TEST(Compression, RoundTripsSmallAndLarge) {
  for (const std::size_t size : {0UL, 1UL, 1000UL, 1UL << 18U, 3000000UL}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; i += 7) text[i] = static_cast<char>(i * 31);
    EXPECT_EQ(DecompressZstd(AsBytes(Zstd(text)), size + 1).value(), text) << size;
    EXPECT_EQ(DecompressZlib(AsBytes(Zlib(text)), size + 1).value(), text) << size;
  }
}

TEST(Compression, GzipMembersAreOneStream) {
  std::string text(3000, 'x');
  const std::string twice = CompressGzip(AsBytes(text)) + CompressGzip({});
  std::string out(text.size() + 1, '\0');
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(twice.data()));
  stream.avail_in = static_cast<uInt>(twice.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  EXPECT_EQ(inflateReset(&stream), Z_OK);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.total_out, 0U);
  inflateEnd(&stream);
  EXPECT_EQ(out, text);
}

TEST(Compression, CutShortDataAreRefused) {
  const std::string zstd = Zstd(std::string(5000, 'a') + "tail");
  const std::string zlib = Zlib(std::string(5000, 'a') + "tail");
  EXPECT_FALSE(DecompressZstd(AsBytes(zstd).first(zstd.size() - 3), 1 << 20));
  EXPECT_FALSE(DecompressZlib(AsBytes(zlib).first(zlib.size() - 3), 1 << 20));
}

TEST(Compression, GrowthBeyondTheLimitIsRefused) {
  const std::string bomb(10000000, 'a');
  EXPECT_FALSE(DecompressZstd(AsBytes(Zstd(bomb)), 1000000));
  EXPECT_FALSE(DecompressZlib(AsBytes(Zlib(bomb)), 1000000));
}

}  // namespace
}  // namespace foreset
