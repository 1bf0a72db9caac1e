#include "cli/gc_verb.h"

#include <fmt/format.h>

#include "cli/context.h"
#include "cli/json_view.h"
#include "cli/terminal.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

Result<ExitCode> collect_garbage(Context& context, const Arguments& arguments) {
  if (!context.hooks.collect_garbage) {
    return fail(ErrorCode::unsupported, "this build collects no garbage");
  }
  auto paths = context.paths();
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
  for (const json::value& one : list_at(*answer, "removed")) {
    context.out << fmt::format("{} {}: {}\n", dry ? "would remove" : "removed",
                               plain(text_at(one, "path")), plain(text_at(one, "why")));
  }
  context.out << fmt::format("{} {}\n", dry ? "would free" : "freed",
                             in_bytes(number_at(*answer, "bytes").value_or(0)));
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
              "Removed are writes and restores that were cut off, environments of agents that\n"
              "are no more, and all but the end of a long daemon.log. A mission's own files\n"
              "are never touched.",
          .carry_out = collect_garbage};
  verbs.push_back(gc);
  gc.words = "cell gc";
  gc.group = Group::mission;
  gc.hidden = true;  // its older name
  verbs.push_back(std::move(gc));
}

}  // namespace lazaret::cli
