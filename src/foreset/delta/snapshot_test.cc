// SPDX-License-Identifier: MIT
#include "foreset/delta/snapshot.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/delta/actions_json.h"
#include "foreset/delta/log_files.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::delta {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr const char* kSchema =
    R"({"type":"struct","fields":[{"name":"a","type":"long","nullable":true,"metadata":{}}]})";

Metadata Meta(std::map<std::string, std::string> configuration = {}) {
  Metadata metadata;
  metadata.id = "id";
  metadata.schema_json = kSchema;
  metadata.configuration = std::move(configuration);
  return metadata;
}

AddFile Add(std::string path, std::optional<std::string> vector = {}) {
  AddFile file;
  file.path = std::move(path);
  if (vector) file.deletion_vector = DeletionVectorDescriptor{'u', *vector, 1, 10, 1};
  return file;
}

RemoveFile Remove(std::string path, std::optional<std::string> vector = {},
                  std::int64_t at_ms = 0) {
  RemoveFile file;
  file.path = std::move(path);
  file.deletion_timestamp_ms = at_ms;
  if (vector) file.deletion_vector = DeletionVectorDescriptor{'u', *vector, 1, 10, 1};
  return file;
}

class SnapshotTest : public testing::Test {
 protected:
  void Commit(const std::vector<Action>& actions) {
    std::string text;
    for (const Action& action : actions) text += ToJsonLine(action) + "\n";
    ASSERT_TRUE(store_->Put(CommitPath(next_), AsBytes(text)));
    next_ = next_.Next();
    clock_.Advance(std::chrono::hours(1));
  }
  void Create(const std::vector<Action>& more = {}) {
    std::vector<Action> actions = {Protocol{1, 2, {}, {}}, Meta()};
    actions.insert(actions.end(), more.begin(), more.end());
    Commit(actions);
  }
  static std::size_t Tombstones(const Snapshot& snapshot) {
    std::size_t count = 0;
    EXPECT_TRUE(snapshot.ForEachTombstone([&](const RemoveFile&) -> Status {
      ++count;
      return {};
    }));
    return count;
  }
  std::shared_ptr<const Snapshot> Load(std::optional<Version> version = {}) {
    auto snapshot = Snapshot::Load(store_, version);
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    return snapshot ? *snapshot : nullptr;
  }
  Error Fault() {
    const auto snapshot = Snapshot::Load(store_);
    EXPECT_FALSE(snapshot);
    return snapshot ? Error() : snapshot.error();
  }
  static std::vector<std::string> Paths(const Snapshot& snapshot) {
    std::vector<std::string> paths;
    for (const AddFile& file : snapshot.files()) paths.push_back(file.path);
    return paths;
  }

  ManualClock clock_{Timestamp(0)};
  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>(clock_);
  Version next_{0};
};

TEST_F(SnapshotTest, TheLogIsReplayed) {
  Create({Add("a"), Add("b"), SetTransaction{"app", 1, {}}, DomainMetadata{"d", "1", false}});
  Commit({Remove("a"), Add("c"), SetTransaction{"app", 2, {}}, DomainMetadata{"d", "2", false},
          DomainMetadata{"e", "x", false}});
  Commit({DomainMetadata{"e", "", true}});
  const auto snapshot = Load();
  EXPECT_EQ(snapshot->version(), Version(2));
  EXPECT_EQ(Paths(*snapshot), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(Tombstones(*snapshot), 1U);
  EXPECT_EQ(snapshot->FindTransaction("app")->version, 2);
  EXPECT_EQ(snapshot->FindTransaction("other"), std::nullopt);
  EXPECT_EQ(snapshot->FindDomain("d"), "2");
  EXPECT_EQ(snapshot->FindDomain("e"), std::nullopt);
  EXPECT_EQ(snapshot->domains().size(), 1U);
  EXPECT_EQ(snapshot->schema()->field(0)->name(), "a");
  EXPECT_EQ(snapshot->timestamp_ms(), 2 * kHourMs);
}

TEST_F(SnapshotTest, OlderVersionsCanBeRead) {
  Create({Add("a")});
  Commit({Remove("a"), Add("b")});
  EXPECT_EQ(Paths(*Load(Version(0))), std::vector<std::string>{"a"});
}

TEST_F(SnapshotTest, FilesAreToldApartByTheirDeletionVector) {
  Create({Add("a")});
  Commit({Add("a", "v1"), Remove("a")});
  Commit({Remove("a", "v1"), Add("a", "v2")});
  const auto snapshot = Load();
  ASSERT_EQ(snapshot->files().size(), 1U);
  EXPECT_EQ(snapshot->files().front().deletion_vector->path_or_inline, "v2");
  EXPECT_EQ(Tombstones(*snapshot), 2U);
  EXPECT_EQ(snapshot->FindFile("a"), &snapshot->files()[0]);
  EXPECT_EQ(snapshot->FindFile("b"), nullptr);
  Commit({Remove("a", "v1")});
  EXPECT_EQ(Load()->files().size(), 1U);
}

TEST_F(SnapshotTest, OneFileMaySpellItsPathInManyWays) {
  Create({Add("/x/a%20b"), Add("p%3D1/c")});
  EXPECT_NE(Load()->FindFile("p=1/c"), nullptr);
  Commit({Remove("file:///x/a%20b"), Remove("p=1/c")});
  EXPECT_TRUE(Load()->files().empty());
}

TEST_F(SnapshotTest, AFileThatComesBackIsNoTombstone) {
  Create({Add("a")});
  Commit({Remove("a")});
  Commit({Add("a")});
  EXPECT_EQ(Load()->files().size(), 1U);
  EXPECT_EQ(Tombstones(*Load()), 0U);
}

TEST_F(SnapshotTest, AdvanceAppliesWhatIsNew) {
  Create({Add("a"), Add("b")});
  const auto before = Load();
  EXPECT_EQ(*before->Advance(), before);
  Commit({Remove("a")});
  Commit({Add("c")});
  const auto after = *before->Advance();
  EXPECT_EQ(after->version(), Version(2));
  EXPECT_EQ(Paths(*after), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(after->timestamp_ms(), 2 * kHourMs);
  EXPECT_EQ(Paths(*before), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(after->FindFile("b"), before->FindFile("b"));
}

TEST_F(SnapshotTest, AdvanceSeesANewSchemaAndProtocol) {
  Create();
  const auto before = Load();
  Metadata wider = Meta();
  wider.schema_json =
      R"({"type":"struct","fields":[{"name":"b","type":"string","nullable":true,"metadata":{}}]})";
  Commit({wider});
  EXPECT_EQ((*before->Advance())->schema()->field(0)->name(), "b");
  Commit({Protocol{3, 7, std::vector<std::string>{"catalogManaged"}, std::vector<std::string>{}}});
  EXPECT_EQ(before->Advance().error().kind, ErrorKind::kUnsupported);
}

TEST_F(SnapshotTest, ApplyIsWhatLoadingWouldGive) {
  Create({Add("a")});
  const auto before = Load();
  const std::vector<Action> actions = {CommitInfo{{}, kHourMs, "WRITE", {}, {}, "", ""},
                                       Remove("a"), Add("b"), SetTransaction{"app", 1, {}}};
  const auto applied = *before->Apply(actions);
  Commit(actions);
  const auto loaded = Load();
  EXPECT_EQ(applied->version(), loaded->version());
  EXPECT_EQ(Paths(*applied), Paths(*loaded));
  EXPECT_EQ(applied->timestamp_ms(), loaded->timestamp_ms());
  EXPECT_EQ(applied->transactions(), loaded->transactions());
  EXPECT_EQ(applied->schema(), before->schema());
}

TEST_F(SnapshotTest, InCommitTimestampsCountSinceTheyAreEnabled) {
  Create();
  Commit({CommitInfo{7, 8, "X", {}, {}, "", ""}});
  EXPECT_EQ(Load()->timestamp_ms(), kHourMs);
  Commit({CommitInfo{9, 8, "X", {}, {}, "", ""},
          Meta({{"delta.enableInCommitTimestamps", "true"},
                {"delta.inCommitTimestampEnablementVersion", "2"}})});
  EXPECT_EQ(Load()->timestamp_ms(), 9);
  EXPECT_EQ((*Load(Version(1))->Advance())->timestamp_ms(), 9);
}

TEST_F(SnapshotTest, TimeTravelTakesTheLatestNotAfter) {
  Create();
  Commit({Add("a")});
  Commit({Add("b")});
  const auto at = [&](std::int64_t ms) {
    auto snapshot = Snapshot::LoadAt(store_, Timestamp(ms * 1000));
    return snapshot ? (*snapshot)->version().value() : -static_cast<int>(snapshot.error().code);
  };
  EXPECT_EQ(at(0), 0);
  EXPECT_EQ(at(kHourMs - 1), 0);
  EXPECT_EQ(at(kHourMs), 1);
  EXPECT_EQ(at(100 * kHourMs), 2);
  EXPECT_EQ(at(-1), -static_cast<int>(ErrorCode::kDeltaVersionNotFound));
}

TEST_F(SnapshotTest, ALogWithoutProtocolOrMetadataIsCorruption) {
  Commit({Meta()});
  EXPECT_EQ(Fault().message, "memory at version 0 has no protocol action");
  next_ = Version(0);
  Commit({Protocol{1, 2, {}, {}}});
  EXPECT_EQ(Fault().message, "memory at version 0 has no metaData action");
}

TEST_F(SnapshotTest, ADamagedCommitIsNamed) {
  Create();
  ASSERT_TRUE(store_->Put(CommitPath(Version(1)), AsBytes("{\"add\":")));
  EXPECT_EQ(Fault().kind, ErrorKind::kCorruption);
  EXPECT_TRUE(Fault().message.starts_with(
      "reading _delta_log/00000000000000000001.json: line 1: not a JSON object"))
      << Fault().message;
}

TEST_F(SnapshotTest, NoTableIsNotFound) { EXPECT_EQ(Fault().code, ErrorCode::kDeltaTableNotFound); }

TEST_F(SnapshotTest, FeaturesAndPropertiesAreAnswered) {
  Commit({Protocol{3, 7, std::vector<std::string>{"deletionVectors"},
                   std::vector<std::string>{"deletionVectors", "domainMetadata"}},
          Meta({{"delta.x", "y"}})});
  EXPECT_TRUE(Load()->HasFeature("domainMetadata"));
  EXPECT_FALSE(Load()->HasFeature("rowTracking"));
  EXPECT_EQ(Load()->Property("delta.x", "n"), "y");
  EXPECT_EQ(Load()->Property("delta.z", "n"), "n");
}

}  // namespace
}  // namespace foreset::delta
