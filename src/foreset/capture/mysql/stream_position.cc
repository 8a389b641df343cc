// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/stream_position.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace foreset::mysql {

Result<StreamPosition> StreamPosition::Open(const SourcePosition& from, bool is_mariadb,
                                            bool by_gtid) {
  StreamPosition position;
  position.file_ = from.file;
  position.file_number_ = BinlogFileNumber(from.file);
  position.offset_ = from.offset;
  position.covered_ = from;
  position.start_file_ = position.file_number_;
  position.start_offset_ = from.offset;
  if (from.newest.file == from.file) position.file_begun_ = from.newest.file_begun;
  position.again_ = AskedFrom(from) != from;
  position.is_mariadb_ = is_mariadb;
  position.by_gtid_ = by_gtid;
  if (!by_gtid) return position;
  if (is_mariadb) {
    position.maria_ = TRY(MariaGtidPosition::Parse(from.gtid_set));
    position.start_maria_ = position.maria_;
    position.again_maria_ = TRY(MariaGtidPosition::Parse(AskedFrom(from).gtid_set));
  } else {
    position.mysql_ = TRY(MySqlGtidSet::Parse(from.gtid_set));
  }
  return position;
}

void StreamPosition::Rotate(std::string_view file, std::uint64_t position) {
  if (file != file_) file_begun_ = 0;
  file_ = std::string(file);
  file_number_ = BinlogFileNumber(file);
  offset_ = position;
}

void StreamPosition::Skip(std::string_view file, std::uint64_t position) {
  if (!file.empty() && file != file_) return;
  if (position > offset_) offset_ = position;
}

std::uint64_t StreamPosition::EndOf(const EventHeader& header) const {
  if (header.end_position == 0 || header.artificial()) return offset_;
  constexpr std::uint64_t kWrap = 1ULL << 32U;
  const std::uint64_t end = (offset_ & ~(kWrap - 1)) | header.end_position;
  // Positions only rise within a file, so a lower one has wrapped. Right after a start at a
  // position of the same file the first event may be sent again; it is never 2 GiB back.
  return end + kWrap / 2 < offset_ ? end + kWrap : end;
}

std::uint64_t StreamPosition::StartOf(const EventHeader& header) const {
  const std::uint64_t end = EndOf(header);
  if (header.end_position == 0 || header.artificial()) return end;
  return end >= header.size ? end - header.size : 0;
}

void StreamPosition::Cover(const MySqlGtid& gtid) {
  if (by_gtid_ && gtid.number != 0) mysql_.Add(gtid);
}

void StreamPosition::Cover(const MariaGtid& gtid) {
  if (by_gtid_ && gtid.number != 0) maria_.Add(gtid);
}

bool StreamPosition::IsBeforeStart(std::uint64_t at) const {
  return std::tie(file_number_, at) < std::tie(start_file_, start_offset_);
}

bool StreamPosition::coming_again() const {
  return is_displaced() || (again_ && IsBeforeStart(offset_));
}

// Another server has its own places; there only GTIDs tell.
bool StreamPosition::ComesAgain(std::uint64_t at, const GroupGtid& gtid) const {
  if (!again_) return false;
  if (start_file_ != 0) return IsBeforeStart(at);
  const auto* maria = std::get_if<MariaGtid>(&gtid);
  return maria != nullptr && start_maria_.Contains(*maria);
}

void StreamPosition::PassAgain(const GroupGtid& gtid) {
  if (!is_displaced()) return;
  if (const auto* maria = std::get_if<MariaGtid>(&gtid)) again_maria_.Add(*maria);
  again_ = !start_maria_.IsSubsetOf(again_maria_);
}

std::string StreamPosition::PlaceBefore(std::uint64_t at) const {
  if (by_gtid_ && !is_mariadb_) return {};
  const std::string gtids = is_mariadb_ ? maria_.ToString() : std::string();
  return gtids.empty() ? fmt::format("{}:{}", file_, at) : gtids;
}

void StreamPosition::Remember(const SourceTransaction& transaction, const EventView& last) {
  covered_.newest = {.server = covered_.server,
                     .file = file_,
                     .file_begun = file_begun_,
                     .begin = transaction.offset,
                     .end = EndOf(last.header),
                     .checksum = ChecksumOf(last),
                     .gtid = transaction.gtid,
                     .original_commit = transaction.committed_at};
}

void StreamPosition::CoverOffset() {
  if (std::tie(file_number_, offset_) <
      std::make_tuple(BinlogFileNumber(covered_.file), covered_.offset)) {
    return;
  }
  covered_.file = file_;
  covered_.offset = offset_;
}

SourcePosition StreamPosition::covered() const {
  SourcePosition position = covered_;
  if (by_gtid_) position.gtid_set = is_mariadb_ ? maria_.ToString() : mysql_.ToString();
  return position;
}

SourcePosition AskedFrom(const SourcePosition& position) {
  SourcePosition asked = position;
  const auto first = std::ranges::find_if(
      position.open, [](const OpenTransaction& open) { return !open.asked_from.empty(); });
  if (first == position.open.end()) return asked;
  const std::string& text = first->asked_from;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) {
    asked.gtid_set = text;
    return asked;
  }
  if (position.file.empty()) return asked;  // another server, which has other places
  asked.gtid_set.clear();
  asked.file = text.substr(0, colon);
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), asked.offset);
  return asked;
}

}  // namespace foreset::mysql
