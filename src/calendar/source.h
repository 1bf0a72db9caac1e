// Where nominal times come from, one at a time and in order: a rule, a pattern.
#pragma once

#include <optional>

#include "calendar/budget.h"
#include "calendar/civil.h"

namespace lazaret::calendar {

struct Nominal {
  LocalTime local{};
  // Set by what runs by instant: an interval of hours goes on through a change of the clock.
  std::optional<SysTime> instant;
};

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  // None: it is over, or the budget is.
  virtual std::optional<Nominal> next(Budget& budget) = 0;
};

}  // namespace lazaret::calendar
