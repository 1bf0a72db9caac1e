#include "cli/backup_verbs.h"

#include <fmt/format.h>

#include <filesystem>

#include "cli/context.h"
#include "cli/json_view.h"
#include "cli/terminal.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t left_out_shown = 10;

std::string absolute(const std::string& file) { return std::filesystem::absolute(file).string(); }

std::string counted(const json::value& answer) {
  const auto count = [&](const char* name, const char* word) {
    const double number = number_at(answer, name).value_or(0);
    return fmt::format("{:.0f} {}{}", number, word, number == 1 ? "" : "s");
  };
  return fmt::format("{}, {}, {:.1f} MiB", count("cells", "mission"), count("files", "file"),
                     number_at(answer, "bytes").value_or(0) / (1024 * 1024));
}

void tell_what_is_missing(Context& context, const json::value& answer) {
  std::size_t shown = 0;
  const auto& left_out = list_at(answer, "left_out");
  for (const auto& one : left_out) {
    if (shown++ == left_out_shown) {
      context.remark(fmt::format("and {} more", left_out.size() - left_out_shown));
      return;
    }
    context.remark("left out: " + plain(std::string(one.as_string())));
  }
}

// An archive appears under its name when it is whole and verified: neither fits a stream.
Result<void> require_file(const std::string& file, std::string_view what) {
  if (!file.empty() && file != "-") return {};
  return fail(ErrorCode::invalid_input, fmt::format("{} is a file, not a stream", what), "FILE",
              "name a file, such as fleet.tar");
}

Result<ExitCode> backup(Context& context, const Arguments& arguments) {
  if (auto named = require_file(arguments.at("FILE"), "a backup"); !named) {
    return std::unexpected(named.error());
  }
  auto paths = context.own_paths("backup");
  if (!paths) return std::unexpected(paths.error());
  if (!context.hooks.backup) return fail(ErrorCode::unsupported, "this build makes no backups");
  const auto answer = context.hooks.backup(
      *paths, {absolute(arguments.at("FILE")), arguments.has("secrets"), arguments.has("logs")});
  if (!answer) return std::unexpected(answer.error());
  if (context.json) {
    context.out << pretty(*answer);
    return ExitCode::ok;
  }
  context.out << fmt::format("{}: {}\n", text_at(*answer, "file"), counted(*answer));
  tell_what_is_missing(context, *answer);
  return ExitCode::ok;
}

Result<ExitCode> restore(Context& context, const Arguments& arguments) {
  if (auto named = require_file(arguments.at("FILE"), "what is restored"); !named) {
    return std::unexpected(named.error());
  }
  auto paths = context.own_paths("restore");
  if (!paths) return std::unexpected(paths.error());
  if (!context.hooks.restore) return fail(ErrorCode::unsupported, "this build restores nothing");
  const bool check = arguments.has("check");
  const auto answer = context.hooks.restore(*paths, absolute(arguments.at("FILE")), check);
  if (!answer) return std::unexpected(answer.error());
  if (context.json) {
    context.out << pretty(*answer);
    return ExitCode::ok;
  }
  const std::string what = fmt::format("{}, made {} by {}", counted(*answer),
                                       text_at(*answer, "made_at"), text_at(*answer, "build"));
  if (check) {
    context.out << "whole: " << what << '\n';
  } else {
    context.out << fmt::format("restored into {}: {}\n", text_at(*answer, "state"), what);
  }
  tell_what_is_missing(context, *answer);
  if (!check) {
    context.remark(fmt::format("lazaret --state {} up --detach brings the fleet to life",
                               text_at(*answer, "state")));
  }
  return ExitCode::ok;
}

}  // namespace

void add_backup_verbs(std::vector<Verb>& verbs) {
  verbs.push_back(
      {.words = "backup",
       .group = Group::daemon,
       .summary = "The whole fleet in one file, while it runs: journal, missions, checkpoints.",
       .example = "lazaret backup fleet.tar\nlazaret backup --secrets --logs everything.tar",
       .positionals = {{.name = "FILE", .doc = "a file that is not there yet (a tar archive)"}},
       .flags = {{.name = "secrets",
                  .doc = "keys, the signing secret, environments of `lazaret run` too"},
                 {.name = "logs", .doc = "what agents have printed too"}},
       .carry_out = backup});
  verbs.push_back(
      {.words = "restore",
       .group = Group::daemon,
       .summary = "A fleet from a backup, into a state that is still empty.",
       .example = "lazaret restore --check fleet.tar\n"
                  "lazaret restore --state ~/other fleet.tar && lazaret --state ~/other up",
       .positionals = {{.name = "FILE", .doc = "what `lazaret backup` made"}},
       .flags = {{.name = "check", .doc = "only verify it; nothing is written"}},
       .notes =
           "Everything is verified before anything is written, and nothing that is there is\n"
           "replaced. Agents that lived when the backup was made are lost, and revived as their\n"
           "policies say.",
       .carry_out = restore});
}

}  // namespace lazaret::cli
