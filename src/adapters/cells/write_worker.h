// The thread that waits for the disk, so that the loop never does.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::cells {

struct WriteJob {
  std::function<Result<void>()> run;       // on the worker
  std::function<void(Result<void>)> done;  // on the worker, once; may be empty
  // Kept jobs are tried until they succeed or fail for another reason than `unavailable`. A new one
  // replaces the waiting one of the same key. An empty key is never replaced.
  std::string key;
};

// Waits between tries of a kept job that the disk refuses.
struct WorkerPace {
  Duration first = 100ms;
  Duration most = 5s;
};

class WriteWorker {
 public:
  // `on_trouble`: on the worker, when kept jobs begin to fail (with the error) and when they go
  // again.
  explicit WriteWorker(std::function<void(std::optional<Error>)> on_trouble, WorkerPace pace = {});
  ~WriteWorker();  // finishes the job under way, drops the rest: drain() first

  void submit_now(WriteJob job);  // answered at the first try; goes before kept ones
  void submit_kept(WriteJob job);
  // Waits until nothing is left; false if that took longer than `most`.
  bool drain(Duration most);
  std::size_t waiting() const;

 private:
  void work();
  void run_kept(std::unique_lock<std::mutex>& lock);

  std::function<void(std::optional<Error>)> on_trouble_;
  WorkerPace pace_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WriteJob> now_;
  std::list<WriteJob> kept_;
  std::map<std::string, std::list<WriteJob>::iterator> by_key_;
  std::chrono::steady_clock::time_point retry_at_{};
  Duration wait_{0};  // 0 = no trouble
  bool busy_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace lazaret::cells
