// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/shared_key.h"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "foreset/storage/azure/url_text.h"

namespace foreset::azure {
namespace {

// "Constructing the signature string": fixed headers in their order, x-ms-* by name, the resource.
std::string TextToSign(const SignedParts& parts, const std::string& account) {
  std::string text = parts.method;
  for (const char* name :
       {"content-encoding", "content-language", "content-length", "content-md5", "content-type",
        "date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"}) {
    text += '\n';
    const auto header = parts.headers.find(name);
    if (header != parts.headers.end()) text += header->second;
    // An empty body counts as no length.
    if (std::string_view(name) == "content-length" && parts.body_bytes > 0) {
      text += fmt::format("{}", parts.body_bytes);
    }
  }
  text += '\n';
  for (const auto& [name, value] : parts.headers) {
    if (name.starts_with("x-ms-")) text += fmt::format("{}:{}\n", name, value);
  }
  text += fmt::format("/{}{}", account, parts.url_path);
  for (const auto& [name, value] : parts.query) text += fmt::format("\n{}:{}", name, value);
  return text;
}

}  // namespace

std::string SharedKeyAuthorization(const SignedParts& parts, const std::string& account,
                                   const Secret& key) {
  const std::string bytes = FromBase64(key.Reveal());
  if (bytes.empty()) return {};
  const std::string text = TextToSign(parts, account);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  return fmt::format("SharedKey {}:{}", account, ToBase64(Bytes(digest.data(), length)));
}

}  // namespace foreset::azure
