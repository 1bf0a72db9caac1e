// One POST at a time, on a thread of its own: whoever is told may be slow, and the loop is not.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "adapters/notify/message.h"

namespace lazaret::notify {

// Bounds of one exchange.
inline constexpr Duration exchange_most = std::chrono::seconds(10);
inline constexpr std::size_t answer_bytes_most = 16 * 1024;  // only its first line counts

// status 0: there was no answer; `detail` says why.
struct Delivery {
  int status = 0;
  std::string detail;
};

// Blocks, at most about exchange_most. `cancelled` is looked at several times a second.
Delivery send(const Url& url, const Post& post, const std::atomic<bool>& cancelled);

class Sender {
 public:
  // Runs a function on the loop's thread, soon.
  using Defer = std::function<void(std::function<void()>)>;
  using Done = std::function<void(Delivery)>;
  explicit Sender(Defer defer);
  ~Sender();
  // One at a time: not before `done` of the one before was called.
  void begin(Url url, Post post, Done done);

 private:
  struct Job {
    Url url;
    Post post;
    Done done;
  };
  void work();
  Defer defer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Job> job_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace lazaret::notify
