#include "runtime/loop.h"

#include <algorithm>
#include <utility>

#include "base/invariant.h"

namespace lazaret::runtime {
namespace {

// A task, approval or wake that was acknowledged must survive a power cut, and so must what the
// files of a mission will say of it. What only the machine itself caused (spawns, exits) cannot
// outlive it anyway.
ports::Durability durability_of(const core::EventBody& body, const std::vector<core::Fact>& facts) {
  if (std::holds_alternative<core::event::Requested>(body)) return ports::Durability::power_loss;
  if (std::holds_alternative<core::event::VerifyFinished>(body))
    return ports::Durability::power_loss;
  const bool in_a_file = std::ranges::any_of(facts, [](const core::Fact& fact) {
    return std::holds_alternative<core::fact::MissionStatusChanged>(fact);
  });
  return in_a_file ? ports::Durability::power_loss : ports::Durability::daemon_crash;
}

}  // namespace

Loop::Loop(core::Fleet fleet, std::uint64_t next_decision, std::uint64_t next_fact,
           ports::Journal& journal, ports::Effects& effects, ports::Clock& clock, LoopBounds bounds)
    : fleet_(std::move(fleet)),
      next_decision_(next_decision),
      next_fact_(next_fact),
      recorded_facts_(next_fact - 1),
      journal_(journal),
      effects_(effects),
      clock_(clock),
      bounds_(bounds),
      beats_([this](core::EventBody edge) { post(std::move(edge)); }) {
  journal_.on_committed([this](std::uint64_t up_to, std::optional<Error> trouble) {
    committed(up_to, std::move(trouble));
  });
  for (const auto& [cell_id, cell] : fleet_.cells) {
    for (const auto& [id, agent] : cell.agents) watch({cell_id, id});
  }
  for (const auto& [id, agent] : fleet_.calendar.agents) watch_calendar(id);
}

void Loop::watch_calendar(const std::string& id) {
  const auto found = fleet_.calendar.agents.find(id);
  if (found == fleet_.calendar.agents.end()) return;
  const bool heard = found->second.status != core::CalendarStatus::offline;
  beats_.watch({core::calendar_cell, AgentId(id)}, {}, core::heard_most, core::heard_most, heard,
               clock_.now().mono);
}

void Loop::watch(const AgentRef& ref) {
  const core::Agent* agent = core::find_agent(fleet_, ref);
  if (!agent) return;
  const bool alive = agent->process == core::ProcessState::external || agent->pid != 0 ||
                     agent->process == core::ProcessState::starting;
  beats_.watch(ref, agent->incarnation, agent->definition.beat_interval,
               agent->definition.beat_timeout, agent->has_beaten && alive, clock_.now().mono);
}

void Loop::post(core::EventBody body) { decide_one(std::move(body), nullptr); }

void Loop::request(core::Caller caller, core::Operation operation, Answered answered, Sealed sealed,
                   Delayed delayed) {
  if (trouble_ || waiting_.size() >= bounds_.waiting_decisions) {
    const std::string why = trouble_ ? trouble_->message : "too many decisions wait to be recorded";
    return answered(fail(ErrorCode::unavailable, "nothing can be recorded at present: " + why,
                         trouble_ ? trouble_->place : "",
                         trouble_ ? trouble_->remedy : "try again in a moment"));
  }
  core::Request request{next_request_++, std::move(caller), std::move(operation)};
  decide_one(core::event::Requested{std::move(request)}, std::move(answered), sealed,
             std::move(delayed));
}

void Loop::decide_one(core::EventBody body, Answered answered, const Sealed& sealed,
                      Delayed delayed) {
  core::Event event{clock_.now(), std::move(body)};
  core::Outcome outcome = core::decide(fleet_, event);
  if (outcome.facts.empty() && waiting_.empty()) {  // nothing to wait for
    for (const core::Command& command : outcome.commands) effects_.start(command);
    if (answered) answered(std::move(*outcome.answer));
    return;
  }
  Waiting waiting;
  waiting.at = event.at;
  waiting.first_fact = next_fact_;
  waiting.facts = outcome.facts;
  waiting.commands = std::move(outcome.commands);
  waiting.answer = std::move(outcome.answer);
  waiting.answered = std::move(answered);
  waiting.delayed = std::move(delayed);
  if (waiting.facts.empty()) {  // goes with the decision before it
    waiting.number = next_decision_ - 1;
    waiting_.push_back(std::move(waiting));
    return;
  }
  waiting.number = next_decision_++;
  next_fact_ += waiting.facts.size();
  const auto durability = durability_of(event.body, outcome.facts);
  ports::Decision decision{waiting.number, std::move(event), waiting.first_fact,
                           std::move(outcome.facts), std::nullopt};
  if (sealed) decision.receipt = sealed(*waiting.answer);
  waiting_.push_back(std::move(waiting));
  journal_.append(std::move(decision), durability);
}

void Loop::committed(std::uint64_t up_to, std::optional<Error> trouble) {
  trouble_ = std::move(trouble);
  if (trouble_) return say_delayed();
  std::vector<Waiting> done;
  while (!waiting_.empty() && waiting_.front().number <= up_to) {
    done.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  std::vector<RecordedFact> facts;
  for (Waiting& one : done) {
    for (std::size_t i = 0; i < one.facts.size(); ++i) {
      facts.push_back({one.first_fact + i, one.at, &one.facts[i]});
      follow_beats(one.facts[i]);
    }
  }
  if (!facts.empty()) {
    recorded_facts_ = facts.back().number;
    for (const Observer& observer : observers_) observer(facts);
  }
  for (Waiting& one : done) release(one);
}

// What is decided stays decided and is recorded when that works again; but who asked need not wait
// for it.
void Loop::say_delayed() {
  const Error error{
      ErrorCode::unavailable,
      "this takes effect later, since it cannot be recorded at present: " + trouble_->message,
      trouble_->place, trouble_->remedy};
  std::vector<Delayed> all;
  for (Waiting& one : waiting_) {
    if (one.delayed) all.push_back(std::exchange(one.delayed, nullptr));
  }
  for (const Delayed& one : all) one(error);
}

void Loop::each_unrecorded(const std::function<void(const core::Fact&)>& look) const {
  for (const Waiting& one : waiting_) {
    for (const core::Fact& fact : one.facts) look(fact);
  }
}

void Loop::release(Waiting& waiting) {
  for (const core::Command& command : waiting.commands) effects_.start(command);
  if (waiting.answered) {
    LAZARET_ASSERT(waiting.answer.has_value());
    waiting.answered(std::move(*waiting.answer));
  }
}

// The beat table follows the fleet: who exists, and which incarnation is the live one.
void Loop::follow_beats(const core::Fact& fact) {
  if (const auto* starting = std::get_if<core::fact::AgentStarting>(&fact)) {
    watch(starting->agent);
  } else if (const auto* exited = std::get_if<core::fact::AgentExited>(&fact)) {
    BeatEntry* entry = beats_.find(exited->agent);
    if (entry && entry->incarnation == exited->incarnation) entry->watched = false;
  } else if (const auto* defined = std::get_if<core::fact::AgentDefined>(&fact)) {
    watch({defined->cell, defined->definition.id});
  } else if (const auto* cell = std::get_if<core::fact::CellDefined>(&fact)) {
    for (const auto& [id, unused] : cell->cell.agents) watch({cell->cell.id, id});
  } else if (const auto* asked = std::get_if<core::fact::CalendarAgentRegistered>(&fact)) {
    const AgentRef ref{core::calendar_cell, AgentId(asked->registered.id)};
    if (!beats_.find(ref)) watch_calendar(asked->registered.id);
  } else if (const auto* left = std::get_if<core::fact::CalendarAgentRemoved>(&fact)) {
    beats_.forget({core::calendar_cell, AgentId(left->id)});
  } else if (const auto* one = std::get_if<core::fact::AgentRemoved>(&fact)) {
    beats_.forget(one->agent);
  } else if (const auto* removed = std::get_if<core::fact::CellRemoved>(&fact)) {
    std::vector<AgentRef> gone;
    for (const auto& [ref, entry] : beats_.all()) {
      if (ref.cell == removed->cell) gone.push_back(ref);
    }
    for (const AgentRef& ref : gone) beats_.forget(ref);
  }
}

void Loop::tick() {
  const Stamp stamp = clock_.now();  // one reading: deadlines on both clocks are compared with it
  const Instant now = stamp.mono;
  const Instant expected = beats_.next_check();
  // Stopped or starved ourselves: beats that could not reach us are nobody's fault.
  if (expected < now && now - expected > bounds_.away) beats_.grant(now - expected);
  beats_.check(now);
  if (core::next_deadline(fleet_, stamp) <= now) post(core::event::TimePassed{});
}

Instant Loop::next_deadline() const {
  return std::min(core::next_deadline(fleet_, clock_.now()), beats_.next_check());
}

bool Loop::is_due() const {
  const Stamp now = clock_.now();
  return std::min(core::next_deadline(fleet_, now), beats_.next_check()) <= now.mono;
}

}  // namespace lazaret::runtime
