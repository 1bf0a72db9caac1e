// Answers questions about recorded facts on a thread of its own, so that a long scan holds nobody
// up.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/sqlite/history.h"

namespace lazaret::sqlite {

class FactReader : public ports::FactReader {
 public:
  // Runs a function on the loop's thread, soon.
  using Post = std::function<void(std::function<void()>)>;
  FactReader(std::string path, Post post);
  ~FactReader() override;
  // Too many questions at once: too_many.
  void read(const ports::FactQuery& query, Done done) override;

 private:
  static constexpr std::size_t waiting_most = 1024;
  struct Question {
    ports::FactQuery query;
    Done done;
  };
  void work();
  Result<ports::FactPage> answer(const ports::FactQuery& query);
  std::string path_;
  Post post_;
  std::optional<History> history_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Question> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lazaret::sqlite
