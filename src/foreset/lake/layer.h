// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreset::lake {

// The layers of a lake, each made from the one before.
enum class Layer : std::uint8_t { kBronze, kSilver, kGold };
inline constexpr std::array kLayers{Layer::kBronze, Layer::kSilver, Layer::kGold};

// As configuration, commands and metrics name it.
constexpr std::string_view NameOf(Layer layer) {
  constexpr std::array<std::string_view, kLayers.size()> kNames{"bronze", "silver", "gold"};
  return kNames[static_cast<std::size_t>(layer)];
}

constexpr std::optional<Layer> LayerNamed(std::string_view name) {
  for (const Layer layer : kLayers) {
    if (NameOf(layer) == name) return layer;
  }
  return std::nullopt;
}

// A table as commands and messages name it: "silver/Customers".
inline std::string NameOf(Layer layer, std::string_view folder) {
  return std::string(NameOf(layer)).append("/").append(folder);
}

inline std::vector<std::string> LayerNames() {
  std::vector<std::string> names;
  for (const Layer layer : kLayers) names.emplace_back(NameOf(layer));
  return names;
}

// One value for each layer.
template <typename T>
struct PerLayer {
  T bronze{};
  T silver{};
  T gold{};

  constexpr T& operator[](Layer layer) { return At(*this, layer); }
  constexpr const T& operator[](Layer layer) const { return At(*this, layer); }

 private:
  template <typename Self>
  static constexpr auto& At(Self& self, Layer layer) {
    if (layer == Layer::kBronze) return self.bronze;
    return layer == Layer::kSilver ? self.silver : self.gold;
  }
};

}  // namespace foreset::lake
