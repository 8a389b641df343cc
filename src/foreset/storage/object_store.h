// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/clock.h"
#include "foreset/base/result.h"

namespace foreset {

enum class PutOutcome { kCreated, kAlreadyExists };

struct ObjectInfo {
  std::string path;
  std::uint64_t size_bytes = 0;
  Timestamp modified_at;
  bool operator==(const ObjectInfo&) const = default;
};

// Streams one new object. Nothing is visible under the path before Finish() returns, and then
// all of it, durably. Dropping the writer unfinished leaves nothing visible. Not thread-safe.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual Status Write(Bytes bytes) = 0;
  virtual Status Finish() = 0;
};

// Named objects under one root: a directory, a container. Paths are relative to the root, use '/',
// and are plain text (no URL encoding). Thread-safe.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // kNotFound when there is none.
  virtual Result<std::string> Read(std::string_view path) const = 0;
  // Exactly `length` bytes from `offset`; kCorruption when the object ends before.
  virtual Result<std::string> ReadRange(std::string_view path, std::uint64_t offset,
                                        std::uint64_t length) const = 0;
  virtual Result<ObjectInfo> Stat(std::string_view path) const = 0;
  // Creates the object whole and durably unless one is there; exactly one of several racing callers
  // gets kCreated. kCommitUnknown when the outcome cannot be known: read back to settle it.
  virtual Result<PutOutcome> PutIfAbsent(std::string_view path, Bytes bytes) = 0;
  // Creates or replaces, whole and durably.
  virtual Status Put(std::string_view path, Bytes bytes) = 0;
  virtual Result<std::unique_ptr<ObjectWriter>> Create(std::string_view path) = 0;
  // Objects directly or deeper under `prefix` ("dir/"), ascending by path, those after
  // `start_after` only (empty: all). An absent prefix is an empty list.
  virtual Result<std::vector<ObjectInfo>> List(std::string_view prefix,
                                               std::string_view start_after) const = 0;
  // Immediate children that are folders, by name. For finding tables.
  virtual Result<std::vector<std::string>> ListFolders(std::string_view prefix) const = 0;
  // Deleting what is not there succeeds.
  virtual Status Delete(std::string_view path) = 0;
  // Gives one object another name, replacing what is there; at every moment it is whole under one
  // of them, or under both. Done already (only `to` is there): succeeds. kNotFound: neither is.
  // Here: a copy and a Delete; a store that can rename an object does that.
  virtual Status Move(std::string_view from, std::string_view to);
  // Moves all objects under one folder to another that does not exist yet. Interrupted, it can be
  // done again. Here: object by object, copies first, so that nothing is lost; a store that can
  // rename a folder does that.
  virtual Status MoveFolder(std::string_view from, std::string_view to);
  // For messages: "/data/lake/silver", "abfss://…". Never a secret.
  virtual std::string Describe() const = 0;
};

// A view of a store whose root is a folder of another's. Keeps the other alive.
std::shared_ptr<ObjectStore> SubStore(std::shared_ptr<ObjectStore> store, std::string folder);

}  // namespace foreset
