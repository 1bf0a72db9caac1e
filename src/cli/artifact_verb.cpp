#include "cli/artifact_verb.h"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "cli/context.h"
#include "cli/operation_verb.h"

namespace lazaret::cli {
namespace {

Result<ExitCode> get(Context& context, const Arguments& arguments) {
  const std::array<std::string, 2> named = {arguments.at("CELL"), arguments.at("PATH")};
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  const auto answer =
      (*client)->fetch("GET", wire::fill_path(wire::find_operation("artifact.get")->path, named));
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return std::unexpected(error_of(*answer));
  const std::string file = arguments.flag("output");
  if (file.empty() || file == "-") {
    context.out << answer->body;
    return ExitCode::ok;
  }
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  if (!out.write(answer->body.data(), static_cast<std::streamsize>(answer->body.size())).flush()) {
    return fail(ErrorCode::unavailable, fmt::format("cannot write {}", file), "--output");
  }
  return ExitCode::ok;
}

}  // namespace

void add_artifact_verb(std::vector<Verb>& verbs) {
  Verb verb = verb_of(*wire::find_operation("artifact.get"));
  verb.group = Group::work;
  verb.flags = {{.name = "output", .value = "FILE", .doc = "write it there", .letter = 'o'}};
  verb.carry_out = get;
  verbs.push_back(std::move(verb));
}

}  // namespace lazaret::cli
