#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::cli {
namespace {

std::string_view heading_of(Group group) {
  switch (group) {
    case Group::daemon:
      return "THE DAEMON";
    case Group::look:
      return "SEE HOW IT IS";
    case Group::run:
      return "RUN";
    case Group::mission:
      return "MISSIONS";
    case Group::work:
      return "AGENTS AND TASKS";
    case Group::access:
      return "ACCESS";
    case Group::more:
      return "MORE";
  }
  return "";
}

std::string first_word(const Verb& verb) { return verb.words.substr(0, verb.words.find(' ')); }

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    if (column > indent && column + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    text = space == std::string_view::npos ? "" : text.substr(space + 1);
  }
  return out;
}

std::size_t width_of(const Look& look) {
  return look.width == 0 ? 100 : std::min<std::size_t>(static_cast<std::size_t>(look.width), 100);
}

std::string pair(const Look& look, const std::string& left, std::string_view right,
                 std::size_t column) {
  std::string gap = left.size() < column ? std::string(column - left.size(), ' ')
                                         : "\n" + std::string(column + 2, ' ');
  return fmt::format("  {}{}{}\n", inked(look, Ink::strong, left), gap,
                     wrapped(right, column + 2, width_of(look)));
}

std::string flag_text(const Flag& flag) {
  std::string text = flag.letter != 0 ? fmt::format("-{}, ", flag.letter) : "";
  text += "--" + flag.name;
  if (!flag.value.empty()) text += " " + (flag.words.empty() ? flag.value : flag.words);
  return text;
}

std::string flags_text(const Look& look, const std::vector<Flag>& flags) {
  std::string out;
  for (const auto& flag : flags) {
    std::string doc = flag.doc;
    if (flag.repeated) doc += " (may be repeated)";
    if (flag.required) doc += " (required)";
    out += pair(look, flag_text(flag), doc, 26);
  }
  return out;
}

std::string example_text(const Look& look, std::string_view example) {
  std::string out;
  while (!example.empty()) {
    const auto end = example.find('\n');
    out += fmt::format("  {} {}\n", inked(look, Ink::faint, "$"), example.substr(0, end));
    example = end == std::string_view::npos ? "" : example.substr(end + 1);
  }
  return out;
}

// Verbs of two words in one entry: "agent  ls, show, start, …".
std::string family_text(const Look& look, const std::string& word, std::span<const Verb> verbs) {
  std::string words;
  for (const auto& verb : verbs) {
    if (verb.hidden || first_word(verb) != word) continue;
    if (!words.empty()) words += ", ";
    words += verb.words == word ? "(alone)" : verb.words.substr(word.size() + 1);
  }
  return pair(look, word, words, 12);
}

}  // namespace

std::string usage_of(const Verb& verb) {
  std::string text = "lazaret " + verb.words;
  for (const auto& one : verb.positionals) {
    const bool optional = !one.required || !one.variable.empty();
    text += optional ? fmt::format(" [{}]", one.name) : " " + one.name;
  }
  for (const auto& flag : verb.flags) {
    if (flag.required) text += fmt::format(" --{} {}", flag.name, flag.value);
  }
  const bool more = std::ranges::any_of(verb.flags, [](const Flag& f) { return !f.required; });
  if (more) text += " [flags]";
  if (verb.command == CommandPart::rest) text += " -- " + verb.command_words;
  if (verb.command == CommandPart::after_dashes) text += " [-- " + verb.command_words + "]";
  return text;
}

std::string help_of_verb(const Verb& verb, const Look& look) {
  std::string out = fmt::format("{}\n\n{}\n  {}\n", verb.summary, inked(look, Ink::faint, "USAGE"),
                                usage_of(verb));
  if (!verb.positionals.empty()) {
    out += "\n" + inked(look, Ink::faint, "WORDS") + "\n";
    for (const auto& one : verb.positionals) {
      std::string doc = one.doc;
      if (!one.variable.empty()) doc += fmt::format("; ${} if left out", one.variable);
      out += pair(look, one.name, doc, 26);
    }
  }
  if (!verb.flags.empty()) {
    out += "\n" + inked(look, Ink::faint, "FLAGS") + "\n" + flags_text(look, verb.flags);
  }
  out += "\n" + inked(look, Ink::faint, "FLAGS OF EVERY VERB") + "\n";
  out += flags_text(look, general_flags());
  out += "\n" + inked(look, Ink::faint, "EXAMPLE") + "\n" + example_text(look, verb.example);
  if (!verb.notes.empty()) out += "\n" + verb.notes + "\n";
  return out;
}

std::string help_of_group(std::string_view word, std::span<const Verb> verbs, const Look& look) {
  std::string out = fmt::format("{}\n", inked(look, Ink::faint, "VERBS"));
  std::string examples;
  for (const auto& verb : verbs) {
    if (verb.hidden || first_word(verb) != word) continue;
    out += pair(look, verb.words, verb.summary, 22);
    examples += verb.example.substr(0, verb.example.find('\n')) + "\n";
  }
  out += "\n" + inked(look, Ink::faint, "EXAMPLES") + "\n" + example_text(look, examples);
  return out + fmt::format("\n`lazaret {} VERB --help` says more.\n", word);
}

std::string help_of_everything(std::span<const Verb> verbs, const Look& look) {
  std::string out = fmt::format(
      "{} keeps fleets of AI agents alive, on schedule and in bounds.\n\n"
      "{}\n"
      "  {} lazaret up --detach               start the daemon\n"
      "  {} lazaret run -- python3 agent.py   any program becomes a supervised agent\n"
      "  {} lazaret status                    are you needed?\n",
      inked(look, Ink::strong, "lazaret"), inked(look, Ink::faint, "BEGIN HERE"),
      inked(look, Ink::faint, "$"), inked(look, Ink::faint, "$"), inked(look, Ink::faint, "$"));
  for (std::size_t g = 0; g < enum_words(Group{}).size(); ++g) {
    const auto group = static_cast<Group>(g);
    std::string part;
    std::string seen = "|";
    for (const auto& verb : verbs) {
      const std::string word = first_word(verb);
      if (verb.hidden || verb.group != group || seen.contains("|" + word + "|")) continue;
      seen += word + "|";
      const auto same = std::ranges::count_if(
          verbs, [&](const Verb& v) { return !v.hidden && first_word(v) == word; });
      part += same > 1 ? family_text(look, word, verbs) : pair(look, word, verb.summary, 12);
    }
    if (!part.empty())
      out += fmt::format("\n{}\n{}", inked(look, Ink::faint, heading_of(group)), part);
  }
  out += fmt::format(
      "\n{}\n  0 done   1 error   2 usage   3 not found   4 needs a person   5 refused\n"
      "\n`lazaret VERB --help` has the flags and an example of each; every verb takes --json.\n",
      inked(look, Ink::faint, "EXIT STATUS"));
  return out;
}

}  // namespace lazaret::cli
