#include "adapters/notify/sender.h"

#include <utility>

namespace lazaret::notify {

Sender::Sender(Defer defer) : defer_(std::move(defer)), thread_([this] { work(); }) {}

Sender::~Sender() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    wake_.notify_all();
  }
  thread_.join();
}

void Sender::begin(Url url, Post post, Done done) {
  const std::lock_guard lock(mutex_);
  job_ = Job{std::move(url), std::move(post), std::move(done)};
  wake_.notify_all();
}

void Sender::work() {
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || job_.has_value(); });
    if (stopping_) return;
    Job job = *std::exchange(job_, std::nullopt);
    lock.unlock();
    Delivery delivery = send(job.url, job.post, stopping_);
    if (stopping_) return;
    defer_([done = std::move(job.done), delivery = std::move(delivery)] { done(delivery); });
  }
}

}  // namespace lazaret::notify
