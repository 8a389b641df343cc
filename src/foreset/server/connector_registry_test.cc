// SPDX-License-Identifier: MIT
#include "foreset/server/connector_registry.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/server/connect_service.h"

namespace foreset::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kClass = "io.example.ScriptedConnector";

// What the tasks of a test do, and what they have done.
struct Script {
  std::mutex mutex;
  std::optional<Error> error;  // ends the next run
  std::atomic<int> runs{0};
  std::atomic<int> running{0};
  std::atomic<int> resets{0};
  std::vector<std::string> secrets;  // that validations were given

  std::optional<Error> Take() {
    const std::lock_guard lock(mutex);
    return std::exchange(error, std::nullopt);
  }
  void FailNext(ErrorKind kind) {
    const std::lock_guard lock(mutex);
    error = Error{kind, ErrorCode::kSourceUnreachable, "scripted", ""};
  }
};

class ScriptedTask final : public ConnectorTask {
 public:
  ScriptedTask(Script& script, std::string lake) : script_(script), lake_(std::move(lake)) {}
  std::vector<std::string> Locations() const override { return {lake_}; }
  std::string SourceName() const override { return "prefix"; }
  Status Run(pipeline::StatusBoard& board, const std::stop_token& stop) override {
    ++script_.runs;
    if (auto error = script_.Take()) return std::unexpected(*error);
    board.Change([](pipeline::PipelineStatus& status) {
      status.captured.file = "binlog.000001";
      status.captured.offset = 10;
      status.tables[TableId{"shop", "Items"}].changes = 3;
    });
    ++script_.running;
    while (!stop.stop_requested()) std::this_thread::yield();
    --script_.running;
    return {};
  }
  Result<std::optional<SourcePosition>> Position() override {
    if (script_.resets > 0) return std::optional<SourcePosition>();
    SourcePosition position;
    position.file = "binlog.000001";
    position.offset = 7;
    return std::optional(position);
  }
  Status ResetPosition() override {
    ++script_.resets;
    return {};
  }

 private:
  Script& script_;
  const std::string lake_;
};

class ScriptedPlugin final : public ConnectorPlugin {
 public:
  explicit ScriptedPlugin(Script& script) : script_(script) {}
  std::string ClassName() const override { return kClass; }
  std::string Version() const override { return "1"; }
  std::vector<OptionDefinition> Options() const override { return {{.name = "lake"}}; }
  OptionUse UseOf(const std::string& option) const override {
    if (option == "secret") return OptionUse::kSecret;
    return option == "lake" || option == "host" ? OptionUse::kOpen : OptionUse::kNone;
  }
  std::string DestinationOf(const ConnectorConfig& config) const override {
    return config.Get("host");
  }
  ConfigValidation Validate(const ConnectorConfig& config) const override {
    script_.secrets.push_back(config.Get("secret"));
    OptionFinding finding{.definition = Options()[0]};
    if (config.Get("lake") == "bad") finding.errors.emplace_back("is bad");
    return {.class_name = kClass, .groups = {}, .options = {finding}};
  }
  Result<std::unique_ptr<ConnectorTask>> Open(const std::string&,
                                              const ConnectorConfig& config) const override {
    if (config.Get("lake").empty()) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorInvalid, "lake: is missing");
    }
    return std::make_unique<ScriptedTask>(script_, config.Get("lake"));
  }

 private:
  Script& script_;
};

class ConnectorRegistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "registry.XXXXXX";
    directory_ = mkdtemp(pattern.data());
    Start();
  }
  void TearDown() override {
    service_.reset();
    registry_.reset();
    std::filesystem::remove_all(directory_);
  }

  // As after a restart of the process.
  void Start() {
    service_.reset();
    registry_.reset();
    Plugins plugins;
    plugins.push_back(std::make_unique<ScriptedPlugin>(script_));
    registry_ = *ConnectorRegistry::Open(std::move(plugins), *ConnectorStore::Open(directory_));
    service_.emplace(ServiceContext{*registry_, clock_, {"w:1", "1"}},
                     GuardOptions{.hosts = {"localhost"}, .token = Secret()});
  }
  HttpReply Ask(const std::string& method, const std::string& path, const std::string& body = "") {
    return service_->Handle(
        {.method = method,
         .path = path,
         .query = {},
         .headers = {{"host", "localhost"}, {"content-type", "application/json"}},
         .body = body});
  }
  HttpReply Create(const std::string& name, const std::string& lake,
                   const std::string& state = "RUNNING") {
    return Ask("POST", "/connectors",
               R"({"name":")" + name + R"(","config":{"connector.class":")" + kClass +
                   R"(","secret":"canary","lake":")" + lake + R"("},"initial_state":")" + state +
                   R"("})");
  }
  ConnectorState StateOf(const std::string& name) { return (*registry_->Find(name))->View().state; }
  void Await(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), limit);
      std::this_thread::yield();
    }
  }
  void AwaitState(const std::string& name, ConnectorState state) {
    Await([&] { return StateOf(name) == state; });
  }

  Script script_;
  SystemClock clock_;
  std::string directory_;
  std::unique_ptr<ConnectorRegistry> registry_;
  std::optional<ConnectService> service_;
};

TEST_F(ConnectorRegistryTest, ARestartGoesOnWithWhatRan) {
  EXPECT_EQ(Create("runs", "a").status, 201);
  EXPECT_EQ(Create("pauses", "b").status, 201);
  EXPECT_EQ(Ask("PUT", "/connectors/pauses/pause").status, 202);
  EXPECT_EQ(Create("stops", "c", "STOPPED").status, 201);
  Await([&] { return script_.running == 1; });
  Start();
  Await([&] { return script_.running == 1; });
  EXPECT_EQ(StateOf("runs"), ConnectorState::kRunning);
  EXPECT_EQ(StateOf("pauses"), ConnectorState::kPaused);
  EXPECT_EQ(StateOf("stops"), ConnectorState::kStopped);
}

TEST_F(ConnectorRegistryTest, ADeletedConnectorStaysAway) {
  EXPECT_EQ(Create("a", "a").status, 201);
  Await([&] { return script_.running == 1; });
  EXPECT_EQ(Ask("DELETE", "/connectors/a").status, 204);
  EXPECT_EQ(script_.running, 0);
  EXPECT_EQ(Ask("DELETE", "/connectors/a").status, 404);
  Start();
  EXPECT_EQ(Ask("GET", "/connectors").body, "[]");
}

TEST_F(ConnectorRegistryTest, ALakeHasOneConnector) {
  EXPECT_EQ(Create("a", "lake/x").status, 201);
  for (const char* lake : {"lake/x", "lake/x/below", "lake"}) {
    const HttpReply refused = Create("b", lake);
    EXPECT_EQ(refused.status, 409) << lake;
    EXPECT_THAT(refused.body, HasSubstr("connector a writes to lake/x already"));
  }
  EXPECT_EQ(Create("b", "lake/xy").status, 201);
  EXPECT_EQ(Ask("DELETE", "/connectors/a").status, 204);
  EXPECT_EQ(Create("c", "lake/x").status, 201);
}

TEST_F(ConnectorRegistryTest, ATransientFailureIsTriedAgain) {
  script_.FailNext(ErrorKind::kTransient);
  EXPECT_EQ(Create("a", "a").status, 201);
  Await([&] { return StateOf("a") == ConnectorState::kRestarting || script_.running == 1; });
  Await([&] { return script_.running == 1; });
  EXPECT_EQ(script_.runs, 2);
}

TEST_F(ConnectorRegistryTest, AnotherFailureStaysUntilARestart) {
  script_.FailNext(ErrorKind::kInvalidInput);
  EXPECT_EQ(Create("a", "a").status, 201);
  AwaitState("a", ConnectorState::kFailed);
  const HttpReply status = Ask("GET", "/connectors/a/status");
  EXPECT_THAT(status.body, HasSubstr(R"("state":"FAILED")"));
  EXPECT_THAT(status.body, HasSubstr("E2101: scripted"));
  EXPECT_EQ(Ask("PUT", "/connectors/a/pause").status, 202);
  EXPECT_EQ(Ask("PUT", "/connectors/a/resume").status, 202);
  EXPECT_EQ(StateOf("a"), ConnectorState::kFailed);
  EXPECT_EQ(Ask("POST", "/connectors/a/tasks/0/restart").status, 204);
  Await([&] { return script_.running == 1; });
  EXPECT_EQ(StateOf("a"), ConnectorState::kRunning);
}

TEST_F(ConnectorRegistryTest, ARestartOfWhatFailedLeavesTheOthersAlone) {
  EXPECT_EQ(Create("a", "a").status, 201);
  Await([&] { return script_.running == 1; });
  (*registry_->Find("a"))->Restart(true);
  EXPECT_EQ(script_.runs, 1);
  (*registry_->Find("a"))->Restart(false);
  Await([&] { return script_.runs == 2; });
}

TEST_F(ConnectorRegistryTest, OffsetsChangeOnlyWhileStopped) {
  EXPECT_EQ(Create("a", "a").status, 201);
  Await([&] { return script_.running == 1; });
  EXPECT_THAT(Ask("GET", "/connectors/a/offsets").body,
              HasSubstr(R"("offset":{"file":"binlog.000001","pos":10})"));
  EXPECT_EQ(Ask("DELETE", "/connectors/a/offsets").status, 400);
  EXPECT_EQ(Ask("PUT", "/connectors/a/stop").status, 204);
  AwaitState("a", ConnectorState::kStopped);
  const auto alter = [&](const char* offset) {
    return Ask("PATCH", "/connectors/a/offsets",
               std::string(R"({"offsets":[{"partition":{"server":"prefix"},"offset":)") + offset +
                   "}]}")
        .status;
  };
  EXPECT_EQ(alter(R"({"file":"binlog.000001","pos":7})"), 200);
  EXPECT_EQ(alter(R"({"file":"binlog.000001","pos":8})"), 400);
  EXPECT_EQ(alter(R"({"file":"binlog.000002","pos":4})"), 400);
  EXPECT_EQ(script_.resets, 0);
  EXPECT_EQ(alter("null"), 200);
  EXPECT_EQ(script_.resets, 1);
  EXPECT_EQ(Ask("GET", "/connectors/a/offsets").body, R"({"offsets":[]})");
}

TEST_F(ConnectorRegistryTest, NoReplyHasASecret) {
  std::string said = Create("a", "a").body;
  for (const char* path : {"/connectors/a", "/connectors/a/config", "/connectors/a/tasks",
                           "/connectors/a/tasks-config", "/connectors/a/status"}) {
    said += Ask("GET", path).body;
  }
  said += Ask("PATCH", "/connectors/a/config", R"({"x":"y"})").body;
  EXPECT_THAT(said, Not(HasSubstr("canary")));
  EXPECT_THAT(said, HasSubstr("****"));
  EXPECT_EQ(Ask("PUT", "/connectors/a/config",
                R"({"connector.class":"io.example.ScriptedConnector","lake":"a","secret":"****"})")
                .status,
            200);
  EXPECT_EQ((*registry_->Find("a"))->config().Get("secret"), "canary");
}

TEST_F(ConnectorRegistryTest, AKeptSecretGoesNowhereElse) {
  EXPECT_EQ(Create("a", "a").status, 201);
  const std::string at =
      R"("name":"a","connector.class":"io.example.ScriptedConnector","lake":"a")";
  const std::string validate = "/connector-plugins/ScriptedConnector/config/validate";
  script_.secrets.clear();
  for (const HttpReply& refused :
       {Ask("PATCH", "/connectors/a/config", R"({"host":"rogue"})"),
        Ask("PATCH", "/connectors/a/config", R"({"host":"rogue","secret":"****"})"),
        Ask("PUT", "/connectors/a/config", "{" + at + R"(,"host":"rogue","secret":"****"})"),
        Ask("PUT", "/connectors/b/config",
            R"({"connector.class":"io.example.ScriptedConnector","lake":"b","secret":"****"})")}) {
    EXPECT_EQ(refused.status, 400) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("secret: **** stands for"));
  }
  EXPECT_TRUE(script_.secrets.empty());
  EXPECT_EQ((*registry_->Find("a"))->config().Get("host"), "");
  Ask("PUT", validate, "{" + at + R"(,"host":"rogue","secret":"****"})");
  EXPECT_EQ(script_.secrets, std::vector<std::string>{"****"});
  Ask("PUT", validate, "{" + at + R"(,"secret":"****"})");
  EXPECT_EQ(script_.secrets.back(), "canary");
  // Given again, it may go.
  EXPECT_EQ(Ask("PATCH", "/connectors/a/config", R"({"host":"next","secret":"canary"})").status,
            200);
  EXPECT_EQ((*registry_->Find("a"))->config().Get("host"), "next");
}

TEST_F(ConnectorRegistryTest, OptionsWithoutEffectAreNeitherKeptNorShown) {
  EXPECT_EQ(Create("a", "a").status, 201);
  EXPECT_EQ(Ask("PATCH", "/connectors/a/config", R"({"x.key":"canary-of-x"})").status, 200);
  EXPECT_THAT(Ask("GET", "/connectors?expand=info").body, Not(HasSubstr("x.key")));
  const auto file = std::filesystem::path(directory_) / "connectors" / "a.json";
  const auto text = [&file] {
    std::ifstream stream(file);
    return std::string{std::istreambuf_iterator<char>(stream), {}};
  };
  EXPECT_THAT(text(), Not(HasSubstr("x.key")));
  // As an earlier program kept it.
  std::string former = text();
  former.insert(former.find("\"lake\""), R"("x.key":"canary-of-x",)");
  std::ofstream(file) << former;
  Start();
  EXPECT_THAT(text(), Not(HasSubstr("x.key")));
  EXPECT_THAT(text(), HasSubstr("\"secret\":\"canary\""));
}

TEST_F(ConnectorRegistryTest, TheSameConfigurationAgainInterruptsNothing) {
  EXPECT_EQ(Create("a", "a").status, 201);
  Await([&] { return script_.running == 1; });
  EXPECT_EQ(Ask("PATCH", "/connectors/a/config", "{}").status, 200);
  EXPECT_EQ(script_.runs, 1);
  script_.FailNext(ErrorKind::kInvalidInput);
  (*registry_->Find("a"))->Restart(false);
  AwaitState("a", ConnectorState::kFailed);
  EXPECT_EQ(Ask("PATCH", "/connectors/a/config", "{}").status, 200);
  Await([&] { return script_.runs == 3; });
}

TEST_F(ConnectorRegistryTest, AnInvalidConfigurationChangesNothing) {
  EXPECT_EQ(Create("a", "bad").status, 400);
  EXPECT_EQ(Ask("GET", "/connectors").body, "[]");
  EXPECT_EQ(Create("a", "good").status, 201);
  EXPECT_EQ(Ask("PATCH", "/connectors/a/config", R"({"lake":"bad"})").status, 400);
  EXPECT_EQ(Ask("PATCH", "/connectors/a/config", R"({"lake":null})").status, 400);
  EXPECT_EQ((*registry_->Find("a"))->config().Get("lake"), "good");
}

TEST_F(ConnectorRegistryTest, TopicsAreForgottenUntilTheyHaveRows) {
  EXPECT_EQ(Create("a", "a").status, 201);
  Await([&] { return script_.running == 1; });
  EXPECT_EQ(Ask("GET", "/connectors/a/topics").body, R"({"a":{"topics":["prefix.shop.Items"]}})");
  EXPECT_EQ(Ask("PUT", "/connectors/a/topics/reset").status, 202);
  EXPECT_EQ(Ask("GET", "/connectors/a/topics").body, R"({"a":{"topics":[]}})");
}

}  // namespace
}  // namespace foreset::server
