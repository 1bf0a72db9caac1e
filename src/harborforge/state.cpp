#include "harborforge/state.h"

#include <algorithm>

#include "base/rfc3339.h"
#include "wire/codec.h"

namespace lazaret::harborforge {

std::string to_text(const State& state) { return wire::to_text(state); }

Result<State> read_state(const std::string& text) {
  if (text.empty()) return State{};
  auto state = wire::from_text<State>(text);
  if (!state) {
    return fail(ErrorCode::invalid_input,
                "the state of the calendar client is unreadable: " + state.error().message, {},
                "move the file away; slots that are ongoing at the backend are then judged anew");
  }
  if (state->format != 1) {
    return fail(ErrorCode::invalid_input,
                "the state of the calendar client has format " + std::to_string(state->format) +
                    ", expected 1",
                {}, "a newer version wrote it");
  }
  return state;
}

std::string occurrence_of(const wire::SlotView& slot) {
  if (slot.plan_id.empty()) return {};
  return slot.plan_id + "@" + to_rfc3339(slot.due());
}

bool was_fired(const State& state, const std::string& ident, const std::string& occurrence) {
  return std::ranges::any_of(state.fired, [&](const Fired& one) {
    return one.ident == ident || (!occurrence.empty() && one.occurrence == occurrence);
  });
}

bool is_reported(const State& state, const std::string& agent, const std::string& ident) {
  const auto reports = state.outbox.find(agent);
  return reports != state.outbox.end() &&
         std::ranges::any_of(reports->second,
                             [&](const Report& one) { return one.ident == ident; });
}

void note_fired(State& state, Fired fired) {
  state.fired.push_back(std::move(fired));
  while (state.fired.size() > fired_most) state.fired.pop_front();
}

void note_resolved(State& state, Resolved resolved) {
  state.history.push_back(std::move(resolved));
  while (state.history.size() > history_most) state.history.pop_front();
}

std::int64_t minutes_worked(const Active& active, WallTime now) {
  Duration worked = now - active.started_at - active.paused_for;
  if (active.paused_at) worked -= now - *active.paused_at;
  const auto minutes = std::chrono::round<std::chrono::minutes>(worked).count();
  return std::clamp<std::int64_t>(minutes, 1, wire::slot_minutes_most);
}

void add_report(State& state, const std::string& agent, Report report,
                std::optional<std::uint64_t> sent) {
  auto& reports = state.outbox[agent];
  const bool toggle = core::is_active(report.update.status) && !report.first;
  if (toggle && !reports.empty()) {
    const Report& last = reports.back();
    const bool undone = last.ident == report.ident && core::is_active(last.update.status) &&
                        !last.first && last.number != sent &&
                        last.update.status != report.update.status;
    if (undone) {
      reports.pop_back();
      if (reports.empty()) state.outbox.erase(agent);
      return;
    }
  }
  report.number = state.next_report++;
  reports.push_back(std::move(report));
}

}  // namespace lazaret::harborforge
