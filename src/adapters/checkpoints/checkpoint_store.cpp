#include "adapters/checkpoints/checkpoint_store.h"

#include <boost/asio/post.hpp>

namespace lazaret::checkpoints {
namespace {

std::string key_of(const Place& place) { return place.cell + "\n" + place.agent.value; }

Error busy() {
  return {ErrorCode::too_many, "too many checkpoints are being worked on", {}, "try again later"};
}

core::Rehearsal outcome_of(const Result<void>& done) {
  if (done) return core::Rehearsal::passed;
  return done.error().code == ErrorCode::invalid_input ? core::Rehearsal::failed
                                                       : core::Rehearsal::impossible;
}

}  // namespace

Worker::Worker() : thread_([this] { work(); }) {}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Worker::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= jobs_most) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void Worker::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

CheckpointStore::CheckpointStore(boost::asio::io_context& io, ports::EventSink sink,
                                 std::function<void(const std::string&)> log)
    : io_(io),
      sink_(std::move(sink)),
      log_(std::move(log)),
      restores_(std::make_unique<Worker>()),
      saves_(std::make_unique<Worker>()) {}

CheckpointStore::~CheckpointStore() {
  *alive_ = false;
  restores_.reset();
  saves_.reset();
}

bool CheckpointStore::run(Worker& worker, std::function<std::function<void()>()> work) {
  return worker.submit([this, alive = alive_, work = std::move(work)] {
    boost::asio::post(io_, [alive, then = work()] {
      if (*alive) then();
    });
  });
}

void CheckpointStore::restore(const core::command::RestoreCheckpoint& command) {
  const auto tell = [this, command](const Result<Restored>& done) {
    core::event::CheckpointRestored told{command.agent, command.incarnation, {}, {}, {}};
    if (done) {
      told.restored = done->restored;
      told.broken = done->broken;
    } else {
      told.trouble = done.error().message;
    }
    sink_(std::move(told));
  };
  const bool begun = run(*restores_, [command, tell]() -> std::function<void()> {
    const Place place{command.cell_path, command.agent.agent};
    return [tell, done = checkpoints::restore(place, command.candidates)] { tell(done); };
  });
  if (begun) return;
  boost::asio::post(io_, [alive = alive_, tell] {
    if (*alive) tell(std::unexpected(busy()));
  });
}

void CheckpointStore::rehearse(const core::command::RehearseCheckpoint& command, Rehearsed waits) {
  const auto tell = [this, command, waits = std::move(waits)](const Result<void>& done) {
    sink_(core::event::CheckpointRehearsed{command.agent, command.checkpoint.id, outcome_of(done),
                                           done ? std::string() : done.error().message});
    if (waits) waits(done);
  };
  const bool begun = run(*saves_, [command, tell]() -> std::function<void()> {
    const Place place{command.cell_path, command.agent.agent};
    return [tell, done = checkpoints::rehearse(place, command.checkpoint)] { tell(done); };
  });
  if (begun) return;
  boost::asio::post(io_, [alive = alive_, tell] {
    if (*alive) tell(std::unexpected(busy()));
  });
}

void CheckpointStore::keep(const core::command::KeepCheckpoints& command) {
  const Place place{command.cell_path, command.agent.agent};
  run(*saves_, [this, place, kept = command.kept]() -> std::function<void()> {
    return [this, place, done = checkpoints::keep(place, kept, pending(place))] {
      if (!done && log_) log_("checkpoints of " + place.agent.value + ": " + done.error().message);
    };
  });
}

void CheckpointStore::save(Wish wish, Saved done) {
  const bool begun = run(*saves_, [this, wish, done]() -> std::function<void()> {
    auto info = checkpoints::save(wish);
    if (info) {
      const std::lock_guard lock(pending_mutex_);
      pending_[key_of(wish.place)].insert(info->id);
    }
    return [done, info = std::move(info)] { done(info); };
  });
  if (!begun) done(std::unexpected(busy()));
}

std::vector<std::string> CheckpointStore::pending(const Place& place) {
  const std::lock_guard lock(pending_mutex_);
  const auto found = pending_.find(key_of(place));
  if (found == pending_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void CheckpointStore::settled(const Place& place, const std::string& id) {
  const std::lock_guard lock(pending_mutex_);
  const auto found = pending_.find(key_of(place));
  if (found == pending_.end()) return;
  if (const auto one = found->second.find(id); one != found->second.end()) found->second.erase(one);
  if (found->second.empty()) pending_.erase(found);
}

void CheckpointStore::read(const std::string& cell, std::vector<core::CheckpointRef> wanted,
                           Manifests done) {
  const bool begun = run(*saves_, [cell, wanted = std::move(wanted), done]() {
    Result<std::vector<wire::Manifest>> all;
    for (const core::CheckpointRef& one : wanted) {
      auto manifest = verify(cell, one);
      if (!manifest) {
        all = std::unexpected(manifest.error());
        all.error().message = "checkpoint " + one.id + ": " + all.error().message;
        break;
      }
      all->push_back(std::move(*manifest));
    }
    return std::function<void()>([all, done] { done(all); });
  });
  if (!begun) done(std::unexpected(busy()));
}

}  // namespace lazaret::checkpoints
