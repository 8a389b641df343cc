// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/gtid_set.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "foreset/base/byte_writer.h"

namespace foreset::mysql {
namespace {

constexpr std::size_t kUuidTextBytes = 36;
constexpr std::size_t kMaxTagBytes = 32;
// The servers keep numbers below 2^63; the encoding's exclusive end needs one more.
constexpr std::uint64_t kMaxNumber = (1ULL << 63U) - 2;

std::unexpected<Error> Invalid(std::string_view text) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kGtidInvalid,
             fmt::format("not a GTID set: {}", text.substr(0, 200)));
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Cuts the text up to `separator` off its front.
std::string_view NextPart(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return Trim(part);
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > kMaxNumber) return {};
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool ParseUuid(std::string_view text, std::array<std::uint8_t, 16>& uuid) {
  if (text.size() != kUuidTextBytes) return false;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return false;
      continue;
    }
    const int digit = HexDigit(text[i]);
    if (digit < 0) return false;
    uuid[digits / 2] = static_cast<std::uint8_t>(uuid[digits / 2] << 4U | digit);
    ++digits;
  }
  return true;
}

// [a-z_][a-z0-9_]{0,31}, folded to lower case.
bool ParseTag(std::string_view text, std::string& tag) {
  if (text.empty() || text.size() > kMaxTagBytes) return false;
  tag.clear();
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    const bool letter = (lower >= 'a' && lower <= 'z') || lower == '_';
    const bool digit = lower >= '0' && lower <= '9';
    if (!letter && !(digit && !tag.empty())) return false;
    tag += lower;
  }
  return true;
}

std::optional<MySqlGtidSet::Interval> ParseInterval(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = Number(Trim(text.substr(0, dash)));
  const auto last = dash == std::string_view::npos ? first : Number(Trim(text.substr(dash + 1)));
  if (!first || !last || *first == 0) return {};
  return MySqlGtidSet::Interval{*first, *last};
}

std::string UuidText(const std::array<std::uint8_t, 16>& uuid) {
  std::string text;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", uuid[i]);
  }
  return text;
}

}  // namespace

std::string GtidSource::ToString() const {
  return tag.empty() ? UuidText(uuid) : UuidText(uuid) + ':' + tag;
}

std::string MySqlGtid::ToString() const { return fmt::format("{}:{}", source.ToString(), number); }

Result<MySqlGtidSet> MySqlGtidSet::Parse(std::string_view text) {
  MySqlGtidSet set;
  std::string_view rest = Trim(text);
  while (!rest.empty()) {
    std::string_view group = NextPart(rest, ',');
    if (group.empty()) continue;
    GtidSource source;
    if (!ParseUuid(NextPart(group, ':'), source.uuid)) return Invalid(text);
    while (!group.empty()) {
      const std::string_view part = NextPart(group, ':');
      if (const auto interval = ParseInterval(part)) {
        if (interval->first <= interval->last) set.AddInterval(source, *interval);
      } else if (!ParseTag(part, source.tag)) {
        return Invalid(text);
      }
    }
  }
  return set;
}

Result<MySqlGtidSet> MySqlGtidSet::Decode(Bytes bytes) {
  // Without tags the first 8 bytes are the number of sources. With tags byte 7 is 1 and the number
  // is in bytes 1 to 6.
  ByteReader in(bytes);
  std::uint64_t count = in.U64();
  const bool tagged = count >> 56U == 1;
  if (tagged) count = count >> 8U & 0xFFFFFFFFFFFFULL;
  MySqlGtidSet set;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    GtidSource source;
    const Bytes uuid = in.Take(source.uuid.size());
    if (in.ok()) std::copy(uuid.begin(), uuid.end(), source.uuid.begin());
    if (tagged) source.tag = std::string(AsText(in.Take(in.U8() / 2)));
    const std::uint64_t intervals = in.U64();
    for (std::uint64_t j = 0; j < intervals && in.ok(); ++j) {
      const std::uint64_t first = in.U64();
      const std::uint64_t end = in.U64();
      if (!in.ok()) break;
      if (first == 0 || end <= first || end > kMaxNumber + 1) return Invalid("(binary)");
      set.AddInterval(source, {first, end - 1});
    }
  }
  if (!in.ok()) return Invalid("(binary, cut short)");
  return set;
}

std::string MySqlGtidSet::Encode() const {
  const bool tagged = std::any_of(sources_.begin(), sources_.end(),
                                  [](const auto& entry) { return !entry.first.tag.empty(); });
  std::string out;
  AppendLittleEndian(out, tagged ? 1ULL << 56U | sources_.size() << 8U | 1U : sources_.size(), 8);
  for (const auto& [source, intervals] : sources_) {
    out.append(reinterpret_cast<const char*>(source.uuid.data()), source.uuid.size());
    if (tagged) {
      out += static_cast<char>(source.tag.size() * 2);
      out += source.tag;
    }
    AppendLittleEndian(out, intervals.size(), 8);
    for (const Interval& interval : intervals) {
      AppendLittleEndian(out, interval.first, 8);
      AppendLittleEndian(out, interval.last + 1, 8);
    }
  }
  return out;
}

std::string MySqlGtidSet::ToString() const {
  std::string text;
  const GtidSource* previous = nullptr;
  for (const auto& [source, intervals] : sources_) {
    if (previous == nullptr || previous->uuid != source.uuid) {
      if (previous != nullptr) text += ',';
      text += UuidText(source.uuid);
    }
    if (!source.tag.empty()) text += ':' + source.tag;
    for (const Interval& interval : intervals) {
      text += fmt::format(":{}", interval.first);
      if (interval.last != interval.first) text += fmt::format("-{}", interval.last);
    }
    previous = &source;
  }
  return text;
}

void MySqlGtidSet::AddInterval(const GtidSource& source, Interval interval) {
  Intervals& all = sources_[source];
  // The common case is the next number of the newest interval.
  if (!all.empty() && interval.first >= all.back().first && interval.first <= all.back().last + 1) {
    all.back().last = std::max(all.back().last, interval.last);
    return;
  }
  auto at =
      std::lower_bound(all.begin(), all.end(), interval,
                       [](const Interval& a, const Interval& b) { return a.last + 1 < b.first; });
  const auto from = at;
  while (at != all.end() && at->first <= interval.last + 1) {
    interval.first = std::min(interval.first, at->first);
    interval.last = std::max(interval.last, at->last);
    ++at;
  }
  all.insert(all.erase(from, at), interval);
}

bool MySqlGtidSet::Contains(const MySqlGtid& gtid) const {
  const auto found = sources_.find(gtid.source);
  if (found == sources_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Interval& interval) {
    return interval.first <= gtid.number && gtid.number <= interval.last;
  });
}

void MySqlGtidSet::Add(const MySqlGtid& gtid) {
  AddInterval(gtid.source, {gtid.number, gtid.number});
}

void MySqlGtidSet::AddAll(const MySqlGtidSet& other) {
  for (const auto& [source, intervals] : other.sources_) {
    for (const Interval& interval : intervals) AddInterval(source, interval);
  }
}

bool MySqlGtidSet::IsSubsetOf(const MySqlGtidSet& other) const {
  MySqlGtidSet both = other;
  both.AddAll(*this);
  return both == other;
}

std::string MariaGtid::ToString() const { return fmt::format("{}-{}-{}", domain, server, number); }

Result<MariaGtidPosition> MariaGtidPosition::Parse(std::string_view text) {
  MariaGtidPosition position;
  std::string_view rest = Trim(text);
  while (!rest.empty()) {
    std::string_view gtid = NextPart(rest, ',');
    const auto domain = Number(NextPart(gtid, '-'));
    const auto server = Number(NextPart(gtid, '-'));
    const auto number = Number(Trim(gtid));
    if (!domain || !server || !number || *domain > UINT32_MAX || *server > UINT32_MAX) {
      return Invalid(text);
    }
    position.Add(
        {static_cast<std::uint32_t>(*domain), static_cast<std::uint32_t>(*server), *number});
  }
  return position;
}

std::string MariaGtidPosition::ToString() const {
  std::string text;
  for (const auto& [domain, gtid] : domains_) {
    if (!text.empty()) text += ',';
    text += gtid.ToString();
  }
  return text;
}

bool MariaGtidPosition::Contains(const MariaGtid& gtid) const {
  const auto found = domains_.find(gtid.domain);
  return found != domains_.end() && found->second.number >= gtid.number;
}

void MariaGtidPosition::Add(const MariaGtid& gtid) { domains_[gtid.domain] = gtid; }

bool MariaGtidPosition::IsSubsetOf(const MariaGtidPosition& other) const {
  return std::all_of(domains_.begin(), domains_.end(),
                     [&](const auto& entry) { return other.Contains(entry.second); });
}

}  // namespace foreset::mysql
