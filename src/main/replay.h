// A recorded journal through today's core: is every fact the same, and what would other policies
// have changed?
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace lazaret::main {

// `changes`: "max_retries=5", "lazaret.backoff_most_seconds=10": fields of config/policies.json,
// for every mission. Without them:
//   {"journal", "from_decision", "decisions", "facts", "snapshots", "same", "difference": null |
//    {"decision", "at", "event", "build", "recorded": fact | null, "now": fact | null}}
// and the first difference ends it. With them all is gone through, and there are also "changes" and
// "kinds": [{"kind", "recorded", "now"}] of the facts whose number is another one. What is not in
// the journal does not happen: agents do not react to what would have been decided. Errors:
// unavailable, internal; invalid_input for a change that no policies.json could have.
Result<boost::json::value> replay_journal(const std::string& journal,
                                          const std::vector<std::string>& changes);

}  // namespace lazaret::main
