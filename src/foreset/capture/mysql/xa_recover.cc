// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/xa_recover.h"

#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/errors/source.h"
#include "foreset/capture/mysql/query_kind.h"

namespace foreset::mysql {
namespace {

// Of formatID, gtrid_length, bqual_length and both ids one after the other: "0x6162".
std::string XidOfHex(const SqlRow& row) {
  std::size_t global = 0;
  const std::string length = row[1].value_or("0");
  std::from_chars(length.data(), length.data() + length.size(), global);
  const std::string text = row[3].value_or("");
  const std::string_view hex = std::string_view(text).substr(text.starts_with("0x") ? 2 : 0);
  const std::size_t cut = std::min(2 * global, hex.size());
  return CanonicalXid(
      fmt::format("X'{}',X'{}',{}", hex.substr(0, cut), hex.substr(cut), row[0].value_or("1")));
}

}  // namespace

Result<std::optional<std::vector<std::string>>> PreparedNow(Connection& connection) {
  const bool mariadb = connection.version().is_mariadb;
  auto rows = connection.Query(mariadb ? "XA RECOVER FORMAT='SQL'" : "XA RECOVER CONVERT XID", 4);
  if (!rows && rows.error().kind == ErrorKind::kTransient) {
    return std::unexpected(std::move(rows).error());
  }
  if (!rows) return std::optional<std::vector<std::string>>();
  std::vector<std::string> xids;
  for (const SqlRow& row : *rows) {
    xids.push_back(mariadb ? CanonicalXid(row[3].value_or("")) : XidOfHex(row));
  }
  return std::optional(std::move(xids));
}

Status CheckNothingPrepared(Connection& connection) {
  const auto xids = TRY(PreparedNow(connection));
  if (!xids || xids->empty()) return {};
  return Err(ErrorKind::kTransient, source_error::kPreparedAtCopy,
             fmt::format("XA transactions are prepared: {}", fmt::join(*xids, "; ")));
}

}  // namespace foreset::mysql
