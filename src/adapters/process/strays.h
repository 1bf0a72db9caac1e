// Where no cgroup tracks an agent: finding what it left, once its shim is dead too.
#pragma once

#include <string>

namespace lazaret::process {

// Kills every process that was started with this entry ("NAME=value") in its environment, which
// children inherit. Returns how many there were. One that was started with a cleaned environment is
// not found: nothing but a cgroup holds it.
int kill_by_environment(const std::string& entry);

}  // namespace lazaret::process
