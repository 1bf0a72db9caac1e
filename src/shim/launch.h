// From spawn.spec to a running program: parse, clone into the group, and in the child everything
// that must be so before exec. The child shares our memory until exec (vfork), so it costs no page
// tables and reports its failure by simply writing it down.
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "shim/protocol.h"
#include "shim/records.h"

namespace lazaret::shim {

struct Launch {
  const SpecHead* head = nullptr;
  char* program = nullptr;
  char* directory = nullptr;
  char* log_file = nullptr;
  char* group = nullptr;  // cgroup v2 directory, "" = none
  char* oom_file = nullptr;
  char* joins[spec_joins_most] = {};
  char** arguments = nullptr;
  char** variables = nullptr;
};

// What became of it. stage none: the program runs (it may have ended already).
struct Launched {
  Stage stage = Stage::none;
  int error = 0;
  uint64_t count = 0;
  int64_t process_start = 0;
  pid_t pid = 0;  // to be waited for even when it failed in the child; 0 = no child
};

// Reads ./spawn.spec. False: unreadable, malformed, or not of this incarnation and nonce.
bool load_spec(Launch& into, uint64_t incarnation, uint64_t nonce);

// Gives back the memory of a large spec.
void forget_spec();

struct LaunchPipes {
  int stdin_read = -1;  // or /dev/null
  int output_write = -1;
  int record = -1;  // spawn.rec
  int group = -1;   // directory of the cgroup, -1 = none
};

// All signals must be blocked. Returns when the child has begun its program, or failed to.
Launched launch(const Launch& what, const LaunchPipes& with);

}  // namespace lazaret::shim
