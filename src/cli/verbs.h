// Every verb there is, in the order of the help.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

const std::vector<Verb>& all_verbs();

}  // namespace lazaret::cli
