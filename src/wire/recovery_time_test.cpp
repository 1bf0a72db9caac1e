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

// Two hours ahead of UTC until 25 October, then one; New York five behind.
std::optional<Duration> offset_of(const std::string& zone, WallTime at) {
  const WallTime winter = from_rfc3339("2026-10-25T01:00:00Z").value();
  if (zone.empty() || zone == "Europe/Berlin") return std::chrono::hours(at < winter ? 2 : 1);
  if (zone == "America/New_York") return -std::chrono::hours(5);
  if (zone == "UTC") return Duration(0);
  return std::nullopt;
}

TEST(RecoveryTime, IsReadFromClocks) {
  const auto at = [](std::string_view text, const char* moment) {
    const auto time = recovery_time(text, from_rfc3339(moment).value(), offset_of);
    return time ? to_rfc3339(*time) : "nothing";
  };
  const char* sunday = "2026-11-22T10:00:00Z";  // 11:00 here
  const std::tuple<const char*, const char*, const char*> texts[] = {
      {"resets 3pm", sunday, "2026-11-22T14:00:00.000Z"},
      {"resets 3am", sunday, "2026-11-23T02:00:00.000Z"},
      {"Your limit will reset at 3pm (Europe/Berlin).", sunday, "2026-11-22T14:00:00.000Z"},
      {"resets at 3pm (America/New_York)", sunday, "2026-11-22T20:00:00.000Z"},
      {"resets at 3am (America/New_York)", sunday, "2026-11-23T08:00:00.000Z"},
      {"resets 12am", sunday, "2026-11-22T23:00:00.000Z"},
      {"resets 12:30 p.m.", sunday, "2026-11-22T11:30:00.000Z"},
      {"try again at 3:40 PM.", sunday, "2026-11-22T14:40:00.000Z"},
      {"available again at 15:00 UTC", sunday, "2026-11-22T15:00:00.000Z"},
      {"limited until 15:00:30", sunday, "2026-11-22T14:00:00.000Z"},
      {"resets Monday at 9am", sunday, "2026-11-23T08:00:00.000Z"},
      {"resets on Sunday, 9am", sunday, "2026-11-29T08:00:00.000Z"},
      {"resets Nov 30, 5pm", sunday, "2026-11-30T16:00:00.000Z"},
      {"resets tomorrow at 8pm", sunday, "2026-11-23T19:00:00.000Z"},
      {"resets 10:57am", sunday, "2026-11-22T10:00:00.000Z"},  // three minutes ago
      {"resets 10:50am", sunday, "2026-11-23T09:50:00.000Z"},
      {"resets 3am", "2026-10-24T10:00:00Z", "2026-10-25T02:00:00.000Z"},  // the clocks go back
      {"resets Jan 2 at 5pm", "2026-12-20T10:00:00Z", "2027-01-02T16:00:00.000Z"},
  };
  for (const auto& [text, moment, time] : texts) EXPECT_EQ(at(text, moment), time) << text;
  for (const char* none :
       {"resets 3", "resets 13pm", "resets 0am", "resets 25:00", "resets 9:61", "resets soon",
        "resets 3ampere", "resets 3pm (Mars/Olympus)", "resetting 3pm", "resets Jan 2 at 5pm",
        "resets Feb 31, 5pm", "3am", "again", "resets the counter of the cell at 3am"}) {
    EXPECT_EQ(at(none, sunday), "nothing") << none;
  }
  EXPECT_EQ(said("resets 3am"), "nothing") << "without zones";
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
      {{"usage limit reached|9795345200"}, "usage limit reached|9795345200 → no time"},
      {{"rate limit: 1st, in 1 hour", "rate limit: 2nd, in 2 hours"},
       "rate limit: 2nd, in 2 hours → 2026-11-22T12:00:00.000Z"},
  };
  for (const auto& [lines, expected] : cases) EXPECT_EQ(limit_said(lines), expected);
}

TEST(LimitInLastWords, OfClaudeIsUnderstood) {
  for (const char* line :
       {"Claude usage limit reached. Your limit will reset at 3pm (Europe/Berlin).",
        "5-hour limit reached ∙ resets 3pm", "You've hit your limit · resets 3pm",
        "You've hit your session limit · resets 3pm (Europe/Berlin)",
        "Weekly limit reached ∙ resets Nov 22 at 3pm"}) {
    const auto seen = limit_in(std::vector<std::string>{line}, now, offset_of);
    ASSERT_TRUE(seen) << line;
    EXPECT_EQ(seen->until, from_rfc3339("2026-11-22T14:00:00Z").value()) << line;
    EXPECT_TRUE(limit_stated(std::vector<std::string>{line}, now, offset_of)) << line;
  }
}

TEST(LimitStated, NeedsAStatementWithItsOwnTime) {
  const auto stated = [](std::vector<std::string> lines) {
    const auto seen = limit_stated(lines, now, offset_of);
    return seen ? to_rfc3339(*seen->until) : "none";
  };
  EXPECT_EQ(stated({"HTTP 429: rate limit exceeded, try again in 20s"}),
            "2026-11-22T10:00:20.000Z");
  EXPECT_EQ(stated({"AI usage limit reached|1795345200", "waiting"}), "2026-11-22T11:00:00.000Z");
  for (const char* none :
       {"I shall read how their rate limit works in 5 minutes", "Error: 429 Too Many Requests",
        "limit reached", "resets 3pm", "rate limit reached at 2026-11-22T09:00:00Z",
        "you have hit your target, again in 5 minutes"}) {
    EXPECT_EQ(stated({none}), "none") << none;
  }
  EXPECT_EQ(stated({"limit reached", "resets in 5 minutes"}), "none") << "not of one line";
  EXPECT_EQ(stated({}), "none");
}

}  // namespace
}  // namespace lazaret::wire
