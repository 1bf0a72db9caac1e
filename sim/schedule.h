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
    std::uint32_t place = static_cast<std::uint32_t>(actions_.size());
    if (free_.empty()) {
      actions_.push_back(std::move(action));
    } else {
      place = free_.back();
      free_.pop_back();
      actions_[place] = std::move(action);
    }
    heap_.push_back({when, next_++, place});
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  }
  bool empty() const { return heap_.empty(); }
  Instant next() const { return heap_.empty() ? never : heap_.front().when; }
  Action take() {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    const std::uint32_t place = heap_.back().place;
    heap_.pop_back();
    free_.push_back(place);
    return std::move(actions_[place]);
  }

 private:
  // Actions stay where they are while the heap is sorted.
  struct Entry {
    Instant when;
    std::uint64_t number = 0;
    std::uint32_t place = 0;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };
  std::vector<Entry> heap_;
  std::vector<Action> actions_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_ = 0;
};

}  // namespace lazaret::sim
