// The composition root of the command `lazaret`.
#pragma once

namespace lazaret::main {

int run_program(int argc, char** argv);

}  // namespace lazaret::main
