// `lazaret sim`: runs simulated fleets and says what it found.
#pragma once

namespace lazaret::sim {

// Exit status: 0 all promises held, 2 usage, 10 crash (a broken invariant), 11 liveness (something
// was stuck), 12 correctness (something was wrong).
int main_sim(int argc, char** argv);

}  // namespace lazaret::sim
