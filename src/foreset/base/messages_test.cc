// SPDX-License-Identifier: MIT
#include "foreset/base/messages.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace foreset {
namespace {

constexpr const char* kOwn = "base.messages_test";

LoggerLevel Find(std::string_view logger) {
  const auto levels = LoggerLevels();
  const auto it = std::ranges::find(levels, logger, &LoggerLevel::logger);
  return it == levels.end() ? LoggerLevel{} : *it;
}

bool IsShown(MessageLevel level) { return IsMessageWanted(level, std::source_location::current()); }

class MessagesTest : public testing::Test {
 protected:
  void SetUp() override {
    ConfigureMessages(MessageLevel::kInfo, MessageFormat::kText);
    ASSERT_TRUE(IsShown(MessageLevel::kInfo));
    for (const char* logger : {kOwn, "base"}) ASSERT_TRUE(SetLoggerLevel(logger, std::nullopt));
  }
};

TEST_F(MessagesTest, ALoggerIsNamedByItsPlaceInTheSources) {
  EXPECT_EQ(Find(kOwn), (LoggerLevel{kOwn, MessageLevel::kInfo, false}));
  EXPECT_EQ(Find("base"), (LoggerLevel{"base", MessageLevel::kInfo, false}));
  EXPECT_EQ(LoggerLevels().front().logger, kRootLogger);
}

TEST_F(MessagesTest, TheNearestLevelIsInForce) {
  EXPECT_FALSE(IsShown(MessageLevel::kDebug));
  ASSERT_TRUE(SetLoggerLevel("base", MessageLevel::kDebug));
  EXPECT_TRUE(IsShown(MessageLevel::kDebug));
  ASSERT_TRUE(SetLoggerLevel(kOwn, MessageLevel::kError));
  EXPECT_FALSE(IsShown(MessageLevel::kWarning));
  EXPECT_EQ(Find(kOwn), (LoggerLevel{kOwn, MessageLevel::kError, true}));
  ASSERT_TRUE(SetLoggerLevel(kOwn, std::nullopt));
  EXPECT_TRUE(IsShown(MessageLevel::kDebug));
}

TEST_F(MessagesTest, TheRootGoesBackToWhatWasConfigured) {
  ASSERT_TRUE(SetLoggerLevel(kRootLogger, MessageLevel::kError));
  EXPECT_FALSE(IsShown(MessageLevel::kWarning));
  ASSERT_TRUE(SetLoggerLevel(kRootLogger, std::nullopt));
  EXPECT_TRUE(IsShown(MessageLevel::kInfo));
}

TEST_F(MessagesTest, AnUnknownLoggerIsRefused) {
  EXPECT_FALSE(SetLoggerLevel("base.messages", MessageLevel::kDebug));
  EXPECT_FALSE(SetLoggerLevel("", MessageLevel::kDebug));
}

TEST_F(MessagesTest, AMessageIsOneLineOfTextOrJson) {
  testing::internal::CaptureStderr();
  Info("{} tables", 3);
  Info("table {}", "x\x1b[31m\nforged");
  Debug("not shown {}", 1);
  ConfigureMessages(MessageLevel::kInfo, MessageFormat::kJson);
  Warn("said \"{}\"\n", "x");
  ConfigureMessages(MessageLevel::kInfo, MessageFormat::kText);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(" I 3 tables\n"), std::string::npos) << said;
  EXPECT_NE(said.find(R"("level":"warning","logger":"base.messages_test","msg":"said \"x\"\n"})"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find(" I table x\\x1b[31m\\nforged\n"), std::string::npos) << said;
  EXPECT_EQ(said.find("not shown"), std::string::npos) << said;
}

}  // namespace
}  // namespace foreset
