// SPDX-License-Identifier: MIT
// Values: character sets, decimals, calendar, JSON text, statements. What whole binlogs yield is in
// recorded_binlog_test.cc.
#include <array>
#include <bit>

#include <gtest/gtest.h>

#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/charset.h"
#include "foreset/capture/mysql/control_events.h"
#include "foreset/capture/mysql/inet_text.h"
#include "foreset/capture/mysql/json_binary.h"
#include "foreset/capture/mysql/json_text.h"
#include "foreset/capture/mysql/packed_decimal.h"
#include "foreset/capture/mysql/query_kind.h"
#include "foreset/capture/mysql/testing/event_writer.h"

namespace foreset::mysql {
namespace {

using testing::Int;

std::string Utf8(std::string_view charset, std::string_view bytes) {
  std::string out;
  const Charset* found = FindCharset(charset);
  if (found == nullptr) return "(unknown)";
  return found->Append(AsBytes(bytes), out) ? out : "(invalid)";
}

TEST(Charset, DecodesAsTheServersDo) {
  EXPECT_EQ(Utf8("latin1", "\x80\xe9"), "€é");
  EXPECT_EQ(Utf8("utf8mb4", "é😀"), "é😀");
  EXPECT_EQ(Utf8("utf8", "é"), "é");
  EXPECT_EQ(Utf8("utf16", std::string_view("\0a\xd8\x3d\xde\x00", 6)), "a😀");
  EXPECT_EQ(Utf8("utf16le", std::string_view("a\0\x3d\xd8\x00\xde", 6)), "a😀");
  EXPECT_EQ(Utf8("utf32", std::string_view("\0\x01\xf6\0", 4)), "😀");
  EXPECT_EQ(Utf8("ucs2", "\x4e\x2d"), "中");
  EXPECT_EQ(Utf8("gbk", "\xd6\xd0"), "中");
  EXPECT_EQ(Utf8("gb18030", "\x94\x39\xfc\x36"), "😀");
  EXPECT_EQ(Utf8("sjis", "\x93\xfa\xb1"), "日ｱ");
  EXPECT_EQ(Utf8("sjis", "\x81\x5f"), "\\");
  EXPECT_EQ(Utf8("cp932", "\x87\x40"), "①");
  EXPECT_EQ(Utf8("ujis", "\xc6\xfc\x8f\xb0\xa1"), "日丂");
  EXPECT_EQ(Utf8("euckr", "\xc7\xd1"), "한");
  EXPECT_EQ(Utf8("big5", "\xa1\x45"), "•");
  EXPECT_EQ(Utf8("koi8r", "\xd0"), "п");
  EXPECT_EQ(Utf8("swe7", "a@]"), "aÉÅ");
  EXPECT_EQ(Utf8("hebrew", "\xf9"), "ש");
}

TEST(Charset, InvalidBytesAreRefused) {
  EXPECT_EQ(Utf8("utf8mb4", "\xff"), "(invalid)");
  EXPECT_EQ(Utf8("utf8mb4", "\xed\xa0\x80"), "(invalid)");
  EXPECT_EQ(Utf8("ascii", "\x80"), "(invalid)");
  EXPECT_EQ(Utf8("gbk", "\xd6"), "(invalid)");
  EXPECT_EQ(Utf8("utf16", "\xd8"), "(invalid)");
  EXPECT_EQ(Utf8("utf16", std::string_view("\xd8\x3d\0a", 4)), "(invalid)");
  EXPECT_EQ(Utf8("utf32", std::string_view("\0\x11\0\0", 4)), "(invalid)");
  EXPECT_EQ(Utf8("klingon", "x"), "(unknown)");
}

TEST(Charset, EveryCollationNamesAKnownCharset) {
  for (std::uint32_t id = 1; id < 4000; ++id) {
    const std::string_view name = CharsetOfCollation(id);
    EXPECT_TRUE(name.empty() || FindCharset(name) != nullptr) << id << " " << name;
  }
  EXPECT_EQ(CharsetOfCollation(8), "latin1");
  EXPECT_EQ(CharsetOfCollation(63), "binary");
  EXPECT_EQ(CharsetOfCollation(255), "utf8mb4");
  EXPECT_EQ(CharsetOfCollation(1069), "utf8mb4");
  EXPECT_EQ(CharsetOfCollation(2304), "utf8mb4");
  EXPECT_EQ(CharsetOfCollation(0), "");
}

std::string Decimal(std::string_view packed, std::uint8_t precision, std::uint8_t scale) {
  std::string out;
  return AppendDecimalText(AsBytes(packed), {precision, scale}, false, out) ? out : "(invalid)";
}

TEST(PackedDecimal, ZeroFillKeepsTheDigitsBeforeThePoint) {
  std::string out;
  const std::string_view packed("\x80\x00\x0c\x32", 4);
  ASSERT_TRUE(AppendDecimalText(AsBytes(packed), {7, 2}, /*zero_filled=*/true, out));
  EXPECT_EQ(out, "00012.50");
}

TEST(PackedDecimal, TextAndNumberAgree) {
  // 1234567890.1234 and its negative, as the manual of the format shows them.
  const std::string_view positive("\x81\x0d\xfb\x38\xd2\x04\xd2", 7);
  const std::string_view negative("\x7e\xf2\x04\xc7\x2d\xfb\x2d", 7);
  EXPECT_EQ(Decimal(positive, 14, 4), "1234567890.1234");
  EXPECT_EQ(Decimal(negative, 14, 4), "-1234567890.1234");
  arrow::Decimal128 value;
  ASSERT_TRUE(UnpackDecimal(AsBytes(negative), {14, 4}, value));
  EXPECT_EQ(value, arrow::Decimal128(-12345678901234LL));
  EXPECT_EQ(Decimal("\x80", 2, 2), "0.00");
  EXPECT_EQ(Decimal("\x80", 2, 0), "0");
}

TEST(PackedDecimal, ImpossibleGroupsAreRefused) {
  EXPECT_EQ(Decimal("\xff", 2, 2), "(invalid)");
  EXPECT_EQ(Decimal("\x80\x80", 2, 2), "(invalid)");
}

std::string Inet6(const std::array<std::uint16_t, 8>& groups) {
  std::string bytes;
  for (const std::uint16_t group : groups) {
    bytes += static_cast<char>(group >> 8U);
    bytes += static_cast<char>(group & 0xFFU);
  }
  std::string out;
  AppendInet6Text(AsBytes(bytes), out);
  return out;
}

TEST(InetText, AddressesAreWrittenAsTheServerDoes) {
  EXPECT_EQ(Inet6({0, 0, 0, 0, 0, 0, 0, 0}), "::");
  EXPECT_EQ(Inet6({0, 0, 0, 0, 0, 0, 0, 1}), "::1");
  EXPECT_EQ(Inet6({0, 1, 2, 3, 4, 5, 6, 7}), "::1:2:3:4:5:6:7");
  EXPECT_EQ(Inet6({1, 2, 3, 4, 5, 6, 7, 0}), "1:2:3:4:5:6:7::");
  EXPECT_EQ(Inet6({1, 0, 3, 0, 0, 6, 7, 8}), "1:0:3::6:7:8");
  EXPECT_EQ(Inet6({1, 0, 0, 4, 0, 0, 7, 8}), "1::4:0:0:7:8");
  EXPECT_EQ(Inet6({0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201}), "::ffff:192.0.2.1");
  EXPECT_EQ(Inet6({0, 0, 0, 0, 0, 0, 0xc000, 0x0201}), "::192.0.2.1");
}

TEST(BinlogEventTest, AChecksumOwesNothingToTheFooter) {
  testing::EventWriter writer;
  const std::string with = writer.Xid();
  std::string without = with.substr(0, with.size() - kChecksumBytes);
  without.replace(9, 4, testing::Int(without.size(), 4));
  EXPECT_EQ(ChecksumOf(ParseEvent(AsBytes(with), Checksum::kCrc32).value()),
            ChecksumOf(ParseEvent(AsBytes(without), Checksum::kNone).value()));
}

TEST(Calendar, OnlyCalendarDaysCount) {
  EXPECT_EQ(DaysSinceEpoch({.year = 1970, .month = 1, .day = 2}), 1);
  EXPECT_EQ(DaysSinceEpoch({.year = 2024, .month = 2, .day = 29}), 19782);
  EXPECT_FALSE(DaysSinceEpoch({.year = 2023, .month = 2, .day = 29}));
  EXPECT_FALSE(DaysSinceEpoch({.year = 2020, .month = 0, .day = 15}));
  EXPECT_FALSE(DaysSinceEpoch({}));
  EXPECT_FALSE(MicrosSinceEpoch({.year = 2020, .month = 1, .day = 1, .hour = 24}));
  EXPECT_EQ(FormatTime(-1, 6), "-00:00:00.000001");
  EXPECT_EQ(FormatTime(838LL * 3'600'000'000, 0), "838:00:00");
}

std::string Double(double value) {
  std::string out;
  AppendJsonDouble(value, out);
  return out;
}

TEST(JsonText, DoublesAreWrittenAsTheServerDoes) {
  EXPECT_EQ(Double(1.0), "1.0");
  EXPECT_EQ(Double(-0.0), "-0.0");
  EXPECT_EQ(Double(1e14), "100000000000000.0");
  EXPECT_EQ(Double(1e15), "1e15");
  EXPECT_EQ(Double(1234567890123456.0), "1.234567890123456e15");
  EXPECT_EQ(Double(4384597973973720.5), "4384597973973720.5");
  EXPECT_EQ(Double(-4384597973973720.5), "-4384597973973720.5");
  EXPECT_EQ(Double(1e-15), "0.000000000000001");
  EXPECT_EQ(Double(1e-16), "1e-16");
  EXPECT_EQ(Double(1.2345678901234567e-15), "0.0000000000000012345678901234568");
  EXPECT_EQ(Double(123456789012345.67), "123456789012345.67");
  EXPECT_EQ(Double(1.7976931348623157e308), "1.7976931348623157e308");
}

TEST(JsonText, StringsAndOpaqueValues) {
  std::string out;
  AppendJsonString(std::string_view("a\"\\\n\x01/é", 8), out);
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\u0001/é\"");
  out.clear();
  ASSERT_TRUE(AppendJsonOpaque(15, AsBytes(std::string(60, 'a')), out));
  EXPECT_EQ(out.substr(0, 19), "\"base64:type15:YWFh");
  EXPECT_EQ(out.find("\\n"), 15 + 76U);
  EXPECT_FALSE(AppendJsonOpaque(10, AsBytes("short"), out));
}

// {"a": [1, "x"], "bb": null} in the server's encoding.
std::string Document() {
  const std::string array =
      Int(2, 2) + Int(12, 2) + "\x05" + Int(1, 2) + "\x0c" + Int(10, 2) + "\x01x";
  const std::string keys = "abb";
  const std::size_t start = 4 + 2 * 4 + 2 * 3;
  std::string object = Int(2, 2) + Int(start + 3 + array.size(), 2);
  object += Int(start, 2) + Int(1, 2) + Int(start + 1, 2) + Int(2, 2);
  object += "\x02" + Int(start + 3, 2) + "\x04" + Int(0, 2);
  return std::string(1, '\0') + object + keys + array;
}

TEST(JsonBinary, DocumentsBecomeTextAndTreesAlike) {
  std::string text;
  ASSERT_TRUE(AppendJsonText(AsBytes(Document()), text));
  EXPECT_EQ(text, R"({"a": [1, "x"], "bb": null})");
  JsonNode tree;
  ASSERT_TRUE(ParseJson(AsBytes(Document()), tree));
  std::string again;
  AppendJsonText(tree, again);
  EXPECT_EQ(again, text);
}

TEST(JsonBinary, EveryCutIsRefusedOrSound) {
  const std::string document = Document();
  for (std::size_t size = 1; size < document.size(); ++size) {
    std::string text;
    EXPECT_FALSE(AppendJsonText(AsBytes(document).first(size), text)) << size;
  }
}

TEST(JsonBinary, ContainersWithinThemselvesEnd) {
  // An array whose elements both begin at the array's own start.
  const std::string loop =
      "\x02" + Int(2, 2) + Int(10, 2) + "\x02" + Int(0, 2) + "\x02" + Int(0, 2);
  std::string text;
  EXPECT_FALSE(AppendJsonText(AsBytes(loop), text));
  JsonNode tree;
  EXPECT_FALSE(ParseJson(AsBytes(loop), tree));
}

std::string Diff(char kind, std::string_view path, std::string_view value = {}) {
  std::string diff = kind + std::string(1, static_cast<char>(path.size())) + std::string(path);
  if (kind != '\x02') diff += static_cast<char>(value.size()) + std::string(value);
  return diff;
}

std::string Changed(const std::string& diffs) {
  JsonNode tree;
  EXPECT_TRUE(ParseJson(AsBytes(Document()), tree));
  if (!ApplyJsonDiffs(AsBytes(diffs), tree)) return "(refused)";
  std::string text;
  AppendJsonText(tree, text);
  return text;
}

TEST(JsonDiff, ReplacesInsertsAndRemoves) {
  const std::string seven = "\x05" + Int(7, 2);
  EXPECT_EQ(Changed(Diff('\0', "$.bb", seven)), R"({"a": [1, "x"], "bb": 7})");
  EXPECT_EQ(Changed(Diff('\0', "$.a[1]", seven)), R"({"a": [1, 7], "bb": null})");
  EXPECT_EQ(Changed(Diff('\1', "$.c", seven)), R"({"a": [1, "x"], "c": 7, "bb": null})");
  EXPECT_EQ(Changed(Diff('\1', "$.a[0]", seven)), R"({"a": [7, 1, "x"], "bb": null})");
  EXPECT_EQ(Changed(Diff('\1', "$.a[9]", seven)), R"({"a": [1, "x", 7], "bb": null})");
  EXPECT_EQ(Changed(Diff('\2', "$.a[0]") + Diff('\2', "$.\"bb\"")), R"({"a": ["x"]})");
  EXPECT_EQ(Changed(Diff('\0', "$", seven)), "7");
}

TEST(JsonDiff, WhatDoesNotFitIsRefused) {
  EXPECT_EQ(Changed(Diff('\2', "$.zz")), "(refused)");
  EXPECT_EQ(Changed(Diff('\0', "$.a[5]", "\x04\x01")), "(refused)");
  EXPECT_EQ(Changed(Diff('\3', "$.a")), "(refused)");
  EXPECT_EQ(Changed(Diff('\2', "$.a[")), "(refused)");
  EXPECT_EQ(Changed("\x02\x7f"), "(refused)");
}

TEST(QueryKind, TransactionBordersAreToldFromDdlAndDml) {
  EXPECT_EQ(MeaningOf("BEGIN").kind, QueryKind::kBegin);
  EXPECT_EQ(MeaningOf(" commit ").kind, QueryKind::kCommit);
  EXPECT_EQ(MeaningOf("ROLLBACK").kind, QueryKind::kRollback);
  EXPECT_EQ(MeaningOf("ROLLBACK TO `s`").name, "`s`");
  EXPECT_EQ(MeaningOf("ROLLBACK WORK TO SAVEPOINT `s`").name, "`s`");
  EXPECT_EQ(MeaningOf("SAVEPOINT `s`").name, "`s`");
  EXPECT_EQ(MeaningOf("/* x */ insert into t values (1)").kind, QueryKind::kDml);
  EXPECT_EQ(MeaningOf("-- x\nALTER TABLE t ADD c INT").kind, QueryKind::kOther);
  EXPECT_EQ(MeaningOf("/*!40000 ALTER TABLE t */").kind, QueryKind::kOther);
  EXPECT_EQ(MeaningOf("").kind, QueryKind::kOther);
  EXPECT_EQ(MeaningOf("XA COMMIT X'6162',X'',1").name, "X'6162',X'',1");
  EXPECT_EQ(MeaningOf("xa rollback 'ab'").name, "X'6162',X'',1");
  EXPECT_EQ(MeaningOf("xa rollback 'ab'").kind, QueryKind::kXaRollback);
}

TEST(ControlEvents, QueryTellsItsSession) {
  const std::string variables = "\x01" + Int(4, 8) + "\x04" + Int(33, 2) + Int(8, 2) + Int(8, 2) +
                                "\x08" + Int(45, 2) + "\x80" + Int(1234, 3);
  const std::string body = Int(9, 4) + Int(0, 4) + "\x04" + Int(0, 2) + Int(variables.size(), 2) +
                           variables + std::string("shop\0", 5) + "DROP TABLE t";
  QueryEvent query;
  ASSERT_TRUE(ParseQuery(AsBytes(body), false, query));
  EXPECT_EQ(query.text, "DROP TABLE t");
  EXPECT_EQ(query.database, "shop");
  EXPECT_EQ(query.sql_mode, 4U);
  EXPECT_EQ(query.client_collation, 33);
  EXPECT_EQ(query.database_collation, 45);
  EXPECT_EQ(query.microseconds, 1234U);
  EXPECT_FALSE(ParseQuery(AsBytes(body).first(20), false, query));
}

TEST(ControlEvents, HeartbeatV2CarriesAWidePosition) {
  const std::string body = std::string("\x01\x05") + "b.001" + "\x02\x09\xfe" +
                           Int(1ULL << 33U, 8) + std::string("\0", 1);
  const HeartbeatEvent event = ParseHeartbeat(AsBytes(body), true).value();
  EXPECT_EQ(event.file, "b.001");
  EXPECT_EQ(event.position, 1ULL << 33U);
}

// MariaDB's GTID event: number, domain, flags; then a commit id, an XA id, and more flags.
TEST(ParseMariaGtid, FindsTheFlagsBehindWhatIsThereAtTimes) {
  const auto phase = [](std::uint8_t flags, std::string_view tail) {
    std::string body = testing::Int(7, 8) + testing::Int(0, 4) + static_cast<char>(flags);
    body += tail;
    if (body.size() < 19) body.resize(19, '\0');
    return ParseMariaGtid(AsBytes(body))->alter;
  };
  const std::string commit_id = testing::Int(0x0202020202020202, 8);
  const std::string xid = testing::Int(2, 4) + "\x02\x01" + "\x02\x02\x02";
  EXPECT_EQ(phase(1, ""), AlterPhase::kWhole);
  EXPECT_EQ(phase(1, "\x02"), AlterPhase::kStart);
  EXPECT_EQ(phase(1, "\x04" + testing::Int(7, 8)), AlterPhase::kCommit);
  EXPECT_EQ(phase(1, "\x08" + testing::Int(7, 8)), AlterPhase::kRollback);
  EXPECT_EQ(phase(1 | 2, commit_id), AlterPhase::kWhole);
  EXPECT_EQ(phase(1 | 2, commit_id + "\x02"), AlterPhase::kStart);
  EXPECT_EQ(phase(1 | 128, xid), AlterPhase::kWhole);
  EXPECT_EQ(phase(64 | 2, commit_id + xid), AlterPhase::kWhole);
  EXPECT_EQ(phase(1, "\x01\x05"), AlterPhase::kWhole);  // several engines
}

}  // namespace
}  // namespace foreset::mysql
