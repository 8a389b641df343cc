// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/cli/context.h"
#include "foreset/cli/output/row_writer.h"
#include "foreset/sql/lake_session.h"

namespace foreset::cli {

// The tables that queries can name, to standard output.
Status ListTables(sql::LakeSession& session, OutputFormat format, Context& context);

// The columns of one, "Customers" or "silver.Customers", at a version too. kQueryTableUnknown when
// there is none.
Status DescribeTable(sql::LakeSession& session, const std::string& name, OutputFormat format,
                     Context& context);

}  // namespace foreset::cli
