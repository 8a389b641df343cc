// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/capture/mysql/mysql_options.h"

struct st_mysql;

namespace foreset::mysql {

// Watches one log-in for what the library does not: where TLS is asked for, not a byte but the
// request for TLS leaves this machine before TLS is up; where the server has none and none is asked
// for, the library does not believe that it has, and so never sends a password as it is.
// Watches between construction and destruction, on the thread that made it, which connects there.
class LoginGuard {
 public:
  LoginGuard(st_mysql* handle, TlsMode mode);
  ~LoginGuard();
  LoginGuard(const LoginGuard&) = delete;
  LoginGuard& operator=(const LoginGuard&) = delete;

  // The server offers no TLS where it is asked for: the connection was cut before the log-in.
  bool refused() const { return refused_; }

 private:
  static void OnBytes(int sent, st_mysql* handle, const unsigned char* bytes, std::size_t size);
  void OnGreeting(const unsigned char* bytes, std::size_t size);
  void OnSend(const unsigned char* bytes, std::size_t size);
  void Refuse();

  st_mysql* const handle_;
  const TlsMode mode_;
  std::string greeting_;
  bool greeted_ = false;
  bool offers_tls_ = false;
  bool refused_ = false;
};

// Whether the server's first packet, header included, offers TLS; nothing while it is not whole.
enum class TlsOffer : std::uint8_t { kUnknown, kOffered, kNotOffered };
TlsOffer OfferOf(std::string_view greeting);

// The authentication methods that the server may ask for: those that show the password to it only
// where TLS is certain.
std::string AllowedMethods(TlsMode mode);

}  // namespace foreset::mysql
