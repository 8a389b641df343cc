// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace foreset {

// What the caller can do about a failure. There are no other kinds; the precise reason is the code.
enum class ErrorKind {
  kTransient,      // the same call may succeed later: retry with back-off
  kInvalidInput,   // the user's configuration, arguments or data: say so and stop
  kCorruption,     // stored bytes contradict themselves: never write over them
  kNotFound,       // the named thing does not exist
  kUnsupported,    // well-formed, but not within what Foreset can do: name the feature
  kCancelled,      // the caller asked to stop
  kCommitUnknown,  // a durable step may or may not have happened: read back to settle it
  kInternal,       // a broken promise inside Foreset: a bug
};

// Every reason has a number that users can look up (`foreset explain E2104`): 1xxx configuration
// and command line, 2xxx source, 3xxx storage, 4xxx Delta, 5xxx lake, 6xxx pipeline, 7xxx server,
// 8xxx queries and batch tools, 9xxx internal. The codes of single areas are constants of
// errors/<area>.h; the texts of all live in error_catalog.inc and errors/<area>.inc.
enum class ErrorCode : std::uint16_t {
#define FORESET_ERROR_CODE(number, name) name = (number),
#include "foreset/base/error_codes.inc"
#undef FORESET_ERROR_CODE
};

// One row of the catalogue: the text that `foreset explain` prints, and the process exit code.
struct ErrorPage {
  ErrorCode code;
  int exit_code;
  std::string_view title;
  std::string_view cause;
  std::string_view next_step;
};

// Null when the number is not in the catalogue.
const ErrorPage* FindErrorPage(std::uint16_t number);
// All rows, ascending by number.
std::span<const ErrorPage> AllErrorPages();

// A failure as a value. `message` says what happened with its particulars (never a secret);
// `next_step` says what to type next and, when empty, is taken from the catalogue.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string next_step;

  bool operator==(const Error&) const = default;

  // "E2104: message"
  std::string ToString() const;
  // The explicit next step, else the catalogue's.
  std::string NextStep() const;
  // Prefixes the message with what was being done: "reading x: <message>".
  Error Within(std::string_view context) &&;
};

// "E2104"
std::string FormatCode(ErrorCode code);

}  // namespace foreset
