// checkpoint ls | save | ask | rehearse | restore | diff: what agents go on from after a death; and
// task cursors | cursor: where the work of a mission's tasks stands.
#pragma once

#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

void add_checkpoint_verbs(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
