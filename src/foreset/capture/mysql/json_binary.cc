// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/json_binary.h"

#include <bit>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/mysql/json_text.h"

namespace foreset::mysql {
namespace {

// The format: a type byte, then the value. Objects and arrays begin with the number of elements
// and their own size, then (objects) the offset and length of each key, then each value's type and
// either the value itself, when it fits, or its offset. Offsets count from the container's start
// and have 2 bytes in small containers, 4 in large ones.
enum JsonType : std::uint8_t {
  kSmallObject = 0,
  kLargeObject = 1,
  kSmallArray = 2,
  kLargeArray = 3,
  kLiteral = 4,
  kInt16 = 5,
  kUint16 = 6,
  kInt32 = 7,
  kUint32 = 8,
  kInt64 = 9,
  kUint64 = 10,
  kDouble = 11,
  kString = 12,
  kOpaque = 15,
};

constexpr int kMaxDepth = 101;
// The longest text that a byte of a sound document can become, with some room.
constexpr std::size_t kTextPerByte = 16;
constexpr std::size_t kTextBase = 256;

bool AppendLiteral(std::uint64_t code, std::string& out) {
  constexpr std::string_view kNames[] = {"null", "true", "false"};
  if (code > 2) return false;
  out += kNames[code];
  return true;
}

// Lengths of strings: seven bits a byte, the lowest first, at most five bytes.
std::optional<std::size_t> VariableLength(ByteReader& in) {
  std::size_t length = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint8_t byte = in.U8();
    length |= static_cast<std::size_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) return in.ok() ? std::optional(length) : std::nullopt;
  }
  return {};
}

template <typename Signed>
bool AppendSigned(ByteReader& in, std::string& out) {
  const auto value = static_cast<Signed>(in.LittleEndian(sizeof(Signed)));
  out += fmt::format("{}", value);
  return in.ok();
}

bool AppendUnsigned(ByteReader& in, std::size_t width, std::string& out) {
  const std::uint64_t value = in.LittleEndian(width);
  out += fmt::format("{}", value);
  return in.ok();
}

bool AppendScalar(std::uint8_t type, Bytes data, std::string& out) {
  ByteReader in(data);
  switch (type) {
    case kLiteral:
      return AppendLiteral(in.U8(), out) && in.ok();
    case kInt16:
      return AppendSigned<std::int16_t>(in, out);
    case kUint16:
      return AppendUnsigned(in, 2, out);
    case kInt32:
      return AppendSigned<std::int32_t>(in, out);
    case kUint32:
      return AppendUnsigned(in, 4, out);
    case kInt64:
      return AppendSigned<std::int64_t>(in, out);
    case kUint64:
      return AppendUnsigned(in, 8, out);
    case kDouble:
      AppendJsonDouble(std::bit_cast<double>(in.U64()), out);
      return in.ok();
    case kString: {
      const auto length = VariableLength(in);
      if (!length) return false;
      AppendJsonString(AsText(in.Take(*length)), out);
      return in.ok();
    }
    case kOpaque: {
      const std::uint8_t sql_type = in.U8();
      const auto length = VariableLength(in);
      return length && *length <= in.remaining() &&
             AppendJsonOpaque(sql_type, in.Take(*length), out);
    }
    default:
      return false;
  }
}

// One object or array, opened: its elements by index. Every access is within `data`.
class Container {
 public:
  static std::optional<Container> Open(std::uint8_t type, Bytes data) {
    Container container;
    container.width_ = type == kLargeObject || type == kLargeArray ? 4 : 2;
    container.object_ = type == kSmallObject || type == kLargeObject;
    ByteReader in(data);
    container.count_ = in.LittleEndian(container.width_);
    const std::size_t size = in.LittleEndian(container.width_);
    if (!in.ok() || size > data.size()) return {};
    container.data_ = data.first(size);
    const std::size_t key_entry = container.object_ ? container.width_ + 2 : 0;
    const std::size_t header = 2 * container.width_;
    container.values_ = header + container.count_ * key_entry;
    if (container.values_ + container.count_ * (container.width_ + 1) > size) return {};
    return container;
  }

  std::size_t count() const { return count_; }
  bool is_object() const { return object_; }

  std::optional<std::string_view> Key(std::size_t index) const {
    ByteReader in(data_.subspan(2 * width_ + index * (width_ + 2)));
    const std::size_t offset = in.LittleEndian(width_);
    const std::size_t length = in.U16();
    if (offset > data_.size() || length > data_.size() - offset) return {};
    return AsText(data_.subspan(offset, length));
  }

  // The element's type and bytes; inlined or behind its offset.
  std::optional<std::pair<std::uint8_t, Bytes>> Value(std::size_t index) const {
    ByteReader in(data_.subspan(values_ + index * (width_ + 1), width_ + 1));
    const std::uint8_t type = in.U8();
    const bool inlined = type == kLiteral || type == kInt16 || type == kUint16 ||
                         (width_ == 4 && (type == kInt32 || type == kUint32));
    if (inlined) return std::pair(type, in.Rest());
    const std::size_t offset = in.LittleEndian(width_);
    if (offset >= data_.size()) return {};
    return std::pair(type, data_.subspan(offset));
  }

 private:
  Bytes data_;
  std::size_t width_ = 2;
  std::size_t count_ = 0;
  std::size_t values_ = 0;
  bool object_ = false;
};

bool IsContainer(std::uint8_t type) { return type <= kLargeArray; }

// Writes a document; `budget` ends documents whose offsets make small bytes yield endless text.
class TextWriter {
 public:
  TextWriter(std::size_t document_bytes, std::string& out)
      : out_(out), limit_(out.size() + kTextBase + kTextPerByte * document_bytes) {}

  bool Write(std::uint8_t type, Bytes data, int depth) {
    if (depth > kMaxDepth || out_.size() > limit_) return false;
    if (!IsContainer(type)) return AppendScalar(type, data, out_) && out_.size() <= limit_;
    const auto container = Container::Open(type, data);
    if (!container) return false;
    out_ += container->is_object() ? '{' : '[';
    for (std::size_t i = 0; i < container->count(); ++i) {
      if (i > 0) out_ += ", ";
      if (!WriteElement(*container, i, depth)) return false;
    }
    out_ += container->is_object() ? '}' : ']';
    return true;
  }

 private:
  bool WriteElement(const Container& container, std::size_t index, int depth) {
    if (container.is_object()) {
      const auto key = container.Key(index);
      if (!key) return false;
      AppendJsonString(*key, out_);
      out_ += ": ";
    }
    const auto value = container.Value(index);
    return value && Write(value->first, value->second, depth + 1);
  }

  std::string& out_;
  std::size_t limit_;
};

// Builds a tree; `budget` as above, in nodes and bytes of scalars.
bool ParseValue(std::uint8_t type, Bytes data, int depth, std::size_t& budget, JsonNode& out) {
  if (depth > kMaxDepth || budget == 0) return false;
  --budget;
  if (!IsContainer(type)) {
    std::string text;
    if (!AppendScalar(type, data, text) || text.size() > budget) return false;
    budget -= text.size();
    out.value = std::move(text);
    return true;
  }
  const auto container = Container::Open(type, data);
  if (!container) return false;
  JsonNode::Array elements;
  JsonNode::Object members;
  for (std::size_t i = 0; i < container->count(); ++i) {
    const auto value = container->Value(i);
    JsonNode child;
    if (!value || !ParseValue(value->first, value->second, depth + 1, budget, child)) return false;
    if (!container->is_object()) {
      elements.push_back(std::move(child));
      continue;
    }
    const auto key = container->Key(i);
    if (!key || key->size() > budget) return false;
    budget -= key->size();
    members.push_back({std::string(*key), std::move(child)});
  }
  if (container->is_object()) {
    out.value = std::move(members);
  } else {
    out.value = std::move(elements);
  }
  return true;
}

}  // namespace

bool AppendJsonText(Bytes document, std::string& out) {
  if (document.empty()) {
    out += "null";
    return true;
  }
  return TextWriter(document.size(), out).Write(document[0], document.subspan(1), 0);
}

bool ParseJson(Bytes document, JsonNode& out) {
  if (document.empty()) {
    out.value = "null";
    return true;
  }
  std::size_t budget = kTextBase + kTextPerByte * document.size();
  return ParseValue(document[0], document.subspan(1), 0, budget, out);
}

void AppendJsonText(const JsonNode& node, std::string& out) {
  if (const auto* scalar = std::get_if<JsonNode::Scalar>(&node.value)) {
    out += *scalar;
    return;
  }
  const char* separator = "";
  if (const auto* array = std::get_if<JsonNode::Array>(&node.value)) {
    out += '[';
    for (const JsonNode& element : *array) {
      out += separator;
      AppendJsonText(element, out);
      separator = ", ";
    }
    out += ']';
    return;
  }
  out += '{';
  for (const auto& [key, member] : std::get<JsonNode::Object>(node.value)) {
    out += separator;
    AppendJsonString(key, out);
    out += ": ";
    AppendJsonText(member, out);
    separator = ", ";
  }
  out += '}';
}

}  // namespace foreset::mysql
