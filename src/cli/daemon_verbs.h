// up, down, doctor, version and the hidden `daemon`.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_daemon_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
