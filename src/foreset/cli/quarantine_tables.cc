// SPDX-License-Identifier: MIT
#include "foreset/cli/quarantine_tables.h"

#include <utility>

#include "foreset/cli/table_argument.h"
#include "foreset/delta/table_search.h"

namespace foreset::cli {
namespace {

constexpr char kRefusedFolder[] = "_quarantine/";  // of silver

Result<Quarantine> OpenAt(std::shared_ptr<ObjectStore> store) {
  Quarantine quarantine;
  quarantine.store = std::move(store);
  auto snapshot = delta::Snapshot::Load(quarantine.store);
  if (snapshot) {
    quarantine.snapshot = std::move(*snapshot);
  } else if (snapshot.error().kind != ErrorKind::kNotFound) {
    return std::unexpected(std::move(snapshot).error());
  }
  return quarantine;
}

}  // namespace

Result<Quarantine> OpenRecordQuarantine(const Configuration& configuration,
                                        const Context& context) {
  const auto bronze = TRY(OpenLayer(configuration, configuration.lake.bronze, context));
  return OpenAt(SubStore(bronze, "_quarantine"));
}

Result<Quarantine> OpenRefusedOf(const Configuration& configuration, const std::string& folder,
                                 const Context& context) {
  const auto silver = TRY(OpenLayer(configuration, configuration.lake.silver, context));
  return OpenAt(SubStore(silver, kRefusedFolder + folder));
}

Result<std::vector<Quarantine>> OpenAllRefused(const Configuration& configuration,
                                               const Context& context) {
  std::vector<Quarantine> all;
  const auto silver = TRY(OpenLayer(configuration, configuration.lake.silver, context));
  for (const std::string& folder : TRY(delta::FindTables(*silver))) {
    if (folder.starts_with(kRefusedFolder)) all.push_back(TRY(OpenAt(SubStore(silver, folder))));
  }
  return all;
}

}  // namespace foreset::cli
