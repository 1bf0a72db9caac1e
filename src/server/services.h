// What the server needs from the rest of the program, besides the loop. main fills it in, tests
// fake it. Everything is called on the loop's thread. What is not set is answered with 501.
#pragma once

#include <sys/types.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/command.h"
#include "ports/cell_files.h"
#include "ports/fact_reader.h"
#include "ports/journal.h"
#include "ports/key_store.h"
#include "ports/log_reader.h"
#include "ports/monitor_store.h"
#include "ports/presence_board.h"
#include "ports/telemetry.h"
#include "server/site_file.h"
#include "wire/cell_problem.h"
#include "wire/checkpoint_manifest.h"
#include "wire/token.h"

namespace lazaret::server {

// The daemon's own figures.
struct OwnFigures {
  std::int64_t pid = 0;
  double uptime_seconds = 0;
  double cpu_percent = 0;
  double cpu_seconds = 0;
  std::uint64_t memory_bytes = 0;
};

struct TroubledDirectory {
  std::string name;
  std::string path;
  std::string state;  // "stale", "incomplete", "uninitialised", "unsafe"
  std::vector<wire::Problem> problems;
};

struct Services {
  std::string version;
  std::span<const SiteFile> site;        // none: the pages say so
  const wire::Tokens* tokens = nullptr;  // must be set
  ports::KeyStore* keys = nullptr;       // unset: no keys exist, none can be made
  ports::FactReader* facts = nullptr;
  ports::Telemetry* telemetry = nullptr;
  ports::LogReader* logs = nullptr;
  ports::CellFiles* cell_files = nullptr;
  ports::PresenceBoard* presences = nullptr;
  std::function<OwnFigures()> own_figures;
  // The last hour at most, a moment each ten seconds, oldest first.
  std::function<std::vector<ports::HostMoment>(std::chrono::seconds back)> host_history;
  std::function<std::map<CellId, ports::CellUse>()> cell_sizes;  // as measured last
  // Answers recorded before this start, oldest first.
  std::vector<ports::Receipt> receipts;

  // The agent in whose process group this peer of the unix socket is, if any.
  std::function<std::optional<AgentRef>(pid_t)> agent_of_pid;

  // Makes a cell from the body of POST /cells; answers once the fleet knows it.
  struct CellWish {
    std::string body;
    std::string by;
    std::string once;          // the same text means the same cell, whatever happened; may be empty
    std::string unique_agent;  // conflict while another agent has this name; may be empty
  };
  using CellMade = std::function<void(Result<CellId>)>;
  std::function<void(const CellWish& wish, CellMade done)> create_cell;
  // Takes the cell out of the fleet and its directory away; answers when that is done.
  using CellDestroyed = std::function<void(Result<void>)>;
  std::function<void(CellId cell, std::string reason, std::string by, CellDestroyed done)>
      destroy_cell;
  std::function<Result<std::vector<wire::Problem>>(const CellId& cell)> lint_cell;
  // Makes a generation on the disk of what the agent has staged; the core has still to be told.
  using CheckpointSaved = std::function<void(Result<core::CheckpointInfo>)>;
  std::function<void(AgentRef agent, std::string workspace, CheckpointSaved done)> save_checkpoint;
  // Tells the core what came of it, too. Error invalid_input: it does not verify.
  using CheckpointRehearsed = std::function<void(Result<void>)>;
  std::function<void(AgentRef agent, core::CheckpointRef checkpoint, CheckpointRehearsed done)>
      rehearse_checkpoint;
  using CheckpointsRead = std::function<void(Result<std::vector<wire::Manifest>>)>;
  std::function<void(AgentRef agent, std::vector<core::CheckpointRef> which, CheckpointsRead done)>
      read_checkpoints;
  // Directories below the missions path that are no cell, or whose files are wrong now.
  std::function<std::vector<TroubledDirectory>()> troubled_directories;

  // The bytes of a time zone's file. Errors: invalid_input (no name of a zone), not_found.
  std::function<Result<std::string>(const std::string& name)> zone_bytes;
  ports::MonitorStore* monitor = nullptr;  // what registered servers told

  // Endpoints outside, see the schemas "LinkList" and "LinkTest".
  using LinksListed = std::function<void(boost::json::array)>;
  std::function<void(const LinksListed& done)> list_links;
  using LinkTested = std::function<void(Result<boost::json::object>)>;
  std::function<void(const std::string& link, const LinkTested& done)> test_link;

  // Says something of the slot that a backend gave: of that agent, else of the only one that has
  // one. Unset: no backend is followed. Errors: not_found, conflict, unavailable.
  using SlotActed = std::function<void(Result<boost::json::object>)>;
  std::function<void(const std::string& verb, std::optional<AgentRef> agent, std::string reason,
                     SlotActed done)>
      act_on_slot;  // verb: complete, abort, pause, resume

  // Ends the daemon in good order: the agents too, or they run on.
  std::function<void(bool keep_agents, std::string reason, std::string by)> stop;
  // What this machine can give and why not the rest, in sentences.
  std::function<std::vector<std::string>()> machine;
  std::function<std::string()> url;               // where it is reached
  std::function<boost::json::object()> settings;  // see the schema "Settings"
};

}  // namespace lazaret::server
