#include "cli/checkpoint_verbs.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/context.h"
#include "cli/operation_verb.h"
#include "cli/render.h"
#include "cli/workspace_capture.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

const char* const variable = "LAZARET_AGENT";

// Inside an agent, its bare id may be that of others too: its cell makes it the only one.
std::string agent_in(const Context& context, const Arguments& arguments) {
  const std::string agent = arguments.at("AGENT");
  const auto self = context.environment.find(variable);
  const auto cell = context.environment.find("LAZARET_CELL");
  const bool own = self != context.environment.end() && self->second == agent;
  if (!own || cell == context.environment.end()) return agent;
  return cell->second.substr(0, 8) + "." + agent;
}

std::string path_of(const Context& context, const Arguments& arguments, std::string_view verb) {
  return fmt::format("/api/v1/agents/{}/checkpoints{}", escaped(agent_in(context, arguments)),
                     verb);
}

std::string state_of(const json::value& one, WallTime now) {
  if (const std::string broken = text_at(one, "broken"); !broken.empty())
    return "does not verify: " + broken;
  const std::string proven = age_at(one, "proven_at", now);
  return proven.empty() ? "not rehearsed" : "restorable, proven " + proven + " ago";
}

std::string size_text(const json::value& one) {
  const double files = number_at(one, "files").value_or(0);
  return fmt::format("{} in {:.0f} file{}", in_bytes(number_at(one, "bytes").value_or(0)), files,
                     files == 1 ? "" : "s");
}

// "000004-5f0c… (saved 3m ago by its run 2, 1.2 KB in 3 files)".
std::string told(const json::value& one, WallTime now) {
  return fmt::format("{} (saved {} ago by its run {}, {})", text_at(one, "checkpoint"),
                     age_at(one, "saved_at", now), text_at(one, "incarnation"), size_text(one));
}

// The same, of the one with that id; the bare id where it is not listed.
std::string told(const json::value& listed, const std::string& id, WallTime now) {
  for (const auto& one : list_at(listed, "checkpoints")) {
    if (text_at(one, "checkpoint") == id) return told(one, now);
  }
  return id;
}

Result<ExitCode> list(Context& context, const Arguments& arguments) {
  auto answer = context.look_up(path_of(context, arguments, ""));
  if (!answer) return std::unexpected(answer.error());
  if (context.json) {
    context.out << pretty(*answer);
    return ExitCode::ok;
  }
  Table table({"CHECKPOINT", "SAVED", "RUN", "TASK", "SIZE", "FILES", "STATE"});
  for (const auto& one : list_at(*answer, "checkpoints")) {
    const bool broken = !text_at(one, "broken").empty();
    table.row({{text_at(one, "checkpoint"), Ink::strong},
               {age_at(one, "saved_at", context.now())},
               {text_at(one, "incarnation")},
               {text_at(one, "task")},
               {in_bytes(number_at(one, "bytes").value_or(0))},
               {text_at(one, "files")},
               {plain(state_of(one, context.now()), 80), broken ? Ink::bad : Ink::normal}});
  }
  context.out << (table.empty() ? "it has saved no checkpoint\n" : table.draw(context.look));
  if (const std::string from = text_at(*answer, "went_on_from.checkpoint"); !from.empty()) {
    context.out << fmt::format("its present run went on from {} of {}\n", from,
                               text_at(*answer, "went_on_from.agent"));
  }
  if (const std::string next = text_at(*answer, "next"); !next.empty())
    context.out << fmt::format("its next start goes on from {}\n", next);
  if (const std::string asked = text_at(*answer, "asked.reason"); !asked.empty())
    context.out << "it was asked for one: " << plain(asked, 100) << '\n';
  return ExitCode::ok;
}

// Sends, and prints the answer or `say` of it.
template <class Say>
Result<ExitCode> carry(Context& context, const Call& call, Say say) {
  auto answer = send(context, call, false);
  if (!answer) return std::unexpected(answer.error());
  if (context.json) {
    context.out << pretty(*answer);
  } else {
    say(*answer);
  }
  return ExitCode::ok;
}

Result<ExitCode> save(Context& context, const Arguments& arguments) {
  json::object body;
  if (arguments.has("workspace")) {
    auto commit = capture_workspace(arguments.flag("workspace"), arguments.at("AGENT"));
    if (!commit) return std::unexpected(commit.error());
    body["workspace"] = *commit;
  }
  const Call call{"POST", path_of(context, arguments, ""), body};
  return carry(context, call, [&](const json::value& one) {
    context.out << fmt::format("{}: saved {}, {}, by its run {}\n", plain(arguments.at("AGENT")),
                               text_at(one, "checkpoint"), size_text(one),
                               text_at(one, "incarnation"));
    if (const std::string commit = text_at(one, "workspace"); !commit.empty())
      context.out << "the workspace is commit " << commit << '\n';
  });
}

Result<ExitCode> ask(Context& context, const Arguments& arguments) {
  const Call call{"POST", path_of(context, arguments, "/ask"),
                  json::object{{"reason", arguments.flag("reason")}}};
  return carry(context, call, [&](const json::value&) { context.out << "asked\n"; });
}

Result<ExitCode> rehearse(Context& context, const Arguments& arguments) {
  json::object body;
  if (const std::string one = arguments.at("CHECKPOINT"); !one.empty()) body["checkpoint"] = one;
  const Call call{"POST", path_of(context, arguments, "/rehearse"), body};
  bool good = false;
  auto done = carry(context, call, [&](const json::value& answer) {
    good = flag_at(answer, "restorable");
    context.out << text_at(answer, "checkpoint")
                << (good ? " is restorable\n" : " does not verify: ")
                << (good ? "" : text_at(answer, "reason") + "\n");
  });
  if (!done || context.json) return done;
  return good ? ExitCode::ok : ExitCode::error;
}

Result<ExitCode> restore(Context& context, const Arguments& arguments) {
  const Call call{"POST", path_of(context, arguments, "/restore"),
                  json::object{{"checkpoint", arguments.at("CHECKPOINT")}}};
  return carry(context, call, [&](const json::value&) {
    const auto all = context.look_up(path_of(context, arguments, ""));
    const std::string id = arguments.at("CHECKPOINT");
    context.out << fmt::format("{}: its next start goes on from {}\n", plain(arguments.at("AGENT")),
                               all ? told(*all, id, context.now()) : id);
  });
}

Result<ExitCode> diff(Context& context, const Arguments& arguments) {
  std::string query;
  for (const auto& [name, word] : {std::pair{"from", "FROM"}, std::pair{"to", "TO"}}) {
    if (const std::string id = arguments.at(word); !id.empty())
      query += fmt::format("{}{}={}", query.empty() ? '?' : '&', name, escaped(id));
  }
  const Call call{"GET", path_of(context, arguments, "/diff") + query, {}};
  return carry(context, call, [&](const json::value& answer) {
    Table table({"FILE", "CHANGE", "BEFORE", "AFTER"});
    for (const auto& one : list_at(answer, "files")) {
      table.row({{plain(text_at(one, "path"), 80), Ink::strong},
                 {text_at(one, "change")},
                 {in_bytes(number_at(one, "bytes_before").value_or(0))},
                 {in_bytes(number_at(one, "bytes_after").value_or(0))}});
    }
    const auto all = context.look_up(path_of(context, arguments, ""));
    const json::value& listed = all ? *all : answer;
    context.out << fmt::format("{}: from {}\n{: >{}}to {}\n", plain(arguments.at("AGENT")),
                               told(listed, text_at(answer, "from"), context.now()), "",
                               arguments.at("AGENT").size() + 4,
                               told(listed, text_at(answer, "to"), context.now()))
                << (table.empty() ? "the same files\n" : table.draw(context.look));
  });
}

Verb verb(std::string words, std::string summary, std::string example,
          std::vector<Positional> positionals,
          std::function<Result<ExitCode>(Context&, const Arguments&)> carry_out) {
  return {.words = std::move(words),
          .group = Group::work,
          .summary = std::move(summary),
          .example = std::move(example),
          .positionals = std::move(positionals),
          .carry_out = std::move(carry_out)};
}

}  // namespace

void add_checkpoint_verbs(std::vector<Verb>& verbs) {
  const Positional agent{.name = "AGENT",
                         .doc = "agent id where unique, else <first 8 of cell id>.<agent id>",
                         .variable = variable};
  const Positional which{.name = "CHECKPOINT", .doc = "as `checkpoint ls` names it"};
  Positional newest = which;
  newest.required = false;
  newest.doc += "; the newest if left out";
  verbs.push_back(verb("checkpoint ls", "Checkpoints of an agent, newest first.",
                       "lazaret checkpoint ls scout", {agent}, list));
  verbs.push_back(verb("checkpoint save", "Save what lies in the agent's staging directory.",
                       "lazaret checkpoint save scout\nlazaret checkpoint save scout --workspace .",
                       {agent}, save));
  verbs.back().flags = {{.name = "workspace",
                         .value = "DIR",
                         .doc = "capture the git repository there, untracked files included"}};
  verbs.back().notes =
      "An agent writes state.json, context.json and artifacts/ into $LAZARET_CHECKPOINT_DIR, and\n"
      "calls this; when it returns, they are on the disk. After a death they lie there again.";
  verbs.push_back(verb("checkpoint ask", "Ask a running agent to save a checkpoint.",
                       "lazaret checkpoint ask scout --reason 'before the upgrade'", {agent}, ask));
  verbs.back().flags = {{.name = "reason", .value = "TEXT", .doc = "why, for the journal"}};
  verbs.push_back(verb("checkpoint rehearse",
                       "Restore a checkpoint into a scratch directory, to see that it can be.",
                       "lazaret checkpoint rehearse scout", {agent, newest}, rehearse));
  verbs.push_back(verb("checkpoint restore", "Let the agent's next start go on from a checkpoint.",
                       "lazaret checkpoint restore scout 000004-5f0c6a1be2d39c77", {agent, which},
                       restore));
  Positional from{
      .name = "FROM", .doc = "the one before the newest if left out", .required = false};
  Positional to{.name = "TO", .doc = "the newest if left out", .required = false};
  verbs.push_back(verb("checkpoint diff", "Which files differ between two checkpoints.",
                       "lazaret checkpoint diff scout", {agent, from, to}, diff));
}

}  // namespace lazaret::cli
