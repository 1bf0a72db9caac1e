#include "cli/mission_verbs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "cli/context.h"
#include "cli/render.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr std::uintmax_t largest_proposal = 4 * 1024 * 1024;

template <class Function>
Result<void> have(const Function& hook, std::string_view what) {
  if (hook) return {};
  return fail(ErrorCode::unsupported, fmt::format("this build cannot {}", what));
}

Result<std::string> read_proposal(Context& context, const std::string& file) {
  if (file == "-") return context.read_stdin();
  std::error_code none;
  if (std::filesystem::file_size(file, none) > largest_proposal && !none) {
    return fail(ErrorCode::too_large, file + " is too large for a proposal", file);
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, fmt::format("cannot read {}", file), file);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<ExitCode> import_proposal(Context& context, const Arguments& arguments) {
  if (auto there = have(context.hooks.import_proposal, "import proposals"); !there) {
    return std::unexpected(there.error());
  }
  auto text = read_proposal(context, arguments.at("FILE"));
  if (!text) return std::unexpected(text.error());
  auto body = context.hooks.import_proposal(*text);
  if (!body) return std::unexpected(body.error());
  if (arguments.has("dry")) {
    context.out << pretty(*body);
    return ExitCode::ok;
  }
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  auto cell = (*client)->call("POST", "/api/v1/cells", *body);
  if (!cell) return std::unexpected(cell.error());
  context.out << (context.json ? pretty(*cell)
                               : render("Cell", *cell, context.look, context.now()));
  return ExitCode::ok;
}

Result<json::value> show_cell(Context& context, const std::string& cell) {
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  return (*client)->call("GET", "/api/v1/cells/" + escaped(cell));
}

Result<ExitCode> export_proposal(Context& context, const Arguments& arguments) {
  if (auto there = have(context.hooks.export_proposal, "export proposals"); !there) {
    return std::unexpected(there.error());
  }
  std::string directory = arguments.at("CELL");
  if (!std::filesystem::is_directory(directory)) {
    auto cell = show_cell(context, directory);
    if (!cell) return std::unexpected(cell.error());
    directory = text_at(*cell, "path");
  }
  auto text = context.hooks.export_proposal(directory);
  if (!text) return std::unexpected(text.error());
  if (context.json) {
    context.out << pretty(json::object{{"proposal", *text}});
  } else {
    context.out << *text;
  }
  return ExitCode::ok;
}

Result<void> confirm(Context& context, const std::string& question) {
  if (isatty(STDIN_FILENO) == 0) {
    return fail(ErrorCode::needs_person, "this wants a yes, and there is nobody to ask", "",
                "say --yes");
  }
  context.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "yes") return {};
  return fail(ErrorCode::refused, "not confirmed; nothing was done");
}

Result<ExitCode> destroy(Context& context, const Arguments& arguments) {
  auto cell = show_cell(context, arguments.at("CELL"));
  if (!cell) return std::unexpected(cell.error());
  const std::string id = text_at(*cell, "cell_id");
  if (!arguments.has("yes")) {
    auto sure = confirm(
        context, fmt::format("Destroy mission {} with its agents and all of {}?",
                             plain(text_at(*cell, "mission_name")), plain(text_at(*cell, "path"))));
    if (!sure) return std::unexpected(sure.error());
  }
  std::string target = "/api/v1/cells/" + escaped(id);
  if (arguments.has("reason")) target += "?reason=" + escaped(arguments.flag("reason"));
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  auto done = (*client)->call("DELETE", target);
  if (!done) return std::unexpected(done.error());
  context.out << (context.json ? pretty(*done) : "destroyed " + id + "\n");
  return ExitCode::ok;
}

// What CELL could have meant: a directory, or a mission that a daemon knows.
Error nothing_to_lint(const std::string& cell, const Error& why) {
  const bool away = is_daemon_away(why);
  if (!away && why.code != ErrorCode::not_found) return why;
  std::error_code none;
  const auto* looked = std::filesystem::exists(cell, none) ? "\"{}\" is no directory"
                                                           : "there is no directory \"{}\"";
  return {ErrorCode::not_found,
          fmt::format(fmt::runtime(looked), plain(cell)) +
              (away ? ", and no daemon runs that could have a mission of that name"
                    : ", and no mission of that name"),
          "",
          fmt::format("a cell's directory, or a mission of `lazaret mission ls`; `lazaret mission "
                      "new {}` makes one",
                      plain(cell))};
}

// Errors make the exit status 1, so that a hook in a repository can use it; warnings do not.
Result<ExitCode> lint(Context& context, const Arguments& arguments) {
  const std::string cell = arguments.at("CELL");
  Result<json::value> answer = json::value(nullptr);
  if (std::filesystem::is_directory(cell)) {
    if (auto there = have(context.hooks.lint_cell, "read cells by itself"); !there) {
      return std::unexpected(there.error());
    }
    answer = context.hooks.lint_cell(std::filesystem::absolute(cell).lexically_normal().string());
  } else {
    auto client = context.client();
    if (!client) return std::unexpected(client.error());
    answer = (*client)->call("GET", fmt::format("/api/v1/cells/{}/lint", escaped(cell)));
  }
  if (!answer) return std::unexpected(nothing_to_lint(cell, answer.error()));
  context.out << (context.json ? pretty(*answer)
                               : render("LintPage", *answer, context.look, context.now()));
  for (const auto& problem : list_at(*answer, "faults")) {
    if (text_at(problem, "severity") != "warning") return ExitCode::error;
  }
  return ExitCode::ok;
}

}  // namespace

void add_mission_verbs(std::vector<Verb>& verbs) {
  const Positional cell{.name = "CELL", .doc = "UUID, its beginning, or the mission's name"};
  const Flag dry{.name = "dry", .doc = "only say what would be done"};
  verbs.push_back({.words = "mission destroy",
                   .group = Group::mission,
                   .summary = "End its agents and delete its directory; asks first.",
                   .example = "lazaret mission destroy survey --yes",
                   .positionals = {cell},
                   .flags = {{.name = "yes", .doc = "do not ask", .letter = 'y'},
                             {.name = "reason", .value = "TEXT", .doc = "why, for the journal"}},
                   .carry_out = destroy});
  verbs.push_back({.words = "mission import",
                   .group = Group::mission,
                   .summary = "Make a mission of a filled-in proposal, or say what is missing.",
                   .example = "lazaret mission import proposal.md",
                   .positionals = {{.name = "FILE", .doc = "Markdown; - is stdin"}},
                   .flags = {dry},
                   .carry_out = import_proposal});
  verbs.push_back({.words = "mission export",
                   .group = Group::mission,
                   .summary = "Write a proposal that describes a mission.",
                   .example = "lazaret mission export survey > proposal.md",
                   .positionals = {cell},
                   .carry_out = export_proposal});
  verbs.push_back({.words = "cell lint",
                   .group = Group::mission,
                   .summary = "What is wrong in a cell's files, with file, line and column.",
                   .example = "lazaret cell lint survey\nlazaret cell lint ./missions/1f2e3d4c-…",
                   .positionals = {{.name = "CELL",
                                    .doc = "a mission, or a cell's directory (no daemon needed)"}},
                   .notes = "Exit status 1 if there are errors.",
                   .carry_out = lint});
}

}  // namespace lazaret::cli
