// SPDX-License-Identifier: MIT
#include "foreset/delta/deletion_vector.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <roaring/roaring.h>

#include "foreset/base/byte_writer.h"
#include "foreset/base/compression.h"
#include "foreset/delta/data_path.h"
#include "foreset/delta/roaring_format.h"
#include "foreset/delta/z85.h"

namespace foreset::delta {
namespace {

constexpr std::uint32_t kMagic = 1'681'511'377;
constexpr char kFileFormatVersion = 1;
constexpr std::size_t kUuidText = 20;  // a UUID as Z85
// Of the framing in a file: length before, checksum after.
constexpr std::int32_t kFrameBytes = 4;
constexpr std::string_view kFilePrefix = "deletion_vector_";

void AppendBigEndian32(std::string& out, std::uint32_t value) {
  for (unsigned shift = 32; shift > 0;) {
    shift -= 8;
    out += static_cast<char>(value >> shift & 0xFFU);
  }
}

std::unexpected<Error> DamagedVector(std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
             fmt::format("deletion vector: {}", what));
}

// 16 bytes of "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".
std::optional<std::string> UuidBytes(std::string_view uuid) {
  std::string digits(uuid);
  std::erase(digits, '-');
  if (digits.size() != 32) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    std::uint8_t byte = 0;
    const char* const end = digits.data() + i + 2;
    if (std::from_chars(digits.data() + i, end, byte, 16).ptr != end) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string UuidText(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<std::uint8_t>(bytes[i]));
  }
  return text;
}

// "Derived Fields", absolutePath: a random prefix, if any, is a folder of the table.
Result<std::string> RelativePath(const DeletionVectorDescriptor& descriptor) {
  const std::string& text = descriptor.path_or_inline;
  if (text.size() < kUuidText) return DamagedVector("the path is too short");
  const std::string prefix = text.substr(0, text.size() - kUuidText);
  const auto uuid = DecodeZ85(std::string_view(text).substr(prefix.size()));
  if (!uuid) return DamagedVector("the path holds no UUID");
  const std::string name = fmt::format("{}{}.bin", kFilePrefix, UuidText(*uuid));
  return prefix.empty() ? name : prefix + "/" + name;
}

// The bytes of one vector out of its file, length and checksum verified ("Deletion Vector File
// Storage Format").
Result<std::string> ReadFramed(const ObjectStore& store, const std::string& path,
                               const DeletionVectorDescriptor& descriptor) {
  const std::int32_t offset = descriptor.offset.value_or(1);
  if (offset < 0 || descriptor.size_bytes < 0) return DamagedVector("a negative offset or size");
  const auto size = static_cast<std::uint64_t>(descriptor.size_bytes);
  std::string frame =
      TRY(store.ReadRange(path, static_cast<std::uint64_t>(offset), size + 2 * kFrameBytes));
  ByteReader reader(AsBytes(frame));
  const std::uint64_t length = reader.BigEndian(4);
  const Bytes data = reader.Take(size);
  const std::uint64_t checksum = reader.BigEndian(4);
  if (length != size) {
    return DamagedVector(fmt::format("{} holds {} bytes where {} were due", path, length, size));
  }
  if (checksum != Crc32(data)) return DamagedVector(fmt::format("{}: wrong checksum", path));
  return frame.substr(kFrameBytes, size);
}

Result<std::string> ReadBytes(const ObjectStore& store,
                              const DeletionVectorDescriptor& descriptor) {
  switch (descriptor.storage_type) {
    case 'i': {
      auto bytes = DecodeZ85(descriptor.path_or_inline);
      const auto size = static_cast<std::size_t>(std::max(descriptor.size_bytes, 0));
      if (!bytes || bytes->size() < size) return DamagedVector("inline text is malformed");
      bytes->resize(size);
      return *std::move(bytes);
    }
    case 'u':
      return ReadFramed(store, TRY(RelativePath(descriptor)), descriptor);
    case 'p': {
      const DataLocation location = TRY(LocateData(store, descriptor.path_or_inline));
      return ReadFramed(*location.store, location.path, descriptor);
    }
    default:
      return DamagedVector(fmt::format("storage type '{}'", descriptor.storage_type));
  }
}

}  // namespace

DeletionVector::DeletionVector() = default;

DeletionVector::DeletionVector(const DeletionVector& other) {
  for (const auto& [high, bitmap] : other.bitmaps_) {
    bitmaps_.emplace(high, roaring_bitmap_copy(bitmap));
  }
}

DeletionVector::DeletionVector(DeletionVector&& other) noexcept { bitmaps_.swap(other.bitmaps_); }

DeletionVector& DeletionVector::operator=(DeletionVector other) noexcept {
  bitmaps_.swap(other.bitmaps_);
  return *this;
}

DeletionVector::~DeletionVector() {
  for (const auto& [high, bitmap] : bitmaps_) roaring_bitmap_free(bitmap);
}

void DeletionVector::Add(std::uint64_t row) {
  roaring_bitmap_t*& bitmap = bitmaps_[static_cast<std::uint32_t>(row >> 32U)];
  if (bitmap == nullptr) bitmap = roaring_bitmap_create();
  roaring_bitmap_add(bitmap, static_cast<std::uint32_t>(row));
}

bool DeletionVector::Contains(std::uint64_t row) const {
  const auto found = bitmaps_.find(static_cast<std::uint32_t>(row >> 32U));
  return found != bitmaps_.end() &&
         roaring_bitmap_contains(found->second, static_cast<std::uint32_t>(row));
}

std::uint64_t DeletionVector::cardinality() const {
  std::uint64_t count = 0;
  for (const auto& [high, bitmap] : bitmaps_) count += roaring_bitmap_get_cardinality(bitmap);
  return count;
}

std::vector<std::uint64_t> DeletionVector::ToRows() const {
  std::vector<std::uint64_t> rows;
  rows.reserve(cardinality());
  for (const auto& [high, bitmap] : bitmaps_) {
    std::vector<std::uint32_t> low(roaring_bitmap_get_cardinality(bitmap));
    roaring_bitmap_to_uint32_array(bitmap, low.data());
    for (const std::uint32_t row : low) {
      rows.push_back(static_cast<std::uint64_t>(high) << 32U | row);
    }
  }
  return rows;
}

std::string DeletionVector::Serialize() const {
  std::string bytes;
  AppendLittleEndian(bytes, kMagic, 4);
  AppendLittleEndian(bytes, bitmaps_.size(), 8);
  for (const auto& [high, bitmap] : bitmaps_) {
    AppendLittleEndian(bytes, high, 4);
    const std::size_t at = bytes.size();
    bytes.resize(at + roaring_bitmap_portable_size_in_bytes(bitmap));
    roaring_bitmap_portable_serialize(bitmap, bytes.data() + at);
  }
  return bytes;
}

Result<DeletionVector> DeletionVector::Deserialize(Bytes bytes) {
  ByteReader reader(bytes);
  if (reader.U32() != kMagic) return DamagedVector("wrong magic number");
  const std::uint64_t count = reader.U64();
  DeletionVector vector;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint32_t high = reader.U32();
    const Bytes rest = bytes.subspan(reader.offset());
    const auto size = MeasureRoaring(rest);
    const bool ascending = vector.bitmaps_.empty() || vector.bitmaps_.rbegin()->first < high;
    if (!reader.ok() || !size || !ascending) return DamagedVector("the bitmap is malformed");
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the size is given.
    const char* const data = AsText(rest).data();
    roaring_bitmap_t* const bitmap = roaring_bitmap_portable_deserialize_safe(data, *size);
    if (bitmap == nullptr) return DamagedVector("the bitmap is malformed");
    vector.bitmaps_.emplace(high, bitmap);
    reader.Skip(*size);
  }
  if (!reader.ok() || !reader.empty()) return DamagedVector("the length is wrong");
  return vector;
}

bool DeletionVector::operator==(const DeletionVector& other) const {
  return std::ranges::equal(bitmaps_, other.bitmaps_, [](const auto& a, const auto& b) {
    return a.first == b.first && roaring_bitmap_equals(a.second, b.second);
  });
}

Result<DeletionVector> ReadDeletionVector(const ObjectStore& store,
                                          const DeletionVectorDescriptor& descriptor) {
  const std::string bytes = TRY(ReadBytes(store, descriptor));
  auto vector = TRY(DeletionVector::Deserialize(AsBytes(bytes)));
  if (vector.cardinality() != static_cast<std::uint64_t>(descriptor.cardinality)) {
    return DamagedVector(
        fmt::format("{} rows where {} were due", vector.cardinality(), descriptor.cardinality));
  }
  return vector;
}

Result<std::vector<DeletionVectorDescriptor>> WriteDeletionVectors(
    ObjectStore& store, const std::vector<const DeletionVector*>& vectors,
    const std::string& uuid) {
  const auto id = UuidBytes(uuid);
  if (!id) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal, fmt::format("'{}' is no UUID", uuid));
  }
  std::string file(1, kFileFormatVersion);
  std::vector<DeletionVectorDescriptor> descriptors;
  for (const DeletionVector* vector : vectors) {
    const std::string bytes = vector->Serialize();
    descriptors.push_back({.storage_type = 'u',
                           .path_or_inline = EncodeZ85(AsBytes(*id)),
                           .offset = static_cast<std::int32_t>(file.size()),
                           .size_bytes = static_cast<std::int32_t>(bytes.size()),
                           .cardinality = static_cast<std::int64_t>(vector->cardinality())});
    AppendBigEndian32(file, static_cast<std::uint32_t>(bytes.size()));
    file += bytes;
    AppendBigEndian32(file, Crc32(AsBytes(bytes)));
  }
  if (file.size() > kMaxDeletionVectorFileBytes) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("a file of deletion vectors of {} bytes", file.size()));
  }
  RETURN_IF_ERROR(store.Put(fmt::format("{}{}.bin", kFilePrefix, UuidText(*id)), AsBytes(file)));
  return descriptors;
}

Result<std::optional<std::string>> DeletionVectorFile(const DeletionVectorDescriptor& descriptor) {
  switch (descriptor.storage_type) {
    case 'u':
      return EncodeUri(TRY(RelativePath(descriptor)));
    case 'p':
      return descriptor.path_or_inline;
    default:
      return std::nullopt;
  }
}

}  // namespace foreset::delta
