#include "main/program.h"

int main(int argc, char** argv) { return lazaret::main::run_program(argc, argv); }
