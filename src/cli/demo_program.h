// `lazaret demo`: real work by real processes, calm or harassed, with a receipt from the journal.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/demo_receipt.h"

namespace lazaret::cli {

struct DemoOptions {
  bool hanoi = false;
  std::string source;  // directory to survey; empty = the repository we stand in
  int disks = 10;
  bool calm = false;
  bool prove = false;
  bool keep = false;  // the daemon goes on
  bool json = false;
  std::uint64_t seed = 1;  // of the audit's sample
  std::string state;       // empty = a fresh one beside the usual state
};

// The words after `lazaret demo`.
Result<DemoOptions> parse_demo(const std::vector<std::string>& words);

// The hook of `lazaret demo`. Returns the exit status: 0 only when the receipt is good.
int run_demo(const std::vector<std::string>& words, const Hooks& hooks);

// demo_survey.cpp and demo_hanoi.cpp
Result<ExitCode> run_survey(Context& context, const DemoOptions& options);
Result<ExitCode> run_hanoi(Context& context, const DemoOptions& options);

}  // namespace lazaret::cli
