#include "cli/cursor_verbs.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/context.h"
#include "cli/operation_verb.h"
#include "cli/render.h"
#include "wire/json_document.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t cursor_columns = 60;

bool has_cursor(const json::value& task) {
  const auto* cursor = find(task, "cursor");
  return cursor != nullptr && !cursor->is_null();
}

Result<ExitCode> list(Context& context, const Arguments& arguments) {
  const Call call{"GET", fmt::format("/api/v1/cells/{}/tasks", escaped(arguments.at("CELL"))), {}};
  auto tasks = send(context, call, true);
  if (!tasks) return std::unexpected(tasks.error());
  json::array kept;
  Table table({"TASK", "STATUS", "SINCE", "OWNER", "CURSOR"});
  for (const auto& task : list_at(*tasks, "tasks")) {
    if (!has_cursor(task)) continue;
    const std::string status = text_at(task, "status");
    const json::value* owner = find(task, "owner");  // null: nobody has it
    const std::string cursor = wire::json_document(*find(task, "cursor"));
    kept.push_back(json::object{{"task_id", text_at(task, "task_id")},
                                {"status", status},
                                {"owner", owner ? *owner : json::value(nullptr)},
                                {"since", text_at(task, "since")},
                                {"cursor", *find(task, "cursor")}});
    table.row({{text_at(task, "task_id"), Ink::strong},
               {status, ink_of_state(status)},
               {age_at(task, "since", context.now())},
               {text_at(task, "owner")},
               {plain(cursor, cursor_columns)}});
  }
  if (context.json) {
    context.out << pretty(json::object{{"cursors", std::move(kept)}});
  } else {
    context.out << (table.empty() ? "no task has a cursor\n" : table.draw(context.look));
  }
  return ExitCode::ok;
}

Result<ExitCode> show(Context& context, const Arguments& arguments) {
  const std::string task = arguments.at("TASK");
  const Call call{
      "GET",
      fmt::format("/api/v1/cells/{}/tasks/{}", escaped(arguments.at("CELL")), escaped(task)),
      {}};
  auto found = send(context, call, false);
  if (!found) return std::unexpected(found.error());
  if (!has_cursor(*found)) {
    return fail(ErrorCode::not_found, fmt::format("task \"{}\" has no cursor", plain(task)));
  }
  context.out << pretty(*find(*found, "cursor"));
  return ExitCode::ok;
}

}  // namespace

void add_cursor_verbs(std::vector<Verb>& verbs) {
  const Positional cell{.name = "CELL",
                        .doc = "UUID, unique prefix of at least 4 characters, or mission name",
                        .variable = "LAZARET_CELL"};
  verbs.push_back({.words = "task cursors",
                   .group = Group::work,
                   .summary = "How far the tasks of a mission have come.",
                   .example = "lazaret task cursors survey",
                   .positionals = {cell},
                   .carry_out = list});
  verbs.push_back({.words = "task cursor",
                   .group = Group::work,
                   .summary = "Where a task stands, as JSON.",
                   .example = "lazaret task cursor survey t-1",
                   .positionals = {cell, {.name = "TASK", .doc = "task id"}},
                   .carry_out = show});
}

}  // namespace lazaret::cli
