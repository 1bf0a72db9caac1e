#include "main/build.h"

namespace lazaret::main {

std::string build_text() { return LAZARET_VERSION; }

}  // namespace lazaret::main
