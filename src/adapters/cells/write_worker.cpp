#include "adapters/cells/write_worker.h"

#include <algorithm>

namespace lazaret::cells {

WriteWorker::WriteWorker(std::function<void(std::optional<Error>)> on_trouble, WorkerPace pace)
    : on_trouble_(std::move(on_trouble)), pace_(pace), thread_([this] { work(); }) {}

WriteWorker::~WriteWorker() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void WriteWorker::submit_now(WriteJob job) {
  {
    const std::lock_guard lock(mutex_);
    now_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void WriteWorker::submit_kept(WriteJob job) {
  {
    const std::lock_guard lock(mutex_);
    const auto waiting = by_key_.find(job.key);
    if (!job.key.empty() && waiting != by_key_.end()) {
      *waiting->second = std::move(job);
    } else {
      kept_.push_back(std::move(job));
      if (!kept_.back().key.empty()) by_key_[kept_.back().key] = std::prev(kept_.end());
    }
  }
  changed_.notify_all();
}

bool WriteWorker::drain(Duration most) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, most, [&] { return now_.empty() && kept_.empty() && !busy_; });
}

std::size_t WriteWorker::waiting() const {
  const std::lock_guard lock(mutex_);
  return now_.size() + kept_.size() + (busy_ ? 1 : 0);
}

void WriteWorker::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto due = [&] {
      return !kept_.empty() && std::chrono::steady_clock::now() >= retry_at_;
    };
    const auto awake = [&] { return stop_ || !now_.empty() || due(); };
    if (kept_.empty()) {
      changed_.wait(lock, [&] { return awake() || !kept_.empty(); });
    } else if (!awake()) {
      changed_.wait_until(lock, retry_at_, awake);
    }
    if (stop_) return;
    if (!now_.empty()) {
      WriteJob job = std::move(now_.front());
      now_.pop_front();
      busy_ = true;
      lock.unlock();
      auto result = job.run();
      if (job.done) job.done(std::move(result));
      lock.lock();
      busy_ = false;
      changed_.notify_all();
    } else if (due()) {
      run_kept(lock);
    }
  }
}

void WriteWorker::run_kept(std::unique_lock<std::mutex>& lock) {
  WriteJob job = std::move(kept_.front());
  by_key_.erase(job.key);
  kept_.pop_front();
  busy_ = true;
  lock.unlock();
  auto result = job.run();
  const bool refused = !result && result.error().code == ErrorCode::unavailable;
  const bool was_in_trouble = wait_ > Duration(0);  // only this thread writes wait_
  if (refused && on_trouble_) on_trouble_(result.error());
  if (!refused && was_in_trouble && on_trouble_) on_trouble_(std::nullopt);
  if (!refused && job.done) job.done(std::move(result));
  lock.lock();
  busy_ = false;
  if (refused) {
    wait_ = was_in_trouble ? std::min(wait_ * 2, pace_.most) : pace_.first;
    retry_at_ = std::chrono::steady_clock::now() + wait_;
    // A newer one of the same key came meanwhile: it holds everything this one had.
    if (job.key.empty() || !by_key_.contains(job.key)) {
      kept_.push_front(std::move(job));
      if (!kept_.front().key.empty()) by_key_[kept_.front().key] = kept_.begin();
    }
  } else {
    wait_ = Duration(0);
  }
  changed_.notify_all();
}

}  // namespace lazaret::cells
