// SPDX-License-Identifier: MIT
#include "foreset/sql/duckdb_error.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace foreset::sql {
namespace {

// "…: E4001: the text" as the code and the text.
std::optional<Error> FindOurs(std::string_view message) {
  for (std::size_t at = message.find('E'); at != std::string_view::npos;
       at = message.find('E', at + 1)) {
    const std::string_view rest = message.substr(at + 1);
    if (rest.size() < 6 || rest.substr(4, 2) != ": ") continue;
    if (!std::ranges::all_of(rest.substr(0, 4), [](unsigned char c) { return std::isdigit(c); })) {
      continue;
    }
    const int number = std::stoi(std::string(rest.substr(0, 4)));
    const ErrorPage* page = FindErrorPage(static_cast<std::uint16_t>(number));
    if (page == nullptr) continue;
    return Error{ErrorKind::kInvalidInput, page->code, std::string(rest.substr(6)), {}};
  }
  return std::nullopt;
}

}  // namespace

Error ErrorOf(std::string_view message) {
  if (auto ours = FindOurs(message)) return *std::move(ours);
  if (message.starts_with("INTERRUPT")) {
    return {ErrorKind::kCancelled, ErrorCode::kCancelled, "the query was interrupted", {}};
  }
  ErrorCode code = query_error::kQueryFailed;
  if (message.starts_with("Permission")) code = query_error::kQueryForbidden;
  for (const std::string_view kind : {"Parser", "Syntax", "Binder", "Catalog", "Planner"}) {
    if (message.starts_with(kind)) code = query_error::kQueryInvalid;
  }
  return {ErrorKind::kInvalidInput, code, std::string(message), {}};
}

}  // namespace foreset::sql
