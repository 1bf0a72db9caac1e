#include "sim/world.h"

namespace lazaret::sim {
namespace {

// Not zero, so that a forgotten "now" shows; a Tuesday in 2026.
constexpr Stamp beginning{Instant(std::chrono::hours(100)),
                          WallTime(std::chrono::sys_days(std::chrono::year(2026) / 9 / 1))};

}  // namespace

World::World(Scenario chosen, std::uint64_t seed_of_run)
    : scenario(std::move(chosen)),
      seed(seed_of_run),
      clock(beginning),
      workload(hash_text("workload", mix(seed))),
      life(hash_text("life", mix(seed))),
      messages(hash_text("messages", mix(seed))),
      people(hash_text("people", mix(seed))),
      disk(hash_text("disk", mix(seed))),
      daemon(hash_text("daemon", mix(seed))),
      checkpoints(hash_text("checkpoints", mix(seed))),
      planning(hash_text("planning", mix(seed))),
      bounds(hash_text("bounds", mix(seed))),
      accounts(hash_text("accounts", mix(seed))) {}

}  // namespace lazaret::sim
