// SPDX-License-Identifier: MIT
// Text to filter: a lexer, a recursive descent over the grammar in filter_expression.h, and the
// conversion of each literal to its column's type.
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include "foreset/base/nearest_word.h"
#include "foreset/base/time_text.h"
#include "foreset/cli/filter/filter_node.h"
#include "foreset/cli/output/binary_text.h"
#include "foreset/model/table_schema.h"

namespace foreset::cli {
namespace {

constexpr int kDeepest = 100;
// Two such numbers at one scale still fit 76 digits.
constexpr std::int32_t kMostFraction = 37;

enum class TokenKind : std::uint8_t { kEnd, kWord, kName, kNumber, kText, kHex, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  // unquoted
  std::size_t at = 0;
};

std::unexpected<Error> Mistake(std::size_t at, std::string_view what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kFilterInvalid,
             fmt::format("--where, at character {}: {}", at + 1, what));
}

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<Token> Next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    Token token{.kind = TokenKind::kEnd, .text = {}, .at = at_};
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    if (c == '\'') return Quoted(TokenKind::kText, '\'');
    if (c == '`' || c == '"') return Quoted(TokenKind::kName, c);
    if ((c == 'x' || c == 'X') && text_.substr(at_ + 1, 1) == "'") {
      ++at_;
      return Quoted(TokenKind::kHex, '\'');
    }
    if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '+' ||
        (c == '.' && at_ + 1 < text_.size() &&
         std::isdigit(static_cast<unsigned char>(text_[at_ + 1])) != 0)) {
      return Number();
    }
    if (IsWordCharacter(c)) return Word();
    return Symbol();
  }

 private:
  Result<Token> Quoted(TokenKind kind, char quote) {
    Token token{.kind = kind, .text = {}, .at = at_++};
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c != quote) {
        token.text += c;
      } else if (at_ < text_.size() && text_[at_] == quote) {
        token.text += text_[at_++];
      } else {
        return token;
      }
    }
    return Mistake(token.at, fmt::format("a {} has no end", quote));
  }

  Result<Token> Number() {
    Token token{.kind = TokenKind::kNumber, .text = {}, .at = at_};
    if (text_[at_] == '+' || text_[at_] == '-') token.text += text_[at_++];
    while (at_ < text_.size() && (IsWordCharacter(text_[at_]) || text_[at_] == '.' ||
                                  ((text_[at_] == '-' || text_[at_] == '+') &&
                                   (token.text.ends_with('e') || token.text.ends_with('E'))))) {
      token.text += text_[at_++];
    }
    return token;
  }

  Result<Token> Word() {
    Token token{.kind = TokenKind::kWord, .text = {}, .at = at_};
    while (at_ < text_.size() && IsWordCharacter(text_[at_])) token.text += text_[at_++];
    return token;
  }

  Result<Token> Symbol() {
    Token token{.kind = TokenKind::kSymbol, .text = std::string(1, text_[at_]), .at = at_};
    const std::string_view two = text_.substr(at_, 2);
    if (two == "<=" || two == ">=" || two == "<>" || two == "!=" || two == "==") token.text = two;
    if (std::string_view("=<>(),.!").find(text_[at_]) == std::string_view::npos) {
      return Mistake(at_, fmt::format("\"{}\" is not understood", token.text));
    }
    at_ += token.text.size();
    return token;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Result<ExactNumber> ToExact(const Token& token) {
  ExactNumber number;
  std::int32_t precision = 0;
  if (!arrow::Decimal256::FromString(token.text, &number.value, &precision, &number.scale).ok()) {
    return Mistake(token.at, fmt::format("\"{}\" is not a number", token.text));
  }
  if (number.scale < 0) {
    auto whole = number.value.Rescale(number.scale, 0);
    if (!whole.ok()) return Mistake(token.at, "the number is too large");
    number = {*whole, 0};
  }
  if (precision > kMostFraction + 1 || number.scale > kMostFraction) {
    return Mistake(token.at, "the number has more than 38 digits");
  }
  return number;
}

Result<FilterLiteral> ToFloat(const Token& token, bool single) {
  double value = 0;
  const char* end = token.text.data() + token.text.size();
  const char* begin = token.text.data() + (token.text.starts_with('+') ? 1 : 0);
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || rest != end) {
    return Mistake(token.at, fmt::format("\"{}\" is not a number", token.text));
  }
  // A FLOAT is compared with the FLOAT nearest to the literal, so that 0.1 finds 0.1.
  if (single) value = static_cast<double>(static_cast<float>(value));
  return FilterLiteral(value);
}

Result<FilterLiteral> ToWhole(const Token& token) {
  ExactNumber number = TRY(ToExact(token));
  constexpr auto kLimits = std::numeric_limits<std::int64_t>();
  if (number.scale == 0 && number.value >= arrow::Decimal256(kLimits.min()) &&
      number.value <= arrow::Decimal256(kLimits.max())) {
    return FilterLiteral(static_cast<std::int64_t>(number.value.low_bits()));
  }
  return FilterLiteral(number);
}

Result<FilterLiteral> ToTicks(const Token& token, const arrow::TimestampType& type) {
  const auto micros = ParseTimestamp(token.text);
  if (!micros) {
    return Mistake(token.at,
                   fmt::format("\"{}\" is not a time such as 2026-01-31T10:00:00Z", token.text));
  }
  switch (type.unit()) {
    case arrow::TimeUnit::SECOND:
      return FilterLiteral(*micros / 1'000'000);
    case arrow::TimeUnit::MILLI:
      return FilterLiteral(*micros / 1'000);
    case arrow::TimeUnit::NANO:
      return FilterLiteral(*micros * 1'000);
    default:
      return FilterLiteral(*micros);
  }
}

// A literal for a column of this type, or why the two do not go together.
Result<FilterLiteral> Convert(const Token& token, const arrow::DataType& type) {
  const arrow::Type::type id = type.id();
  const bool number = token.kind == TokenKind::kNumber;
  const bool text = token.kind == TokenKind::kText;
  if (number && arrow::is_signed_integer(id)) return ToWhole(token);
  if (number && (arrow::is_decimal(id) || arrow::is_unsigned_integer(id))) {
    return FilterLiteral(TRY(ToExact(token)));
  }
  if (number && arrow::is_floating(id)) return ToFloat(token, id == arrow::Type::FLOAT);
  if (text && arrow::is_string(id)) return FilterLiteral(token.text);
  if (token.kind == TokenKind::kHex && arrow::is_binary_like(id)) {
    if (auto bytes = ParseHex(token.text)) return FilterLiteral(std::move(*bytes));
    return Mistake(token.at, "x'…' wants an even number of hex digits");
  }
  if (text && id == arrow::Type::DATE32) {
    if (const auto days = ParseDate(token.text)) return FilterLiteral(*days);
    return Mistake(token.at, fmt::format("\"{}\" is not a date such as 2026-01-31", token.text));
  }
  if (text && id == arrow::Type::TIMESTAMP) {
    return ToTicks(token, static_cast<const arrow::TimestampType&>(type));
  }
  if (token.kind == TokenKind::kWord && id == arrow::Type::BOOL) {
    if (SameName(token.text, "true")) return FilterLiteral(true);
    if (SameName(token.text, "false")) return FilterLiteral(false);
  }
  if (token.kind == TokenKind::kWord && SameName(token.text, "null")) {
    return Mistake(token.at, "nothing compares with NULL: write IS NULL or IS NOT NULL");
  }
  return Mistake(token.at,
                 fmt::format("a column of type {} cannot be compared with this", type.ToString()));
}

class Parser {
 public:
  Parser(std::string_view text, const arrow::Schema& schema) : lexer_(text), schema_(schema) {}

  Result<ParsedFilter> Parse() {
    RETURN_IF_ERROR(Advance());
    parsed_.root = TRY(Or(0));
    if (token_.kind != TokenKind::kEnd) return Unexpected("AND, OR or the end");
    return std::move(parsed_);
  }

 private:
  using NodePtr = std::unique_ptr<Filter::Node>;

  Status Advance() {
    token_ = TRY(lexer_.Next());
    return {};
  }

  std::unexpected<Error> Unexpected(std::string_view wanted) const {
    const std::string found =
        token_.kind == TokenKind::kEnd ? "the end" : fmt::format("\"{}\"", token_.text);
    return Mistake(token_.at, fmt::format("wanted {}, found {}", wanted, found));
  }

  bool Is(std::string_view keyword) const {
    return token_.kind == TokenKind::kWord && SameName(token_.text, keyword);
  }
  bool IsSymbol(std::string_view symbol) const {
    return token_.kind == TokenKind::kSymbol && token_.text == symbol;
  }
  // Steps over the keyword when it is there.
  Result<bool> Take(std::string_view keyword) {
    if (!Is(keyword)) return false;
    RETURN_IF_ERROR(Advance());
    return true;
  }
  Result<bool> TakeSymbol(std::string_view symbol) {
    if (!IsSymbol(symbol)) return false;
    RETURN_IF_ERROR(Advance());
    return true;
  }
  Status Expect(std::string_view symbol) {
    if (!TRY(TakeSymbol(symbol))) return Unexpected(fmt::format("\"{}\"", symbol));
    return {};
  }

  static NodePtr Make(FilterKind kind, std::vector<NodePtr> children = {}) {
    auto node = std::make_unique<Filter::Node>();
    node->kind = kind;
    node->children = std::move(children);
    return node;
  }
  static NodePtr MakeNot(NodePtr child) {
    std::vector<NodePtr> children;
    children.push_back(std::move(child));
    return Make(FilterKind::kNot, std::move(children));
  }

  Result<NodePtr> Or(int depth) {
    std::vector<NodePtr> children;
    children.push_back(TRY(And(depth)));
    while (TRY(Take("OR"))) children.push_back(TRY(And(depth)));
    return children.size() == 1 ? std::move(children[0])
                                : Make(FilterKind::kOr, std::move(children));
  }

  Result<NodePtr> And(int depth) {
    std::vector<NodePtr> children;
    children.push_back(TRY(Not(depth)));
    while (TRY(Take("AND"))) children.push_back(TRY(Not(depth)));
    return children.size() == 1 ? std::move(children[0])
                                : Make(FilterKind::kAnd, std::move(children));
  }

  Result<NodePtr> Not(int depth) {
    if (depth > kDeepest) return Mistake(token_.at, "the condition is nested too deep");
    if (TRY(Take("NOT"))) return MakeNot(TRY(Not(depth + 1)));
    if (!TRY(TakeSymbol("("))) return Test();
    NodePtr inner = TRY(Or(depth + 1));
    RETURN_IF_ERROR(Expect(")"));
    return inner;
  }

  Result<NodePtr> Test() {
    const std::size_t column = TRY(Column());
    if (TRY(Take("IS"))) {
      const bool negated = TRY(Take("NOT"));
      if (!TRY(Take("NULL"))) return Unexpected("NULL");
      return Finished(Make(FilterKind::kIsNull), column, negated);
    }
    const bool negated = TRY(Take("NOT"));
    if (TRY(Take("IN"))) return In(column, negated);
    if (TRY(Take("LIKE"))) return Like(column, negated);
    if (TRY(Take("BETWEEN"))) return Between(column, negated);
    if (negated) return Unexpected("IN, LIKE or BETWEEN");
    return Compare(column);
  }

  static NodePtr Finished(NodePtr node, std::size_t column, bool negated) {
    node->column = column;
    return negated ? MakeNot(std::move(node)) : std::move(node);
  }

  Result<NodePtr> In(std::size_t column, bool negated) {
    NodePtr node = Make(FilterKind::kIn);
    RETURN_IF_ERROR(Expect("("));
    do {
      node->literals.push_back(TRY(Literal(column)));
    } while (TRY(TakeSymbol(",")));
    RETURN_IF_ERROR(Expect(")"));
    return Finished(std::move(node), column, negated);
  }

  Result<NodePtr> Like(std::size_t column, bool negated) {
    if (!arrow::is_string(parsed_.columns[column].type->id())) {
      return Mistake(token_.at, "LIKE wants a text column");
    }
    NodePtr node = Make(FilterKind::kLike);
    node->literals.push_back(TRY(Literal(column)));
    return Finished(std::move(node), column, negated);
  }

  Result<NodePtr> Between(std::size_t column, bool negated) {
    std::vector<NodePtr> bounds;
    bounds.push_back(MakeCompare(column, Comparison::kGreaterEqual, TRY(Literal(column))));
    if (!TRY(Take("AND"))) return Unexpected("AND");
    bounds.push_back(MakeCompare(column, Comparison::kLessEqual, TRY(Literal(column))));
    NodePtr node = Make(FilterKind::kAnd, std::move(bounds));
    return negated ? MakeNot(std::move(node)) : std::move(node);
  }

  Result<NodePtr> Compare(std::size_t column) {
    static constexpr std::pair<std::string_view, Comparison> kOperators[] = {
        {"=", Comparison::kEqual},     {"==", Comparison::kEqual},
        {"<>", Comparison::kNotEqual}, {"!=", Comparison::kNotEqual},
        {"<", Comparison::kLess},      {"<=", Comparison::kLessEqual},
        {">", Comparison::kGreater},   {">=", Comparison::kGreaterEqual}};
    for (const auto& [symbol, comparison] : kOperators) {
      if (!TRY(TakeSymbol(symbol))) continue;
      return MakeCompare(column, comparison, TRY(Literal(column)));
    }
    return Unexpected("=, <>, <, <=, >, >=, IS, IN, LIKE or BETWEEN");
  }

  static NodePtr MakeCompare(std::size_t column, Comparison comparison, FilterLiteral literal) {
    NodePtr node = Make(FilterKind::kCompare);
    node->column = column;
    node->comparison = comparison;
    node->literals.push_back(std::move(literal));
    return node;
  }

  Result<FilterLiteral> Literal(std::size_t column) {
    if (token_.kind == TokenKind::kEnd || token_.kind == TokenKind::kSymbol) {
      return Unexpected("a value");
    }
    FilterLiteral literal = TRY(Convert(token_, *parsed_.columns[column].type));
    RETURN_IF_ERROR(Advance());
    return literal;
  }

  Result<std::size_t> Column() {
    const std::string name = TRY(Name());
    const int index = FindField(schema_.fields(), name);
    if (index < 0) return Unknown(name, schema_.fields());
    FilterColumn column{schema_.field(index)->name(), {}, schema_.field(index)->type()};
    RETURN_IF_ERROR(Advance());
    while (TRY(TakeSymbol("."))) {
      const std::string member = TRY(Name());
      const auto& fields = column.type->fields();
      if (column.type->id() != arrow::Type::STRUCT) {
        return Mistake(token_.at, fmt::format("{} has no members", column.name));
      }
      const int inner = FindField(fields, member);
      if (inner < 0) return Unknown(member, fields);
      column.members.push_back(inner);
      column.type = std::shared_ptr<arrow::DataType>(fields[inner]->type());
      RETURN_IF_ERROR(Advance());
    }
    parsed_.columns.push_back(std::move(column));
    return parsed_.columns.size() - 1;
  }

  Result<std::string> Name() {
    if (token_.kind != TokenKind::kWord && token_.kind != TokenKind::kName) {
      return Unexpected("a column");
    }
    return token_.text;
  }

  // The very name, else the one that differs in case only.
  static int FindField(const arrow::FieldVector& fields, const std::string& name) {
    int found = -1;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i]->name() == name) return static_cast<int>(i);
      if (found < 0 && SameName(fields[i]->name(), name)) found = static_cast<int>(i);
    }
    return found;
  }

  std::unexpected<Error> Unknown(const std::string& name, const arrow::FieldVector& fields) const {
    std::vector<std::string> names;
    for (const auto& field : fields) names.push_back(field->name());
    return Mistake(token_.at,
                   fmt::format("there is no column \"{}\"{}", name, Suggestion(name, names)));
  }

  Lexer lexer_;
  const arrow::Schema& schema_;
  Token token_;
  ParsedFilter parsed_;
};

}  // namespace

Result<ParsedFilter> ParseFilter(std::string_view text, const arrow::Schema& schema) {
  return Parser(text, schema).Parse();
}

}  // namespace foreset::cli
