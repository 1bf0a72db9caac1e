// Saves, restores, rehearses and keeps checkpoints on threads of its own, so that the loop never
// waits for the disk: one for restores, which a revival waits for, one for everything else.
#pragma once

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "adapters/checkpoints/generations.h"
#include "ports/effects.h"

namespace lazaret::checkpoints {

// Jobs that wait on one thread; more are refused with too_many.
inline constexpr std::size_t jobs_most = 10'000;

class Worker {
 public:
  Worker();
  ~Worker();  // finishes the job under way and drops the rest
  bool submit(std::function<void()> job);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stop_ = false;
  std::thread thread_;
};

class CheckpointStore {
 public:
  CheckpointStore(boost::asio::io_context& io, ports::EventSink sink,
                  std::function<void(const std::string&)> log);
  ~CheckpointStore();

  void restore(const core::command::RestoreCheckpoint& command);
  // `done`: whoever waits for the outcome; the sink hears of it in any case.
  using Rehearsed = std::function<void(Result<void>)>;
  void rehearse(const core::command::RehearseCheckpoint& command, Rehearsed done = {});
  void keep(const core::command::KeepCheckpoints& command);

  // On the loop's thread. The generation is spared by keep() until settled() is called.
  using Saved = std::function<void(Result<core::CheckpointInfo>)>;
  void save(Wish wish, Saved done);
  void settled(const Place& place, const std::string& id);
  // Verified while they are read.
  using Manifests = std::function<void(Result<std::vector<wire::Manifest>>)>;
  void read(const std::string& cell, std::vector<core::CheckpointRef> wanted, Manifests done);

 private:
  // `work` on the thread, then what it returns on the loop's.
  std::vector<std::string> pending(const Place& place);
  bool run(Worker& worker, std::function<std::function<void()>()> work);

  boost::asio::io_context& io_;
  ports::EventSink sink_;
  std::function<void(const std::string&)> log_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  // By the agent's directory: saved, and not yet recorded or refused. The workers look at it too.
  std::mutex pending_mutex_;
  std::map<std::string, std::multiset<std::string>> pending_;
  std::unique_ptr<Worker> restores_;
  std::unique_ptr<Worker> saves_;
};

}  // namespace lazaret::checkpoints
