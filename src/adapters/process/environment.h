// What an agent finds in its environment. Clean by default: a few names of the machine, the
// person's env_file and `env`, and Lazaret's own; nothing of the daemon's secrets.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/command.h"

namespace lazaret::process {

using Environment = std::map<std::string, std::string>;

inline constexpr std::size_t env_file_most = 256 * 1024;  // bytes

// PATH, HOME, LANG, USER, TZ as this process has them, with a PATH in any case.
Environment base_environment();

// NAME=value lines; "#" comments, empty lines, `export` and quotes as a shell takes them, no
// expansion. invalid_input names file:line.
Result<Environment> read_env_file(const std::string& path);
Result<Environment> parse_env_file(std::string_view text, const std::string& path);

struct AgentPlaces {
  std::string cell;  // absolute directories
  std::string work;
  std::string artifacts;
  std::string checkpoints;  // the staging directory
  std::string log_file;
};
AgentPlaces places_of(const std::string& cell_path, const AgentId& agent);

struct AgentDoor {
  std::string url;
  std::string token;
  std::string notify_socket;
};

// Later wins: base, env_file, run.env, Lazaret's own names. With inherit_env, run.env is the
// caller's whole environment and stands in for the base.
Result<Environment> agent_environment(const core::command::SpawnAgent& command,
                                      const Environment& base, const AgentPlaces& places,
                                      const AgentDoor& door);

}  // namespace lazaret::process
