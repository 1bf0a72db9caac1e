// A broken invariant stops the process: state that cannot be trusted must not be written down.
#pragma once

namespace lazaret {

[[noreturn]] void invariant_broken(const char* condition, const char* file, int line);

}  // namespace lazaret

// On in every build type, release too.
#define LAZARET_ASSERT(condition) \
  ((condition) ? void(0) : ::lazaret::invariant_broken(#condition, __FILE__, __LINE__))
