// What the command line can say without a daemon: the recorded state, and the files of cells.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::main {

// Answers GETs of the API from the journal, read-only: status, agents, an agent, why, events.
// Errors: unavailable without a journal, not_found, unsupported for other targets.
Result<boost::json::value> read_offline(const Paths& paths, std::string_view target);

// As GET /api/v1/cells/{cell}/lint answers.
// Before a daemon is started on it. Errors: unavailable, with what is damaged. A journal that is
// too large to be looked through in passing is left to the daemon.
Result<void> check_own_journal(const Paths& paths);

Result<boost::json::value> lint_cell(const std::string& directory);

Result<boost::json::value> import_proposal(std::string_view markdown);
Result<std::string> export_proposal(const std::string& directory);

}  // namespace lazaret::main
