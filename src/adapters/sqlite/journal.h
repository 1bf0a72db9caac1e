// The journal of a running daemon: one thread writes groups of decisions, the loop never waits for
// a disk.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/sqlite/journal_store.h"

namespace lazaret::sqlite {

class Journal : public ports::Journal {
 public:
  // Runs a function on the loop's thread, soon; callable from any thread.
  using Post = std::function<void(std::function<void()>)>;
  // Other work on the journal's connection (keys, snapshots).
  using Job = std::function<void(JournalStore&)>;

  Journal(JournalStore store, Post post);
  ~Journal()
      override;  // writes everything that is still waiting (or gives up while the disk refuses)

  void on_committed(Committed callback) override { committed_ = std::move(callback); }
  void append(ports::Decision decision, ports::Durability durability) override;
  // Runs on the journal's thread, in order with the decisions.
  void run(Job job);

 private:
  void work();
  // false: it failed and must be tried again.
  bool write_group();
  void report(std::uint64_t up_to, std::optional<Error> trouble);

  JournalStore store_;
  Post post_;
  Committed committed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<ports::Decision> queue_;
  std::vector<Job> jobs_;
  ports::Durability queue_durability_ = ports::Durability::daemon_crash;
  bool stopping_ = false;
  // The writing thread's own.
  std::vector<ports::Decision> group_;
  ports::Durability group_durability_ = ports::Durability::daemon_crash;
  bool in_trouble_ = false;
  std::thread thread_;
};

}  // namespace lazaret::sqlite
