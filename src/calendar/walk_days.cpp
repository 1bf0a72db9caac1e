// FREQ=DAILY, WEEKLY, MONTHLY, YEARLY: from period to period, each a set of days × times.
#include <algorithm>
#include <numeric>

#include "calendar/rule_parts.h"

namespace lazaret::calendar {
namespace {

// No offset moves a local time further than this.
constexpr seconds slack = std::chrono::hours(26);

class DayWalk : public Source {
 public:
  DayWalk(const Rrule& rule, const RuleStart& start, const ZonePtr& zone, SysTime from)
      : freq_(rule.freq),
        interval_(rule.interval),
        week_start_(rule.week_start),
        start_(start.local),
        from_(std::max(start.local, zone->local(from) - slack)),
        stop_(last_time),
        counted_(rule.count.has_value()),
        left_(rule.count.value_or(0)),
        mask_(day_filter(rule, start)),
        times_(times_of_day(rule, start)),
        positions_(rule.positions) {
    if (rule.until) stop_ = std::min(stop_, local_of(*rule.until, *zone) + slack);
    first_ = period_of(day_of(start_));
    next_period_ = first_;
    if (!counted_) next_period_ = aligned(period_of(day_of(from_)));
    repeats_ = gregorian_cycle * (interval_ / std::gcd(interval_, periods_in_cycle())) + 732;
    give_up_ = day_of(from_) + repeats_;
    over_ =
        freq_ == Freq::daily && !positions_.empty() && picked(positions_, times_.size()).empty();
  }

  std::optional<Nominal> next(Budget& budget) override {
    while (!over_) {
      if (index_ == size()) {
        if (!load(budget)) break;
        continue;
      }
      if (counted_ && left_-- <= 0) break;
      const LocalTime t = at(index_++);
      if (t > stop_) break;
      give_up_ = day_of(t) + repeats_;
      return Nominal{t, {}};
    }
    over_ = true;
    return std::nullopt;
  }

 private:
  // 400 years, where the calendar begins to repeat.
  std::int64_t periods_in_cycle() const {
    switch (freq_) {
      case Freq::yearly:
        return 400;
      case Freq::monthly:
        return 4800;
      case Freq::weekly:
        return gregorian_cycle / 7;
      case Freq::daily:
      case Freq::hourly:
      case Freq::minutely:
      case Freq::secondly:
        break;
    }
    return gregorian_cycle;
  }

  std::int64_t period_of(Day day) const {
    switch (freq_) {
      case Freq::yearly:
        return date_of(day).year;
      case Freq::monthly: {
        const Date date = date_of(day);
        return std::int64_t{date.year} * 12 + date.month - 1;
      }
      case Freq::weekly:
        return floor_div(day + 3 - week_start_, 7);
      case Freq::daily:
      case Freq::hourly:
      case Freq::minutely:
      case Freq::secondly:
        break;
    }
    return day;
  }

  Day begin_of(std::int64_t period) const {
    switch (freq_) {
      case Freq::yearly:
        return day_of(static_cast<int>(period), 1, 1);
      case Freq::monthly:
        return day_of(static_cast<int>(period / 12), static_cast<int>(period % 12) + 1, 1);
      case Freq::weekly:
        return period * 7 - 3 + week_start_;
      case Freq::daily:
      case Freq::hourly:
      case Freq::minutely:
      case Freq::secondly:
        break;
    }
    return period;
  }

  // The first period at or after this one that INTERVAL does not leave out.
  std::int64_t aligned(std::int64_t period) const {
    return first_ + ceil_div(std::max<std::int64_t>(period - first_, 0), interval_) * interval_;
  }

  std::int64_t size() const {
    return positions_.empty() ? static_cast<std::int64_t>(days_.size()) * times_.size()
                              : static_cast<std::int64_t>(picked_.size());
  }
  LocalTime at(std::int64_t index) const {
    const std::int64_t i = positions_.empty() ? index : picked_[static_cast<std::size_t>(index)];
    return local_at(days_[static_cast<std::size_t>(i / times_.size())],
                    times_.at(i % times_.size()));
  }
  // The first index whose time is not before `t`.
  std::int64_t index_of(LocalTime t) const {
    std::int64_t low = 0;
    std::int64_t high = size();
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      (at(middle) < t ? low : high) = at(middle) < t ? middle + 1 : middle;
    }
    return low;
  }

  // The next period that has days. False when there is none, or no budget.
  bool load(Budget& budget) {
    for (;;) {
      if (!budget.take() || next_period_ > period_of(last_day) ||
          begin_of(next_period_) > give_up_) {
        return false;
      }
      const auto day = mask_.next(begin_of(next_period_), budget);
      if (!day || local_at(*day) > stop_) return false;
      const std::int64_t period = period_of(*day);
      const std::int64_t fits = aligned(period);
      if (fits != period) {
        next_period_ = fits;
        continue;
      }
      days_.clear();
      const Day end = begin_of(period + 1);
      for (auto d = day; d && *d < end; d = mask_.next(*d + 1, budget)) {
        days_.push_back(*d);
        if (!budget.take()) return false;
      }
      if (budget.spent()) return false;
      next_period_ = period + interval_;
      if (!positions_.empty()) {
        picked_ = picked(positions_, static_cast<std::int64_t>(days_.size()) * times_.size());
      }
      skip_to_start();
      return true;
    }
  }

  void skip_to_start() {
    const std::int64_t begin = index_of(start_);
    index_ = index_of(from_);
    if (counted_) left_ = std::max<std::int64_t>(left_ - (index_ - begin), 0);
  }

  Freq freq_;
  std::int64_t interval_;
  int week_start_;
  LocalTime start_;
  LocalTime from_;
  LocalTime stop_;
  bool counted_;
  std::int64_t left_;  // of COUNT
  DayMask mask_;
  TimesOfDay times_;
  std::vector<int> positions_;
  std::int64_t first_ = 0;
  std::int64_t next_period_ = 0;
  std::vector<Day> days_;  // of the period at hand
  std::vector<std::int64_t> picked_;
  std::int64_t index_ = 0;
  Day repeats_ = 0;  // after so many days without a time there is none
  Day give_up_ = 0;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Source> walk_days(const Rrule& rule, const RuleStart& start, const ZonePtr& zone,
                                  SysTime from) {
  return std::make_unique<DayWalk>(rule, start, zone, from);
}

}  // namespace lazaret::calendar
