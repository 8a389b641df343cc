// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_map_cache.h"

namespace foreset::mysql {
namespace {

// More maps than tables a server has open: then the oldest numbers are of no use any more.
constexpr std::size_t kMaxEntries = 100'000;

// MariaDB keeps a SEQUENCE as a table of one row, and logs the numbers that it gives out as rows.
bool IsSequence(const TableMap& map) {
  return map.columns.size() == 8 && map.columns[0].name == "next_not_cached_value" &&
         map.columns[7].name == "cycle_count";
}

}  // namespace

Result<TableMapCache::Entry> TableMapCache::Make(Bytes body, bool short_ids, Sequence at) const {
  const TableMapHead head = TRY(ParseTableMapHead(body, short_ids));
  Entry entry;
  entry.table = {std::string(head.database), std::string(head.table)};
  entry.generation = registry_.generation() + stops_;
  entry.raw = std::string(AsText(body));
  entry.after = registry_.After(entry.table);
  entry.wanted = wants_(entry.table) && !stopped_.contains(entry.table);
  entry.below = at < entry.after;
  if (!entry.wanted || entry.below) return entry;
  const auto schema = registry_.Find(entry.table);
  const TableMap map = TRY(ParseTableMap(head, is_mariadb_));
  if (schema == nullptr) {
    entry.unknown = !(is_mariadb_ && IsSequence(map));
    return entry;
  }
  auto plan = RowPlan::Make(map, schema);
  if (plan) {
    entry.plan = std::move(*plan);
  } else {
    entry.mismatch = std::move(plan).error();
  }
  return entry;
}

Result<const TableMapCache::Entry*> TableMapCache::Learn(Bytes body, bool short_ids, Sequence at) {
  const std::uint64_t id = ByteReader(body).LittleEndian(short_ids ? 4 : 6);
  const auto found = entries_.find(id);
  if (found != entries_.end() && found->second.raw == AsText(body) &&
      found->second.generation == registry_.generation() + stops_ &&
      found->second.below == (at < found->second.after)) {
    return &found->second;
  }
  Entry entry = TRY(Make(body, short_ids, at));
  if (entries_.size() >= kMaxEntries) entries_.clear();
  return &entries_.insert_or_assign(id, std::move(entry)).first->second;
}

const TableMapCache::Entry* TableMapCache::Find(std::uint64_t table_id) const {
  const auto found = entries_.find(table_id);
  return found == entries_.end() ? nullptr : &found->second;
}

bool TableMapCache::Stop(const TableId& table) {
  ++stops_;
  // Rows events that follow under the same map are passed over, too.
  for (auto& [id, entry] : entries_) {
    if (entry.table == table) entry.plan.reset();
  }
  return stopped_.insert(table).second;
}

void TableMapCache::Resume(const TableId& table) {
  if (stopped_.erase(table) > 0) ++stops_;
}

}  // namespace foreset::mysql
