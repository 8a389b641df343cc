// SPDX-License-Identifier: MIT
#include "foreset/cli/store_options.h"

#include "foreset/cli/configuration_option.h"

namespace foreset::cli {

StoreOptions StoreOptionsOf(const Context& context) {
  return {.azure = {
              .settings = {}, .environment = context.environment, .read_file = context.read_file}};
}

StoreOptions StoreOptionsOf(const Configuration& configuration, const Context& context) {
  StoreOptions options = StoreOptionsOf(context);
  options.azure.settings = [file = configuration.file, &context]() -> Result<AzureSettings> {
    return TRY(LoadConfiguration(file, context)).azure;
  };
  return options;
}

}  // namespace foreset::cli
