#include "calendar/policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/invariant.h"
#include "base/rng.h"
#include "calendar/virtual_id.h"

namespace lazaret::calendar {
namespace {

std::string lateness_text(SysTime due, SysTime now) { return duration_text(now - due); }

}  // namespace

std::string duration_text(seconds duration) {
  const auto s = duration.count();
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600)
    return s % 60 == 0 ? fmt::format("{}m", s / 60) : fmt::format("{}m {:02}s", s / 60, s % 60);
  if (s < day_seconds)
    return s / 60 % 60 == 0 ? fmt::format("{}h", s / 3600)
                            : fmt::format("{}h {:02}m", s / 3600, s / 60 % 60);
  return fmt::format("{}d {:02}h", s / day_seconds, s / 3600 % 24);
}

SysTime due_at(const Policy& policy, std::string_view plan, const Occurrence& occurrence) {
  const auto most = std::clamp(policy.jitter, seconds(0), most_jitter).count();
  if (most == 0) return occurrence.at;
  const std::uint64_t hash = mix(hash_text(virtual_id(plan, occurrence)));
  return occurrence.at +
         seconds(static_cast<std::int64_t>(hash % (static_cast<std::uint64_t>(most) + 1)));
}

std::vector<Verdict> judge(const Policy& policy, std::string_view plan,
                           std::span<const Occurrence> due, SysTime now) {
  LAZARET_ASSERT(!due.empty());
  std::vector<Verdict> out;
  std::size_t newest_late = due.size();
  for (std::size_t i = 0; i < due.size(); ++i) {
    const SysTime at = due_at(policy, plan, due[i]);
    Verdict verdict{due[i], Fate::fired, ""};
    if (now - at > punctual) {
      const std::string late = lateness_text(at, now);
      if (policy.missed == Missed::skip) {
        verdict.fate = Fate::missed;
        verdict.reason = fmt::format("noticed {} late, and the plan skips what is missed", late);
      } else if (policy.within && now - at > *policy.within) {
        verdict.fate = Fate::missed;
        verdict.reason = fmt::format("noticed {} late; the plan runs what is at most {} late", late,
                                     duration_text(*policy.within));
      } else {
        verdict.fate = Fate::late;
        verdict.reason = fmt::format("noticed {} late", late);
        newest_late = i;
      }
    }
    out.push_back(std::move(verdict));
  }
  if (policy.missed != Missed::once) return out;
  // Once: the newest stands for all of them, whether it is late or just due.
  const bool just_due =
      std::ranges::any_of(out, [](const Verdict& verdict) { return verdict.fate == Fate::fired; });
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].fate != Fate::late || (i == newest_late && !just_due)) continue;
    out[i].fate = Fate::superseded;
    out[i].reason = "a newer time of the plan runs in its place";
  }
  return out;
}

std::vector<Wake> catch_up(std::vector<PlanVerdicts>& plans, SysTime now) {
  std::vector<std::pair<SysTime, PlanVerdicts*>> order;
  std::vector<Wake> wakes;
  for (PlanVerdicts& plan : plans) {
    SysTime newest = SysTime::min();
    for (const Verdict& verdict : plan.verdicts) {
      if (verdict.fate == Fate::fired) {
        wakes.push_back({plan.plan, verdict.occurrence, now});
      } else if (verdict.fate == Fate::late) {
        newest = std::max(newest, verdict.occurrence.at);
      }
    }
    if (newest != SysTime::min()) order.push_back({newest, &plan});
  }
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->plan < b.second->plan;
  });
  std::size_t woken = 0;
  for (auto& [newest, plan] : order) {
    for (Verdict& verdict : plan->verdicts) {
      if (verdict.fate != Fate::late) continue;
      const bool chosen = verdict.occurrence.at == newest;
      if (chosen && woken < most_catch_up_wakes) {
        const auto distance = catch_up_distance * static_cast<std::int64_t>(woken++);
        wakes.push_back({plan->plan, verdict.occurrence, now + distance});
        newest = SysTime::min();  // one a plan, also when two times are the same instant
        continue;
      }
      verdict.fate = Fate::missed;
      verdict.reason += chosen
                            ? fmt::format("; after downtime at most {} plans run what they missed",
                                          most_catch_up_wakes)
                            : "; after downtime a plan runs once";
    }
  }
  return wakes;
}

OverlapVerdict overlap(const Policy& policy, bool running, std::size_t waiting) {
  if (!running && waiting == 0) return {};
  switch (policy.overlap) {
    case Overlap::queue_newest:
      if (waiting == 0) return {Turn::wait, ""};
      return {Turn::replace_waiting, "superseded"};
    case Overlap::skip:
      return {Turn::skip, "the one before it is still under way"};
    case Overlap::queue:
      if (waiting < most_waiting) return {Turn::wait, ""};
      return {Turn::skip, fmt::format("{} of the plan are waiting already", waiting)};
    case Overlap::cancel_other:
      return {Turn::cancel_running, "superseded"};
  }
  return {};
}

FailureCount after_end(const Policy& policy, FailureCount before, bool success) {
  if (success) return {0, before.paused};
  FailureCount out{before.in_a_row + 1, before.paused};
  if (policy.pause_after_failures > 0 && out.in_a_row >= policy.pause_after_failures) {
    out.paused = true;
  }
  return out;
}

std::string fate_line(const Verdict& verdict) {
  return fmt::format("{} {}{}{}", to_text(verdict.occurrence), to_word(verdict.fate),
                     verdict.reason.empty() ? "" : ": ", verdict.reason);
}

}  // namespace lazaret::calendar
