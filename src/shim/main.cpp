// lazaret-shim shim DIRECTORY          descriptors 3 and 4 as protocol.h says; see supervise.h
// lazaret-shim keeper -- COMMAND…      see keeper.h
// lazaret-shim keeper --foreground -- COMMAND…     the same, in front of a person
#include <string.h>
#include <unistd.h>

#include "shim/keeper.h"
#include "shim/protocol.h"
#include "shim/supervise.h"

namespace {

lazaret::shim::Supervisor supervisor;

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "shim") == 0) return supervisor.run(argv[2]);
  if (argc > 3 && strcmp(argv[1], "keeper") == 0 && strcmp(argv[2], "--") == 0) {
    return lazaret::shim::keep(argv + 3);
  }
  if (argc > 4 && strcmp(argv[1], "keeper") == 0 && strcmp(argv[2], "--foreground") == 0 &&
      strcmp(argv[3], "--") == 0) {
    return lazaret::shim::status_for_people(lazaret::shim::keep(argv + 4));
  }
  static const char usage[] =
      "usage: lazaret-shim keeper [--foreground] -- COMMAND [ARGUMENT…]\n"
      "The other mode, `shim`, is started by the daemon only.\n";
  if (write(2, usage, sizeof usage - 1) < 0) return lazaret::shim::exit_usage;
  return lazaret::shim::exit_usage;
}
