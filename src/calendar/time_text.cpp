#include "calendar/time_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::calendar {
namespace {

class Digits {
 public:
  explicit Digits(std::string_view text) : text_(text) {}

  // Exactly `count` digits; -1 where they are not there.
  int take(std::size_t count) {
    if (at_ + count > text_.size()) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = text_[at_ + i];
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    at_ += count;
    return value;
  }
  bool skip(std::string_view any) {
    if (done() || any.find(text_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool done() const { return at_ == text_.size(); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::unexpected<Error> not_a_time(std::string_view text, std::string_view what) {
  return fail(ErrorCode::invalid_input, fmt::format("\"{}\" is not a time", text.substr(0, 64)),
              std::string(what),
              "write 20260131T090000, 20260131T080000Z or 2026-01-31T09:00:00+01:00");
}

// Z, +01:00, -0530; nothing where nothing follows. False = something else follows.
bool read_offset(Digits& in, std::optional<seconds>& out) {
  if (in.done()) return true;
  if (in.skip("Zz")) {
    out = seconds(0);
    return in.done();
  }
  const bool negative = in.peek() == '-';
  if (!in.skip("+-")) return false;
  const int hours = in.take(2);
  in.skip(":");
  const int minutes = in.take(2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !in.done()) return false;
  const seconds size(hours * 3600 + minutes * 60);
  out = negative ? -size : size;
  return true;
}

}  // namespace

Result<TimeText> parse_time(std::string_view text, std::string_view what) {
  Digits in(text);
  Date date;
  date.year = in.take(4);
  const bool dashes = in.skip("-");
  date.month = in.take(2);
  if (dashes && !in.skip("-")) return not_a_time(text, what);
  date.day = in.take(2);
  if (!is_date(date)) return not_a_time(text, what);
  TimeText out;
  out.local = local_at(day_of(date));
  if (in.done()) {
    out.date_only = true;
    return out;
  }
  if (!in.skip(dashes ? "Tt " : "Tt")) return not_a_time(text, what);
  const int hour = in.take(2);
  const bool colons = in.skip(":");
  const int minute = in.take(2);
  int second = 0;
  if (!in.done() && (!colons || in.peek() == ':')) {
    if (colons) in.skip(":");
    second = in.take(2);
  }
  if (in.skip(".")) {
    while (in.take(1) >= 0) {
    }
  }
  std::optional<seconds> offset;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
      !read_offset(in, offset)) {
    return not_a_time(text, what);
  }
  out.local += seconds(hour * 3600 + minute * 60 + std::min(second, 59));
  if (offset) out.instant = SysTime(out.local.time_since_epoch()) - *offset;
  return out;
}

SysTime instant_of(const TimeText& time, const Zone& zone) {
  return time.instant ? *time.instant : zone.resolve(time.local).first;
}

LocalTime local_of(const TimeText& time, const Zone& zone) {
  return time.instant ? zone.local(*time.instant) : time.local;
}

std::string compact_date(Day day) {
  const Date d = date_of(day);
  return fmt::format("{:04}{:02}{:02}", d.year, d.month, d.day);
}

std::string compact(LocalTime t) {
  const auto s = second_of_day(t);
  return fmt::format("{}T{:02}{:02}{:02}", compact_date(day_of(t)), s / 3600, s / 60 % 60, s % 60);
}

std::string offset_text(seconds offset, bool colon) {
  const auto size = std::abs(offset.count());
  const char* between = colon ? ":" : "";
  std::string out = fmt::format("{}{:02}{}{:02}", offset.count() < 0 ? '-' : '+', size / 3600,
                                between, size / 60 % 60);
  if (size % 60 != 0) out += fmt::format("{}{:02}", between, size % 60);
  return out;
}

std::string with_offset(LocalTime t, seconds offset) {
  const Date d = date_of(day_of(t));
  const auto s = second_of_day(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", d.year, d.month, d.day, s / 3600,
                     s / 60 % 60, s % 60, offset_text(offset, true));
}

}  // namespace lazaret::calendar
