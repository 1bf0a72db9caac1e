// Virtual time: a clock that moves only when it is told to, and what will happen when.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "ports/clock.h"

namespace lazaret::sim {

class VirtualClock final : public ports::Clock {
 public:
  explicit VirtualClock(Stamp begin) : now_(begin) {}
  Stamp now() const override { return now_; }
  void advance_to(Instant mono) {
    if (mono <= now_.mono) return;
    now_.wall += mono - now_.mono;
    now_.mono = mono;
  }
  void jump_wall(Duration by) { now_.wall += by; }

 private:
  Stamp now_;
};

// Actions in order of time; at the same instant in the order in which they were made.
class Schedule {
 public:
  using Action = std::move_only_function<void()>;

  void at(Instant when, Action action) {
    heap_.push_back({when, next_++, std::move(action)});
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  }
  bool empty() const { return heap_.empty(); }
  Instant next() const { return heap_.empty() ? never : heap_.front().when; }
  Action take() {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    Action action = std::move(heap_.back().action);
    heap_.pop_back();
    return action;
  }

 private:
  struct Entry {
    Instant when;
    std::uint64_t number = 0;
    Action action;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };
  std::vector<Entry> heap_;
  std::uint64_t next_ = 0;
};

}  // namespace lazaret::sim
