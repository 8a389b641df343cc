// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/model/change_batch.h"

namespace foreset::kafka {

// What a statement does to one table, at its place.
struct SchemaStep {
  Sequence sequence;
  mysql::DdlEffect effect;
  bool wanted = true;  // the table's own topic is asked for; else it may come in another
  SourceTransaction transaction;
  std::string topic;  // empty: the schema of a message told it
  RecordPlace place;
};

// A step that a row's message tells.
inline SchemaStep StepOf(SchemaChange change) {
  const Sequence at = change.sequence;
  return {.sequence = at,
          .effect = std::move(change),
          .wanted = true,
          .transaction = {},
          .topic = {},
          .place = {}};
}

// Which table a statement concerns.
inline const TableId& TableOf(const mysql::DdlEffect& effect) {
  if (const auto* change = std::get_if<SchemaChange>(&effect)) return change->table;
  return std::get<mysql::TableTruncated>(effect).table;
}

}  // namespace foreset::kafka
