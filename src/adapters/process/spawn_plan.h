// What to start, worked out in full before anything is done: the content of spawn.spec.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/process/environment.h"
#include "adapters/process/groups.h"
#include "base/ids.h"

namespace lazaret::process {

struct SpawnPlan {
  std::string program;    // absolute
  std::string directory;  // working directory
  std::string log_file;
  std::vector<std::string> arguments;
  Environment environment;
  bool stdin_null = false;
  std::int64_t log_bytes_most = 0;
  int logs_kept = 0;
  int oom_score_adj = 0;
};

// not_found or invalid_input, with the sentence a person needs; trying again cannot help.
Result<SpawnPlan> plan_agent(const core::command::SpawnAgent& command, Environment environment,
                             const AgentPlaces& places);
Result<SpawnPlan> plan_verify(const core::command::VerifyTask& command, Environment environment);

// The file's bytes; too_large when it does not fit the bounds of shim/records.h.
Result<std::string> spec_bytes(const SpawnPlan& plan, const SlotGroup& group,
                               Incarnation incarnation, std::uint64_t nonce,
                               const std::string& boot_id);

// Program and working directory out of a spawn.spec; unchanged when it is none.
void read_spec_places(const fs::path& spec, std::string& program, std::string& directory);

}  // namespace lazaret::process
