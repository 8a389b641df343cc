// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <variant>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/gtid_set.h"
#include "foreset/model/source_position.h"

namespace foreset::cli {

// A place in the source as a person writes it: a MySQL GTID set, a MariaDB GTID position, or
// "mysql-bin.000042:1234".
class SourceReach {
 public:
  // kInvalidInput (kUsage) when the text is none of them.
  static Result<SourceReach> Parse(std::string_view text);

  // True when everything up to this place is before `position`. A position whose own GTID set
  // cannot be read covers nothing.
  bool IsCoveredBy(const SourcePosition& position) const;

 private:
  using Place = std::variant<mysql::MySqlGtidSet, mysql::MariaGtidPosition, SourcePosition>;
  explicit SourceReach(Place place) : place_(std::move(place)) {}

  Place place_;
};

}  // namespace foreset::cli
