// The accounts that agents of the simulated world share, over all its missions.
#pragma once

#include <string>

namespace lazaret::sim {

constexpr std::size_t pools = 2;

inline std::string pool_name(std::size_t index) { return "pool-" + std::to_string(index); }

}  // namespace lazaret::sim
