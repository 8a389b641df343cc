// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace foreset {

// A value whose type says what it counts or names, so that versions, offsets and positions cannot
// be exchanged by accident. `struct FooTag; using Foo = StrongType<std::int64_t, struct FooTag>;`
// Explicit to make, `.value()` to leave. Ordered and hashable as the underlying type is.
template <typename T, typename Tag>
class StrongType {
 public:
  constexpr StrongType() = default;
  constexpr explicit StrongType(T value) : value_(std::move(value)) {}

  constexpr const T& value() const { return value_; }
  constexpr auto operator<=>(const StrongType&) const = default;

  // The one that follows; for counters such as versions.
  constexpr StrongType Next() const { return StrongType(value_ + 1); }

 private:
  T value_{};
};

}  // namespace foreset

template <typename T, typename Tag>
struct std::hash<foreset::StrongType<T, Tag>> {
  std::size_t operator()(const foreset::StrongType<T, Tag>& v) const {
    return std::hash<T>{}(v.value());
  }
};
