#include "wire/api_render.h"

#include "base/utf8.h"
#include "core/account.h"
#include "core/fact_words.h"
#include "core/presence.h"
#include "core/standstill.h"
#include "wire/api_encode.h"
#include "wire/cell_status.h"

namespace lazaret::wire {
namespace {

template <class Tag>
json::value id_or_null(const std::optional<Id<Tag>>& id) {
  return id ? json::value(json::string(id->value)) : json::value(nullptr);
}

json::value word_or_null(std::string_view text) {
  return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

json::value wake_line(const std::optional<core::Wake>& wake) {
  if (!wake) return nullptr;
  return json::object{{"id", wake->id.value}, {"source", wake->source}};
}

json::value task_line(const core::Fleet& fleet, const AgentRef& ref, const core::Agent& agent) {
  if (!agent.task) return nullptr;
  const core::Task* task = core::find_task(fleet, {ref.cell, *agent.task});
  return json::object{{"task_id", agent.task->value},
                      {"title", task ? task->definition.title : std::string()}};
}

json::value verify_json(const std::optional<core::VerifySpec>& verify) {
  if (!verify) return nullptr;
  json::array command(verify->command.begin(), verify->command.end());
  return json::object{{"command", std::move(command)},
                      {"timeout_seconds", in_seconds(verify->timeout)}};
}

template <class T>
json::array texts(const T& values) {
  json::array out;
  for (const auto& value : values) out.push_back(api_value(value, {}));
  return out;
}

}  // namespace

json::value api_time(WallTime at) {
  return at == WallTime{} ? json::value(nullptr) : json::value(json::string(to_rfc3339(at)));
}

json::value api_time(Instant when, const Stamp& at) {
  return when == never ? json::value(nullptr) : api_time(at.wall + (when - at.mono));
}

json::value api_value(const core::RunSpec& run, const Stamp&) {
  json::array names;
  for (const auto& [name, secret] : run.env) names.push_back(json::string(name));
  return json::object{{"adapter", to_word(run.adapter)},
                      {"command", texts(run.command)},
                      {"working_directory", run.working_directory},
                      {"env", std::move(names)},
                      {"inherit_env", run.inherit_env},
                      {"stop_signal", run.stop_signal},
                      {"stop_grace_seconds", in_seconds(run.stop_grace)},
                      {"ready", to_word(run.ready)},
                      {"watchdog_seconds", in_seconds(run.watchdog)},
                      {"restart", to_word(run.restart)}};
}

json::value api_value(const core::Policies& policies, const Stamp& at) {
  json::object out;
  for_each_field(policies, [&](std::string_view name, const auto& member) {
    using Member = std::decay_t<decltype(member)>;
    const bool fixed = name == "revive_timeout" || name == "checkpoint_interval";
    std::string shown(name);
    if (std::is_same_v<Member, Duration> && !fixed) shown += "_seconds";
    out[shown] = api_value(member, at);
  });
  const bool manual = policies.handoff_approval == core::HandoffApproval::manual;
  out["handoff_approval"] = manual ? "manual" : "auto";
  return out;
}

json::value api_value(const core::Amounts& amounts, const Stamp&) {
  return json::object{{"wall_seconds", in_seconds(Duration(amounts.wall))},
                      {"cpu_seconds", in_seconds(Duration(amounts.cpu))},
                      {"spawns", amounts.spawns},
                      {"tokens", amounts.tokens},
                      {"usd", static_cast<double>(amounts.usd) / 1e6}};
}

json::value api_value(const core::CellDefinition& cell, const Stamp&) {
  return json::object{{"mission_name", cell.mission_name},
                      {"path", cell.path},
                      {"agents", cell.agents.size()},
                      {"tasks", cell.tasks.size()},
                      {"digest", cell.digest}};
}

json::value json_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  boost::system::error_code bad;
  auto value = json::parse(valid_utf8(std::string(text)), bad);
  return bad ? json::value(json::string(text)) : value;
}

namespace {

// What it may use at most: its own limits, else its cell's; null where there is none.
json::object limits_json(const core::Fleet& fleet, const AgentRef& ref, const core::Agent& agent) {
  const auto cell = fleet.cells.find(ref.cell);
  core::Limits limits;
  if (cell != fleet.cells.end()) limits = cell->second.definition.isolation.limits;
  if (agent.definition.limits) limits = *agent.definition.limits;
  json::object out = api_value(limits, {}).as_object();
  for (auto& entry : out) {
    if (entry.value().to_number<double>() == 0) entry.value() = nullptr;
  }
  return out;
}

json::value last_checkpoint_json(const core::Agent& agent) {
  if (agent.checkpoints.empty()) return nullptr;
  const core::Checkpoint& last = agent.checkpoints.back();
  json::object out{{"checkpoint", last.info.id}, {"saved_at", api_time(last.at.wall)}};
  out["proven_at"] = last.proven ? api_time(*last.proven) : json::value(nullptr);
  out["broken"] = !last.broken.empty();
  return out;
}

}  // namespace

json::object agent_json(const core::Fleet& fleet, const AgentRef& ref, const core::Agent& agent,
                        std::string_view address, WallTime now) {
  const auto& definition = agent.definition;
  json::object out{{"agent_id", ref.agent.value},
                   {"cell_id", ref.cell.value},
                   {"ref", address},
                   {"name", definition.name},
                   {"role", to_word(definition.role)},
                   {"capabilities", texts(definition.capabilities)},
                   {"gateway", definition.gateway},
                   {"process", to_word(agent.process)},
                   {"since", api_time(agent.since.wall)},
                   {"reason", agent.state_reason},
                   {"incarnation", agent.incarnation.value},
                   {"pid", agent.pid == 0 ? json::value(nullptr) : json::value(agent.pid)},
                   {"spawned_at", api_time(agent.spawned_at.wall)},
                   {"wanted", agent.wanted},
                   {"finished", agent.finished},
                   {"paused", agent.paused},
                   {"paused_since", api_time(agent.paused_since.wall)},
                   {"frozen", agent.frozen},
                   {"frozen_since", api_time(agent.frozen_since.wall)},
                   {"halted", agent.stopped_by_others && !agent.frozen},
                   {"tries", agent.tries},
                   {"deaths", agent.deaths}};
  const bool waits = agent.process == core::ProcessState::backoff;
  out["backoff_until"] = waits ? api_time(agent.backoff_until, agent.since) : json::value(nullptr);
  out["last_exit"] = api_value(agent.last_exit, agent.since);
  out["approval"] = id_or_null(agent.approval);
  out["stands_in_for"] = id_or_null(agent.stands_in_for);
  out["replaced_by"] = id_or_null(agent.replaced_by);
  out["health"] = to_word(agent.health);
  out["health_reason"] = agent.health_reason;
  out["failures"] = agent.failures;
  const core::Activity activity = core::activity_of(agent, now);
  out["activity"] = to_word(activity);
  const bool known = activity == agent.activity;  // a rate limit may be over and not yet noted
  out["activity_since"] = known ? api_time(agent.activity_since.wall) : json::value(nullptr);
  out["rate_limited_until"] = api_value(agent.rate_limited_until, agent.since);
  out["account"] = word_or_null(core::account::name_of(*core::find_cell(fleet, ref.cell), agent));
  out["waits_for_account"] =
      agent.turn_in_line == 0 ? json::value(nullptr) : api_time(agent.waits_since.wall);
  out["hang"] = to_word(agent.hang);
  out["task"] = task_line(fleet, ref, agent);
  out["wake"] = wake_line(agent.running_wake);
  out["waiting_wake"] = wake_line(agent.waiting_wake);
  out["run"] = api_value(definition.run, agent.since);
  out["limits"] = limits_json(fleet, ref, agent);
  out["last_checkpoint"] = last_checkpoint_json(agent);
  return out;
}

json::object spend_json(const core::Fleet& fleet, const core::BudgetPlace& place, Instant now) {
  const core::Meter& meter = core::meter_at(fleet, place);
  core::Amounts caps;
  for (std::size_t i = 0; i < enum_words(core::BudgetKind{}).size(); ++i) {
    const auto kind = static_cast<core::BudgetKind>(i);
    core::set_part(caps, kind, core::cap_at(fleet, place, kind));
  }
  json::object shown = api_value(caps, {}).as_object();
  for (auto& entry : shown) {
    if (entry.value().to_number<double>() == 0) entry.value() = nullptr;
  }
  return {{"spent", api_value(core::spent_at(fleet, place, now), {})},
          {"reserved", api_value(meter.reserved, {})},
          {"caps", std::move(shown)},
          {"held", meter.hold ? json::value(json::string(meter.hold->approval.value))
                              : json::value(nullptr)}};
}

json::object task_json(const CellId& cell, const core::Task& task) {
  const auto& definition = task.definition;
  json::object needs{{"role", definition.needs_role ? json::value(to_word(*definition.needs_role))
                                                    : json::value(nullptr)},
                     {"capabilities", texts(definition.needs_capabilities)}};
  return {{"task_id", definition.id.value},
          {"cell_id", cell.value},
          {"title", definition.title},
          {"description", definition.description},
          {"status", to_word(task.state)},
          {"since", api_time(task.since.wall)},
          {"reason", task.state_reason},
          {"assigned_to", id_or_null(definition.assigned_to)},
          {"owner", id_or_null(task.owner)},
          {"owner_incarnation", task.owner_incarnation.value},
          {"claim", task.claim},
          {"tries", task.tries},
          {"max_tries", definition.max_tries},
          {"priority", to_word(definition.priority)},
          {"dependencies", texts(definition.dependencies)},
          {"open_dependencies", task.open_dependencies},
          {"needs", std::move(needs)},
          {"timeout", in_seconds(definition.timeout)},
          {"artifacts", texts(definition.artifacts)},
          {"on_failure", to_word(definition.on_failure)},
          {"input", json_or_null(definition.input)},
          {"cursor", json_or_null(task.cursor)},
          {"result", task.result},
          {"verify", verify_json(definition.verify)},
          {"handoff", api_value(task.handoff, {})},
          {"handed_over", api_value(task.handed_over, {})},
          {"created_at", api_time(definition.created_at)},
          {"completed_at", api_time(task.completed_at)}};
}

json::object cell_json(const core::Fleet& fleet, const core::Cell& cell) {
  const auto& definition = cell.definition;
  json::object counts;
  for (const std::string_view word : enum_words(core::TaskState{})) counts[word] = 0;
  for (const auto& [id, task] : cell.tasks) {
    counts[to_word(task.state)] = counts[to_word(task.state)].as_int64() + 1;
  }
  json::array agents;
  for (const auto& [id, agent] : cell.agents) agents.push_back(json::string(id.value));
  return {{"cell_id", definition.id.value},
          {"mission_name", definition.mission_name},
          {"path", definition.path},
          {"status", to_word(cell.status)},
          {"reason", cell.status_reason},
          {"since", api_time(cell.since.wall)},
          {"needs", word_or_null(core::needs_of(fleet, cell))},
          {"started", cell.started},
          {"created_at", api_time(definition.created_at)},
          {"created_by", definition.created_by},
          {"agents", cell.agents.size()},
          {"agent_ids", std::move(agents)},
          {"max_agents", definition.max_agents},
          {"tasks", cell.tasks.size()},
          {"open_tasks", cell.open_tasks},
          {"task_counts", std::move(counts)},
          {"timeout", in_seconds(definition.timeout)},
          {"isolation", to_word(definition.isolation.level)},
          {"policies", api_value(definition.policies, {})}};
}

json::object graph_json(const core::Cell& cell) {
  json::array tasks;
  json::array edges;
  for (const auto& [id, task] : cell.tasks) {
    tasks.push_back(json::object{{"task_id", id.value},
                                 {"title", task.definition.title},
                                 {"status", to_word(task.state)},
                                 {"owner", id_or_null(task.owner)},
                                 {"assigned_to", id_or_null(task.definition.assigned_to)}});
    for (const TaskId& on : task.definition.dependencies) {
      edges.push_back(json::object{{"from", on.value}, {"to", id.value}});
    }
  }
  return {{"cell_id", cell.definition.id.value},
          {"tasks", std::move(tasks)},
          {"edges", std::move(edges)}};
}

json::object approval_json(const ApprovalId& id, const core::Approval& approval) {
  const auto& agent = approval.agent;
  const auto& task = approval.task;
  json::object out{{"id", id.value},
                   {"kind", to_word(approval.kind)},
                   {"question", approval.question},
                   {"opened", api_time(approval.opened.wall)},
                   {"deadline", api_time(approval.deadline)},
                   {"default", to_word(approval.fallback)}};
  out["cell"] = agent  ? json::value(json::string(agent->cell.value))
                : task ? json::value(json::string(task->cell.value))
                       : word_or_null(approval.cell.value);
  out["agent"] = agent ? json::value(json::string(agent->agent.value)) : json::value(nullptr);
  out["task"] = task ? json::value(json::string(task->task.value)) : json::value(nullptr);
  out["account"] = word_or_null(approval.account);
  out["open"] = !approval.answer;
  out["answer"] = api_value(approval.answer, {});
  out["by"] = word_or_null(approval.by);
  out["reason"] = approval.reason;
  return out;
}

json::object wake_json(const WakeId& id, const core::WakeReceipt& receipt) {
  return {{"id", id.value},
          {"agent", receipt.agent.agent.value},
          {"cell", receipt.agent.cell.value},
          {"message", receipt.wake.message},
          {"source", receipt.wake.source},
          {"accepted", api_time(receipt.accepted.wall)},
          {"changed", api_time(receipt.changed.wall)},
          {"fate", to_word(receipt.fate)},
          {"detail", receipt.detail}};
}

json::array faults_json(const std::vector<Problem>& problems) {
  json::array faults;
  for (const Problem& one : problems) {
    const std::string place = one.file + ":" + std::to_string(one.line) + ":" +
                              std::to_string(one.column) + " " + one.pointer;
    faults.push_back(json::object{{"place", place},
                                  {"file", one.file},
                                  {"line", one.line},
                                  {"column", one.column},
                                  {"pointer", one.pointer},
                                  {"severity", to_word(one.severity)},
                                  {"found", one.found},
                                  {"expected", one.expected},
                                  {"message", "found " + one.found + ", expected " + one.expected},
                                  {"remedy", "write " + one.expected}});
  }
  return faults;
}

json::object why_json(const WhyHead& head, const core::Explanation& why) {
  json::array evidence;
  for (const auto& line : why.evidence) {
    evidence.push_back(json::object{{"at", api_time(line.at)},
                                    {"age_seconds", line.age_seconds},
                                    {"kind", line.kind},
                                    {"text", line.text}});
  }
  return {{"what", head.what},
          {"subject", head.subject},
          {"cell", word_or_null(head.cell)},
          {"agent", word_or_null(head.agent)},
          {"task", word_or_null(head.task)},
          {"state", why.state},
          {"since", why.since.wall == WallTime{} ? json::value(nullptr) : api_time(why.since.wall)},
          {"reason", why.reason},
          {"sentence", why.sentence},
          {"rule", why.rule},
          {"setting", why.setting},
          {"setting_place", why.setting_place},
          {"next", why.next},
          {"evidence", std::move(evidence)}};
}

json::object fact_body(const core::Fact& fact, const Stamp& at) {
  json::object out;
  std::visit(
      [&](const auto& one) {
        for_each_field(one, [&](std::string_view name, const auto& member) {
          using Member = std::decay_t<decltype(member)>;
          constexpr bool is_subject = std::is_same_v<Member, AgentRef> ||
                                      std::is_same_v<Member, TaskRef> ||
                                      std::is_same_v<Member, CellId>;
          if constexpr (!is_subject) {
            std::string shown(name);
            if constexpr (std::is_same_v<Member, Duration>) shown += "_seconds";
            out[shown] = api_value(member, at);
          }
        });
      },
      fact);
  return out;
}

json::object event_json(const EventHead& head, const core::Fact* fact, std::string_view raw_body) {
  json::object out{{"number", head.number},
                   {"at", to_rfc3339(head.at.wall)},
                   {"kind", head.kind},
                   {"cell", word_or_null(head.cell)},
                   {"agent", word_or_null(head.agent)},
                   {"task", word_or_null(head.task)}};
  if (fact) {
    out["text"] = core::sentence_of(*fact);
    out["body"] = fact_body(*fact, head.at);
  } else {
    out["text"] = head.kind;
    out["body"] = json_or_null(raw_body);
  }
  return out;
}

}  // namespace lazaret::wire
