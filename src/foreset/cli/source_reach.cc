// SPDX-License-Identifier: MIT
#include "foreset/cli/source_reach.h"

#include <charconv>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace foreset::cli {
namespace {

// "mysql-bin.000042:1234"
bool ParsePlace(std::string_view text, SourcePosition& position) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.find(',') != std::string_view::npos) return false;
  const std::string_view offset = text.substr(colon + 1);
  const char* end = offset.data() + offset.size();
  const auto [rest, error] = std::from_chars(offset.data(), end, position.offset);
  position.file = text.substr(0, colon);
  return error == std::errc() && rest == end && BinlogFileNumber(position.file) > 0;
}

}  // namespace

Result<SourceReach> SourceReach::Parse(std::string_view text) {
  if (auto set = mysql::MySqlGtidSet::Parse(text); set && !set->empty()) {
    return SourceReach(Place(std::move(*set)));
  }
  if (auto position = mysql::MariaGtidPosition::Parse(text); position && !position->empty()) {
    return SourceReach(Place(std::move(*position)));
  }
  if (SourcePosition position; ParsePlace(text, position)) {
    return SourceReach(Place(std::move(position)));
  }
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("\"{}\" is not a GTID set such as 3e11fa47-…:1-7 or 0-1-5, nor a place "
                         "such as mysql-bin.000042:1234",
                         text));
}

bool SourceReach::IsCoveredBy(const SourcePosition& position) const {
  if (const auto* set = std::get_if<mysql::MySqlGtidSet>(&place_)) {
    const auto covered = mysql::MySqlGtidSet::Parse(position.gtid_set);
    return covered && set->IsSubsetOf(*covered);
  }
  if (const auto* maria = std::get_if<mysql::MariaGtidPosition>(&place_)) {
    const auto covered = mysql::MariaGtidPosition::Parse(position.gtid_set);
    return covered && maria->IsSubsetOf(*covered);
  }
  SourcePosition place = std::get<SourcePosition>(place_);
  place.epoch = position.epoch;
  return place.Floor() <= position.Floor();
}

}  // namespace foreset::cli
