// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/error.h"

namespace foreset::pipeline {

// True when the error is one table's alone, so that it stops that table and nothing else: another
// program changed its data, its log or a file of it is damaged, gone or refused, a change does not
// fit it, or a promise inside Foreset is broken for it. False for what concerns all: what may pass,
// a requested end, and another process that keeps the lake. A store that refuses everything refuses
// too that the stop is put on record (BronzeCatalog::Stop), and that is an error of all.
bool IsOfTableAlone(const Error& error);

// True for the source's errors (2xxx) that concern its connection, and so all tables: not for one
// table's engine or its columns' types.
bool IsOfSource(const Error& error);

// What cannot be, of one table: kInternal (E9001) with its name.
Error BrokenPromise(const std::string& table, const std::string& what);

}  // namespace foreset::pipeline
