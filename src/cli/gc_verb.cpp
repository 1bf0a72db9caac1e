#include "cli/gc_verb.h"

#include <fmt/format.h>

#include "cli/context.h"
#include "cli/json_view.h"
#include "cli/terminal.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

// The last line, of all that goes.
std::string counted(const json::value& answer, const char* verb) {
  if (list_at(answer, "removed").empty()) {
    return "nothing to remove: all that is kept is in use or within its bound\n";
  }
  const double files = number_at(answer, "files").value_or(0);
  return fmt::format("{} {:.0f} file{}, {}\n", verb, files, files == 1 ? "" : "s",
                     in_bytes(number_at(answer, "bytes").value_or(0)));
}

Result<ExitCode> collect_garbage(Context& context, const Arguments& arguments) {
  if (!context.hooks.collect_garbage) {
    return fail(ErrorCode::unsupported, "this build collects no garbage");
  }
  auto paths = context.own_paths("gc");
  if (!paths) return std::unexpected(paths.error());
  const bool dry = arguments.has("dry");
  const auto answer = context.hooks.collect_garbage(*paths, dry);
  if (!answer) return std::unexpected(answer.error());
  if (context.json) {
    context.out << pretty(*answer);
    return ExitCode::ok;
  }
  Table kept({"KEPT", "FILES", "SIZE", "BOUND"});
  for (const json::value& one : list_at(*answer, "kept")) {
    kept.row({{text_at(one, "what")},
              {text_at(one, "files")},
              {in_bytes(number_at(one, "bytes").value_or(0))},
              {text_at(one, "bound")}});
  }
  context.out << kept.draw(context.look);
  const auto say = [&](const char* list, const char* verb) {
    for (const json::value& one : list_at(*answer, list)) {
      context.out << fmt::format("{} {} ({}): {}\n", verb, plain(text_at(one, "path")),
                                 in_bytes(number_at(one, "bytes").value_or(0)),
                                 plain(text_at(one, "why")));
    }
  };
  const char* verb = dry ? "would remove" : "removed";
  say("removed", verb);
  say("left", "stays");
  context.out << counted(*answer, verb);
  return ExitCode::ok;
}

}  // namespace

void add_gc_verbs(std::vector<Verb>& verbs) {
  Verb gc{.words = "gc",
          .group = Group::daemon,
          .summary = "What is kept, what bounds it; removes what is of no use any more.",
          .example = "lazaret gc --dry",
          .flags = {{.name = "dry", .doc = "only say what would be done"}},
          .notes =
              "Removed are writes and restores that were cut off, and environments of agents\n"
              "that are no more. A mission's own files are never touched.",
          .carry_out = collect_garbage};
  verbs.push_back(gc);
  gc.words = "cell gc";
  gc.group = Group::mission;
  gc.hidden = true;  // its older name
  verbs.push_back(std::move(gc));
}

}  // namespace lazaret::cli
