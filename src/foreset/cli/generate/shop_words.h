// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/cli/generate/random.h"

namespace foreset::cli {

// Words that a shop's data are made of. Every text is plain UTF-8 without backslashes and with
// quotes doubled: it can stand between the quotes of an SQL literal as it is.

// "Priya Lindqvist"
std::string PersonName(Random& random);
// "priya.lindqvist.4711@example.com": of a name as PersonName makes it; `number` makes it unique.
std::string EmailOf(std::string_view name, std::uint64_t number);
// "+44 20 5550 1234"
std::string PhoneNumber(Random& random);

struct PostalAddress {
  std::string line;
  std::string city;
  std::string state;
  std::string zip_code;
  std::string country;
};
PostalAddress RandomAddress(Random& random);

std::string SellerName(Random& random);

struct ProductText {
  std::string name;
  std::string description;
};
// Something that is sold in this category of the example; any shop's goods in other categories.
ProductText RandomProduct(Random& random, std::string_view category);

// What a customer who gave 1 … 5 stars writes; empty: nothing.
std::string_view ReviewComment(Random& random, int rating);
std::string_view ReturnReason(Random& random);
std::string_view CancellationReason(Random& random);

}  // namespace foreset::cli
