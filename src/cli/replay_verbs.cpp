#include "cli/replay_verbs.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/context.h"
#include "cli/json_view.h"
#include "cli/terminal.h"
#include "wire/json_document.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

// FILE: a journal, or a state directory; else this state's.
Result<std::string> journal_of(Context& context, const Arguments& arguments) {
  std::filesystem::path file = arguments.at("FILE");
  if (file.empty()) {
    auto paths = context.own_paths("a replay");
    if (!paths) return std::unexpected(paths.error());
    return paths->journal_file();
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) file /= "journal.db";
  return file.string();
}

std::string fact_line(const json::value& fact) {
  if (fact.is_null()) return "nothing";
  return fmt::format("{} {}", text_at(fact, "kind"), wire::json_document(fact.at("body")));
}

std::string difference_text(const json::value& difference, const Look& look) {
  std::string out = fmt::format("decision {}, {}, {}, written by {}\n",
                                text_at(difference, "decision"), text_at(difference, "at"),
                                text_at(difference, "event.kind"), text_at(difference, "build"));
  if (find(difference, "snapshot") != nullptr) {
    return out + "  every fact is the same, but not the snapshot of the fleet that followed\n";
  }
  for (const auto& [label, name] : {std::pair{"recorded", "recorded"}, {"now", "now"}}) {
    out += fmt::format("  {:9} {}\n", inked(look, Ink::faint, label),
                       plain(fact_line(difference.at(name)), 400));
  }
  return out;
}

std::string scope(const json::value& answer) {
  std::string out =
      fmt::format("{} decisions, {} facts", text_at(answer, "decisions"), text_at(answer, "facts"));
  const auto from = number_at(answer, "from_decision").value_or(1);
  if (from > 1) out += fmt::format(" (from decision {:.0f} on: older ones were trimmed)", from);
  return out;
}

Result<ExitCode> replay(Context& context, const Arguments& arguments) {
  auto journal = journal_of(context, arguments);
  if (!journal) return std::unexpected(journal.error());
  const auto answer = context.hooks.replay(*journal, {});
  if (!answer) return std::unexpected(answer.error());
  const bool same = flag_at(*answer, "same");
  if (context.json) {
    context.out << pretty(*answer);
  } else if (same) {
    context.out << scope(*answer) << ": each was decided the same again\n";
  } else {
    context.out << "the first difference: "
                << difference_text(answer->at("difference"), context.look);
  }
  return same ? ExitCode::ok : ExitCode::error;
}

Result<ExitCode> what_if(Context& context, const Arguments& arguments) {
  auto journal = journal_of(context, arguments);
  if (!journal) return std::unexpected(journal.error());
  const auto changes = arguments.flags.find("set");
  const auto answer = context.hooks.replay(*journal, changes->second);
  if (!answer) return std::unexpected(answer.error());
  if (context.json) {
    context.out << pretty(*answer);
    return ExitCode::ok;
  }
  context.out << scope(*answer) << '\n';
  if (flag_at(*answer, "same")) {
    context.out << "nothing would have been decided differently\n";
    return ExitCode::ok;
  }
  context.out << "the first difference: "
              << difference_text(answer->at("difference"), context.look);
  Table table({"FACTS", "RECORDED", "NOW"});
  for (const auto& kind : list_at(*answer, "kinds")) {
    table.row({{text_at(kind, "kind")}, {text_at(kind, "recorded")}, {text_at(kind, "now")}});
  }
  if (!table.empty()) context.out << '\n' << table.draw(context.look);
  context.out << "\nAgents and people did what the journal says; they do not react to what would\n"
                 "have been decided. `lazaret sim` plays that out.\n";
  return ExitCode::ok;
}

}  // namespace

void add_replay_verbs(std::vector<Verb>& verbs) {
  const Positional file{.name = "FILE",
                        .doc = "a journal.db or the directory it is in; else this state's",
                        .required = false};
  verbs.push_back({.words = "replay",
                   .group = Group::more,
                   .summary = "Decide a journal's events anew; say where a fact is another one.",
                   .example = "lazaret replay backup/journal.db",
                   .positionals = {file},
                   .carry_out = replay});
  verbs.push_back({.words = "what-if",
                   .group = Group::more,
                   .summary = "What other policies would have decided, from a journal.",
                   .example = "lazaret what-if --set max_retries=10\n"
                              "lazaret what-if --set lazaret.backoff_most_seconds=5 old/journal.db",
                   .positionals = {file},
                   .flags = {{.name = "set",
                              .value = "POLICY=VALUE",
                              .doc = "a field of config/policies.json, for every mission",
                              .repeated = true,
                              .required = true}},
                   .carry_out = what_if});
}

}  // namespace lazaret::cli
