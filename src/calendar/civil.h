// Dates and times without a zone: the proleptic Gregorian calendar, whole seconds.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/fields.h"

namespace lazaret::calendar {

using std::chrono::seconds;

using LocalTime = std::chrono::local_seconds;  // what a clock on the wall shows
using SysTime = std::chrono::sys_seconds;      // an instant
using Day = std::int64_t;                      // days since 1970-01-01

inline constexpr int first_year = 1;
inline constexpr int last_year = 9999;
inline constexpr std::int64_t day_seconds = 86'400;
inline constexpr Day gregorian_cycle = 146'097;  // 400 years; whole weeks

struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;
  LAZARET_FIELDS(Date, year, month, day)
};

constexpr bool is_leap(int year) { return std::chrono::year(year).is_leap(); }
constexpr int year_length(int year) { return is_leap(year) ? 366 : 365; }

constexpr int month_length(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

constexpr bool is_date(const Date& d) {
  return d.year >= first_year && d.year <= last_year && d.month >= 1 && d.month <= 12 &&
         d.day >= 1 && d.day <= month_length(d.year, d.month);
}

constexpr Day day_of(int year, int month, int day) {
  return std::chrono::sys_days(std::chrono::year(year) / month / day).time_since_epoch().count();
}
constexpr Day day_of(const Date& d) { return day_of(d.year, d.month, d.day); }

constexpr Date date_of(Day day) {
  const std::chrono::year_month_day ymd{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(day)))};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

// Monday is 0.
constexpr int weekday_of(Day day) { return static_cast<int>(((day + 3) % 7 + 7) % 7); }

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

constexpr LocalTime local_at(Day day, std::int64_t second = 0) {
  return LocalTime(seconds(day * day_seconds + second));
}
constexpr Day day_of(LocalTime t) { return floor_div(t.time_since_epoch().count(), day_seconds); }
constexpr std::int64_t second_of_day(LocalTime t) {
  return t.time_since_epoch().count() - day_of(t) * day_seconds;
}

// Nothing recurs after this.
inline constexpr Day last_day = day_of(last_year, 12, 31);
inline constexpr LocalTime last_time = local_at(last_day, day_seconds - 1);

}  // namespace lazaret::calendar
