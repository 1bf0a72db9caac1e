// Which build this is.
#pragma once

#include <string>

namespace lazaret::main {

// "0.1.0"
std::string build_text();

}  // namespace lazaret::main
