// The receipt of a demo mission: what the journal says it went through, and whether that is as it
// should be.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "cli/demo_journal.h"
#include "cli/terminal.h"

namespace lazaret::cli {

struct TroubleLine {
  Trouble trouble = Trouble::kill;
  bool well = false;  // announced, struck unfinished work, and that work is finished
  std::string says;
  std::string skipped;  // not possible on this machine, and why
};

struct Receipt {
  bool troubled = false;
  int shards = 0;
  int shards_done = 0;
  int deaths = 0;
  int hangs = 0;
  int daemon_crashes = 0;
  std::int64_t files = 0;
  std::int64_t lost = 0;
  std::int64_t counted_twice = 0;
  std::string digest;  // of the canonical result, as the merge reported it
  std::string mission_status;
  std::vector<TroubleLine> troubles;
  std::vector<std::string> faults;  // of the result; a trouble's line says its own

  bool well() const;
};

Receipt receipt_of(const DemoJournal& journal, bool troubled);

std::string draw(const Receipt& receipt, const Look& look);
boost::json::object to_json(const Receipt& receipt);

}  // namespace lazaret::cli
