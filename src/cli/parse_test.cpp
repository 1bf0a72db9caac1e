#include "cli/parse.h"

#include <gtest/gtest.h>

#include "base/typo.h"
#include "cli/help.h"
#include "cli/verbs.h"

namespace lazaret::cli {
namespace {

using Words = std::vector<std::string>;

Result<Parsed> parsed(const Words& words, const Environment& environment = {}) {
  return parse(words, all_verbs(), environment);
}

// What was understood, in one line: "verb POSITIONAL=… --flag=… -- command".
std::string understood(const Words& words, const Environment& environment = {}) {
  auto result = parsed(words, environment);
  if (!result) return "error: " + result.error().message + " / " + result.error().remedy;
  if (result->help) {
    return "help " + (result->verb != nullptr ? result->verb->words : result->group);
  }
  std::string text = result->verb->words;
  for (const auto& [name, value] : result->arguments.positionals) text += " " + name + "=" + value;
  for (const auto& [name, values] : result->arguments.flags) {
    for (const auto& value : values) text += " --" + name + (value.empty() ? "" : "=" + value);
  }
  if (!result->arguments.command.empty()) text += " --";
  for (const auto& word : result->arguments.command) text += " " + word;
  return text;
}

struct Line {
  Words words;
  std::string meaning;
};

TEST(Parse, Table) {
  const std::vector<Line> lines = {
      {{}, "help "},
      {{"--help"}, "help "},
      {{"help"}, "help "},
      {{"agent", "--help"}, "help agent"},
      {{"agent", "pause", "-h"}, "help agent pause"},
      {{"status"}, "status"},
      {{"--json", "status"}, "status --json"},
      {{"status", "--state=/x"}, "status --state=/x"},
      {{"--state", "/x", "status", "--check"}, "status --check --state=/x"},
      {{"agent", "pause", "scout", "--reason", "-5"}, "agent pause AGENT=scout --reason=-5"},
      {{"inbox"}, "inbox"},
      {{"inbox", "--json"}, "inbox --json"},
      {{"inbox", "approve", "r-3"}, "inbox approve ID=r-3"},
      {{"inbox", "--json", "deny", "r-3"}, "inbox deny ID=r-3 --json"},
      {{"up", "-d", "--port", "0"}, "up --detach --port=0"},
      {{"up", "--", "--log-bytes", "9"}, "up -- --log-bytes 9"},
      {{"run", "-d", "--name", "x", "--", "sh", "-c", "exit 3"},
       "run --detach --name=x -- sh -c exit 3"},
      {{"run", "sleep", "--json", "5"}, "run -- sleep --json 5"},
      {{"run", "--mem", "5M", "ls", "-d"}, "run --mem=5M -- ls -d"},
      {{"agent", "add", "c", "a", "--capability", "x", "--capability", "y", "--", "p", "--json"},
       "agent add AGENT=a CELL=c --capability=x --capability=y -- p --json"},
      {{"task", "add", "c", "Read it"}, "task add CELL=c TITLE=Read it"},
      {{"task", "add", "c", "--tasks", "-"}, "task add CELL=c --tasks=-"},
      {{"events", "-f", "--since", "10m"}, "events --follow --since=10m"},
  };
  for (const auto& line : lines) EXPECT_EQ(understood(line.words), line.meaning);
}

TEST(Parse, TheEnvironmentOfAnAgentStandsIn) {
  const Environment inside = {{"LAZARET_CELL", "c1"}, {"LAZARET_AGENT", "me"}};
  EXPECT_EQ(understood({"task", "done", "t"}, inside), "task done CELL=c1 TASK=t");
  EXPECT_EQ(understood({"task", "done", "c2", "t"}, inside), "task done CELL=c2 TASK=t");
  EXPECT_EQ(understood({"agent", "heartbeat"}, inside), "agent heartbeat AGENT=me");
  EXPECT_EQ(understood({"agent", "logs"}, inside), "agent logs AGENT=me");
  // Nobody kills himself by leaving out a word.
  EXPECT_TRUE(
      understood({"agent", "kill"}, inside).starts_with("error: `lazaret agent kill` needs"));
}

TEST(Parse, ErrorsSayWhatWasMeant) {
  const std::vector<Line> lines = {
      {{"statsu"}, "error: there is no `lazaret statsu` / did you mean `lazaret status`?"},
      {{"agnet", "ls"}, "error: there is no `lazaret agnet` / did you mean `lazaret agent`?"},
      {{"agent", "pasue", "x"},
       "error: there is no `lazaret agent pasue` / did you mean `lazaret agent pause`?"},
      {{"status", "--jsn"}, "error: `lazaret status` has no --jsn / did you mean --json?"},
      {{"run", "--detahc", "x"}, "error: `lazaret run` has no --detahc / did you mean --detach?"},
      {{"xyzzyplugh"}, "error: there is no `lazaret xyzzyplugh` / see `lazaret --help`"},
      {{"agent"}, "error: `lazaret agent` needs one more word / see `lazaret agent --help`"},
      {{"down", "--wait"},
       "error: --wait needs a value: --wait SECONDS / see `lazaret down --help`"},
      {{"down", "now"},
       "error: `lazaret down` does not know what to do with 'now' / see `lazaret down --help`"},
      {{"status", "--json=yes"}, "error: --json takes no value / see `lazaret status --help`"},
      {{"status", "--", "x"},
       "error: `lazaret status` runs no program / see `lazaret status --help`"},
      {{"run", "--restart", "sometimes", "x"},
       "error: --restart cannot be 'sometimes' / it is one of on-failure|always|never"},
      {{"down", "--wait", "1", "--wait", "2"}, "error: --wait was given twice / say it once"},
      {{"token", "add", "ci"},
       "error: `lazaret token add` needs --scope NAME / see `lazaret token add --help`"},
  };
  for (const auto& line : lines) {
    EXPECT_EQ(understood(line.words), line.meaning);
    EXPECT_EQ(parsed(line.words).error().code, ErrorCode::invalid_input);
  }
}

TEST(Typo, DistanceCountsSwapsOnce) {
  EXPECT_EQ(edit_distance("pause", "pause"), 0u);
  EXPECT_EQ(edit_distance("pasue", "pause"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  const Words known = {"up", "down", "status"};
  EXPECT_EQ(nearest("dwon", known), "down");
  EXPECT_EQ(nearest("stat", known), "status");
  EXPECT_EQ(nearest("zebra", known), "");
  EXPECT_EQ(nearest(std::string(10'000, 'x'), known), "");
}

TEST(Verbs, EachHasASummaryAnExampleOfItselfAndNoFlagTwice) {
  for (const auto& verb : all_verbs()) {
    SCOPED_TRACE(verb.words);
    EXPECT_TRUE(verb.summary.ends_with('.') || verb.summary.ends_with(')')) << verb.summary;
    EXPECT_TRUE(verb.carry_out);
    const std::string help = help_of_verb(verb, Look{});
    EXPECT_TRUE(help.contains("EXAMPLE\n  $ ")) << help;
    if (!verb.hidden) EXPECT_TRUE(verb.example.contains("lazaret " + verb.words));
    std::map<std::string, int> flags;
    for (const auto& flag : general_flags()) ++flags[flag.name];
    for (const auto& flag : verb.flags) {
      EXPECT_EQ(++flags[flag.name], 1) << flag.name;
      EXPECT_FALSE(flag.doc.empty()) << flag.name;
    }
  }
}

// The examples are true: each first line can be understood.
TEST(Verbs, ExamplesParse) {
  for (const auto& verb : all_verbs()) {
    const std::string line = verb.example.substr(0, verb.example.find('\n'));
    if (line.find_first_of("'|>(\"") != std::string::npos || verb.hidden) continue;
    Words words;
    for (std::size_t at = 8; at <= line.size();) {
      const auto end = std::min(line.find(' ', at), line.size());
      words.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    auto result = parsed(words);
    ASSERT_TRUE(result) << line << ": " << result.error().message;
    EXPECT_EQ(result->verb->words, verb.words) << line;
  }
}

TEST(Help, NamesEveryVerbOnce) {
  const std::string help = help_of_everything(all_verbs(), Look{});
  for (const auto& verb : all_verbs()) {
    if (verb.hidden) continue;
    const std::string first = verb.words.substr(0, verb.words.find(' '));
    EXPECT_TRUE(help.contains("\n  " + first)) << verb.words;
    if (first == verb.words) continue;
    EXPECT_TRUE(help_of_group(first, all_verbs(), Look{}).contains(verb.words));
  }
  for (std::string_view line = help; !line.empty();) {
    const auto end = line.find('\n');
    EXPECT_LE(line.substr(0, end).size(), 100u) << line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
}

}  // namespace
}  // namespace lazaret::cli
