// SPDX-License-Identifier: MIT
#include "foreset/cli/csv_options.h"

#include <CLI/CLI.hpp>
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

std::vector<const CLI::Option*> AddValueOptions(CLI::App& command, CsvOptions& csv) {
  batch::CsvWishes& wishes = csv.wishes;
  return {
      command
          .add_option("--null", wishes.null_text, "Text that stands for NULL, as the empty field")
          ->type_name("TEXT"),
      command.add_flag("--quoted-nulls", wishes.quoted_nulls,
                       "In quotes, too, the empty field and --null are NULL; else they are text"),
      command
          .add_option("--encoding", wishes.encoding,
                      "Of the files; a UTF-16 byte order mark goes before it")
          ->check(
              CLI::IsMember({"utf-8", "utf-16", "utf-16le", "utf-16be", "latin-1", "windows-1252"}))
          ->capture_default_str(),
      command.add_option("--decimal", csv.decimal, "The decimal mark: \",\"")->type_name("C"),
      command.add_option("--thousands", csv.thousands, "Thousands separator: \".\"")
          ->type_name("C"),
      command
          .add_option("--date-format", wishes.date_format, "Such as \"%d/%m/%Y\" for 31/12/2026")
          ->type_name("FORMAT"),
      command
          .add_option("--timestamp-format", wishes.timestamp_format, "Such as \"%d.%m.%Y %H:%M\"")
          ->type_name("FORMAT")};
}

}  // namespace

std::string CsvOptions::given() const {
  for (const CLI::Option* option : options) {
    if (option->count() > 0) return option->get_name();
  }
  return "";
}

void AddCsvOptions(CLI::App& command, CsvOptions& csv) {
  csv.options = {
      command
          .add_option("--sample-rows", csv.wishes.sample_rows,
                      "Rows that types are inferred from; -1: all")
          ->capture_default_str(),
      command.add_option("--header", csv.header, "Whether the first line has the names")
          ->check(CLI::IsMember({"auto", "yes", "no"}))
          ->capture_default_str(),
      command.add_option("--delimiter", csv.delimiter, "A character, or tab")->type_name("C"),
      command.add_option("--quote", csv.quote, "A character, or none")->type_name("C"),
      command.add_option("--escape", csv.escape, "What escapes a quote")->type_name("C"),
      command.add_option("--skip", csv.skip, "Lines before the header")
          ->check(CLI::NonNegativeNumber)
          ->type_name("N"),
      command.add_option("--comment", csv.comment, "Skip lines that begin with it")
          ->type_name("C")};
  for (const CLI::Option* option : AddValueOptions(command, csv)) csv.options.push_back(option);
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
