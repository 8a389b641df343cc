// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/token_request.h"

#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/storage/azure/url_text.h"

namespace foreset::azure {
namespace {

constexpr std::chrono::seconds kUnknownLifetime{600};
constexpr char kAssertionType[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr int kConnectSeconds = 5;

using Fields = std::map<std::string, std::string>;

std::string Form(const Fields& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += '&';
    form += fmt::format("{}={}", name, EscapeUrl(value));
  }
  return form;
}

// The first version of the protocol names a resource, the second a scope.
void AddAudience(const std::string& token_url, Fields& fields) {
  if (token_url.find("/v2.0/") != std::string::npos) {
    fields["scope"] = "https://storage.azure.com/.default";
  } else {
    fields["resource"] = "https://storage.azure.com/";
  }
}

// The reply's value as text, whether it is a JSON string or a number.
std::optional<std::string> TextOf(const simdjson::dom::object& object, std::string_view name) {
  simdjson::dom::element element;
  if (object[name].get(element) != simdjson::SUCCESS) return std::nullopt;
  std::string_view text;
  if (element.get(text) == simdjson::SUCCESS) return std::string(text);
  std::int64_t number = 0;
  if (element.get(number) == simdjson::SUCCESS) return fmt::format("{}", number);
  return std::nullopt;
}

// What an issuer says of its refusal: "invalid_client: AADSTS7000215: …". Nothing when the answer
// is not an issuer's.
std::optional<std::string> RefusalOf(const HttpResponse& response) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(response.body).get(object) != simdjson::SUCCESS) return std::nullopt;
  std::string description = TextOf(object, "error_description").value_or("");
  description.resize(std::min(description.find_first_of("\r\n"), description.size()));
  return fmt::format("{}: {}", TextOf(object, "error").value_or("error"), description);
}

// The platform's own service is replaced while machines run; it is away for up to 70 seconds then.
bool IsBeingReplaced(int status) { return status == 404 || status == 410; }

Result<IssuedToken> Ask(HttpTransport& transport, HttpRequest request, bool of_platform) {
  request.connect_seconds = kConnectSeconds;
  auto outcomes = transport.SendAll({&request, 1});
  auto& outcome = outcomes.front();
  const std::string issuer = request.url.substr(0, request.url.find('?'));
  if (!outcome) {
    Error error = std::move(outcome).error();
    if (error.kind == ErrorKind::kCommitUnknown) error.kind = ErrorKind::kTransient;
    return std::unexpected(std::move(error).Within("asking for a token"));
  }
  if (outcome->status == 200) return ParseTokenReply(outcome->body);
  const int status = outcome->status;
  if (status == 408 || status == 429 || status >= 500) {
    return Err(ErrorKind::kTransient, ErrorCode::kStorageUnreachable,
               fmt::format("{} answers with status {}", issuer, status));
  }
  const auto refusal = RefusalOf(*outcome);
  if (!refusal || (of_platform && IsBeingReplaced(status))) {
    return Err(ErrorKind::kTransient, ErrorCode::kAzureTokenRefused,
               fmt::format("{} answers with status {}; it is asked again", issuer, status));
  }
  return Err(ErrorKind::kInvalidInput, ErrorCode::kAzureTokenRefused,
             fmt::format("{}: {}", issuer, *refusal));
}

Result<IssuedToken> AskForm(HttpTransport& transport, const std::string& url, Fields fields) {
  fields["grant_type"] = "client_credentials";
  AddAudience(url, fields);
  const std::string form = Form(fields);
  return Ask(transport,
             {.method = "POST",
              .url = url,
              .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
              .body = AsBytes(form)},
             /*of_platform=*/false);
}

Result<std::string> ReadAssertion(
    const std::string& file,
    const std::function<Result<std::string>(const std::string&)>& read_file) {
  auto text = read_file ? read_file(file)
                        : Result<std::string>(Err(ErrorKind::kNotFound, ErrorCode::kStorageNotFound,
                                                  "cannot be read"));
  if (!text) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kAzureSettings,
               fmt::format("the token file {}: {}", file, text.error().message));
  }
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  return text;
}

}  // namespace

Result<IssuedToken> ParseTokenReply(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view token;
  if (parser.parse(simdjson::padded_string(json)).get(object) != simdjson::SUCCESS ||
      object["access_token"].get(token) != simdjson::SUCCESS || token.empty()) {
    return Err(ErrorKind::kTransient, ErrorCode::kAzureTokenRefused,
               "the reply of the token's issuer holds no token");
  }
  IssuedToken issued{.token = Secret(std::string(token)), .lifetime = kUnknownLifetime};
  const std::string lifetime = TextOf(object, "expires_in").value_or("");
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(lifetime.data(), lifetime.data() + lifetime.size(), seconds);
  constexpr std::int64_t kLongest = 30L * 24 * 3600;
  if (parsed.ec == std::errc{} && seconds > 0) {
    issued.lifetime = std::chrono::seconds(std::min(seconds, kLongest));
  }
  return issued;
}

Result<IssuedToken> RequestToken(
    const CredentialWay& way, HttpTransport& transport,
    const std::function<Result<std::string>(const std::string&)>& read_file) {
  if (const auto* secret = std::get_if<ClientSecret>(&way)) {
    return AskForm(transport, secret->token_url,
                   {{"client_id", secret->client_id}, {"client_secret", secret->secret.Reveal()}});
  }
  if (const auto* workload = std::get_if<WorkloadIdentity>(&way)) {
    return AskForm(transport, workload->token_url,
                   {{"client_id", workload->client_id},
                    {"client_assertion_type", kAssertionType},
                    {"client_assertion", TRY(ReadAssertion(workload->token_file, read_file))}});
  }
  if (const auto* managed = std::get_if<ManagedIdentity>(&way)) {
    HttpRequest request{.method = "GET", .url = managed->url, .headers = {}, .body = {}};
    if (managed->header.empty()) {
      request.headers.emplace_back("Metadata", "true");
    } else {
      request.headers.emplace_back("X-IDENTITY-HEADER", managed->header.Reveal());
    }
    return Ask(transport, std::move(request), /*of_platform=*/true);
  }
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, "this credential needs no token");
}

}  // namespace foreset::azure
