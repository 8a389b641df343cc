// SPDX-License-Identifier: MIT
#pragma once

#include <map>

#include "foreset/base/error.h"
#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"
#include "foreset/storage/object_store.h"

// Which tables stand still in silver or gold while bronze goes on: one object each below
// `_stopped/` in bronze, for whoever looks at the lake while no process knows. A run tries again at
// its start, and removes the note once the table goes on. Why a table stopped in bronze itself,
// `_schema_changes` says.
namespace foreset::pipeline {

// Writes over an older note of the table.
Status WriteStopNote(ObjectStore& bronze, const TableId& table, const Error& why);
// Succeeds when there is none.
Status RemoveStopNote(ObjectStore& bronze, const TableId& table);
// An object that is no note is left out.
Result<std::map<TableId, Error>> ReadStopNotes(const ObjectStore& bronze);

}  // namespace foreset::pipeline
