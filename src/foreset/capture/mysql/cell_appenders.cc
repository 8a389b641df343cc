// SPDX-License-Identifier: MIT
// The decoders of column_plan.h: one function for each way in which a value is laid out.

#include <array>
#include <bit>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/builder_time.h>
#include <fmt/format.h>

#include "foreset/base/compression.h"
#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/column_plan.h"
#include "foreset/capture/mysql/inet_text.h"
#include "foreset/capture/mysql/json_binary.h"

namespace foreset::mysql {
namespace {

CellOutcome Undecodable(arrow::ArrayBuilder& builder, CellContext& context, std::string problem) {
  context.problem = std::move(problem);
  return builder.AppendNull().ok() ? CellOutcome::kUndecodable : CellOutcome::kCutShort;
}

CellOutcome Rescued(arrow::ArrayBuilder& builder, CellContext& context, std::string text) {
  context.text = std::move(text);
  return builder.AppendNull().ok() ? CellOutcome::kRescued : CellOutcome::kCutShort;
}

// Ends the decoding of a value: the builder's own failure (out of room) is told like a bad value.
CellOutcome Done(const arrow::Status& status, arrow::ArrayBuilder& builder, CellContext& context) {
  if (status.ok()) [[likely]]
    return CellOutcome::kOk;
  return Undecodable(builder, context, status.ToString());
}

template <typename Builder, std::size_t kWidth, bool kSigned>
CellOutcome AppendInteger(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                          CellContext& context) {
  const std::uint64_t raw = in.LittleEndian(kWidth);
  if (!in.ok()) return CellOutcome::kCutShort;
  constexpr unsigned kShift = 64 - 8 * kWidth;
  const std::int64_t value =
      kSigned ? static_cast<std::int64_t>(raw << kShift) >> kShift : static_cast<std::int64_t>(raw);
  auto& typed = static_cast<Builder&>(builder);
  return Done(typed.Append(static_cast<typename Builder::value_type>(value)), builder, context);
}

CellOutcome AppendBigIntUnsigned(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                                 CellContext& context) {
  const std::uint64_t value = in.U64();
  if (!in.ok()) return CellOutcome::kCutShort;
  auto& typed = static_cast<arrow::Decimal128Builder&>(builder);
  return Done(typed.Append(arrow::Decimal128(0, value)), builder, context);
}

CellOutcome AppendFloat(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                        CellContext& context) {
  const auto value = std::bit_cast<float>(in.U32());
  if (!in.ok()) return CellOutcome::kCutShort;
  return Done(static_cast<arrow::FloatBuilder&>(builder).Append(value), builder, context);
}

CellOutcome AppendDouble(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                         CellContext& context) {
  const auto value = std::bit_cast<double>(in.U64());
  if (!in.ok()) return CellOutcome::kCutShort;
  return Done(static_cast<arrow::DoubleBuilder&>(builder).Append(value), builder, context);
}

CellOutcome AppendDecimal(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                          CellContext& context) {
  const Bytes packed = in.Take(plan.decimal.bytes());
  if (!in.ok()) return CellOutcome::kCutShort;
  arrow::Decimal128 value;
  if (!UnpackDecimal(packed, plan.decimal, value)) {
    return Undecodable(builder, context, "not a decimal: " + HexOf(packed));
  }
  return Done(static_cast<arrow::Decimal128Builder&>(builder).Append(value), builder, context);
}

CellOutcome AppendText(std::string_view text, arrow::ArrayBuilder& builder, CellContext& context) {
  return Done(static_cast<arrow::BinaryBuilder&>(builder).Append(text), builder, context);
}

CellOutcome AppendWideDecimal(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                              CellContext& context) {
  const Bytes packed = in.Take(plan.decimal.bytes());
  if (!in.ok()) return CellOutcome::kCutShort;
  context.text.clear();
  if (!AppendDecimalText(packed, plan.decimal, plan.zero_filled, context.text)) {
    return Undecodable(builder, context, "not a decimal: " + HexOf(packed));
  }
  return AppendText(context.text, builder, context);
}

CellOutcome AppendBool(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                       CellContext& context) {
  const bool value = (in.U8() & 1U) != 0;
  if (!in.ok()) return CellOutcome::kCutShort;
  return Done(static_cast<arrow::BooleanBuilder&>(builder).Append(value), builder, context);
}

CellOutcome AppendBits(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                       CellContext& context) {
  const Bytes bits = in.Take((plan.width + 7U) / 8U);
  if (!in.ok()) return CellOutcome::kCutShort;
  return AppendText(AsText(bits), builder, context);
}

CellOutcome AppendYear(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                       CellContext& context) {
  const std::uint8_t raw = in.U8();
  if (!in.ok()) return CellOutcome::kCutShort;
  const auto year = static_cast<std::int16_t>(raw == 0 ? 0 : 1900 + raw);
  return Done(static_cast<arrow::Int16Builder&>(builder).Append(year), builder, context);
}

CellOutcome AppendDate(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                       CellContext& context) {
  const std::uint64_t raw = in.LittleEndian(3);
  if (!in.ok()) return CellOutcome::kCutShort;
  const CivilTime date{.year = static_cast<std::int32_t>(raw >> 9U),
                       .month = static_cast<std::int32_t>(raw >> 5U & 0xFU),
                       .day = static_cast<std::int32_t>(raw & 0x1FU)};
  const auto days = DaysSinceEpoch(date);
  if (!days) return Rescued(builder, context, FormatDate(date));
  return Done(static_cast<arrow::Date32Builder&>(builder).Append(*days), builder, context);
}

// Bytes of a fraction with so many digits, and the microseconds of its unit.
constexpr std::size_t FractionBytes(unsigned digits) { return (digits + 1) / 2; }
constexpr std::array<std::int32_t, 4> kMicrosOfUnit = {0, 10000, 100, 1};

// TIME since 5.6: 24 bits of hours, minutes and seconds and the fraction, together one big-endian
// number around an offset.
CellOutcome AppendTime2(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                        CellContext& context) {
  const std::size_t extra = FractionBytes(plan.digits);
  const auto raw = static_cast<std::int64_t>(in.BigEndian(3 + extra));
  if (!in.ok()) return CellOutcome::kCutShort;
  const std::int64_t value = raw - (0x800000LL << (8 * extra));
  const std::int64_t magnitude = value < 0 ? -value : value;
  const std::int64_t whole = magnitude >> (8 * extra);
  const std::int64_t fraction = magnitude & ((1LL << (8 * extra)) - 1);
  const std::int64_t seconds =
      (whole >> 12 & 0x3FF) * 3600 + (whole >> 6 & 0x3F) * 60 + (whole & 0x3F);
  const std::int64_t micros = seconds * 1'000'000 + fraction * kMicrosOfUnit[extra];
  auto& typed = static_cast<arrow::Int64Builder&>(builder);
  return Done(typed.Append(value < 0 ? -micros : micros), builder, context);
}

// TIME before 5.6: the decimal number hhmmss.
CellOutcome AppendOldTime(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                          CellContext& context) {
  const std::int64_t raw = static_cast<std::int64_t>(in.LittleEndian(3) << 40U) >> 40;
  if (!in.ok()) return CellOutcome::kCutShort;
  const std::int64_t number = raw < 0 ? -raw : raw;
  const std::int64_t seconds = number / 10000 * 3600 + number / 100 % 100 * 60 + number % 100;
  auto& typed = static_cast<arrow::Int64Builder&>(builder);
  return Done(typed.Append((raw < 0 ? -seconds : seconds) * 1'000'000), builder, context);
}

CellOutcome AppendCivil(const CivilTime& time, unsigned digits, arrow::ArrayBuilder& builder,
                        CellContext& context) {
  const auto micros = MicrosSinceEpoch(time);
  if (!micros) return Rescued(builder, context, FormatDateTime(time, digits));
  return Done(static_cast<arrow::TimestampBuilder&>(builder).Append(*micros), builder, context);
}

CellOutcome AppendDateTime2(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                            CellContext& context) {
  const std::size_t extra = FractionBytes(plan.digits);
  const std::uint64_t whole = in.BigEndian(5) - 0x8000000000ULL;
  const std::uint64_t fraction = extra == 0 ? 0 : in.BigEndian(extra);
  if (!in.ok()) return CellOutcome::kCutShort;
  CivilTime time = UnpackDateTime(static_cast<std::int64_t>((whole & 0x7FFFFFFFFFULL) << 24U));
  time.microsecond = static_cast<std::int32_t>(fraction) * kMicrosOfUnit[extra];
  return AppendCivil(time, plan.digits, builder, context);
}

// DATETIME before 5.6: the decimal number yyyymmddhhmmss.
CellOutcome AppendOldDateTime(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                              CellContext& context) {
  const std::uint64_t number = in.U64();
  if (!in.ok()) return CellOutcome::kCutShort;
  const std::uint64_t date = number / 1'000'000 % 100'000'000;
  const std::uint64_t clock = number % 1'000'000;
  const CivilTime time{.year = static_cast<std::int32_t>(date / 10000),
                       .month = static_cast<std::int32_t>(date / 100 % 100),
                       .day = static_cast<std::int32_t>(date % 100),
                       .hour = static_cast<std::int32_t>(clock / 10000),
                       .minute = static_cast<std::int32_t>(clock / 100 % 100),
                       .second = static_cast<std::int32_t>(clock % 100)};
  return AppendCivil(time, 0, builder, context);
}

// Seconds since 1970 UTC; zero is the zero date, not the epoch.
CellOutcome AppendInstant(std::uint64_t seconds, std::int64_t micros, unsigned digits,
                          arrow::ArrayBuilder& builder, CellContext& context) {
  if (seconds == 0) return Rescued(builder, context, FormatDateTime(CivilTime(), digits));
  const std::int64_t value = static_cast<std::int64_t>(seconds) * 1'000'000 + micros;
  return Done(static_cast<arrow::TimestampBuilder&>(builder).Append(value), builder, context);
}

CellOutcome AppendTimestamp2(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                             CellContext& context) {
  const std::size_t extra = FractionBytes(plan.digits);
  const std::uint64_t seconds = in.BigEndian(4);
  const std::uint64_t fraction = extra == 0 ? 0 : in.BigEndian(extra);
  if (!in.ok()) return CellOutcome::kCutShort;
  return AppendInstant(seconds, static_cast<std::int64_t>(fraction) * kMicrosOfUnit[extra],
                       plan.digits, builder, context);
}

CellOutcome AppendOldTimestamp(const ColumnPlan&, ByteReader& in, arrow::ArrayBuilder& builder,
                               CellContext& context) {
  const std::uint32_t seconds = in.U32();
  if (!in.ok()) return CellOutcome::kCutShort;
  return AppendInstant(seconds, 0, 0, builder, context);
}

// MariaDB's COMPRESSED columns: a byte that says how (0: not at all; 0x80 | 0x08 when there is no
// zlib header | bytes of the size), the size, big-endian, and a deflate stream.
Result<Bytes> InflateColumn(Bytes stored, std::string& storage) {
  ByteReader in(stored);
  const std::uint8_t head = stored.empty() ? 0 : in.U8();
  if (head == 0) return in.Rest();
  const std::size_t width = head & 0x07U;
  if ((head & 0xF0U) != 0x80U || width == 0) {
    return Err(ErrorKind::kCorruption, ErrorCode::kValueUndecodable, "not a compressed column");
  }
  const std::uint64_t size = in.BigEndian(width);
  if (size > kMaxEventBytes) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kBinlogEventTooLarge, "too large");
  }
  const bool bare = (head & 0x08U) != 0;
  storage =
      bare ? TRY(DecompressDeflate(in.Rest(), size + 1)) : TRY(DecompressZlib(in.Rest(), size + 1));
  if (storage.size() != size) {
    return Err(ErrorKind::kCorruption, ErrorCode::kValueUndecodable, "wrong size");
  }
  return AsBytes(storage);
}

template <bool kUtf8>
CellOutcome AppendString(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                         CellContext& context) {
  const Bytes bytes = in.Take(in.LittleEndian(plan.length_bytes));
  if (!in.ok()) return CellOutcome::kCutShort;
  if constexpr (kUtf8) {
    if (IsValidUtf8(bytes)) [[likely]]
      return AppendText(AsText(bytes), builder, context);
  } else {
    context.text.clear();
    if (plan.charset->Append(bytes, context.text)) {
      return AppendText(context.text, builder, context);
    }
  }
  return Undecodable(builder, context, "not valid in its character set: " + HexOf(bytes));
}

CellOutcome AppendBytes(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                        CellContext& context) {
  const Bytes bytes = in.Take(in.LittleEndian(plan.length_bytes));
  if (!in.ok()) return CellOutcome::kCutShort;
  if (bytes.size() >= plan.pad_to) return AppendText(AsText(bytes), builder, context);
  // The server strips trailing zero bytes of BINARY(n) from events.
  context.text.assign(AsText(bytes));
  context.text.resize(plan.pad_to, '\0');
  return AppendText(context.text, builder, context);
}

template <bool kText>
CellOutcome AppendCompressed(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                             CellContext& context) {
  const Bytes stored = in.Take(in.LittleEndian(plan.length_bytes));
  if (!in.ok()) return CellOutcome::kCutShort;
  std::string storage;
  const auto bytes = InflateColumn(stored, storage);
  if (!bytes) return Undecodable(builder, context, bytes.error().message + ": " + HexOf(stored));
  if constexpr (!kText) return AppendText(AsText(*bytes), builder, context);
  context.text.clear();
  if (!plan.charset->Append(*bytes, context.text)) {
    return Undecodable(builder, context, "not valid in its character set: " + HexOf(*bytes));
  }
  return AppendText(context.text, builder, context);
}

CellOutcome AppendEnum(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                       CellContext& context) {
  const std::uint64_t index = in.LittleEndian(plan.width);
  if (!in.ok()) return CellOutcome::kCutShort;
  if (index > plan.labels.size()) {
    return Undecodable(builder, context, fmt::format("ENUM index {} has no label", index));
  }
  // Index 0 is the server's mark of a refused value; it shows as an empty string.
  return AppendText(index == 0 ? std::string_view() : plan.labels[index - 1], builder, context);
}

CellOutcome AppendSet(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                      CellContext& context) {
  const std::uint64_t members = in.LittleEndian(plan.width);
  if (!in.ok()) return CellOutcome::kCutShort;
  if (plan.labels.size() < 64 && members >> plan.labels.size() != 0) {
    return Undecodable(builder, context, fmt::format("SET members {:#x} have no label", members));
  }
  context.text.clear();
  for (std::size_t i = 0; i < plan.labels.size() && i < 64; ++i) {
    if ((members >> i & 1U) == 0) continue;
    if (!context.text.empty()) context.text += ',';
    context.text += plan.labels[i];
  }
  return AppendText(context.text, builder, context);
}

CellOutcome AppendJson(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                       CellContext& context) {
  const Bytes document = in.Take(in.LittleEndian(plan.length_bytes));
  if (!in.ok()) return CellOutcome::kCutShort;
  context.text.clear();
  if (!AppendJsonText(document, context.text) || !IsValidUtf8(AsBytes(context.text))) {
    return Undecodable(builder, context, "not a JSON document: " + HexOf(document));
  }
  return AppendText(context.text, builder, context);
}

CellOutcome AppendVector(const ColumnPlan& plan, ByteReader& in, arrow::ArrayBuilder& builder,
                         CellContext& context) {
  const Bytes bytes = in.Take(in.LittleEndian(plan.length_bytes));
  if (!in.ok()) return CellOutcome::kCutShort;
  if (bytes.size() % sizeof(float) != 0) {
    return Undecodable(builder, context, "not a vector: " + HexOf(bytes));
  }
  auto& list = static_cast<arrow::ListBuilder&>(builder);
  auto& values = static_cast<arrow::FloatBuilder&>(*list.value_builder());
  arrow::Status status = list.Append();
  ByteReader elements(bytes);
  while (status.ok() && !elements.empty()) {
    status = values.Append(std::bit_cast<float>(elements.U32()));
  }
  return status.ok() ? CellOutcome::kOk : CellOutcome::kCutShort;
}

CellOutcome AppendAddress(const ColumnPlan& plan, Bytes bytes, arrow::ArrayBuilder& builder,
                          CellContext& context) {
  context.text.clear();
  if (plan.source == SourceType::kInet4) {
    AppendInet4Text(bytes, context.text);
  } else {
    AppendInet6Text(bytes, context.text);
  }
  return AppendText(context.text, builder, context);
}

CellOutcome AppendUuid(Bytes bytes, arrow::ArrayBuilder& builder, CellContext& context) {
  context.text.clear();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) context.text += '-';
    fmt::format_to(std::back_inserter(context.text), "{:02x}", bytes[i]);
  }
  return AppendText(context.text, builder, context);
}

// MariaDB's fixed binary types, which show as text.
CellOutcome AppendFixedBinaryText(const ColumnPlan& plan, ByteReader& in,
                                  arrow::ArrayBuilder& builder, CellContext& context) {
  const Bytes bytes = in.Take(in.LittleEndian(plan.length_bytes));
  if (!in.ok()) return CellOutcome::kCutShort;
  std::array<std::uint8_t, 16> padded{};
  if (bytes.size() > plan.pad_to) return Undecodable(builder, context, HexOf(bytes));
  std::copy(bytes.begin(), bytes.end(), padded.begin());
  const Bytes whole = Bytes(padded).first(plan.pad_to);
  if (plan.source == SourceType::kUuid) return AppendUuid(whole, builder, context);
  return AppendAddress(plan, whole, builder, context);
}

ColumnPlan::Append IntegerAppender(const ColumnPlan& plan, bool is_unsigned) {
  using Append = ColumnPlan::Append;
  switch (plan.source) {
    case SourceType::kTinyInt:
      return is_unsigned ? Append(AppendInteger<arrow::Int16Builder, 1, false>)
                         : Append(AppendInteger<arrow::Int8Builder, 1, true>);
    case SourceType::kSmallInt:
      return is_unsigned ? Append(AppendInteger<arrow::Int32Builder, 2, false>)
                         : Append(AppendInteger<arrow::Int16Builder, 2, true>);
    case SourceType::kMediumInt:
      return is_unsigned ? Append(AppendInteger<arrow::Int32Builder, 3, false>)
                         : Append(AppendInteger<arrow::Int32Builder, 3, true>);
    case SourceType::kInt:
      return is_unsigned ? Append(AppendInteger<arrow::Int64Builder, 4, false>)
                         : Append(AppendInteger<arrow::Int32Builder, 4, true>);
    default:
      return is_unsigned ? Append(AppendBigIntUnsigned)
                         : Append(AppendInteger<arrow::Int64Builder, 8, true>);
  }
}

ColumnPlan::Append StringAppender(const ColumnPlan& plan) {
  if (plan.inflate) return AppendCompressed<true>;
  return plan.charset->is_utf8() ? AppendString<true> : AppendString<false>;
}

ColumnPlan::Append BytesAppender(const ColumnPlan& plan) {
  return plan.inflate ? AppendCompressed<false> : AppendBytes;
}

}  // namespace

ColumnPlan::Append AppenderFor(const ColumnPlan& plan, const ColumnSchema& column) {
  constexpr std::uint32_t kMaxDecimal128Digits = 38;
  switch (plan.source) {
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kBigInt:
      return IntegerAppender(plan, column.is_unsigned);
    case SourceType::kFloat:
      return AppendFloat;
    case SourceType::kDouble:
      return AppendDouble;
    case SourceType::kDecimal:
      return column.length > kMaxDecimal128Digits ? AppendWideDecimal : AppendDecimal;
    case SourceType::kBit:
      return column.length == 1 ? AppendBool : AppendBits;
    case SourceType::kYear:
      return AppendYear;
    case SourceType::kDate:
      return AppendDate;
    case SourceType::kTime:
      return plan.wire == WireType::kTime2 ? AppendTime2 : AppendOldTime;
    case SourceType::kDateTime:
      return plan.wire == WireType::kDateTime2 ? AppendDateTime2 : AppendOldDateTime;
    case SourceType::kTimestamp:
      return plan.wire == WireType::kTimestamp2 ? AppendTimestamp2 : AppendOldTimestamp;
    case SourceType::kChar:
    case SourceType::kVarChar:
    case SourceType::kText:
      return StringAppender(plan);
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
    case SourceType::kGeometry:
      return BytesAppender(plan);
    case SourceType::kEnum:
      return plan.width == 1 || plan.width == 2 ? AppendEnum : nullptr;
    case SourceType::kSet:
      return plan.width >= 1 && plan.width <= 8 ? AppendSet : nullptr;
    case SourceType::kJson:
      return plan.wire == WireType::kJson ? AppendJson : StringAppender(plan);
    case SourceType::kVector:
      return AppendVector;
    case SourceType::kUuid:
    case SourceType::kInet4:
    case SourceType::kInet6:
      return AppendFixedBinaryText;
  }
  return nullptr;
}

CellOutcome AppendChangedJson(Bytes before, Bytes diffs, arrow::ArrayBuilder& builder,
                              CellContext& context) {
  JsonNode document;
  if (!ParseJson(before, document) || !ApplyJsonDiffs(diffs, document)) {
    return Undecodable(builder, context, "a partial JSON update does not fit: " + HexOf(diffs));
  }
  context.text.clear();
  AppendJsonText(document, context.text);
  if (!IsValidUtf8(AsBytes(context.text))) {
    return Undecodable(builder, context, "not a JSON document: " + HexOf(diffs));
  }
  return AppendText(context.text, builder, context);
}

}  // namespace foreset::mysql
