// When a service that refuses for now says that it will serve again.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "core/report.h"
#include "wire/clock_words.h"

namespace lazaret::wire {

// What is further away is no recovery but a mistake.
inline constexpr Duration recovery_most = std::chrono::hours(24 * 31);

// "120" (Retry-After, in seconds), an HTTP date, RFC 3339, or a sentence that holds one of them:
// "resets in 3 hours", "try again in 1h 30m", "resets at 2026-11-22T10:00:00Z". A time that is over
// is now. Where `zones` are given, also a time of day: "resets 3am (Europe/Berlin)". Nothing where
// the text names none, or one beyond recovery_most.
std::optional<WallTime> recovery_time(std::string_view text, WallTime now,
                                      const ZoneOffset& zones = {});

// Are the last words of a program (its newest line last) of a rate limit of whatever it called? The
// line that says so: "rate limit", "usage limit", "too many requests", "quota exceeded", …; and the
// time that this line, or one that speaks of a retry or a reset, names. Also as programs write it
// for programs: "limit reached|1795342800", in seconds since 1970.
std::optional<core::LimitSeen> limit_in(std::span<const std::string> last_lines, WallTime now,
                                        const ZoneOffset& zones = {});

// The same of a program that runs on, where the words may be of anything: the newest of the lines
// that states a limit ("limit reached", "hit your limit", "too many requests", …) and itself names
// a time that is not over.
std::optional<core::LimitSeen> limit_stated(std::span<const std::string> newest_lines,
                                            WallTime printed, const ZoneOffset& zones);

}  // namespace lazaret::wire
