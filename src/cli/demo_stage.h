// What a demo stands on: its programs on disk, a private daemon, a prepared mission.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/keeper.h"

namespace lazaret::cli {

// The directory with survey/ and hanoi/ in it: LAZARET_SHARE/demo, ../share/lazaret/demo from this
// program, or missions/ of the source tree above a build. not_found says where it was looked for.
Result<std::string> find_demo_programs(const Environment& environment);

// Runs a program to its end; its stdout. Its stderr becomes the error's text when it fails. An
// interrupt of ours ends it.
struct Ran {
  int status = 0;  // exit status, 128 + signal when it was killed
  std::string out;
  std::string err;
};
Result<Ran> run_program(const std::vector<std::string>& command);

// Runs `prepare.py` of one demo and reads the line of JSON that it prints.
Result<boost::json::value> prepare_mission(const std::string& programs, const std::string& demo,
                                           const std::vector<std::string>& flags);

// <default state>-demo/<date>-<pid>; older demos' directories beyond the newest few are removed.
Result<std::string> fresh_demo_state(Context& context);

// A daemon for the demo alone. Ended by stop(), or by the destructor unless `keep` was called.
class PrivateDaemon {
 public:
  static Result<PrivateDaemon> start(Context& context, const std::string& state);
  PrivateDaemon(PrivateDaemon&& other) noexcept;
  PrivateDaemon& operator=(PrivateDaemon&&) = delete;
  ~PrivateDaemon();

  Client& client() { return *client_; }
  const Paths& paths() const { return paths_; }
  // Of the daemon that runs now; 0 when it does not answer.
  std::int64_t pid();
  Result<void> stop();
  void keep() { running_ = false; }

 private:
  PrivateDaemon(Paths paths, std::unique_ptr<Client> client)
      : paths_(std::move(paths)), client_(std::move(client)) {}

  Paths paths_;
  std::unique_ptr<Client> client_;
  bool running_ = true;
};

// The mission is known to the daemon and started.
Result<void> start_mission(Client& client, const std::string& cell);

// Ctrl-C or SIGTERM: the demo ends in order. Installed once; interrupted() gives the first signal
// that came, 0 = none.
void watch_interrupts();
int interrupted();

}  // namespace lazaret::cli
