// SPDX-License-Identifier: MIT
#include "foreset/cli/config/references.h"

#include <filesystem>

#include <fmt/format.h>

namespace foreset::cli {
namespace {

auto Missing(std::string message) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigReference, std::move(message));
}

Result<std::string> FromFile(const std::string& path, const ReferenceSources& sources) {
  const auto full = std::filesystem::path(sources.directory) / path;
  auto text = sources.read_file(full.string());
  if (!text) return Missing(fmt::format("${{file:{}}}: {}", path, text.error().message));
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return std::move(*text);
}

Result<std::string> Resolve(std::string_view reference, const ReferenceSources& sources) {
  const std::size_t colon = reference.find(':');
  const std::string_view scheme = reference.substr(0, colon);
  const std::string name(colon == std::string_view::npos ? "" : reference.substr(colon + 1));
  if (scheme == "file" && !name.empty()) return FromFile(name, sources);
  if (scheme == "env" && !name.empty()) {
    auto value = sources.environment(name);
    if (!value) {
      return Missing(fmt::format(
          "${{env:{0}}}: the environment variable is not set; `export {0}=…` does", name));
    }
    return std::move(*value);
  }
  return Missing(fmt::format("${{{}}}: a reference is ${{env:NAME}} or ${{file:PATH}}", reference));
}

}  // namespace

Result<std::string> ReplaceReferences(std::string_view text, const ReferenceSources& sources) {
  std::string replaced;
  while (!text.empty()) {
    const std::size_t at = text.find("${");
    if (at == std::string_view::npos) break;
    if (at > 0 && text[at - 1] == '$') {
      replaced.append(text.substr(0, at - 1)).append("${");
      text.remove_prefix(at + 2);
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) return Missing("a ${ has no } after it");
    replaced.append(text.substr(0, at));
    const std::string value = TRY(Resolve(text.substr(at + 2, end - at - 2), sources));
    if (value.size() > *sources.room) return Missing("the references stand for too much text");
    *sources.room -= value.size();
    replaced.append(value);
    text.remove_prefix(end + 1);
  }
  return replaced.append(text);
}

}  // namespace foreset::cli
