// SPDX-License-Identifier: MIT
#include "foreset/base/error.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace foreset {
namespace {

// A row of the main catalogue has the number that its name has in error_codes.inc.
#define FORESET_ERROR(number, name, exit, title, cause, next) \
  static_assert(ErrorCode::name == ErrorCode{number});
#include "foreset/base/error_catalog.inc"
#undef FORESET_ERROR

// The catalogues: the one of the codes that everybody knows, then those of single areas.
constexpr auto kPages = [] {
  auto pages = std::to_array<ErrorPage>({
#define FORESET_ERROR(number, name, exit, title, cause, next) \
  ErrorPage{ErrorCode{number}, exit, title, cause, next},
#include "foreset/base/error_catalog.inc"
#include "foreset/base/errors/access.inc"
#include "foreset/base/errors/batch.inc"
#include "foreset/base/errors/configuration.inc"
#include "foreset/base/errors/lake.inc"
#include "foreset/base/errors/operation.inc"
#include "foreset/base/errors/parquet_mode.inc"
#include "foreset/base/errors/query.inc"
#include "foreset/base/errors/rules.inc"
#include "foreset/base/errors/source.inc"
#include "foreset/base/errors/stops.inc"
#include "foreset/base/errors/topics.inc"
#include "foreset/base/errors/warehouse.inc"
#undef FORESET_ERROR
  });
  std::ranges::sort(pages, {}, &ErrorPage::code);
  return pages;
}();

}  // namespace

std::span<const ErrorPage> AllErrorPages() { return kPages; }

const ErrorPage* FindErrorPage(std::uint16_t number) {
  const auto* it = std::ranges::find(kPages, static_cast<ErrorCode>(number), &ErrorPage::code);
  return it == kPages.end() ? nullptr : it;
}

std::string FormatCode(ErrorCode code) {
  return fmt::format("E{:04}", static_cast<std::uint16_t>(code));
}

std::string Error::ToString() const { return fmt::format("{}: {}", FormatCode(code), message); }

std::string Error::NextStep() const {
  if (!next_step.empty()) return next_step;
  const ErrorPage* page = FindErrorPage(static_cast<std::uint16_t>(code));
  return page == nullptr ? std::string() : std::string(page->next_step);
}

Error Error::Within(std::string_view context) && {
  message = fmt::format("{}: {}", context, message);
  return std::move(*this);
}

}  // namespace foreset
