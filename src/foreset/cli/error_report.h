// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/error.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

// The exit code that the catalogue gives to the error.
int ExitCodeOf(const Error& error);

// An error for people: what happened, why that can be, and what to do next, a line each.
std::string DescribeError(const Error& error, bool colour);

// The same as one JSON object: level, code, msg, why, next.
std::string DescribeErrorAsJson(const Error& error, Timestamp now);

// Writes it to the error stream, in the form that --log-format asks for; the exit code.
int ReportError(const Error& error, Context& context);

}  // namespace foreset::cli
