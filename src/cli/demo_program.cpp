#include "cli/demo_program.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <iostream>

#include "base/typo.h"
#include "cli/demo_stage.h"

namespace lazaret::cli {
namespace {

constexpr std::string_view help_text =
    R"(See it work: real work by real processes, harassed while they do it.

  lazaret demo [survey] [DIR]   survey a directory (default: the repository you stand in)
  lazaret demo hanoi [N]        N disks, each move a task of its own, completed durably (10)

  --calm         without trouble
  --prove        calm, then troubled, and compare the results
  --seed N       which files the audit recomputes (1)
  --state DIR    where its private daemon keeps its things (a fresh one each time)
  --keep         leave the daemon running at the end
  --json         the receipt as JSON

No language model takes part, and nothing leaves this machine.
Example: lazaret demo --prove
)";

const std::vector<std::string> known_flags = {"--calm", "--prove", "--seed", "--state",
                                              "--keep", "--json",  "--help"};

template <class Number>
Result<Number> number_of(const std::string& text, std::string_view what) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorCode::invalid_input, fmt::format("'{}' is no whole number", text),
                std::string(what));
  }
  return value;
}

Result<void> take_positionals(const std::vector<std::string>& words, DemoOptions& options) {
  std::size_t at = 0;
  if (at < words.size() && (words[at] == "survey" || words[at] == "hanoi")) {
    options.hanoi = words[at++] == "hanoi";
  }
  if (at < words.size()) {
    const std::string& word = words[at++];
    if (options.hanoi) {
      auto disks = number_of<int>(word, "N");
      if (!disks) return std::unexpected(disks.error());
      options.disks = *disks;
    } else {
      options.source = word;
    }
  }
  if (at < words.size()) {
    return fail(ErrorCode::invalid_input, fmt::format("'{}' is one word too many", words[at]), "",
                "lazaret demo --help");
  }
  return {};
}

}  // namespace

Result<DemoOptions> parse_demo(const std::vector<std::string>& words) {
  DemoOptions options;
  std::vector<std::string> positionals;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--calm")
      options.calm = true;
    else if (word == "--prove")
      options.prove = true;
    else if (word == "--keep")
      options.keep = true;
    else if (word == "--json")
      options.json = true;
    else if (word == "--seed" || word == "--state") {
      if (++i == words.size()) return fail(ErrorCode::invalid_input, word + " needs a value", word);
      if (word == "--state") {
        options.state = words[i];
        continue;
      }
      auto seed = number_of<std::uint64_t>(words[i], "--seed");
      if (!seed) return std::unexpected(seed.error());
      options.seed = *seed;
    } else if (word.starts_with("-") && word.size() > 1) {
      const std::string meant = nearest(word, known_flags);
      return fail(
          ErrorCode::invalid_input, fmt::format("`lazaret demo` has no {}", word), "",
          meant.empty() ? "see `lazaret demo --help`" : fmt::format("did you mean {}?", meant));
    } else {
      positionals.push_back(word);
    }
  }
  if (options.calm && options.prove) {
    return fail(ErrorCode::invalid_input, "--prove needs the trouble that --calm leaves out",
                "--calm");
  }
  if (auto taken = take_positionals(positionals, options); !taken) {
    return std::unexpected(taken.error());
  }
  return options;
}

int run_demo(const std::vector<std::string>& words, const Hooks& hooks) {
  signal(SIGPIPE, SIG_IGN);
  Context context(std::cout, std::cerr, hooks);
  context.environment = process_environment();
  context.look = look_of(STDOUT_FILENO, context.environment);
  context.err_look = look_of(STDERR_FILENO, context.environment);
  for (const auto& word : words) {
    if (word != "--help" && word != "-h") continue;
    context.out << help_text;
    return static_cast<int>(ExitCode::ok);
  }
  auto options = parse_demo(words);
  if (!options) {
    context.report(options.error());
    return static_cast<int>(exit_code_of(options.error().code));
  }
  context.json = options->json;
  watch_interrupts();
  auto done = options->hanoi ? run_hanoi(context, *options) : run_survey(context, *options);
  if (interrupted() != 0) {
    if (context.err_look.width > 0) context.err << "\r\033[2K";  // the line of progress
    context.remark(context.target.state.empty()
                       ? "stopped before anything was done"
                       : "stopped; what was done so far is in " + context.target.state);
    return 128 + interrupted();
  }
  if (!done) {
    context.report(done.error());
    return static_cast<int>(exit_code_of(done.error().code));
  }
  context.out.flush();
  return static_cast<int>(*done);
}

}  // namespace lazaret::cli
