// How much work an expansion may do. A rule comes from people and from other programs; whatever it
// says, going through it ends after so many steps, and the answer says that it did.
#pragma once

#include <cstdint>

namespace lazaret::calendar {

// A step is a few dozen nanoseconds: one period of a rule looked at, one day of a pattern.
inline constexpr std::int64_t most_steps = 250'000;

// Many expansions that belong together may share a second one: `whole` pays for every step, too,
// and outlives them.
class Budget {
 public:
  explicit constexpr Budget(std::int64_t steps = most_steps, Budget* whole = nullptr)
      : left_(steps), whole_(whole) {}
  // False once nothing is left: stop, and say so.
  constexpr bool take(std::int64_t steps = 1) {
    const bool shared = whole_ == nullptr || whole_->take(steps);
    return (left_ -= steps) >= 0 && shared;
  }
  constexpr bool spent() const { return left_ < 0 || (whole_ != nullptr && whole_->spent()); }
  constexpr std::int64_t left() const { return left_; }

 private:
  std::int64_t left_;
  Budget* whole_;
};

}  // namespace lazaret::calendar
