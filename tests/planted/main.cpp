#include "sim/main_sim.h"

int main(int argc, char** argv) { return lazaret::sim::main_sim(argc, argv); }
