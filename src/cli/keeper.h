// Starting the daemon under its keeper, and waiting for it to come and go.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/own_files.h"

namespace lazaret::cli {

// How a daemon is to be started.
struct Launch {
  Paths paths;
  std::vector<std::string> daemon_flags;  // further argv of `lazaret daemon`
};

// Error: invalid_input with the first setting that no daemon would take; it would only say so into
// its log, and end.
Result<void> check_settings(Context& context, const Launch& launch);

// argv of the keeper that runs the daemon.
std::vector<std::string> keeper_command(const std::string& shim, const std::string& program,
                                        const Launch& launch);

// Becomes the keeper; returns only if that fails.
Result<void> become_keeper(Context& context, const Launch& launch);

// Error: unavailable where a daemon with this GET /status cannot write anything down.
Result<void> require_recording(const boost::json::value& status);

// Starts the keeper away from this terminal; its output goes to the state's daemon.log. Returns
// once the daemon answers; else an error with the log's last lines.
Result<boost::json::value> start_detached(Context& context, const Launch& launch);

// The daemon's GET /status as soon as it gives one, waiting at most `most`, and no longer than its
// keeper lives: forget_dead_keeper() goes before.
Result<boost::json::value> wait_for_daemon(Context& context, const Paths& paths,
                                           std::chrono::milliseconds most);

// A link that signs a browser in once; empty where the daemon gives none.
std::string sign_in_link(Context& context, const Paths& paths);

// What `up` says when the daemon is there: where it listens, how a browser gets in, where the data
// is, what this machine can give.
std::string greeting(const boost::json::value& status, const std::string& link, const Paths& paths,
                     const Look& look);

}  // namespace lazaret::cli
