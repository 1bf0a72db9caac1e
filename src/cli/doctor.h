// `lazaret doctor`: what of this machine and this daemon works, what does not, and what to do.
#pragma once

#include <string>

#include "cli/client.h"
#include "cli/verb.h"

namespace lazaret::cli {

struct Check {
  std::string what;
  bool well = true;
  std::string says;
  std::string remedy;
};

Verb doctor_verb();

// Where the daemon's missions are: it knows best.
std::string missions_path(Client& client, std::string otherwise);

// The service as `systemctl show` describes it, one NAME=VALUE a line; bad where it would take
// agents along with the daemon, or not start the daemon again.
Check service_check(const std::string& properties);

}  // namespace lazaret::cli
