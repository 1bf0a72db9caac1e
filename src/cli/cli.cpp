#include "cli/cli.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <iterator>

#include "cli/context.h"
#include "cli/demo_program.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/verbs.h"

namespace lazaret::cli {
namespace {

std::string all_of_stdin() { return {std::istreambuf_iterator<char>(std::cin), {}}; }

// Programs of their own that only share the binary: they read their flags themselves.
const std::function<int(const std::vector<std::string>&)>* program_of(const Hooks& hooks,
                                                                      const std::string& word) {
  const auto* hook = word == "daemon"   ? &hooks.daemon
                     : word == "sim"    ? &hooks.sim
                     : word == "demo"   ? &hooks.demo
                     : word == "plugin" ? &hooks.plugin
                                        : nullptr;
  return hook != nullptr && *hook ? hook : nullptr;
}

int finish(Context& context, const Result<ExitCode>& result) {
  if (!result) {
    context.report(result.error());
    return static_cast<int>(exit_code_of(result.error().code));
  }
  // A reader that went away (`lazaret events | head`) is no failure of ours; a full disk is.
  if (!context.out.flush() && !is_reader_gone(context.out_fd)) {
    context.report({ErrorCode::unavailable, "cannot write the output", "stdout", ""});
    return static_cast<int>(ExitCode::error);
  }
  return static_cast<int>(*result);
}

int show_help(Context& context, const Parsed& parsed) {
  if (parsed.verb != nullptr) {
    context.out << help_of_verb(*parsed.verb, context.look);
  } else if (!parsed.group.empty()) {
    context.out << help_of_group(parsed.group, context.verbs, context.look);
  } else {
    context.out << help_of_everything(context.verbs, context.look);
  }
  return finish(context, ExitCode::ok);
}

}  // namespace

int carry_out(Context& context, std::span<const std::string> words) {
  auto parsed = parse(words, context.verbs, context.environment);
  if (!parsed) return finish(context, std::unexpected(parsed.error()));
  if (parsed->help) return show_help(context, *parsed);
  const Arguments& arguments = parsed->arguments;
  context.json = arguments.has("json");
  context.target.state = arguments.flag("state");
  context.target.url = arguments.flag("url");
  context.target.key = arguments.flag("key");
  return finish(context, parsed->verb->carry_out(context, arguments));
}

int run(int argc, char** argv, const Hooks& hooks) {
  signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (!words.empty()) {
    const auto* program = program_of(hooks, words[0]);
    if (program != nullptr) return (*program)({words.begin() + 1, words.end()});
    if (words[0] == "demo") return run_demo({words.begin() + 1, words.end()}, hooks);
  }
  if (words.size() == 1 && words[0] == "--version") words[0] = "version";
  const Environment environment = process_environment();
  Context context(std::cout, std::cerr, hooks);
  context.verbs = all_verbs();
  context.environment = environment;
  context.out_fd = STDOUT_FILENO;
  context.look = look_of(STDOUT_FILENO, environment);
  context.err_look = look_of(STDERR_FILENO, environment);
  context.now = [] {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  };
  context.read_stdin = all_of_stdin;
  return carry_out(context, words);
}

}  // namespace lazaret::cli
