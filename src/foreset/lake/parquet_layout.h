// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/storage/object_store.h"

// Where the objects of a table in Parquet mode are. Its commits are those of a Delta log, kept in
// `_manifest/`, so that no program takes the folder for a Delta table; its data files are called
//
//   _part-<id>.staged      written, and no manifest has named it yet
//   part-<id>.parquet      named by the latest manifest: what a plain glob finds
//   _part-<id>.replaced    named by earlier manifests only, and kept for who still reads by those
//
// in that order, in one folder. The manifest says "part-<id>.parquet" throughout. Names that begin
// with '_' are hidden from Spark, Hive and Arrow; the endings hide them from a glob of *.parquet.
namespace foreset::lake {

// The three names of one data file, from that which the manifest has; folders before it stay.
std::string StagedName(std::string_view path);
std::string ReplacedName(std::string_view path);
// The manifest's name of a staged or replaced file; nothing when `path` is no such name.
std::optional<std::string> NameOfStaged(std::string_view path);
std::optional<std::string> NameOfReplaced(std::string_view path);

// A view of a store in which every table is in Parquet mode: "_delta_log" and "_manifest" have
// changed places in all paths, and a data file is read wherever it is. A table that is really
// Delta's seems to be one in Parquet mode, and so to be of the other format. Keeps the other alive.
std::shared_ptr<ObjectStore> ParquetLayout(std::shared_ptr<ObjectStore> store);

// The same for those tables of a store that have a `_manifest/`: for reading what is there.
std::shared_ptr<ObjectStore> DetectedLayout(std::shared_ptr<ObjectStore> store);

}  // namespace foreset::lake
