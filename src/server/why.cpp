#include "server/why.h"

#include <algorithm>
#include <map>

#include "core/fact_words.h"
#include "core/slot_view.h"
#include "server/names.h"
#include "wire/api_render.h"
#include "wire/journal_rows.h"

namespace lazaret::server {
namespace {

constexpr std::size_t qualifier_length = 8;
constexpr std::size_t prefix_least = 4;
constexpr std::size_t candidates_shown = 8;
constexpr std::size_t lines_most = 40;   // of one question to the journal
constexpr std::size_t lines_before = 8;  // what led to a question for people
constexpr std::string_view mission_kinds =
    "mission_started,mission_status_changed,task_failed,agent_quarantined,agent_substituted,"
    "approval_opened,edit_refused,note_recorded";

// What is asked for, taken apart.
struct Wanted {
  std::string_view name;        // without a kind before it
  std::optional<WhyKind> only;  // that kind
  std::optional<CellId> cell;   // in that mission
};

std::string short_of(const CellId& cell) { return cell.value.substr(0, qualifier_length); }

// "t-41", or "<first 8 of the cell's id>.t-41".
bool is_called(const CellId& cell, const std::string& id, std::string_view name) {
  if (name == id) return true;
  return name.size() == qualifier_length + 1 + id.size() && name[qualifier_length] == '.' &&
         name.starts_with(short_of(cell)) && name.ends_with(id);
}

bool is_mission(const core::Cell& cell, std::string_view name) {
  const std::string& id = cell.definition.id.value;
  return cell.definition.mission_name == name || id == name ||
         (name.size() >= prefix_least && id.starts_with(name));
}

std::vector<WhySubject> in_cell(const core::Cell& cell, const Wanted& wanted) {
  std::vector<WhySubject> found;
  const CellId& id = cell.definition.id;
  for (const auto& [agent, unused] : cell.agents) {
    if (is_called(id, agent.value, wanted.name)) found.push_back({WhyKind::agent, id, agent, {}});
  }
  for (const auto& [task, unused] : cell.tasks) {
    if (is_called(id, task.value, wanted.name))
      found.push_back({WhyKind::task, id, {}, task.value});
  }
  if (is_mission(cell, wanted.name)) found.push_back({WhyKind::mission, id, {}, {}});
  return found;
}

WhySubject of_calendar(WhyKind kind, const core::SlotWork& work, std::string id) {
  if (!work.own) return {kind, {}, {}, std::move(id)};
  return {kind, work.own->cell, work.own->agent, std::move(id)};
}

// Bare numbers are nobody's name: a plan or a slot is meant only where its kind is said, or by the
// virtual id of an occurrence.
void add_calendar(const core::Calendar& calendar, const Wanted& wanted,
                  std::vector<WhySubject>& found) {
  const std::string name(wanted.name);
  if (wanted.only == WhyKind::plan) {
    for (const auto& [id, plan] : calendar.plans) {
      if (std::to_string(id) != name) continue;
      found.push_back(of_calendar(WhyKind::plan, plan.definition.work, name));
    }
    return;
  }
  const bool is_virtual = !wanted.only && name.starts_with("plan-");
  if (wanted.only != WhyKind::slot && !is_virtual) return;
  if (const core::Slot* slot = core::find_slot(calendar, name)) {
    return found.push_back(of_calendar(WhyKind::slot, slot->work, name));
  }
  const auto occurrence = core::find_virtual_slot(calendar, name);
  if (occurrence) found.push_back(of_calendar(WhyKind::slot, occurrence->work, name));
}

std::vector<WhySubject> all_that_match(const core::Fleet& fleet, const Wanted& wanted) {
  std::vector<WhySubject> found;
  for (const auto& [id, cell] : fleet.cells) {
    if (wanted.cell && *wanted.cell != id) continue;
    for (WhySubject& one : in_cell(cell, wanted)) found.push_back(std::move(one));
  }
  const std::string name(wanted.name);
  if (const auto wake = fleet.wakes.find(WakeId(name)); wake != fleet.wakes.end()) {
    found.push_back({WhyKind::wake, wake->second.agent.cell, wake->second.agent.agent, name});
  }
  if (const auto one = fleet.approvals.find(ApprovalId(name)); one != fleet.approvals.end()) {
    const auto& agent = one->second.agent;
    const auto& task = one->second.task;
    const CellId cell = agent ? agent->cell : task ? task->cell : CellId();
    found.push_back({WhyKind::approval, cell, agent ? agent->agent : AgentId(), name});
  }
  add_calendar(fleet.calendar, wanted, found);
  std::erase_if(found, [&](const WhySubject& one) {
    return (wanted.only && *wanted.only != one.kind) || (wanted.cell && *wanted.cell != one.cell);
  });
  return found;
}

bool may_ask(const Identity& who, const WhySubject& one) {
  if (one.cell.value.empty()) return who.right != Right::agent;  // a person's own question
  if (!one.agent.value.empty()) return may_see(who, AgentRef{one.cell, one.agent});
  return may_see(who, one.cell);
}

// The mission that `lazaret run` makes is called like its one agent: that is meant then. An
// external agent keeps its bare id.
void settle_what_is_meant(const core::Fleet& fleet, std::vector<WhySubject>& found,
                          std::string_view name) {
  const auto external = std::ranges::find_if(found, [&](const WhySubject& one) {
    return one.kind == WhyKind::agent && one.cell == external_cell && one.agent.value == name;
  });
  if (external != found.end()) {
    const WhySubject meant = *external;
    std::erase_if(found, [&](const WhySubject& one) {
      return one.kind == WhyKind::agent && one.cell != meant.cell;
    });
  }
  if (found.size() != 2 || found[0].cell != found[1].cell) return;
  if (found[0].kind != WhyKind::agent || found[1].kind != WhyKind::mission) return;
  if (fleet.cells.at(found[0].cell).agents.size() == 1) found.pop_back();
}

std::string candidate(const WhySubject& one) {
  const std::string kind = std::string(to_word(one.kind)) + ":";
  switch (one.kind) {
    case WhyKind::agent:
      return kind + short_of(one.cell) + "." + one.agent.value;
    case WhyKind::task:
      return kind + short_of(one.cell) + "." + one.id;
    case WhyKind::mission:
      return kind + one.cell.value;
    case WhyKind::wake:
    case WhyKind::approval:
    case WhyKind::plan:
    case WhyKind::slot:
      return kind + one.id;
  }
  return kind;
}

Error ambiguous(const std::vector<WhySubject>& found, const std::string& name) {
  std::string list;
  for (std::size_t i = 0; i < std::min(found.size(), candidates_shown); ++i) {
    list += (i == 0 ? "" : ", ") + candidate(found[i]);
  }
  if (found.size() > candidates_shown) list += ", …";
  const bool agents =
      std::ranges::all_of(found, [](const WhySubject& one) { return one.kind == WhyKind::agent; });
  return {ErrorCode::conflict,
          "\"" + name + "\" is the id of " + std::to_string(found.size()) +
              (agents ? " agents" : " things"),
          "of", "say which one: " + list};
}

Error unknown(const Wanted& wanted) {
  const std::string name(wanted.name);
  const bool numbered = name.size() > 2 && (name.starts_with("w-") || name.starts_with("r-")) &&
                        name.find_first_not_of("0123456789", 2) == std::string::npos;
  if (numbered) {
    return {ErrorCode::not_found, "nothing is called \"" + name + "\", or it ended long ago", "of",
            "lazaret events --text " + name};
  }
  const std::string what = wanted.only ? std::string(to_word(*wanted.only)) : "agent";
  const std::string rest = wanted.only ? "" : ", task, wake, approval, mission, plan:ID or slot:ID";
  return {ErrorCode::not_found, "no " + what + rest + " \"" + name + "\"", "of",
          "lazaret agent ls, lazaret mission ls, lazaret task ls CELL, lazaret inbox, "
          "lazaret plan ls"};
}

}  // namespace

Result<WhySubject> why_subject(const core::Fleet& fleet, std::string_view text,
                               std::string_view cell, const Identity& who) {
  Wanted wanted{text, {}, {}};
  for (std::size_t i = 0; i < enum_words(WhyKind{}).size(); ++i) {
    const auto kind = static_cast<WhyKind>(i);
    const std::string prefix = std::string(to_word(kind)) + ":";
    if (!text.starts_with(prefix)) continue;
    wanted.only = kind;
    wanted.name = text.substr(prefix.size());
  }
  if (!cell.empty()) {
    auto named = cell_named(fleet, cell, who);
    if (!named) return std::unexpected(named.error());
    wanted.cell = *named;
  }
  std::vector<WhySubject> found = all_that_match(fleet, wanted);
  if (found.empty()) return std::unexpected(unknown(wanted));
  std::erase_if(found, [&](const WhySubject& one) { return !may_ask(who, one); });
  if (found.empty()) {
    return fail(ErrorCode::refused, "an agent may ask about its own mission only", "of");
  }
  settle_what_is_meant(fleet, found, wanted.name);
  if (found.size() > 1) return std::unexpected(ambiguous(found, std::string(wanted.name)));
  return found.front();
}

std::vector<ports::FactQuery> past_of(const core::Fleet& fleet, const WhySubject& subject) {
  ports::FactQuery query;
  query.cell = subject.cell.value;
  query.limit = lines_most;
  query.newest = true;
  switch (subject.kind) {
    case WhyKind::agent:
      return {};  // the fleet remembers it itself
    case WhyKind::task:
      query.task = subject.id;
      return {query};
    case WhyKind::mission:
      query.kind = mission_kinds;
      return {query};
    case WhyKind::wake: {
      const core::WakeReceipt& receipt = fleet.wakes.at(WakeId(subject.id));
      query.agent = subject.agent.value;
      query.from = receipt.accepted.wall;
      const bool over =
          receipt.fate != core::WakeFate::waiting && receipt.fate != core::WakeFate::started;
      if (over) query.until = receipt.changed.wall;
      return {query};
    }
    case WhyKind::approval: {
      const core::Approval& approval = fleet.approvals.at(ApprovalId(subject.id));
      ports::FactQuery answered;  // it names no agent
      answered.kind = "approval_answered";
      answered.from = approval.opened.wall;
      answered.text = subject.id + " ";
      if (!approval.agent && !approval.task) return {answered};
      query.agent = subject.agent.value;
      if (approval.task) query.task = approval.task->task.value;
      ports::FactQuery before = query;
      before.until = approval.opened.wall;
      before.limit = lines_before;
      query.from = approval.opened.wall;
      query.newest = false;
      return {before, query, answered};
    }
    case WhyKind::plan:
      query.kind = "plan_defined,plan_paused";
      query.text = "plan " + subject.id + " ";
      return {query};
    case WhyKind::slot:
      query.kind = "slot_defined,slot_changed";
      query.text = "slot " + subject.id + " ";
      return {query};
  }
  return {};
}

namespace {

std::vector<core::HistoryLine> lines_of(const WhySubject& subject,
                                        const std::vector<ports::FactRow>& past) {
  std::map<std::uint64_t, core::HistoryLine> lines;
  for (const ports::FactRow& row : past) {
    const auto fact = wire::read_fact(row.kind, row.body);
    std::string text = fact ? core::sentence_of(*fact) : row.kind;
    if (subject.kind == WhyKind::mission && !row.agent.empty()) text = row.agent + " " + text;
    if (subject.kind == WhyKind::task && !row.agent.empty()) text = row.agent + " " + text;
    lines[row.number] = {row.at, row.kind, std::move(text)};
  }
  std::vector<core::HistoryLine> list;
  for (auto& [number, line] : lines) list.push_back(std::move(line));
  return list;
}

core::Explanation explanation_of(const core::Fleet& fleet, const WhySubject& subject, Stamp now) {
  switch (subject.kind) {
    case WhyKind::agent:
      return core::explain(fleet, AgentRef{subject.cell, subject.agent}, now);
    case WhyKind::task:
      return core::explain(fleet, TaskRef{subject.cell, TaskId(subject.id)}, now);
    case WhyKind::wake:
      return core::explain(fleet, WakeId(subject.id), now);
    case WhyKind::approval:
      return core::explain(fleet, ApprovalId(subject.id), now);
    case WhyKind::mission:
      return core::explain(fleet, subject.cell, now);
    case WhyKind::plan:
      return core::explain_plan(fleet, std::stoll(subject.id), now);
    case WhyKind::slot:
      return core::explain_slot(fleet, subject.id, now);
  }
  return {};
}

}  // namespace

boost::json::object why_answer(const core::Fleet& fleet, const WhySubject& subject, Stamp now,
                               const std::vector<ports::FactRow>& past) {
  core::Explanation why = explanation_of(fleet, subject, now);
  core::add_past(why, lines_of(subject, past), now);
  const bool has_agent = !subject.agent.value.empty();
  const std::string address =
      has_agent ? Addresses(fleet).of(AgentRef{subject.cell, subject.agent}) : std::string();
  const std::string named = candidate(subject);
  const bool is_agent = subject.kind == WhyKind::agent;
  const std::string_view own = std::string_view(named).substr(named.find(':') + 1);
  return wire::why_json(
      {to_word(subject.kind), is_agent ? std::string_view(address) : own, subject.cell.value,
       address, subject.kind == WhyKind::task ? std::string_view(subject.id) : std::string_view()},
      why);
}

}  // namespace lazaret::server
