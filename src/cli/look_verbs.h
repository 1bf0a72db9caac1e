// status, top, why, events, logs: how it is and how it came to be.
#pragma once

#include <vector>

#include "base/instant.h"
#include "cli/verb.h"

namespace lazaret::cli {

void add_look_verbs(std::vector<Verb>& verbs);
void add_event_verbs(std::vector<Verb>& verbs);  // one of them
void add_log_verbs(std::vector<Verb>& verbs);

// "90s", "10m", "2h", "7d" → a duration; nullopt where it is none.
std::optional<Duration> read_duration(std::string_view text);

}  // namespace lazaret::cli
