// SPDX-License-Identifier: MIT
#include "foreset/server/connector_registry.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/base/printable_text.h"

namespace foreset::server {
namespace {

constexpr std::size_t kLongestName = 80;  // of its file, thrice as long at the most

std::unexpected<Error> Invalid(std::string message) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorInvalid, std::move(message));
}

Status CheckName(const std::string& name) {
  if (name.empty()) return Invalid("a connector needs a name");
  if (name.size() > kLongestName) {
    return Invalid(fmt::format("a connector's name has {} bytes at the most", kLongestName));
  }
  if (PrintableText(name) != name) {
    return Invalid("a connector's name has no control characters and signs of direction");
  }
  return {};
}

// The same place, or one inside the other.
bool Overlap(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() < b.size() ? a : b;
  const std::string& longer = a.size() < b.size() ? b : a;
  return longer.starts_with(shorter) &&
         (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

void TellNotes(const std::string& name, const ConfigValidation& validation) {
  for (const OptionFinding& option : validation.options) {
    if (option.note.empty()) continue;
    Info("connector {}: {}: {}", name, option.definition.name, option.note);
  }
}

}  // namespace

Result<std::unique_ptr<ConnectorRegistry>> ConnectorRegistry::Open(Plugins plugins,
                                                                   ConnectorStore store) {
  auto stored = TRY(store.ReadAll());
  std::unique_ptr<ConnectorRegistry> registry(
      new ConnectorRegistry(std::move(plugins), std::move(store)));
  for (StoredConnector& one : stored) {
    auto task = registry->OpenTask(one.name, one.config);
    if (task) RETURN_IF_ERROR(registry->ForgetUseless(one));
    one.config = registry->Kept(one.config);
    if (!task) Warn("connector {}: {}", one.name, task.error().ToString());
    auto connector =
        std::make_shared<Connector>(one.name, std::move(one.config), one.target, std::move(task));
    const MutexLock lock(registry->mutex_);
    registry->connectors_.emplace(one.name, std::move(connector));
  }
  return registry;
}

Status ConnectorRegistry::ForgetUseless(const StoredConnector& stored) const {
  ConnectorConfig kept = Kept(stored.config);
  if (kept.Reveal() == stored.config.Reveal()) return {};
  return store_.Write({stored.name, stored.target, std::move(kept)});
}

std::vector<std::string> ConnectorRegistry::Names() const {
  const MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, connector] : connectors_) names.push_back(name);
  return names;
}

Result<std::shared_ptr<Connector>> ConnectorRegistry::Find(const std::string& name) const {
  const MutexLock lock(mutex_);
  const auto found = connectors_.find(name);
  if (found != connectors_.end()) return found->second;
  return Err(ErrorKind::kNotFound, ErrorCode::kConnectorUnknown,
             fmt::format("Connector {} not found", name));
}

Result<const ConnectorPlugin*> ConnectorRegistry::FindPlugin(const std::string& class_name) const {
  for (const auto& plugin : plugins_) {
    const std::string known = plugin->ClassName();
    const std::string simple = known.substr(known.rfind('.') + 1);
    // Kafka Connect takes "MySqlConnector" and "MySql", too.
    if (class_name == known || class_name == simple || class_name + "Connector" == simple) {
      return plugin.get();
    }
  }
  std::string known;
  for (const auto& plugin : plugins_) {
    known += (known.empty() ? "" : ", ") + plugin->ClassName();
  }
  return Err(
      ErrorKind::kNotFound, ErrorCode::kConnectorInvalid,
      fmt::format("Failed to find any class that implements Connector and which name matches "
                  "{}, available connectors are: {}",
                  class_name, known));
}

Result<std::shared_ptr<ConnectorTask>> ConnectorRegistry::OpenTask(
    const std::string& name, const ConnectorConfig& config) const {
  if (!config.Has("connector.class")) {
    return Invalid("Connector config contains no connector type");
  }
  const auto plugin = FindPlugin(config.Get("connector.class"));
  if (!plugin) return Invalid(plugin.error().message);
  std::shared_ptr<ConnectorTask> task = TRY((*plugin)->Open(name, config));
  RETURN_IF_ERROR(CheckLakeIsFree(name, *task));
  return task;
}

Result<std::shared_ptr<ConnectorTask>> ConnectorRegistry::Accept(
    const std::string& name, const ConnectorConfig& config) const {
  RETURN_IF_ERROR(CheckName(name));
  if (const std::string given = config.Get("name"); given != name) {
    return Invalid(
        fmt::format("Connector name configuration ({}) doesn't match connector name in "
                    "the URL ({})",
                    given, name));
  }
  for (const std::string& option : Kept(config).MaskedSecrets()) {
    return Invalid(fmt::format("{}: {}", option, kMaskRefusal));
  }
  auto task = TRY(OpenTask(name, config));
  const auto validation = TRY(FindPlugin(config.Get("connector.class")))->Validate(config);
  if (const std::size_t mistakes = validation.ErrorCount(); mistakes > 0) {
    return Invalid(
        fmt::format("Connector configuration is invalid and contains the following {} error(s):\n{}"
                    "\nYou can also find the above list of errors at the endpoint "
                    "`/connector-plugins/{}/config/validate`",
                    mistakes, validation.ErrorText(), config.Get("connector.class")));
  }
  TellNotes(name, validation);
  return task;
}

ConnectorConfig ConnectorRegistry::Kept(const ConnectorConfig& config) const {
  const auto plugin = FindPlugin(config.Get("connector.class"));
  return config.Kept([&](const std::string& option) {
    if (option == "name" || option == "connector.class") return OptionUse::kOpen;
    return plugin ? (*plugin)->UseOf(option) : OptionUse::kNone;
  });
}

void ConnectorRegistry::KeepSecrets(ConnectorConfig& config, const ConnectorConfig& former) const {
  const auto plugin = FindPlugin(config.Get("connector.class"));
  const auto before = FindPlugin(former.Get("connector.class"));
  if (!plugin || !before || *plugin != *before) return;
  if ((*plugin)->DestinationOf(config) == (*plugin)->DestinationOf(former)) {
    config.KeepMasked(former);
  }
}

ConfigValidation ConnectorRegistry::Validate(const ConnectorPlugin& plugin,
                                             ConnectorConfig config) const {
  if (const auto former = Find(config.Get("name"))) KeepSecrets(config, (*former)->config());
  return plugin.Validate(config);
}

Status ConnectorRegistry::CheckLakeIsFree(const std::string& name,
                                          const ConnectorTask& task) const {
  const MutexLock lock(mutex_);
  for (const auto& [other, connector] : connectors_) {
    const auto taken = connector->task();
    if (other == name || taken == nullptr) continue;
    for (const std::string& theirs : taken->Locations()) {
      for (const std::string& ours : task.Locations()) {
        if (!Overlap(ours, theirs)) continue;
        return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorLakeTaken,
                   fmt::format("connector {} writes to {} already, where {} would write", other,
                               theirs, name));
      }
    }
  }
  return {};
}

Status ConnectorRegistry::Create(const NewConnector& made) {
  const MutexLock changing(changes_);
  ConnectorConfig config = made.config;
  if (!config.Has("name")) config.Set("name", made.name);
  if (Find(made.name)) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorExists,
               fmt::format("Connector {} already exists", made.name));
  }
  auto task = TRY(Accept(made.name, config));
  config = Kept(config);
  RETURN_IF_ERROR(store_.Write({made.name, made.target, config}));
  auto connector =
      std::make_shared<Connector>(made.name, std::move(config), made.target, std::move(task));
  const MutexLock lock(mutex_);
  connectors_.emplace(made.name, std::move(connector));
  return {};
}

Status ConnectorRegistry::Change(const std::string& name, ConnectorConfig config) {
  const auto connector = TRY(Find(name));
  KeepSecrets(config, connector->config());
  auto task = TRY(Accept(name, config));
  config = Kept(config);
  // Who registers a connector at every start does not interrupt it.
  if (config == connector->config() && connector->View().state != ConnectorState::kFailed) {
    return {};
  }
  RETURN_IF_ERROR(store_.Write({name, connector->target(), config}));
  connector->Reconfigure(std::move(config), std::move(task));
  return {};
}

Result<bool> ConnectorRegistry::Put(const std::string& name, ConnectorConfig config) {
  if (!config.Has("name")) config.Set("name", name);
  if (!Find(name)) {
    RETURN_IF_ERROR(Create({.name = name, .config = std::move(config)}));
    return true;
  }
  const MutexLock changing(changes_);
  RETURN_IF_ERROR(Change(name, std::move(config)));
  return false;
}

Status ConnectorRegistry::Patch(const std::string& name, const ConnectorConfig::Changes& changes) {
  const MutexLock changing(changes_);
  const auto connector = TRY(Find(name));
  return Change(name, ConnectorConfig(connector->config().Masked()).With(changes));
}

Status ConnectorRegistry::Delete(const std::string& name) {
  const MutexLock changing(changes_);
  std::shared_ptr<Connector> connector = TRY(Find(name));
  RETURN_IF_ERROR(store_.Remove(name));
  {
    const MutexLock lock(mutex_);
    connectors_.erase(name);
  }
  // Its run ends with the last who holds it: here, unless a request looks at it at this moment.
  connector.reset();
  return {};
}

Status ConnectorRegistry::SetTarget(const std::string& name, TargetState target) {
  const MutexLock changing(changes_);
  const auto connector = TRY(Find(name));
  RETURN_IF_ERROR(store_.Write({name, target, connector->config()}));
  connector->SetTarget(target);
  return {};
}

}  // namespace foreset::server
