// The mission cells on the disk: found, read, watched, made, mirrored, removed.
//
//   start ── scan ──► CellObserved … ── inotify ──► re-read the cell ──► CellObserved │ CellGone
//   mirror(cell), write_agent, write_task ──► coalesced ──► worker thread ──► file
//
// Everything here runs on the loop's thread; only the disk's slow part (fsync) is on the worker.
// One broken cell never stops another: what is wrong is kept in its list, and its last good
// definition stays in force.
//
// From elsewhere is a cell that this store did not make and that `known` does not know (a copy, a
// backup, one laid out by hand). It is observed as paused, whatever its file says, and its file is
// told.
//
// A runtime field (status, assigned_to, dependencies of a task) that nobody changed by hand is
// observed as it was last mirrored, even while the file still lags behind; so only a person's edit
// is a request.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "core/fleet.h"
#include "ports/effects.h"
#include "wire/cell_file.h"

namespace lazaret::cells {

// uninitialised: no cell.json. incomplete: it never was valid, or it has no agents. stale: its
// files are wrong now, and an older, good definition is in force. unsafe: not ours, or others may
// write it.
LAZARET_ENUM(CellState, healthy, stale, incomplete, uninitialised, unsafe)

struct CellSight {
  std::string directory;  // the name below the missions path
  std::string path;
  CellId id;  // empty while it was never valid
  CellState state = CellState::uninitialised;
  std::vector<wire::Problem> problems;
  LAZARET_FIELDS(CellSight, directory, path, id, state, problems)
};

struct StoreOptions {
  std::string missions_path;  // absolute; made if it is not there
  ports::EventSink sink;
  std::function<bool(const CellId&)> known;     // does the journal know this cell?
  std::function<void(const std::string&)> log;  // one line for the daemon's log; may be empty
  Duration debounce = 50ms;        // a cell that changes is read when it was quiet for so long,
  Duration debounce_most = 500ms;  // or at the latest after so long
  Duration mirror_delay = 200ms;  // runtime fields are gathered for so long before they are written
  std::size_t cells_most = 20'000;
};

class CellStore {
 public:
  using Made = std::function<void(Result<CellId>)>;
  using Done = std::function<void(Result<void>)>;

  CellStore(boost::asio::io_context& loop, StoreOptions options);
  ~CellStore();  // close() first, or what waits to be written is lost

  // Scans, posts CellObserved for every valid cell, then watches. Blocks for the scan.
  Result<void> start();

  // All cells that are there, good and bad, by directory; and the one with that id.
  std::vector<CellSight> list() const;
  // Those that something is wrong with (a new mission without agents is only incomplete).
  std::vector<CellSight> troubled() const;
  const CellSight* find(const CellId& id) const;

  // `files.directory` is <missions_path>/<cell_id>. `made` comes after the CellObserved. Errors:
  // conflict, unavailable (nothing is left behind).
  void create(wire::CellFiles files, Made made);

  // New or changed definitions, as granted through the API. Fields that others put into the file
  // stay. Kept until written; `done` may be empty.
  void write_agent(const CellId& cell, const core::AgentDefinition& agent, Done done = {});
  void write_task(const CellId& cell, const core::TaskDefinition& task, Done done = {});

  // Writes the runtime fields of the cell, its agents and tasks into their files, as far as they
  // changed; agents and tasks that have no file yet get one, and an agent that was defined anew its
  // new definition. Cheap to repeat; call it after each decision about the cell, a CellObserved
  // too. The second form looks at these tasks only (a mission may have thousands).
  void mirror(const core::Cell& cell);
  void mirror(const core::Cell& cell, const std::set<TaskId>& tasks);

  // Removes the cell's directory and nothing else. Its agents must be stopped. CellGone follows.
  void destroy(const CellId& cell, Done done);

  // Why writing does not work at present (disk full, …); empty when it does.
  const std::optional<Error>& trouble() const;

  // Writes everything that waits; false if `most` was not enough.
  bool close(Duration most);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

// A random UUID of version 4.
CellId new_cell_id();

}  // namespace lazaret::cells
