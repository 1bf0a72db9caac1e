// The trouble that the demo makes: it watches the journal, waits until a victim is in the middle of
// a shard, announces itself in the journal, strikes, and leaves it to the journal to say whether it
// hit.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "cli/client.h"
#include "cli/demo_journal.h"

namespace lazaret::cli {

// A signal for exactly that process: false when the pid is gone or somebody else's by now.
bool signal_process(std::int64_t pid, std::int64_t process_start, int signal);

class TroubleMaker {
 public:
  // `daemon_pid`: of the daemon that runs now, 0 when it cannot be told.
  TroubleMaker(Client& client, std::string cell, std::function<std::int64_t()> daemon_pid)
      : client_(client), cell_(std::move(cell)), daemon_pid_(std::move(daemon_pid)) {}

  // Strikes what is due. Call it whenever the journal has grown.
  Result<void> look(const DemoJournal& journal);

 private:
  struct Aim {  // what was struck last, while the journal has not yet said how it ended
    std::string task;
    std::int64_t incarnation = 0;
    std::chrono::steady_clock::time_point at{};
    int tries = 0;
  };
  Result<void> strike_worker(const DemoJournal& journal, Trouble trouble, const std::string& victim,
                             int signal, Aim& aim);
  Result<void> strike_daemon(const DemoJournal& journal);
  Result<void> announce(Trouble trouble, const std::string& rest);

  Client& client_;
  std::string cell_;
  std::function<std::int64_t()> daemon_pid_;
  Aim kill_;
  Aim stop_;
  int daemon_tries_ = 0;
};

}  // namespace lazaret::cli
