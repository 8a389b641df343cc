// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

namespace foreset::mysql {

// Who numbers transactions in MySQL: a server's UUID and, from 8.3 on, an optional tag.
struct GtidSource {
  std::array<std::uint8_t, 16> uuid{};
  std::string tag;  // lower case; empty for none
  auto operator<=>(const GtidSource&) const = default;
  // "3e11fa47-71ca-11e1-9e33-c80aa9429562" or "…:tag"
  std::string ToString() const;
};

struct MySqlGtid {
  GtidSource source;
  std::uint64_t number = 0;  // from 1
  bool operator==(const MySqlGtid&) const = default;
  std::string ToString() const;
};

// A set of MySQL GTIDs: "uuid:1-7:9:tag:1-3,uuid:…". A value.
class MySqlGtidSet {
 public:
  struct Interval {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  // inclusive
    bool operator==(const Interval&) const = default;
  };
  using Intervals = std::vector<Interval>;  // ascending, never touching

  // kInvalidInput with kGtidInvalid. White space is allowed around commas; "" is the empty set.
  static Result<MySqlGtidSet> Parse(std::string_view text);
  // The encoding of PREVIOUS_GTIDS events and of COM_BINLOG_DUMP_GTID, with or without tags.
  static Result<MySqlGtidSet> Decode(Bytes bytes);
  std::string Encode() const;
  // As the server prints it, without line breaks; sources ascending.
  std::string ToString() const;

  bool empty() const { return sources_.empty(); }
  bool Contains(const MySqlGtid& gtid) const;
  void Add(const MySqlGtid& gtid);
  void AddAll(const MySqlGtidSet& other);
  // Every GTID of this set is in `other`.
  bool IsSubsetOf(const MySqlGtidSet& other) const;

  bool operator==(const MySqlGtidSet&) const = default;

 private:
  void AddInterval(const GtidSource& source, Interval interval);

  std::map<GtidSource, Intervals> sources_;
};

// MariaDB: domain-server-sequence.
struct MariaGtid {
  std::uint32_t domain = 0;
  std::uint32_t server = 0;
  std::uint64_t number = 0;
  bool operator==(const MariaGtid&) const = default;
  std::string ToString() const;
};

// A position of MariaDB: the last GTID of each replication domain, "0-1-5,1-1-7". A value.
class MariaGtidPosition {
 public:
  static Result<MariaGtidPosition> Parse(std::string_view text);
  std::string ToString() const;

  bool empty() const { return domains_.empty(); }
  // True when the domain stands at that number or beyond.
  bool Contains(const MariaGtid& gtid) const;
  // The domain's last GTID from now on.
  void Add(const MariaGtid& gtid);
  bool IsSubsetOf(const MariaGtidPosition& other) const;

  bool operator==(const MariaGtidPosition&) const = default;

 private:
  std::map<std::uint32_t, MariaGtid> domains_;
};

}  // namespace foreset::mysql
