// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/cli/output/print.h"
#include "foreset/pipeline/warehouse/warehouse_load.h"

// What a load of the warehouse has done, for people and for programs.
namespace foreset::cli {

// A line a model.
void PrintReport(const pipeline::WarehouseReport& report, const Page& page);
// One line for one model, while the load goes on.
std::string AsLine(const pipeline::ModelReport& model);
// "schema": "foreset.warehouse.v1".
std::string AsJson(const pipeline::WarehouseReport& report);

}  // namespace foreset::cli
