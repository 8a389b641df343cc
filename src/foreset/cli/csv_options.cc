// SPDX-License-Identifier: MIT
#include "foreset/cli/csv_options.h"

#include <fmt/format.h>

namespace foreset::cli {
namespace {

Result<std::optional<char>> OneCharacter(const std::string& option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (text == "\\t" || text == "tab") return '\t';
  if (text == "none") return '\0';
  if (text.size() == 1) return text.front();
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("{} takes one character, tab or none, not \"{}\"", option, text));
}

std::vector<Option> AddValueOptions(Command command, CsvOptions& csv) {
  batch::CsvWishes& wishes = csv.wishes;
  return {
      command.AddOption("--null", wishes.null_text, "Text that stands for NULL, as the empty field")
          .ValueName("TEXT"),
      command.AddFlag("--quoted-nulls", wishes.quoted_nulls,
                      "In quotes, too, the empty field and --null are NULL; else they are text"),
      command
          .AddOption("--encoding", wishes.encoding,
                     "Of the files; a UTF-16 byte order mark goes before it")
          .Among({"utf-8", "utf-16", "utf-16le", "utf-16be", "latin-1", "windows-1252"})
          .ShowDefault(),
      command.AddOption("--decimal", csv.decimal, "The decimal mark: \",\"").ValueName("C"),
      command.AddOption("--thousands", csv.thousands, "Thousands separator: \".\"").ValueName("C"),
      command.AddOption("--date-format", wishes.date_format, "Such as \"%d/%m/%Y\" for 31/12/2026")
          .ValueName("FORMAT"),
      command.AddOption("--timestamp-format", wishes.timestamp_format, "Such as \"%d.%m.%Y %H:%M\"")
          .ValueName("FORMAT")};
}

}  // namespace

std::string CsvOptions::given() const {
  for (const Option option : options) {
    if (option.given()) return option.name();
  }
  return "";
}

void AddCsvOptions(Command command, CsvOptions& csv) {
  csv.options = {
      command
          .AddOption("--sample-rows", csv.wishes.sample_rows,
                     "Rows that types are inferred from; -1: all")
          .ShowDefault(),
      command.AddOption("--header", csv.header, "Whether the first line has the names")
          .Among({"auto", "yes", "no"})
          .ShowDefault(),
      command.AddOption("--delimiter", csv.delimiter, "A character, or tab").ValueName("C"),
      command.AddOption("--quote", csv.quote, "A character, or none").ValueName("C"),
      command.AddOption("--escape", csv.escape, "What escapes a quote").ValueName("C"),
      command.AddOption("--skip", csv.skip, "Lines before the header").NonNegative().ValueName("N"),
      command.AddOption("--comment", csv.comment, "Skip lines that begin with it").ValueName("C")};
  for (const Option option : AddValueOptions(command, csv)) csv.options.push_back(option);
}

Result<batch::CsvWishes> WishesOf(const CsvOptions& csv) {
  batch::CsvWishes wishes = csv.wishes;
  wishes.delimiter = TRY(OneCharacter("--delimiter", csv.delimiter));
  wishes.quote = TRY(OneCharacter("--quote", csv.quote));
  wishes.escape = TRY(OneCharacter("--escape", csv.escape));
  if (csv.header != "auto") wishes.header = csv.header == "yes";
  wishes.skip = csv.skip;
  wishes.comment = TRY(OneCharacter("--comment", csv.comment)).value_or('\0');
  wishes.decimal = TRY(OneCharacter("--decimal", csv.decimal)).value_or('.');
  wishes.thousands = TRY(OneCharacter("--thousands", csv.thousands)).value_or('\0');
  return wishes;
}

}  // namespace foreset::cli
