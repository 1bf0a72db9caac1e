#include "cli/plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "cli/run_verb.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_id = 40;

json::array words_of(const Arguments& arguments, const std::string& flag) {
  auto found = arguments.flags.find(flag);
  if (found == arguments.flags.end()) return {};
  return json::array(found->second.begin(), found->second.end());
}

json::object& object_at(json::object& body, std::string_view name) {
  auto& inner = body[name];
  if (!inner.is_object()) inner.emplace_object();
  return inner.get_object();
}

Result<void> put_number(const Arguments& arguments, const std::string& flag, json::object& body,
                        std::string_view field) {
  if (!arguments.has(flag)) return {};
  const std::string text = arguments.flag(flag);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorCode::invalid_input, fmt::format("--{} cannot be '{}'", flag, plain(text, 40)),
                "--" + flag, "it is a whole number");
  }
  body[field] = number;
  return {};
}

Plan new_mission() {
  Plan plan;
  plan.example =
      "lazaret mission new survey\n"
      "lazaret mission new survey --template pipeline -- python3 agent.py";
  plan.command = CommandPart::after_dashes;
  plan.notes = "What comes after -- is how the template's agents are started.";
  plan.shape = [](const Arguments& arguments, json::object& body) -> Result<void> {
    if (arguments.command.empty()) return {};
    body["command"] = json::array(arguments.command.begin(), arguments.command.end());
    return {};
  };
  return plan;
}

Plan mission_status(std::string verb, std::string status, std::string summary) {
  Plan plan;
  plan.example = fmt::format("lazaret mission {} survey", verb);
  plan.cli = fmt::format("mission {} CELL", verb);
  plan.summary = std::move(summary);
  plan.fixed = {{"status", status}};
  return plan;
}

Result<void> shape_agent(const Arguments& arguments, json::object& body) {
  if (arguments.has("role")) body["role"] = arguments.flag("role");
  if (arguments.has("capability")) body["capabilities"] = words_of(arguments, "capability");
  auto limits = limits_of(arguments);
  if (!limits) return std::unexpected(limits.error());
  if (!limits->empty()) object_at(body, "lazaret")["limits"] = std::move(*limits);
  if (arguments.has("auto-revive")) {
    object_at(body, "lazaret")["auto_revive"] = arguments.flag("auto-revive");
  }
  if (arguments.command.empty()) return {};
  json::object& run = object_at(object_at(body, "lazaret"), "run");
  run["command"] = json::array(arguments.command.begin(), arguments.command.end());
  if (arguments.has("adapter")) run["adapter"] = arguments.flag("adapter");
  if (arguments.has("dir")) run["working_directory"] = arguments.flag("dir");
  if (arguments.has("env-file")) {
    run["env_file"] = std::filesystem::absolute(arguments.flag("env-file")).string();
  }
  if (arguments.has("restart")) {
    std::string restart = arguments.flag("restart");
    std::ranges::replace(restart, '-', '_');
    run["restart"] = restart;
  }
  return {};
}

Plan add_agent() {
  Plan plan;
  plan.command = CommandPart::after_dashes;
  plan.example =
      "lazaret agent add survey scout --role read -- python3 scout.py\n"
      "lazaret agent add survey elsewhere    # only sends heartbeats";
  plan.notes = "What comes after -- is how it is started; without it, it runs elsewhere.";
  plan.flags = {
      {.name = "role",
       .value = "ROLE",
       .doc = "what it may do (write)",
       .words = "lead|write|read|audit"},
      {.name = "capability", .value = "WORD", .doc = "what it can do", .repeated = true},
      {.name = "adapter",
       .value = "KIND",
       .doc = "runs all the time, or once for each wake",
       .words = "process|turn"},
      {.name = "dir", .value = "DIR", .doc = "working directory (work/AGENT in the cell)"},
      {.name = "env-file", .value = "FILE", .doc = "NAME=value lines; the place for secrets"},
      {.name = "restart",
       .value = "WHEN",
       .doc = "when it is started again (on-failure)",
       .words = "on-failure|always|never"},
      {.name = "auto-revive",
       .value = "HOW",
       .doc = "what happens when it dies",
       .words = "yes|no|ask|substitute"}};
  plan.flags.insert(plan.flags.end(), limit_flags().begin(), limit_flags().end());
  plan.shape = shape_agent;
  return plan;
}

Result<void> shape_task(const Arguments& arguments, json::object& body) {
  if (body.contains("tasks")) return {};
  if (arguments.has("id")) body["task_id"] = arguments.flag("id");
  const auto* title = body.if_contains("title");
  const bool blank = title != nullptr && title->is_string() &&
                     title->get_string().find_first_not_of(" \t\n") == json::string::npos;
  const bool untold = title == nullptr && !body.contains("task_id") && !arguments.has("set");
  if (blank || untold) {
    return fail(ErrorCode::invalid_input, "a task needs a title", "TITLE",
                "`lazaret task add CELL 'Read the archive'`, or --tasks FILE for many");
  }
  if (!body.contains("task_id") && title != nullptr && title->is_string()) {
    body["task_id"] = id_of_title(std::string_view(title->get_string()));
  }
  if (arguments.has("description")) body["description"] = arguments.flag("description");
  if (arguments.has("to")) body["assigned_to"] = arguments.flag("to");
  if (arguments.has("priority")) body["priority"] = arguments.flag("priority");
  if (arguments.has("after")) body["dependencies"] = words_of(arguments, "after");
  if (auto put = put_number(arguments, "timeout", body, "timeout"); !put) return put;
  if (arguments.has("verify")) {
    object_at(object_at(body, "lazaret"), "verify")["command"] =
        json::array{"/bin/sh", "-c", arguments.flag("verify")};
  }
  if (arguments.has("input")) {
    auto input = parse_json(arguments.flag("input"), "--input");
    if (!input) return std::unexpected(input.error());
    object_at(body, "lazaret")["input"] = *input;
  }
  if (arguments.has("needs-role")) {
    object_at(object_at(body, "lazaret"), "needs")["role"] = arguments.flag("needs-role");
  }
  if (arguments.has("needs")) {
    object_at(object_at(body, "lazaret"), "needs")["capabilities"] = words_of(arguments, "needs");
  }
  return {};
}

Plan add_task() {
  Plan plan;
  plan.optional = {"TITLE"};
  plan.example =
      "lazaret task add survey 'Read the archive' --to scout\n"
      "lazaret task add survey 'Write it up' --after read-the-archive --verify 'test -s out.md'\n"
      "lazaret task add survey --tasks - < tasks.json";
  plan.flags = {
      {.name = "id", .value = "ID", .doc = "made of the title if absent"},
      {.name = "description", .value = "TEXT", .doc = "what is to be done"},
      {.name = "to", .value = "AGENT", .doc = "who does it; any agent that fits if absent"},
      {.name = "priority",
       .value = "P",
       .doc = "what comes first (medium)",
       .words = "high|medium|low"},
      {.name = "after", .value = "TASK", .doc = "waits for this task", .repeated = true},
      {.name = "timeout", .value = "SECONDS", .doc = "most time from its claim (1800; 0 = none)"},
      {.name = "verify", .value = "COMMAND", .doc = "a shell line that decides whether it is done"},
      {.name = "input", .value = "JSON", .doc = "handed to whoever works on it"},
      {.name = "needs-role",
       .value = "ROLE",
       .doc = "only for agents of this role",
       .words = "lead|write|read|audit"},
      {.name = "needs",
       .value = "WORD",
       .doc = "only for agents that can do this",
       .repeated = true}};
  plan.shape = shape_task;
  return plan;
}

std::vector<Plan> answers() {
  Plan approve;
  approve.cli = "inbox approve ID";
  approve.summary = "Say yes.";
  approve.fixed = {{"answer", "yes"}};
  Plan deny;
  deny.cli = "inbox deny ID";
  deny.summary = "Say no.";
  deny.example = "lazaret inbox deny r-3 --reason 'not on a Friday'";
  deny.fixed = {{"answer", "no"}};
  return {approve, deny};
}

// Of the backend that the daemon follows.
std::vector<Plan> backend_acts() {
  std::vector<Plan> plans;
  for (const auto& [word, summary] :
       {std::pair{"complete", "Say that the slot of a backend is done."},
        std::pair{"abort", "Give the slot of a backend up."},
        std::pair{"pause", "Let the slot of a backend rest."},
        std::pair{"resume", "Go on with the slot of a backend."}}) {
    Plan plan;
    plan.cli = fmt::format("slot {}", word);
    plan.summary = summary;
    plan.example = fmt::format("lazaret slot {} --reason 'the report is written'", word);
    plan.notes =
        "For slots that a HarborForge backend gave; an agent says it of its own, an operator names "
        "the agent. Slots of this daemon's calendar: lazaret slot set SLOT STATUS.";
    plan.fixed = {{"action", word}};
    plans.push_back(std::move(plan));
  }
  return plans;
}

Plan open_questions() {
  Plan plan;
  plan.summary = "What waits for you.";
  plan.example = "lazaret inbox\nlazaret inbox --open no";
  plan.unless_said = {{"open", "yes"}};
  return plan;
}

Plan whole_fleet(std::string example) {
  Plan plan;
  plan.example = std::move(example);
  plan.flags = {{.name = "all", .doc = "every agent: what happens anyway"}};
  return plan;
}

constexpr std::size_t largest_calendar = 4 * 1024 * 1024;

// The body holds the file's name, or what came from stdin.
Result<void> shape_import(const Arguments& arguments, json::object& body) {
  if (arguments.has("dry-run")) body["dry_run"] = true;
  const std::string file = arguments.at("FILE");
  if (file == "-") return {};
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, fmt::format("cannot read {}", file), file);
  std::string text(largest_calendar + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_calendar) {
    return fail(ErrorCode::too_large, file + " is larger than 4 MiB", file, "import it in parts");
  }
  body["text"] = std::move(text);
  return {};
}

Plan import_calendar() {
  Plan plan;
  plan.example =
      "lazaret slot import team.ics --agent scout --dry-run\n"
      "lazaret slot import team.ics --agent scout";
  plan.notes =
      "Events that recur become plans, single ones slots; what is over is left out. An event is "
      "known again by its UID: importing a newer file changes what the older one made. All of it "
      "is taken, or nothing; - is stdin.";
  plan.left_out = {"dry_run"};
  plan.flags = {{.name = "dry-run", .doc = "only say what would become of it"}};
  plan.shape = shape_import;
  return plan;
}

// Another word for the same verb, not shown.
std::vector<Plan> with_alias(const std::string& cli) {
  Plan alias;
  alias.cli = cli;
  alias.hidden = true;
  return {Plan{}, alias};
}

}  // namespace

std::string id_of_title(std::string_view title) {
  std::string id;
  for (char c : title) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (kept) {
      id += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  if (id.size() > longest_id) id.resize(longest_id);
  while (id.ends_with('-')) id.pop_back();
  return id.empty() ? "task" : id;
}

std::map<std::string_view, std::vector<Plan>> plans_by_operation() {
  Plan checkpoint;
  checkpoint.notes = "CURSOR is any JSON, - is stdin; text that is no JSON is kept as text.";
  Plan link_test;
  link_test.verdict = "ok";
  return {
      {"cell.add", {new_mission()}},
      {"cell.status",
       {mission_status("start", "active", "Let its agents work."),
        mission_status("pause", "paused", "No new work; what is under way goes on."),
        mission_status("resume", "active", "Undo pause."),
        mission_status("close", "completed", "Declare it completed."),
        mission_status("fail", "failed", "Declare it failed.")}},
      {"agent.add", {add_agent()}},
      {"task.add", {add_task()}},
      {"link.test", {link_test}},
      {"task.checkpoint", {checkpoint}},
      {"approval.answer", answers()},
      {"calendar.import", {import_calendar()}},
      {"key.add", with_alias("token new NAME")},
      {"key.remove", with_alias("token revoke ID")},
      {"fleet.freeze", {whole_fleet("lazaret freeze --all --reason 'looking into it'")}},
      {"fleet.resume", {whole_fleet("lazaret resume --all")}},
      {"approval.list", {open_questions()}},
      {"backend.act", backend_acts()},
      // Verbs of their own make better use of these.
      {"status", {}},
      {"settings", {}},
      {"events.list", {}},
      {"events.stream", {}},
      {"agent.why", {}},
      {"telemetry.history", {}},
      {"agent.logs", {}},
      {"cell.remove", {}},
      {"cell.lint", {}},
  };
}

}  // namespace lazaret::cli
