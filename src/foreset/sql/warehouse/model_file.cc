// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/model_file.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/base/hash128.h"
#include "foreset/base/nearest_word.h"
#include "foreset/sql/statement_text.h"

namespace foreset::sql {
namespace {

constexpr std::string_view kDirective = "-- @";
constexpr std::string_view kContinued = "--   ";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> SplitAt(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.emplace_back(Trim(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

QueryName NameIn(std::string_view text) {
  QueryName name;
  for (std::string& part : SplitAt(text, ".")) {
    std::erase(part, '"');
    name.push_back(std::move(part));
  }
  return name;
}

bool IsName(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + Quoted(name);
  return text;
}

// Reads the `-- @` lines of one file.
class Reader {
 public:
  explicit Reader(std::string name) { model_.name = std::move(name); }

  Result<Model> Read(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (!IsName(model_.name)) return Invalid("a model's name has letters, digits and _ only");
    RETURN_IF_ERROR(ReadLines(text));
    StatementTexts texts = SplitStatements(model_.sql);
    if (!texts.rest.empty()) texts.statements.push_back(std::move(texts.rest));
    if (texts.statements.size() != 1) return Invalid("a model is one SELECT");
    model_.sql = std::move(texts.statements.front());
    if (model_.key.empty()) return Invalid("`-- @key COLUMN, …` says what tells rows apart");
    const Hash128 digest = HashBytes(text);
    model_.definition = fmt::format("{:016x}{:016x}", digest.high, digest.low);
    return std::move(model_);
  }

 private:
  std::unexpected<Error> Invalid(std::string_view what) const {
    const std::string line = line_ == 0 ? "" : fmt::format(":{}", line_);
    return Err(ErrorKind::kInvalidInput, warehouse_error::kModelInvalid,
               fmt::format("{}.sql{}: {}", model_.name, line, what));
  }

  Status ReadLines(std::string_view text) {
    std::optional<std::string> open;
    int line_number = 0;
    for (const std::string& line : LinesOf(text)) {
      ++line_number;
      if (IsMiswritten(line)) {
        line_ = line_number;
        return Invalid(
            fmt::format("\"{}\" is neither a comment nor an @ line, which begins with "
                        "\"-- @\" in the first column",
                        Trim(line)));
      }
      if (open && line.starts_with(kContinued)) {
        *open += fmt::format(" {}", Trim(std::string_view(line).substr(2)));
        continue;
      }
      if (open) RETURN_IF_ERROR(Take(*std::exchange(open, std::nullopt)));
      line_ = 0;
      if (line.starts_with(kDirective)) {
        open = line.substr(kDirective.size());
        line_ = line_number;
      } else {
        model_.sql += line + "\n";
      }
    }
    if (open) RETURN_IF_ERROR(Take(*open));
    line_ = 0;
    return {};
  }

  // "--@key", "--  @key": a rule that would be passed over in silence.
  static bool IsMiswritten(std::string_view line) {
    std::string_view rest = Trim(line);
    if (!rest.starts_with("--") || line.starts_with(kDirective)) return false;
    rest = Trim(rest.substr(2));
    return rest.size() > 1 && rest[0] == '@' && std::isalpha(static_cast<unsigned char>(rest[1]));
  }

  static std::vector<std::string> LinesOf(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
      const auto end = text.find('\n');
      std::string_view line = text.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      lines.emplace_back(line);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
  }

  Status Take(const std::string& directive) {
    const auto space = directive.find(' ');
    const std::string word = directive.substr(0, space);
    const std::string rest(
        Trim(space == std::string::npos ? std::string_view() : directive.substr(space)));
    if (rest.empty()) return Invalid(fmt::format("@{} says nothing", word));
    if (word == "key") return TakeKey(rest);
    if (word == "not_null") return TakeNotNull(SplitAt(rest, ","));
    if (word == "unique") return TakeUnique(SplitAt(rest, ","));
    if (word == "references") return TakeReference(rest);
    if (word == "equal") return TakeEqual(rest);
    if (word == "none") return TakeNone(rest);
    if (word == "by") return TakeGrain(rest);
    if (word == "affects") return TakeEffect(rest);
    const auto nearest = NearestWord(
        word, {"key", "not_null", "unique", "references", "equal", "none", "by", "affects"});
    return Invalid(fmt::format("@{} is not known; {}", word,
                               nearest ? fmt::format("did you mean @{}?", *nearest)
                                       : "there are @key, @not_null, @unique, @references, @equal, "
                                         "@none, @by and @affects"));
  }

  Status TakeKey(const std::string& rest) {
    if (!model_.key.empty()) return Invalid("@key stands there twice");
    model_.key = SplitAt(rest, ",");
    Mention("key", model_.key);
    AddUnique(model_.key);
    AddNotNull(model_.key);
    return {};
  }

  Status TakeUnique(const std::vector<std::string>& columns) {
    Mention("unique", columns);
    AddUnique(columns);
    return {};
  }

  void AddUnique(const std::vector<std::string>& columns) {
    const std::string list = Joined(columns);
    Add(fmt::format("unique {}", fmt::join(columns, ", ")),
        fmt::format("SELECT {0}, count(*) AS rows FROM {1} GROUP BY {0} HAVING count(*) > 1", list,
                    Quoted(model_.name)));
  }

  Status TakeNotNull(const std::vector<std::string>& columns) {
    Mention("not_null", columns);
    AddNotNull(columns);
    return {};
  }

  void AddNotNull(const std::vector<std::string>& columns) {
    for (const std::string& column : columns) {
      Add(fmt::format("not null {}", column),
          fmt::format("SELECT * FROM {} WHERE {} IS NULL", Quoted(model_.name), Quoted(column)));
    }
  }

  Status TakeReference(const std::string& rest) {
    const auto sides = SplitAt(rest, "->");
    const auto target = sides.size() == 2 ? NameIn(sides[1]) : QueryName();
    if (target.size() < 2) {
      return Invalid("@references is written COLUMN -> MODEL.COLUMN");
    }
    Mention("references", {sides[0]});
    const QueryName table(target.begin(), target.end() - 1);
    Add(fmt::format("{} in {}", sides[0], sides[1]),
        fmt::format("SELECT DISTINCT {0} FROM {1} AS m WHERE {0} IS NOT NULL AND NOT EXISTS "
                    "(SELECT 1 FROM {2} AS r WHERE r.{3} = m.{0})",
                    Quoted(sides[0]), Quoted(model_.name), QuotedName(table),
                    Quoted(target.back())));
    return {};
  }

  Status TakeEqual(const std::string& rest) {
    const auto [name, queries] = Named(rest);
    const auto sides = SplitAt(queries, "==");
    if (name.empty() || sides.size() != 2) {
      return Invalid("@equal is written NAME: SELECT … == SELECT …");
    }
    Add(std::string(name),
        fmt::format("SELECT * FROM (SELECT ({}) AS one, ({}) AS other) WHERE one IS DISTINCT FROM "
                    "other",
                    sides[0], sides[1]));
    return {};
  }

  Status TakeNone(const std::string& rest) {
    const auto [name, query] = Named(rest);
    if (name.empty() || query.empty()) return Invalid("@none is written NAME: SELECT …");
    Add(std::string(name), std::string(query));
    return {};
  }

  Status TakeGrain(const std::string& rest) {
    const auto [column, tables] = Named(rest);
    if (column.empty() || tables.empty() || !model_.grain.empty()) {
      return Invalid("@by is written once: COLUMN: TABLE, …");
    }
    model_.grain = column;
    for (const std::string& table : SplitAt(tables, ",")) {
      model_.effects.push_back(
          {NameIn(table), fmt::format("SELECT {} FROM changed", Quoted(column)), true});
    }
    Mention("by", {model_.grain});
    AddNotNull({model_.grain});
    return {};
  }

  Status TakeEffect(const std::string& rest) {
    const auto [table, query] = Named(rest);
    if (table.empty() || query.empty() || model_.grain.empty()) {
      return Invalid("@affects is written after @by: TABLE: SELECT … FROM changed");
    }
    model_.effects.push_back({NameIn(table), std::string(query), false});
    return {};
  }

  // "NAME: text" as its two parts; empty where there is no colon.
  static std::pair<std::string_view, std::string_view> Named(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos) return {};
    const std::string_view whole = text;
    return {Trim(whole.substr(0, colon)), Trim(whole.substr(colon + 1))};
  }

  void Mention(const char* word, const std::vector<std::string>& columns) {
    for (const std::string& column : columns) model_.mentions.push_back({word, column, line_});
  }

  void Add(std::string name, std::string offenders) {
    const bool there =
        std::ranges::find(model_.checks, name, &ModelCheck::name) != model_.checks.end();
    if (!there) model_.checks.push_back({std::move(name), std::move(offenders)});
  }

  Model model_;
  int line_ = 0;  // of the @ line that is read
};

}  // namespace

Result<Model> ParseModel(const std::string& name, std::string_view text) {
  return Reader(name).Read(text);
}

}  // namespace foreset::sql
