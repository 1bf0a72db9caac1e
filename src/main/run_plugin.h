// `lazaret plugin` with the machine's clock, sockets and /proc.
#pragma once

#include <string>
#include <vector>

namespace lazaret::main {

// The words after the verb. Returns the exit status.
int run_plugin(const std::vector<std::string>& words);

}  // namespace lazaret::main
