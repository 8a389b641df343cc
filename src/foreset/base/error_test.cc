// SPDX-License-Identifier: MIT
#include "foreset/base/error.h"

#include <memory>

#include <gtest/gtest.h>

#include "foreset/base/result.h"

namespace foreset {
namespace {

Result<std::unique_ptr<int>> Give(bool good) {
  if (good) return std::make_unique<int>(7);
  return Err(ErrorKind::kNotFound, ErrorCode::kStorageNotFound, "nothing at x");
}

Result<int> Use(bool good) {
  auto value = TRY(Give(good));
  return *value;
}

TEST(Error, TryHandsOnTheValueOrTheError) {
  EXPECT_EQ(Use(true).value(), 7);
  EXPECT_EQ(Use(false).error().ToString(), "E3002: nothing at x");
}

TEST(Error, EveryCatalogueRowIsCompleteAndAscending) {
  std::uint16_t last = 0;
  for (const ErrorPage& page : AllErrorPages()) {
    const auto number = static_cast<std::uint16_t>(page.code);
    EXPECT_GT(number, last);
    last = number;
    EXPECT_FALSE(page.title.empty() || page.cause.empty() || page.next_step.empty()) << number;
    EXPECT_EQ(FindErrorPage(number), &page);
  }
}

TEST(Error, NextStepFallsBackToTheCatalogue) {
  Error error{ErrorKind::kInvalidInput, ErrorCode::kUsage, "m", ""};
  EXPECT_EQ(error.NextStep(), "Run the command with --help.");
  error.next_step = "do this";
  EXPECT_EQ(error.NextStep(), "do this");
}

}  // namespace
}  // namespace foreset
