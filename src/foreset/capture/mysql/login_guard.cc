// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/login_guard.h"

#include <sys/socket.h>

#include <mutex>

// Each needs the one before it.
// clang-format off
#include <mysql.h>
#include <mariadb_com.h>
#include <ma_pvio.h>
// clang-format on

// Of the library's interface, but not of its headers: `callback` is told of all bytes before they
// are sent (1) and after they were received (0), under TLS as plain text.
extern "C" int ma_pvio_register_callback(my_bool add, void (*callback)(int sent, MYSQL* handle,
                                                                       const unsigned char* bytes,
                                                                       std::size_t size));

namespace foreset::mysql {
namespace {

// "Client/Server Protocol", connection phase.
constexpr std::size_t kHeaderBytes = 4;
constexpr char kHandshakeV10 = 10;
constexpr std::size_t kThreadAndSalt = 4 + 8 + 1;
constexpr std::size_t kTlsRequestBytes = 36;
constexpr unsigned kOffersTls = 0x800;

thread_local LoginGuard* watching = nullptr;

unsigned Flags(const char* bytes) {
  return static_cast<unsigned char>(bytes[0]) | static_cast<unsigned char>(bytes[1]) << 8U;
}

bool IsTlsRequest(const unsigned char* bytes, std::size_t size) {
  return size == kTlsRequestBytes &&
         (Flags(reinterpret_cast<const char*>(bytes) + kHeaderBytes) & kOffersTls) != 0;
}

}  // namespace

TlsOffer OfferOf(std::string_view greeting) {
  if (greeting.size() <= kHeaderBytes) return TlsOffer::kUnknown;
  // Older protocols have no TLS; an error packet is read by the library.
  if (greeting[kHeaderBytes] != kHandshakeV10) return TlsOffer::kNotOffered;
  const std::size_t version_end = greeting.find('\0', kHeaderBytes + 1);
  if (version_end == std::string_view::npos) return TlsOffer::kUnknown;
  const std::size_t flags = version_end + 1 + kThreadAndSalt;
  if (greeting.size() < flags + 2) return TlsOffer::kUnknown;
  return (Flags(greeting.data() + flags) & kOffersTls) != 0 ? TlsOffer::kOffered
                                                            : TlsOffer::kNotOffered;
}

std::string AllowedMethods(TlsMode mode) {
  std::string methods =
      "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519,parsec,"
      "auth_gssapi_client";
  if (mode >= TlsMode::kRequired) methods += ",mysql_clear_password,dialog";
  return methods;
}

LoginGuard::LoginGuard(st_mysql* handle, TlsMode mode) : handle_(handle), mode_(mode) {
  static std::once_flag once;
  std::call_once(once, [] { ma_pvio_register_callback(1, &LoginGuard::OnBytes); });
  watching = this;
}

LoginGuard::~LoginGuard() { watching = nullptr; }

void LoginGuard::OnBytes(int sent, st_mysql* handle, const unsigned char* bytes, std::size_t size) {
  if (watching == nullptr || watching->handle_ != handle) return;
  if (sent != 0) return watching->OnSend(bytes, size);
  // A read that failed tells -1.
  if (static_cast<std::ptrdiff_t>(size) > 0) watching->OnGreeting(bytes, size);
}

void LoginGuard::OnGreeting(const unsigned char* bytes, std::size_t size) {
  if (greeted_) return;
  greeting_.append(reinterpret_cast<const char*>(bytes), size);
  const TlsOffer offer = OfferOf(greeting_);
  if (offer == TlsOffer::kUnknown) return;
  greeted_ = true;
  offers_tls_ = offer == TlsOffer::kOffered;
  if (offers_tls_) return;
  if (mode_ >= TlsMode::kRequired) return Refuse();
  // The library takes TLS for given where it was asked for, or where there is a certificate.
  mysql_options(handle_, MYSQL_OPT_SSL_CERT, nullptr);
  mysql_options(handle_, MYSQL_OPT_SSL_KEY, nullptr);
  handle_->options.use_ssl = 0;
}

void LoginGuard::OnSend(const unsigned char* bytes, std::size_t size) {
  const bool wanted = mode_ >= TlsMode::kRequired || (mode_ == TlsMode::kPreferred && offers_tls_);
  if (!wanted || handle_->net.pvio == nullptr || handle_->net.pvio->ctls != nullptr) return;
  if (!IsTlsRequest(bytes, size)) Refuse();
}

// What the library sends from now on leads nowhere.
void LoginGuard::Refuse() {
  refused_ = true;
  ::shutdown(static_cast<int>(mysql_get_socket(handle_)), SHUT_RDWR);
}

}  // namespace foreset::mysql
