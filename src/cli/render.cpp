#include "cli/render.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json_view.h"
#include "wire/json_document.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

// One column of a list: its heading, where its text is, and how it is to be read.
enum class How { text, state, age, strong, bytes };
struct Column {
  std::string_view heading;
  std::string_view path;
  How how = How::text;
};
struct ListShape {
  std::string_view schema;
  std::string_view member;
  std::string_view none;  // what an empty list says
  std::vector<Column> columns;
};

std::vector<ListShape> calendar_shapes() {
  return {
      {"PlanPage",
       "plans",
       "no plans yet; make one with `lazaret plan add AGENT --cron '0 9 * * *'`",
       {{"PLAN", "id", How::strong},
        {"AGENT", "agent"},
        {"TITLE", "title"},
        {"RULE", "rule_text"},
        {"ZONE", "timezone"},
        {"NEXT", "next"},
        {"PAUSED", "paused_reason"}}},
      {"SlotPage",
       "slots",
       "no slots in this time; --from and --until ask for another",
       {{"SLOT", "ident", How::strong},
        {"AGENT", "agent"},
        {"AT", "at"},
        {"STATUS", "status", How::state},
        {"PRIORITY", "priority"},
        {"MINUTES", "actual_duration"},
        {"TITLE", "title"},
        {"WHY", "reason"}}},
      {"CalendarImport",
       "events",
       "there are no events in this file",
       {{"LINE", "line"},
        {"BECAME", "became", How::strong},
        {"WHAT", "what"},
        {"NO", "id"},
        {"AT", "at"},
        {"TITLE", "title"},
        {"WHY", "reason"}}},
      {"CalendarAgentPage",
       "agents",
       "the calendar knows no agents; `lazaret calendar register AGENT CLAW` adds one",
       {{"AGENT", "agent", How::strong},
        {"SERVER", "claw_identifier"},
        {"STATUS", "status", How::state},
        {"HEARD", "last_heartbeat", How::age},
        {"RECOVERS", "recovery_at"},
        {"WHY", "reason"}}},
      {"ServerList",
       "servers",
       "no servers are registered; `lazaret server register IDENTIFIER` adds one",
       {{"SERVER", "identifier", How::strong},
        {"REGISTERED", "registered_at", How::age},
        {"SEEN", "last_seen_at", How::age}}},
  };
}

std::vector<ListShape> fleet_shapes() {
  return {
      {"CellPage",
       "cells",
       "no missions yet; make one with `lazaret mission new NAME`",
       {{"MISSION", "mission_name", How::strong},
        {"CELL", "cell_id"},
        {"STATUS", "status", How::state},
        {"AGENTS", "agents"},
        {"TASKS", "tasks"},
        {"OPEN", "open_tasks"},
        {"CREATED", "created_at", How::age},
        {"WHY", "reason"},
        {"NEEDS YOU", "needs"}}},
      {"AccountList",
       "accounts",
       "no agent names an account; lazaret.account in its file, or in cell.json, does",
       {{"ACCOUNT", "account", How::strong},
        {"AGENTS", "agents"},
        {"RUNNING", "running"},
        {"AT ONCE", "at_once"},
        {"WAITING", "waiting"},
        {"STAGGER S", "stagger_seconds"},
        {"LIMITED UNTIL", "limited.until"},
        {"SAYS", "limited.by"},
        {"WHY", "limited.reason"}}},
      {"TaskPage",
       "tasks",
       "no tasks",
       {{"TASK", "task_id", How::strong},
        {"STATUS", "status", How::state},
        {"SINCE", "since", How::age},
        {"OWNER", "owner"},
        {"PRIORITY", "priority"},
        {"TRIES", "tries"},
        {"AFTER", "dependencies"},
        {"TITLE", "title"},
        {"WHY", "reason"}}},
      {"ArtifactList",
       "artifacts",
       "nothing is below artifacts/",
       {{"PATH", "path", How::strong},
        {"SIZE", "bytes", How::bytes},
        {"CHANGED", "modified_at", How::age},
        {"TASK", "task_id"}}},
  };
}

std::vector<ListShape> outside_shapes() {
  return {
      {"TelemetryHistory",
       "host",
       "there are no samples of this time",
       {{"AT", "at", How::strong},
        {"CPU %", "cpu_percent"},
        {"MEMORY %", "memory_percent"},
        {"SWAP %", "swap_percent"},
        {"DISK %", "disk_percent"},
        {"LOAD", "load_1"},
        {"CPU WAIT %", "pressure.cpu.some"},
        {"MEMORY WAIT %", "pressure.memory.some"},
        {"IO WAIT %", "pressure.io.some"}}},
      {"LinkList",
       "links",
       "nothing outside is connected; `lazaret config` shows the settings",
       {{"LINK", "link", How::strong},
        {"STATE", "state", How::state},
        {"URL", "url"},
        {"LAST", "last_at", How::age},
        {"WELL", "last_ok_at", How::age},
        {"SENT", "sent"},
        {"WAITING", "waiting"},
        {"WHY", "error"}}},
      {"KeyList",
       "keys",
       "no keys",
       {{"ID", "id", How::strong},
        {"NAME", "name"},
        {"SCOPE", "scope"},
        {"MADE", "created_at", How::age},
        {"EXPIRES", "expires_at"},
        {"ENDED", "ended"}}},
  };
}

std::vector<ListShape> question_shapes() {
  return {
      {"WakePage",
       "wakes",
       "no wakes",
       {{"WAKE", "id", How::strong},
        {"AGENT", "agent"},
        {"FATE", "fate", How::state},
        {"SINCE", "changed", How::age},
        {"SOURCE", "source"},
        {"MESSAGE", "message"},
        {"DETAIL", "detail"}}},
      {"ApprovalPage",
       "approvals",
       "nobody is waiting for you",
       {{"ID", "id", How::strong},
        {"KIND", "kind"},
        {"ABOUT", "agent"},
        {"QUESTION", "question"},
        {"DEFAULT", "default"},
        {"DEADLINE", "deadline"},
        {"ANSWER", "answer"},
        {"BY", "by"}}},
  };
}

const std::vector<ListShape>& list_shapes() {
  static const std::vector<ListShape> shapes = [] {
    auto all = fleet_shapes();
    for (auto more : {outside_shapes, question_shapes, calendar_shapes}) {
      for (auto& one : more()) all.push_back(std::move(one));
    }
    return all;
  }();
  return shapes;
}

TableCell cell_of(const Column& column, const json::value& item, WallTime now) {
  std::string text = text_at(item, column.path);
  // A list that was given in full is counted where a number is meant.
  const auto* value = find(item, column.path);
  const bool things = value != nullptr && value->is_array() && !value->get_array().empty() &&
                      value->get_array().front().is_object();
  if (things) text = std::to_string(value->get_array().size());
  switch (column.how) {
    case How::text:
      return {text};
    case How::strong:
      return {text, Ink::strong};
    case How::state:
      return {text, ink_of_state(text)};
    case How::age:
      return {age_at(item, column.path, now)};
    case How::bytes:
      return {in_bytes(number_at(item, column.path).value_or(0))};
  }
  return {text};
}

std::string render_list(const ListShape& shape, const json::value& answer, const Look& look,
                        WallTime now) {
  std::vector<std::string> header;
  for (const auto& column : shape.columns) header.emplace_back(column.heading);
  Table table(std::move(header));
  for (const auto& item : list_at(answer, shape.member)) {
    std::vector<TableCell> row;
    for (const auto& column : shape.columns) row.push_back(cell_of(column, item, now));
    table.row(std::move(row));
  }
  const std::string troubled = render_troubled(list_at(answer, "troubled"), look);
  return troubled + (table.empty() ? std::string(shape.none) + "\n" : table.draw(look));
}

bool is_nothing(const json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty()) ||
         (value.is_array() && value.get_array().empty()) ||
         (value.is_object() && value.get_object().empty());
}

// "name  value" lines; what lies deeper is indented, what is empty is left out.
void render_fields(const json::value& value, const Look& look, int depth, std::string& out) {
  std::size_t width = 0;
  for (const auto& field : value.get_object()) width = std::max(width, field.key().size());
  for (const auto& field : value.get_object()) {
    if (is_nothing(field.value())) continue;
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    const auto* list = field.value().if_array();
    const bool objects = list != nullptr && !list->empty() && list->front().is_object();
    out += indent +
           inked(look, Ink::faint, fmt::format("{:<{}}", std::string_view(field.key()), width));
    if (field.value().is_object() && !field.value().get_object().empty()) {
      out += "\n";
      render_fields(field.value(), look, depth + 1, out);
    } else if (objects) {
      out += "\n";
      for (const auto& one : *list)
        out += fmt::format("{}  {}\n", indent, plain(wire::json_document(one)));
    } else {
      out += "  " + plain(in_words(field.value())) + "\n";
    }
  }
}

std::string render_graph(const json::value& graph, const Look& look) {
  std::string out;
  for (const auto& task : list_at(graph, "tasks")) {
    const std::string id = text_at(task, "task_id");
    std::string after;
    for (const auto& edge : list_at(graph, "edges")) {
      if (text_at(edge, "to") != id) continue;
      after += (after.empty() ? "" : ", ") + text_at(edge, "from");
    }
    const std::string status = text_at(task, "status");
    out += fmt::format("{:<16} {}{}{}\n", plain(id),
                       inked(look, ink_of_state(status), fmt::format("{:<12}", plain(status))),
                       plain(text_at(task, "title")),
                       after.empty() ? "" : inked(look, Ink::faint, "   after " + plain(after)));
  }
  return out.empty() ? "no tasks\n" : out;
}

// "agents/a.json:3:13 /status: found "busy", expected one of …"
std::string render_problems(const json::value& page, const Look& look) {
  std::string out;
  for (const auto& problem : list_at(page, "faults")) {
    const bool warning = text_at(problem, "severity") == "warning";
    std::string place = text_at(problem, "file");
    if (number_at(problem, "line").value_or(0) > 0) {
      place += fmt::format(":{}:{}", text_at(problem, "line"), text_at(problem, "column"));
    }
    const std::string pointer = text_at(problem, "pointer");
    if (!pointer.empty()) place += " " + pointer;
    out += fmt::format("{} {}: found {}, expected {}\n",
                       inked(look, warning ? Ink::warn : Ink::bad, warning ? "warning" : "error"),
                       plain(place), plain(text_at(problem, "found")),
                       plain(text_at(problem, "expected")));
  }
  return out.empty() ? "nothing is wrong\n" : out;
}

std::string render_done(const json::value& answer) {
  for (std::string_view name : {"message", "sentence", "detail"}) {
    if (auto text = text_at(answer, name); !text.empty()) return plain(text) + "\n";
  }
  return "done\n";
}

}  // namespace

std::string render(std::string_view schema, const json::value& answer, const Look& look,
                   WallTime now) {
  for (const auto& shape : list_shapes()) {
    if (shape.schema == schema) return render_list(shape, answer, look, now);
  }
  if (schema == "AgentPage") return render_agents(answer, look, now);
  if (schema == "Why") return render_why(answer, look, now);
  if (schema == "Graph") return render_graph(answer, look);
  if (schema == "LintPage") return render_problems(answer, look);
  if (schema == "Done") return render_done(answer);
  if (schema == "HandoffMade") {
    return fmt::format("{}: {}\n", plain(text_at(answer, "status")),
                       plain(text_at(answer, "detail")));
  }
  if (schema == "WakeMade") {
    return fmt::format("{} {}\n", plain(text_at(answer, "wake")), plain(text_at(answer, "fate")));
  }
  if (schema == "SignInLink") return plain(text_at(answer, "url")) + "\n";
  if (schema == "ApprovalMade") return plain(text_at(answer, "approval")) + "\n";
  if (schema == "Any") return pretty(answer);
  if (!answer.is_object()) return plain(in_words(answer)) + "\n";
  std::string out;
  render_fields(answer, look, 0, out);
  return out;
}

}  // namespace lazaret::cli
