// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

namespace foreset {

// A password, key or token. It cannot be printed, formatted, streamed or compared by accident:
// the only way to its bytes is Reveal(), at the call that hands them to a library.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  bool empty() const { return value_.empty(); }
  const std::string& Reveal() const { return value_; }

 private:
  std::string value_;
};

}  // namespace foreset

// Deleted on purpose: formatting a secret does not compile.
template <>
struct fmt::formatter<foreset::Secret> {
  formatter() = delete;
};
