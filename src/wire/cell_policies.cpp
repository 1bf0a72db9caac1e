// config/isolation.json, config/policies.json, config/permissions.json
#include "wire/cell_policies.h"

#include <fmt/format.h>

#include "wire/cell_parts.h"

namespace lazaret::wire::parts {
namespace {

constexpr std::string_view policies_file = "config/policies.json";
constexpr std::string_view policies_file_own = "the object \"lazaret\" of config/policies.json";

// What config/policies.json takes outside of its object `lazaret`, and inside of it.
constexpr std::string_view outer_names[] = {
    "auto_revive",      "revive_timeout",      "substitute_agents",   "handoff_allowed",
    "handoff_approval", "checkpoint_required", "checkpoint_interval", "max_retries"};
constexpr std::string_view own_names[] = {"backoff_first_seconds",
                                          "backoff_most_seconds",
                                          "stable_after_seconds",
                                          "approval_deadline_seconds",
                                          "checkpoint_deadline_seconds",
                                          "checkpoints_kept",
                                          "checkpoint_bytes",
                                          "rehearsal_interval_seconds",
                                          "complete_when_tasks_done",
                                          "strategy"};

void policies_from(const Findings& findings, const JsonValue& root, core::CellDefinition& cell,
                   bool strict);

}  // namespace

void policies_misplaced(Fields& fields) {
  fields.misplaced(outer_names, policies_file);
  fields.misplaced(own_names, policies_file_own);
}

void read_own_policies(Fields& own, core::CellDefinition& cell) {
  own.seconds("backoff_first_seconds", cell.policies.backoff_first, 0.001);
  own.seconds("backoff_most_seconds", cell.policies.backoff_most, 0.001);
  own.seconds("stable_after_seconds", cell.policies.stable_after);
  own.seconds("approval_deadline_seconds", cell.policies.approval_deadline, 1);
  own.seconds("checkpoint_deadline_seconds", cell.policies.checkpoint_deadline, 0.1);
  own.whole("checkpoints_kept", cell.policies.checkpoints_kept, 1, 1'000);
  own.whole("checkpoint_bytes", cell.policies.checkpoint_bytes, std::int64_t{1},
            std::int64_t{1} << 50);
  own.seconds("rehearsal_interval_seconds", cell.policies.rehearsal_interval);
  own.truth("complete_when_tasks_done", cell.complete_when_tasks_done);
  own.word("strategy", cell.policies.strategy);
  own.budget(cell.budget);
  own.misplaced(outer_names, "config/policies.json, outside of \"lazaret\"");
}

void read_isolation(const Findings& findings, const JsonValue& root, core::CellDefinition& cell) {
  Fields fields(findings, root, "");
  core::IsolationSpec& isolation = cell.isolation;
  const core::Isolation in_cell_json = isolation.level;
  const bool given = fields.word("level", isolation.level);
  if (given && in_cell_json != core::Isolation::none && in_cell_json != isolation.level) {
    findings.warning(root.find("level")->value.span, "/level",
                     fmt::format("\"{}\" where cell.json says \"{}\"", to_word(isolation.level),
                                 to_word(in_cell_json)),
                     "the same level in both; this file holds");
  }
  fields.truth("mount_namespaces", isolation.mount_namespaces);
  fields.truth("network_isolation", isolation.network_isolation);
  fields.limits("resource_limits", isolation.limits, false);
  if (const JsonValue* value = fields.object("security_context")) {
    Fields context(findings, *value, "/security_context");
    context.line("user", isolation.user);
    context.line("group", isolation.group);
    context.lines("capabilities", isolation.capabilities);
    context.finish(false);
  }
  if (const JsonValue* value = fields.object("lazaret")) {
    Fields own(findings, *value, "/lazaret");
    own.whole("pids", isolation.limits.pids, std::int64_t{1}, std::int64_t{4'194'304});
    own.finish(true);
  }
  fields.finish(false);
}

void read_policies(const Findings& findings, const JsonValue& root, core::CellDefinition& cell) {
  policies_from(findings, root, cell, false);
}

namespace {

void policies_from(const Findings& findings, const JsonValue& root, core::CellDefinition& cell,
                   bool strict) {
  Fields fields(findings, root, "");
  core::Policies& policies = cell.policies;
  fields.word("auto_revive", policies.auto_revive);
  fields.seconds("revive_timeout", policies.revive_timeout, 1);
  std::vector<std::string> substitutes;
  fields.ids("substitute_agents", substitutes);
  for (std::string& id : substitutes) policies.substitute_agents.emplace_back(std::move(id));
  fields.truth("handoff_allowed", policies.handoff_allowed);
  std::string approval;
  fields.one_of("handoff_approval", approval, {"auto", "manual"});
  if (approval == "manual") policies.handoff_approval = core::HandoffApproval::manual;
  fields.truth("checkpoint_required", policies.checkpoint_required);
  fields.seconds("checkpoint_interval", policies.checkpoint_interval, 1);
  fields.whole("max_retries", policies.max_retries, 0, 1'000'000);
  if (const JsonValue* value = fields.object("lazaret")) {
    Fields own(findings, *value, "/lazaret");
    read_own_policies(own, cell);
    own.finish(true);
  }
  fields.misplaced(own_names, policies_file_own);
  fields.finish(strict);
}

}  // namespace

Result<void> change_policies(core::CellDefinition& cell, const std::string& text) {
  const auto document = read_json(text);
  if (!document) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("found {}, expected {}", document.error().found, document.error().expected));
  }
  std::vector<Problem> problems;
  policies_from({problems, "", document->source}, document->root, cell, true);
  if (problems.empty()) return {};
  const Problem& first = problems.front();
  return fail(ErrorCode::invalid_input,
              fmt::format("found {}, expected {}", first.found, first.expected), first.pointer);
}

void read_permissions(const Findings& findings, const JsonValue& root, core::CellDefinition& cell) {
  for (const JsonMember& member : root.members) {
    const std::string pointer = pointer_step(member.name);
    if (member.value.kind != JsonKind::object) {
      findings.error(member.value.span, pointer, brief(member.value), "an object");
      continue;
    }
    if (member.name == "lazaret") {  // nothing of ours is in it
      if (member.value.members.empty()) continue;
      const JsonMember& first = member.value.members.front();
      findings.warning(first.name_span, pointer + pointer_step(first.name),
                       "the unknown field " + quoted(first.name), "an empty object");
      continue;
    }
    if (!is_safe_id(member.name)) {
      findings.error(member.name_span, pointer, quoted(member.name), std::string(safe_id_expected));
      continue;
    }
    Fields fields(findings, member.value, pointer);
    core::Permission& permission = cell.permissions[AgentId(member.name)];
    fields.ids("read", permission.read, true);
    fields.ids("write", permission.write, true);
    fields.ids("execute", permission.execute, true);
    fields.ids("handoff_to", permission.handoff_to, true);
    fields.ids("handoff_from", permission.handoff_from, true);
    fields.finish(false);
  }
}

}  // namespace lazaret::wire::parts
