// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/login_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/connection.h"

namespace foreset::mysql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// As "Client/Server Protocol", HandshakeV10, up to the lower half of the capabilities.
std::string Greeting(unsigned capabilities) {
  std::string text(
      "\x4a\0\0\0\x0a"
      "9.7.4\0"
      "\7\0\0\0"
      "abcdefgh\0",
      4 + 1 + 6 + 4 + 9);
  text += static_cast<char>(capabilities & 0xFFU);
  return text + static_cast<char>(capabilities >> 8U);
}

TEST(LoginGuardTest, TheGreetingTellsWhetherThereIsTls) {
  EXPECT_EQ(OfferOf(Greeting(0xFFFF)), TlsOffer::kOffered);
  EXPECT_EQ(OfferOf(Greeting(0x0800)), TlsOffer::kOffered);
  EXPECT_EQ(OfferOf(Greeting(0xF7FF)), TlsOffer::kNotOffered);
}

TEST(LoginGuardTest, AGreetingThatIsNotWholeTellsNothingYet) {
  const std::string whole = Greeting(0x0800);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(OfferOf(std::string_view(whole).substr(0, size)), TlsOffer::kUnknown) << size;
  }
}

TEST(LoginGuardTest, WhatIsNoGreetingOffersNoTls) {
  EXPECT_EQ(OfferOf(std::string_view("\x10\0\0\0\xff"
                                     "too many",
                                     13)),
            TlsOffer::kNotOffered);
}

TEST(LoginGuardTest, PasswordsAreShownOverTlsOnly) {
  for (const TlsMode mode : {TlsMode::kDisabled, TlsMode::kPreferred}) {
    EXPECT_THAT(AllowedMethods(mode), Not(HasSubstr("clear")));
    EXPECT_THAT(AllowedMethods(mode), Not(HasSubstr("dialog")));
  }
  EXPECT_THAT(AllowedMethods(TlsMode::kRequired), HasSubstr("mysql_clear_password"));
}

TEST(LoginGuardTest, NetworksFailAndCertificatesAreWrong) {
  for (const char* text :
       {"TLS/SSL error: Connection timed out (110)", "TLS/SSL error: Connection reset by peer",
        "TLS/SSL error: unexpected eof while reading", "TLS/SSL error: Broken pipe",
        "TLS/SSL error: No route to host", "TLS/SSL error: Too many open files (24)",
        "TLS/SSL error: Success (0)"}) {
    EXPECT_TRUE(TellsOfNetwork(text)) << text;
  }
  for (const char* text :
       {"TLS/SSL error: self-signed certificate in certificate chain",
        "TLS/SSL error: certificate verify failed", "TLS/SSL error: wrong version number",
        "TLS/SSL error: tlsv1 alert protocol version",
        "TLS/SSL error: SSL is required, but the server does not support it",
        "TLS/SSL error: Validation of SSL server certificate failed",
        "TLS/SSL error: No such file or directory"}) {
    EXPECT_FALSE(TellsOfNetwork(text)) << text;
  }
}

}  // namespace
}  // namespace foreset::mysql
