#include "wire/recovery_time.h"

#include <gtest/gtest.h>

#include "base/rfc3339.h"

namespace lazaret::wire {
namespace {

const WallTime now = from_rfc3339("2026-11-22T10:00:00Z").value();

std::string said(std::string_view text) {
  const auto time = recovery_time(text, now);
  return time ? to_rfc3339(*time) : "nothing";
}

TEST(RecoveryTime, IsReadFromHeadersAndSentences) {
  const std::pair<const char*, const char*> texts[] = {
      {"120", "2026-11-22T10:02:00.000Z"},
      {" 0 ", "2026-11-22T10:00:00.000Z"},
      {"Sun, 22 Nov 2026 10:30:00 GMT", "2026-11-22T10:30:00.000Z"},
      {"limited until Sun, 22 Nov 2026 10:30:00 GMT, sorry", "2026-11-22T10:30:00.000Z"},
      {"2026-11-22T12:00:00Z", "2026-11-22T12:00:00.000Z"},
      {"Usage limit: resets at 2026-11-22T13:00:00+01:00.", "2026-11-22T12:00:00.000Z"},
      {"resets in 3 hours", "2026-11-22T13:00:00.000Z"},
      {"Rate limit reached. Please try again in 20s.", "2026-11-22T10:00:20.000Z"},
      {"try again in 1h 30m", "2026-11-22T11:30:00.000Z"},
      {"Resets in 1 hour and 30 minutes", "2026-11-22T11:30:00.000Z"},
      {"resets in 1 day, 2 hours", "2026-11-23T12:00:00.000Z"},
      {"again in 1.5 min", "2026-11-22T10:01:30.000Z"},
      {"in short: resets in 5 minutes", "2026-11-22T10:05:00.000Z"},
      {"it was over at 2026-11-22T09:00:00Z", "2026-11-22T10:00:00.000Z"},
  };
  for (const auto& [text, time] : texts) EXPECT_EQ(said(text), time) << text;
}

TEST(RecoveryTime, IsNothingWhereNoneIsNamed) {
  for (const char* text : {"", "rate_limit", "billing", "in", "in 3", "in 3 apples", "within 5 min",
                           "99999999999999", "in 9999999 days", "2027-11-22T10:00:00Z",
                           "12 Foo 2026", "1e9", "-5", " GMT", "in in in 3"}) {
    EXPECT_EQ(said(text), "nothing") << text;
  }
}

std::string limit_said(std::vector<std::string> lines) {
  const auto seen = limit_in(lines, now);
  if (!seen) return "none";
  return seen->line + " → " + (seen->until ? to_rfc3339(*seen->until) : "no time");
}

TEST(LimitInLastWords, IsToldFromOtherFailures) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"Traceback", "ValueError: 42"}, "none"},
      {{}, "none"},
      {{"", "working", ""}, "none"},
      {{"Error: 429 Too Many Requests", "bye"}, "Error: 429 Too Many Requests → no time"},
      {{"rate limit reached, try again in 20s"},
       "rate limit reached, try again in 20s → 2026-11-22T10:00:20.000Z"},
      {{"2026-11-22T09:59:58Z ERROR rate_limit: again in 1 minute"},
       "2026-11-22T09:59:58Z ERROR rate_limit: again in 1 minute → 2026-11-22T10:01:00.000Z"},
      {{"2026-11-22T09:59:58Z ERROR rate_limit"},
       "2026-11-22T09:59:58Z ERROR rate_limit → no time"},
      {{"Please try again in 5 minutes: usage limit"},
       "Please try again in 5 minutes: usage limit → 2026-11-22T10:05:00.000Z"},
      {{"HTTP 429: Rate limit exceeded", "Retry-After: 120"},
       "HTTP 429: Rate limit exceeded → 2026-11-22T10:02:00.000Z"},
      {{"AI usage limit reached|1795345200"},
       "AI usage limit reached|1795345200 → 2026-11-22T11:00:00.000Z"},
      {{"usage limit reached|1995345200"}, "usage limit reached|1995345200 → no time"},
      {{"rate limit: 1st, in 1 hour", "rate limit: 2nd, in 2 hours"},
       "rate limit: 2nd, in 2 hours → 2026-11-22T12:00:00.000Z"},
  };
  for (const auto& [lines, expected] : cases) EXPECT_EQ(limit_said(lines), expected);
}

}  // namespace
}  // namespace lazaret::wire
