#include "calendar/schedule.h"

#include <algorithm>
#include <memory>
#include <set>

#include "calendar/rule_walk.h"

namespace lazaret::calendar {
namespace {

// The local times of a source as instants, in order. What a change of the clock puts off (a time
// in a gap, the second of a fold) waits until something comes that is not before it.
class Stream {
 public:
  Stream(std::unique_ptr<Source> source, const Schedule& schedule, const Rrule* rule)
      : source_(std::move(source)),
        zone_(*schedule.zone),
        gap_(schedule.gap),
        fold_(schedule.fold),
        until_(rule != nullptr ? rule->until : std::nullopt) {}

  std::optional<Occurrence> next(Budget& budget) {
    while (!over_ && !ready()) {
      const auto nominal = source_->next(budget);
      if (nominal) {
        take(*nominal);
      } else {
        over_ = true;
      }
    }
    if (waiting_.empty()) return std::nullopt;
    const Occurrence out = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    return out;
  }

 private:
  using Key = std::pair<SysTime, LocalTime>;

  bool ready() const { return !waiting_.empty() && waiting_.begin()->first.first <= sure_; }

  void take(const Nominal& nominal) {
    const Resolved r = resolve(nominal.local);
    const LocalTime local = nominal.local;
    if (nominal.instant) {
      const bool second = r.kind == LocalKind::fold && *nominal.instant == r.second;
      keep(local, *nominal.instant, second, false);
      sure_ = *nominal.instant;
      return;
    }
    switch (r.kind) {
      case LocalKind::unique:
        keep(local, r.first, false, false);
        sure_ = r.first;
        return;
      case LocalKind::gap:
        if (gap_ != GapRule::skip) {
          keep(local, gap_ == GapRule::offset_before ? r.first : r.second, false, true);
        }
        return;
      case LocalKind::fold:
        if (fold_ != FoldRule::second) keep(local, r.first, false, false);
        if (fold_ != FoldRule::first) keep(local, r.second, true, false);
        sure_ = fold_ == FoldRule::second ? r.second : r.first;
        return;
    }
  }

  // Far from a change of the clock there is nothing to look up.
  Resolved resolve(LocalTime local) {
    const SysTime at = SysTime(local.time_since_epoch()) - quiet_.offset;
    constexpr seconds wide = std::chrono::hours(52);
    if (at - wide >= quiet_.begin && at + wide < quiet_.end) {
      return {LocalKind::unique, at, {}, {}};
    }
    const Resolved r = zone_.resolve(local);
    quiet_ = zone_.span_at(r.first);
    return r;
  }

  void keep(LocalTime local, SysTime at, bool second, bool in_gap) {
    if (until_ && is_after_until(local, at)) return;
    const seconds offset = seconds((local.time_since_epoch() - at.time_since_epoch()).count());
    waiting_.insert({{at, local}, {local, second, in_gap, at, offset}});
  }

  bool is_after_until(LocalTime local, SysTime at) const {
    if (until_->instant) return at > *until_->instant;
    if (until_->date_only) return day_of(local) > day_of(until_->local);
    return local > until_->local;
  }

  std::unique_ptr<Source> source_;
  const Zone& zone_;
  GapRule gap_;
  FoldRule fold_;
  std::optional<TimeText> until_;
  std::set<std::pair<Key, Occurrence>,
           decltype([](const auto& a, const auto& b) { return a.first < b.first; })>
      waiting_;
  SysTime sure_ = SysTime::min();  // nothing before this can come any more
  Span quiet_{};
  bool over_ = false;
};

// Dates that were written out.
class Dates : public Source {
 public:
  explicit Dates(std::vector<Nominal> dates) : dates_(std::move(dates)) {
    std::ranges::sort(dates_, {}, &Nominal::local);
  }
  std::optional<Nominal> next(Budget&) override {
    if (index_ == dates_.size()) return std::nullopt;
    return dates_[index_++];
  }

 private:
  std::vector<Nominal> dates_;
  std::size_t index_ = 0;
};

std::unique_ptr<Source> dates_of(const Recurrence& when, const Zone& zone) {
  std::vector<Nominal> out;
  const auto add = [&](const TimeText& time) {
    Nominal nominal{local_of(time, zone), time.instant};
    if (time.date_only) nominal.local += seconds(second_of_day(when.start.local));
    out.push_back(nominal);
  };
  if (when.rules.empty()) add(when.start);
  for (const TimeText& date : when.dates) add(date);
  return std::make_unique<Dates>(std::move(out));
}

class Exceptions {
 public:
  Exceptions(const Recurrence& when, const Zone& zone) {
    for (const TimeText& one : when.exceptions) {
      if (one.date_only) {
        days_.insert(day_of(one.local));
      } else {
        times_.insert(local_of(one, zone));
      }
    }
  }
  bool have(LocalTime t) const { return times_.contains(t) || days_.contains(day_of(t)); }

 private:
  std::set<LocalTime> times_;
  std::set<Day> days_;
};

class Merged {
 public:
  Merged(const Schedule& schedule, SysTime from) : from_(from) {
    if (const auto* pattern = std::get_if<Pattern>(&schedule.when)) {
      add(walk_pattern(*pattern, schedule.zone, from), schedule, nullptr);
      return;
    }
    const auto& when = std::get<Recurrence>(schedule.when);
    exceptions_.emplace(when, *schedule.zone);
    const RuleStart start{local_of(when.start, *schedule.zone),
                          instant_of(when.start, *schedule.zone), when.start.date_only};
    for (const Rrule& rule : when.rules) {
      add(walk_rule(rule, start, schedule.zone, from), schedule, &rule);
    }
    add(dates_of(when, *schedule.zone), schedule, nullptr);
  }

  std::optional<Occurrence> next(Budget& budget) {
    while (true) {
      Part* first = nullptr;
      for (Part& part : parts_) {
        if (!part.ahead) part.ahead = part.stream.next(budget);
        if (!part.ahead) continue;
        if (first == nullptr || key(*part.ahead) < key(*first->ahead)) first = &part;
      }
      if (first == nullptr || budget.spent()) return std::nullopt;
      const Occurrence found = *first->ahead;
      for (Part& part : parts_) {
        if (part.ahead && key(*part.ahead) == key(found)) part.ahead.reset();
      }
      const bool left_out = exceptions_ && exceptions_->have(found.nominal);
      if (found.at < from_ || left_out) {
        if (!budget.take()) return std::nullopt;
        continue;
      }
      return found;
    }
  }

 private:
  struct Part {
    Stream stream;
    std::optional<Occurrence> ahead;
  };
  static std::pair<SysTime, LocalTime> key(const Occurrence& o) { return {o.at, o.nominal}; }
  void add(std::unique_ptr<Source> source, const Schedule& schedule, const Rrule* rule) {
    parts_.push_back({Stream(std::move(source), schedule, rule), {}});
  }

  SysTime from_;
  std::vector<Part> parts_;
  std::optional<Exceptions> exceptions_;
};

}  // namespace

Expansion between(const Schedule& schedule, SysTime from, SysTime to, std::size_t most,
                  Budget budget) {
  Expansion out;
  Merged merged(schedule, from);
  while (true) {
    if (out.times.size() == most) {
      out.stop = Stop::enough;
      return out;
    }
    const auto next = merged.next(budget);
    if (!next || next->at >= to) break;
    out.times.push_back(*next);
  }
  out.stop = budget.spent() ? Stop::gave_up : Stop::over;
  return out;
}

Expansion occurrences(const Schedule& schedule, SysTime from, std::size_t most, Budget budget) {
  return between(schedule, from, SysTime::max(), most, budget);
}

std::string to_text(const Occurrence& occurrence) {
  return with_offset(occurrence.nominal, occurrence.offset);
}

}  // namespace lazaret::calendar
