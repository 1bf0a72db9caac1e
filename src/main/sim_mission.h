// `lazaret sim MISSION-DIR`: how long a mission would take, and what it would cost.
#pragma once

#include <string>
#include <vector>

namespace lazaret::main {

// The words after `lazaret sim`, the first of which is no flag. Returns the exit status: 0, 2 usage
// or a mission that is not valid, 12 where Lazaret itself broke a promise.
int sim_mission(const std::vector<std::string>& words);

}  // namespace lazaret::main
