// A time zone as an immutable value: which offset from UTC holds when, and what a local time means.
//
// A zone is made of the bytes of a TZif file (RFC 8536, versions 1 to 4); whoever reads the file is
// an adapter. Debian's date library and libical read files themselves and keep them in a global,
// so neither can be part of a decision that a journal has to repeat. The bytes may be hostile:
// every count and index is checked, and what is wrong is an Error.
//
// After the last change that a file lists, its footer (a POSIX TZ rule) goes on. The Gregorian
// calendar repeats every 400 years, so the rule is written out once for 400 years and repeated.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calendar/civil.h"

namespace lazaret::calendar {

// A stretch of time with one offset: [begin, end).
struct Span {
  SysTime begin{};
  SysTime end{};
  seconds offset{};
  bool daylight = false;
};

LAZARET_ENUM(LocalKind, unique, gap, fold)

struct Resolved {
  LocalKind kind = LocalKind::unique;
  SysTime first{};       // unique; fold: the first; gap: by the offset before it
  SysTime second{};      // fold: the second; gap: by the offset after it (an earlier instant)
  SysTime transition{};  // gap: when the clock jumps
};

struct PosixTz;

struct Change {
  SysTime at{};
  seconds offset{};
  bool daylight = false;
  std::string abbreviation;  // "CEST"
  friend bool operator==(const Change&, const Change&) = default;
};

inline constexpr std::size_t most_zone_bytes = 256 * 1024;
inline constexpr std::size_t most_zone_changes = 5'000;

class Zone {
 public:
  static Zone utc();
  // Of changes that somebody else worked out (a VTIMEZONE): ascending; the first holds from the
  // beginning of time, whatever its `at`. At least one.
  static Zone of_changes(std::string name, std::vector<Change> changes);
  // Error: invalid_input, with the byte it is about.
  static Result<Zone> from_tzif(std::string name, std::string_view bytes);

  const std::string& name() const { return name_; }
  // Of the bytes it was made of: two zones of one hash say the same.
  std::uint64_t hash() const { return hash_; }

  Span span_at(SysTime t) const;
  LocalTime local(SysTime t) const { return LocalTime((t + span_at(t).offset).time_since_epoch()); }
  Resolved resolve(LocalTime t) const;
  const std::string& abbreviation_at(SysTime t) const;

 private:
  // Which change holds at `t`, and how many cycles of 400 years `t` lies past the table.
  std::pair<std::size_t, std::int64_t> find(SysTime t) const;
  void go_on_by(const PosixTz& rule, SysTime after);

  std::string name_;
  std::uint64_t hash_ = 0;
  std::vector<Change> changes_;  // ascending; the first holds from the beginning of time
  SysTime repeats_from_{};       // from here on the 400 years before it come again, if repeats_
  bool repeats_ = false;
};

using ZonePtr = std::shared_ptr<const Zone>;

}  // namespace lazaret::calendar
