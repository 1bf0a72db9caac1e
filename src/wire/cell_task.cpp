// tasks/<task_id>.json
#include <fmt/format.h>

#include "wire/cell_parts.h"

namespace lazaret::wire::parts {
namespace {

void read_needs(Fields& own, core::TaskDefinition& task) {
  const JsonValue* needs = own.object("needs");
  if (needs == nullptr) return;
  Fields fields(own.findings(), *needs, own.pointer_to("needs"));
  core::Role role = core::Role::write;
  if (fields.word("role", role)) task.needs_role = role;
  fields.lines("capabilities", task.needs_capabilities);
  fields.finish(true);
}

void read_verify(Fields& own, core::TaskDefinition& task) {
  const JsonValue* value = own.find("verify");
  if (value == nullptr || value->kind == JsonKind::null) return;
  if (value->kind != JsonKind::object) return own.wrong(*value, "verify", "an object or null");
  Fields fields(own.findings(), *value, own.pointer_to("verify"));
  core::VerifySpec& verify = task.verify.emplace();
  const JsonValue* command = fields.find("command", Needed::required);
  fields.lines("command", verify.command);
  if (command != nullptr && command->kind == JsonKind::array && command->items.empty()) {
    fields.wrong(*command, "command", "a program and its arguments");
  }
  fields.seconds("timeout_seconds", verify.timeout, 0.1);
  fields.finish(true);
}

void read_input(Fields& own, core::TaskDefinition& task) {
  const JsonValue* input = own.find("input");
  if (input == nullptr) return;
  const std::size_t size = input->span.end - input->span.begin;
  if (size > task_input_bytes_most) {
    own.findings().error(input->span, own.pointer_to("input"), fmt::format("{} bytes", size),
                         fmt::format("at most {} bytes", task_input_bytes_most));
    return;
  }
  task.input = own.findings().source.substr(input->span.begin, size);
}

}  // namespace

void read_task(const Findings& findings, const JsonValue& root, const std::string& at,
               core::TaskDefinition& task, std::string& status, bool strict) {
  Fields fields(findings, root, at);
  fields.id("task_id", task.id.value, Needed::required);
  task.title = task.id.value;
  fields.line("title", task.title);
  fields.text("description", task.description);
  std::optional<std::string> assigned;
  fields.id_or_null("assigned_to", assigned);
  if (assigned) task.assigned_to = AgentId(*assigned);
  fields.one_of("status", status, {"pending", "in_progress", "completed", "failed"});
  fields.word("priority", task.priority);
  std::vector<std::string> dependencies;
  fields.ids("dependencies", dependencies);
  for (std::string& id : dependencies) task.dependencies.emplace_back(std::move(id));
  fields.seconds("timeout", task.timeout);
  fields.inner_paths("artifacts", task.artifacts);
  fields.time("created_at", task.created_at);
  fields.time_or_null("completed_at");
  if (const JsonValue* value = fields.object("lazaret")) {
    Fields own(findings, *value, fields.pointer_to("lazaret"));
    read_input(own, task);
    read_needs(own, task);
    read_verify(own, task);
    own.budget(task.budget);
    own.word("on_failure", task.on_failure);
    own.whole("max_tries", task.max_tries, 1, 1'000'000);
    std::optional<std::string> owner;
    own.id_or_null("owner", owner);
    own.finish(true);
  }
  fields.finish(strict);
}

}  // namespace lazaret::wire::parts
