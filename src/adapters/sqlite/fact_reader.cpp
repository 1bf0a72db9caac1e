#include "adapters/sqlite/fact_reader.h"

#include <utility>

namespace lazaret::sqlite {

FactReader::FactReader(std::string path, Post post)
    : path_(std::move(path)), post_(std::move(post)), thread_([this] { work(); }) {}

FactReader::~FactReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void FactReader::read(const ports::FactQuery& query, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < waiting_most) {
      waiting_.push_back({query, std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  done(fail(ErrorCode::too_many, "too many questions about events at once", {},
            "try again in a moment"));
}

Result<ports::FactPage> FactReader::answer(const ports::FactQuery& query) {
  if (!history_) {
    auto opened = History::open(path_);
    if (!opened) return std::unexpected(opened.error());
    history_.emplace(std::move(*opened));
  }
  return history_->facts(query);
}

void FactReader::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    Question question = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    auto page = answer(question.query);
    post_([done = std::move(question.done), page = std::move(page)]() mutable {
      done(std::move(page));
    });
    lock.lock();
  }
}

}  // namespace lazaret::sqlite
