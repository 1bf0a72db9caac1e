// `lazaret <verb>`: a client of the daemon's HTTP API, and the way a daemon is started.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::calendar {
class Zone;
}

namespace lazaret::cli {

struct BackupWish {
  std::string file;
  bool secrets = false;
  bool logs = false;
};

// What the command line needs from the parts of the program that it may not include itself. An
// empty function means that this build cannot do it: the verb says so.
struct Hooks {
  std::string version;  // "0.1.0 (build …)"

  // The hidden verb `daemon`: argv after it. Returns the exit status.
  std::function<int(const std::vector<std::string>&)> daemon;
  // `sim`, `demo` and `plugin`: argv after the verb.
  std::function<int(const std::vector<std::string>&)> sim;
  std::function<int(const std::vector<std::string>&)> demo;
  std::function<int(const std::vector<std::string>&)> plugin;

  // Answers a GET of the API ("/api/v1/status", "/api/v1/agents/scout/why",
  // "/api/v1/events?since=3") from the state directory, without a daemon and without writing
  // anything.
  std::function<Result<boost::json::value>(const Paths&, std::string_view target)> read_offline;

  // As GET /api/v1/settings, but what a daemon would use that is started now with these flags; and
  // "faults": [{"message", "place", "remedy"}].
  std::function<Result<boost::json::value>(const Paths&, const std::vector<std::string>& flags)>
      read_settings;

  // Faults of the cell in a directory, as GET /api/v1/cells/{cell}/lint gives them.
  std::function<Result<boost::json::value>(const std::string& directory)> lint_cell;
  // A filled-in mission proposal → the body of POST /api/v1/cells, or what is missing, line by
  // line.
  std::function<Result<boost::json::value>(std::string_view markdown)> import_proposal;
  // The cell in a directory → a mission proposal.
  std::function<Result<std::string>(const std::string& directory)> export_proposal;
  // A journal's events decided anew, with these changes of policies (main/replay.h).
  std::function<Result<boost::json::value>(const std::string& journal,
                                           const std::vector<std::string>& changes)>
      replay;
  // A time zone of this machine, by name: "Europe/Berlin".
  std::function<Result<std::shared_ptr<const calendar::Zone>>(const std::string& name)> read_zone;
  // One file that holds the whole fleet, and back (main/backup.h).
  std::function<Result<boost::json::value>(const Paths&, const BackupWish&)> backup;
  std::function<Result<boost::json::value>(const Paths&, const std::string& file, bool only_check)>
      restore;
  // Whether the journal of this state is whole, where there is one.
  std::function<Result<void>(const Paths&)> check_journal;
  // Deletes what is past its bounds; dry = only says what it would. {"removed": […], "bytes": n}.
  std::function<Result<boost::json::value>(const Paths&, bool dry)> collect_garbage;
};

// The whole program but main(). Returns the exit status (exit_code.h; `run` returns its program's).
int run(int argc, char** argv, const Hooks& hooks);

}  // namespace lazaret::cli
