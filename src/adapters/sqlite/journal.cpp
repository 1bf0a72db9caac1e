#include "adapters/sqlite/journal.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace lazaret::sqlite {
namespace {

// How soon a refused write is tried again.
constexpr auto retry_after = std::chrono::milliseconds(250);
constexpr auto look_after = std::chrono::seconds(2);  // at the file, with nothing to write

}  // namespace

Journal::Journal(JournalStore store, Post post)
    : store_(std::move(store)), post_(std::move(post)), thread_([this] { work(); }) {}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Journal::append(ports::Decision decision, ports::Durability durability) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(decision));
    queue_durability_ = std::max(queue_durability_, durability);
  }
  wake_.notify_one();
}

void Journal::run(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Journal::report(std::uint64_t up_to, std::optional<Error> trouble) {
  post_([this, up_to, trouble = std::move(trouble)]() mutable {
    if (committed_) committed_(up_to, std::move(trouble));
  });
}

// With nothing to write it looks whether the journal is still there: a removed one takes writes
// and loses them.
bool Journal::write_group() {
  const auto written = group_.empty() ? store_.in_place() : store_.write(group_, group_durability_);
  if (!written) {
    if (!in_trouble_) report(0, written.error());
    in_trouble_ = true;
    return false;
  }
  if (in_trouble_ || !group_.empty()) {
    report(group_.empty() ? 0 : group_.back().number, std::nullopt);
  }
  in_trouble_ = false;
  group_.clear();
  group_durability_ = ports::Durability::daemon_crash;
  return true;
}

void Journal::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto has_news = [this] { return stopping_ || !queue_.empty() || !jobs_.empty(); };
    if (in_trouble_) {
      wake_.wait_for(lock, retry_after, [this] { return stopping_; });
    } else {
      wake_.wait_for(lock, look_after, has_news);
    }
    std::move(queue_.begin(), queue_.end(), std::back_inserter(group_));
    queue_.clear();
    group_durability_ = std::max(group_durability_, queue_durability_);
    queue_durability_ = ports::Durability::daemon_crash;
    std::vector<Job> jobs = std::exchange(jobs_, {});
    const bool stopping = stopping_;
    lock.unlock();
    const bool written = write_group();
    for (const Job& job : jobs) job(store_);
    lock.lock();
    if (stopping && (!written || (queue_.empty() && jobs_.empty()))) return;
  }
}

}  // namespace lazaret::sqlite
