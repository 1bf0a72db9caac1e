// Passes on to the cell store which cells, and which of their tasks, have changed. Gathered for a
// moment: a thousand deaths in one cell are one look at it, not a thousand.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <set>
#include <vector>

#include "adapters/cells/cell_store.h"
#include "core/fleet.h"
#include "runtime/loop.h"

namespace lazaret::main {

class CellMirror {
 public:
  CellMirror(boost::asio::io_context& io, const runtime::Loop& loop, cells::CellStore& store)
      : loop_(loop), store_(store), timer_(io) {}

  void note(const std::vector<runtime::RecordedFact>& facts);
  // Every cell there is: what the last daemon had recorded, and did not live to write.
  void note_all();
  // What was noted and not yet passed on.
  void flush();

 private:
  struct Touched {
    bool whole = false;
    std::set<TaskId> tasks;
  };

  void arm();

  const runtime::Loop& loop_;
  cells::CellStore& store_;
  boost::asio::steady_timer timer_;
  std::map<CellId, Touched> touched_;
};

}  // namespace lazaret::main
