#include "base/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace lazaret {

void invariant_broken(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "lazaret: broken invariant: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace lazaret
