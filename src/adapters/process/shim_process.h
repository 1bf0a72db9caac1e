// Bringing a shim to life, and being rid of one that cannot be reached.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <set>

#include "adapters/process/system_files.h"

namespace lazaret::process {

struct ShimPlace {
  fs::path program;    // lazaret-shim
  fs::path directory;  // of the slot
  fs::path socket;     // its path has at most 107 bytes
  fs::path notify;
};

// The sockets are bound and listening before it is started, so connect() may follow at once.
Result<pid_t> start_shim(const ShimPlace& place);

// Somebody holds the slot's lock though nobody answers (its socket's file was deleted, say): that
// shim is killed; its agent dies with it. True when the lock is free.
bool free_lock(const fs::path& slot_directory);

// Shims that we started are our children; each is waited for once it has ended.
class ShimReaper {
 public:
  explicit ShimReaper(boost::asio::io_context& io) : timer_(io) {}
  ~ShimReaper() { *alive_ = false; }
  void ended(pid_t pid);

 private:
  void sweep();
  boost::asio::steady_timer timer_;
  std::set<pid_t> pids_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lazaret::process
