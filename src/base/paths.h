// Where one daemon keeps its things. Daemon and client work the places out alike, from the same
// arguments, so that two users on one machine, or two states of one user, never meet.
//
//   state     what must survive: journal, keys, secrets                        (absolute)
//   run       sockets; short, because a unix socket's path has 107 bytes       (absolute)
//   missions  the cells                                                        (absolute)
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lazaret {

using Environment = std::map<std::string, std::string>;

struct PathRequest {
  Environment environment;
  std::uint32_t user = 0;         // the effective uid
  std::string current_directory;  // absolute; what a relative path starts from
  std::string state;              // --state, may be empty
  std::string missions;           // --missions, may be empty
};

struct Paths {
  std::string state;
  std::string run;
  std::string missions;

  std::string api_socket() const { return run + "/api.sock"; }
  std::string journal_file() const { return state + "/journal.db"; }
  std::string lock() const { return state + "/lock"; }
  // A symbolic link to `run`: who finds the state finds the sockets, whatever XDG says to him.
  std::string run_link() const { return state + "/run"; }
  std::string keeper_record() const { return state + "/keeper"; }
  std::string daemon_log() const { return state + "/daemon.log"; }
};

// state:    --state, LAZARET_STATE, $XDG_STATE_HOME/lazaret, root: /var/lib/lazaret,
//           ~/.local/state/lazaret
// missions: --missions, LAZARET_MISSIONS, beside a state that was asked for: <state>/missions,
//           root: /var/missions, $XDG_DATA_HOME/lazaret/missions, ~/.local/share/lazaret/missions
// run:      root: /run/lazaret-<hash>, $XDG_RUNTIME_DIR/lazaret-<hash>, /tmp/lazaret-<uid>-<hash>;
//           the hash is of the state's path
// invalid_input when there is no HOME to start from, or when the run directory is too long.
Result<Paths> find_paths(const PathRequest& request);

// Absolute, without "." and "..", "//" or a "/" at the end. Purely of the text: follows no links.
std::string absolute_path(std::string_view path, std::string_view current_directory);

}  // namespace lazaret
