// FREQ=HOURLY, MINUTELY, SECONDLY: steps of constant length in real time; what the BY parts ask is
// asked of the local time each step falls on.
#include <algorithm>
#include <bit>
#include <numeric>
#include <set>

#include "calendar/rule_parts.h"

namespace lazaret::calendar {
namespace {

std::uint64_t bits_of(const std::vector<int>& list) {
  std::uint64_t bits = 0;
  for (int value : list) bits |= std::uint64_t{1} << value;
  return list.empty() ? ~std::uint64_t{0} : bits;
}

// The first set bit at or above `from`, below `end`; `end` where there is none.
int next_bit(std::uint64_t bits, int from, int end) {
  if (from >= end) return end;
  const std::uint64_t rest = bits >> from << from;
  return rest == 0 ? end : std::min(std::countr_zero(rest), end);
}

class StepWalk : public Source {
 public:
  StepWalk(const Rrule& rule, const RuleStart& start, const ZonePtr& zone, SysTime from)
      : freq_(rule.freq),
        unit_(freq_ == Freq::hourly     ? 3600
              : freq_ == Freq::minutely ? 60
                                        : 1),
        step_(rule.interval * unit_),
        zone_(zone),
        start_(start.instant),
        from_(std::max(start.instant, from)),
        counted_(rule.count.has_value()),
        left_(rule.count.value_or(0)),
        mask_(day_filter(rule, start)) {
    if (rule.until) stop_ = std::min(stop_, local_of(*rule.until, *zone) + std::chrono::hours(26));
    TimesOfDay times = times_of_day(rule, start);
    if (!start.date_only) {
      hours_ = bits_of(rule.hours);
      minutes_ = freq_ == Freq::hourly ? minutes_ : bits_of(rule.minutes);
      seconds_ = freq_ == Freq::secondly ? bits_of(rule.seconds) : seconds_;
    }
    times.hours = {0};
    if (freq_ < Freq::hourly) times.minutes = {0};
    if (freq_ < Freq::minutely) times.seconds = {0};
    std::vector<std::int64_t> indexes = picked(rule.positions, times.size());
    const std::int64_t size =
        rule.positions.empty() ? times.size() : static_cast<std::int64_t>(indexes.size());
    for (std::int64_t i = 0; i < size; ++i) {
      within_.push_back(
          times.at(rule.positions.empty() ? i : indexes[static_cast<std::size_t>(i)]));
    }
    cost_ = 1 + static_cast<std::int64_t>(within_.size()) / 2;
    anchor_ = start_ - seconds(second_of_day(start.local) % unit_);
    skip_to(rule);
    const SysTime begin = std::max(start_, from_);
    constexpr std::int64_t cycle = gregorian_cycle * day_seconds;
    const std::int64_t repeats = step_ / std::gcd(step_, cycle);
    repeats_ = seconds(cycle * std::min<std::int64_t>(repeats, 25) + 732 * day_seconds);
    give_up_ = begin + repeats_;
    over_ = !can_meet(rule, begin);
  }

  std::optional<Nominal> next(Budget& budget) override {
    while (!over_ && !within_.empty()) {
      if (index_ == found_.size()) {
        if (!load(budget)) break;
        continue;
      }
      const SysTime t = found_[index_++];
      if (t < start_) continue;
      if (counted_ && left_-- <= 0) break;
      if (t < from_) continue;
      const LocalTime local((t + span_at(t).offset).time_since_epoch());
      if (local > stop_) break;
      give_up_ = t + repeats_;
      return Nominal{local, t};
    }
    over_ = true;
    return std::nullopt;
  }

 private:
  SysTime period(std::int64_t k) const { return anchor_ + seconds(k * step_); }

  // Leaves out the periods before `from_` where nothing has to be counted, or counting is a
  // product.
  void skip_to(const Rrule& rule) {
    const std::int64_t k = floor_div((from_ - anchor_).count() - unit_, step_);
    if (k <= 0) return;
    const bool plain = day_filter_is_empty(rule) && rule.hours.empty() && rule.minutes.empty() &&
                       rule.seconds.empty();
    if (counted_ && !plain) return;
    k_ = k;
    const auto early = std::ranges::count_if(
        within_, [this](std::int64_t s) { return anchor_ + seconds(s) < start_; });
    const std::int64_t most =
        left_ / static_cast<std::int64_t>(std::max<std::size_t>(within_.size(), 1)) + 2;
    left_ -= std::min(k, most) * static_cast<std::int64_t>(within_.size()) - early;
  }
  static bool day_filter_is_empty(const Rrule& rule) {
    return rule.months.empty() && rule.weeks.empty() && rule.year_days.empty() &&
           rule.month_days.empty() && rule.weekdays.empty();
  }

  // Steps of INTERVAL fall on the same few times of a week again and again, shifted by the zone's
  // changes. If none of those fits, nothing ever will.
  bool can_meet(const Rrule& rule, SysTime begin) const {
    constexpr std::int64_t week = 7 * day_seconds;
    unsigned weekdays = 0;
    for (const NthWeekday& day : rule.weekdays) weekdays |= 1U << day.weekday;
    std::set<seconds> offsets;
    SysTime at = begin;
    for (int spans = 0; spans < 1'000 && at < horizon; ++spans) {
      const Span span = zone_->span_at(at);
      offsets.insert(span.offset);
      at = span.end;
    }
    const std::int64_t distinct = week / std::gcd(step_, week);
    for (const seconds offset : offsets) {
      LocalTime local((anchor_ + offset).time_since_epoch());
      for (std::int64_t k = 0; k < distinct; ++k, local += seconds(step_)) {
        const auto of_day = static_cast<int>(second_of_day(local));
        if ((weekdays == 0 || (weekdays >> weekday_of(day_of(local)) & 1) != 0) &&
            (hours_ >> (of_day / 3600) & 1) != 0 &&
            (freq_ == Freq::hourly || (minutes_ >> (of_day / 60 % 60) & 1) != 0) &&
            (freq_ != Freq::secondly || (seconds_ >> (of_day % 60) & 1) != 0)) {
          return true;
        }
      }
    }
    return false;
  }

  const Span& span_at(SysTime t) {
    if (t < span_.begin || t >= span_.end) span_ = zone_->span_at(t);
    return span_;
  }

  // On to the first period that begins when local time, by today's offset, has reached `target`.
  void jump(SysTime at, LocalTime local, LocalTime target) {
    const SysTime when = std::min(at + (target - local), span_.end);
    k_ = std::max(k_ + 1, ceil_div((when - anchor_).count(), step_));
  }

  // The local time from which on it is worth looking again; `local` itself if this one passes.
  std::optional<LocalTime> passing(LocalTime local, Budget& budget) {
    const Day day = day_of(local);
    if (!mask_.has(day)) {
      const auto next = mask_.next(day + 1, budget);
      if (!next) return std::nullopt;
      return local_at(*next);
    }
    const auto of_day = static_cast<int>(second_of_day(local));
    const int hour = next_bit(hours_, of_day / 3600, 24);
    if (hour != of_day / 3600) return local_at(day, hour * 3600);
    if (freq_ == Freq::hourly) return local;
    const int minute = next_bit(minutes_, of_day / 60 % 60, 60);
    if (minute != of_day / 60 % 60) return local_at(day, hour * 3600 + minute * 60);
    if (freq_ == Freq::minutely) return local;
    return local_at(day, hour * 3600 + minute * 60 + next_bit(seconds_, of_day % 60, 60));
  }

  bool load(Budget& budget) {
    for (;;) {
      const SysTime at = period(k_);
      if (!budget.take(cost_) || at > horizon || at > give_up_) return false;
      const LocalTime local((at + span_at(at).offset).time_since_epoch());
      if (local > stop_) return false;
      const auto wanted = passing(local, budget);
      if (!wanted) return false;
      if (*wanted != local) {
        jump(at, local, *wanted);
        continue;
      }
      // Off the hour only after a change of the clock by half an hour.
      const std::int64_t off = second_of_day(local) % unit_;
      found_.clear();
      for (std::int64_t s : within_) {
        const SysTime t = at + seconds((s - off + unit_) % unit_);
        if (off == 0 || second_of_day(zone_->local(t)) % unit_ == s) found_.push_back(t);
      }
      std::ranges::sort(found_);
      index_ = 0;
      ++k_;
      return true;
    }
  }

  static constexpr SysTime horizon{seconds((last_day + 2) * day_seconds)};

  Freq freq_;
  std::int64_t unit_;
  std::int64_t step_;
  ZonePtr zone_;
  SysTime start_;
  SysTime from_;
  LocalTime stop_ = last_time;
  bool counted_;
  std::int64_t left_;
  DayMask mask_;
  std::uint64_t hours_ = ~std::uint64_t{0};
  std::uint64_t minutes_ = ~std::uint64_t{0};
  std::uint64_t seconds_ = ~std::uint64_t{0};
  std::vector<std::int64_t> within_;  // of each period: seconds after its beginning
  std::int64_t cost_ = 1;             // of a period, in steps
  SysTime anchor_{};
  std::int64_t k_ = 0;
  Span span_{};
  std::vector<SysTime> found_;
  std::size_t index_ = 0;
  seconds repeats_{};  // after so long without a time there is none
  SysTime give_up_{};
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Source> walk_steps(const Rrule& rule, const RuleStart& start, const ZonePtr& zone,
                                   SysTime from) {
  return std::make_unique<StepWalk>(rule, start, zone, from);
}

}  // namespace lazaret::calendar
