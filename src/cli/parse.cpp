#include "cli/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/typo.h"

namespace lazaret::cli {
namespace {

std::unexpected<Error> wrong(std::string message, std::string remedy) {
  return fail(ErrorCode::invalid_input, std::move(message), "", std::move(remedy));
}

std::string first_word(const std::string& words) { return words.substr(0, words.find(' ')); }

std::string help_line(const Verb* verb) {
  return verb == nullptr ? "see `lazaret --help`"
                         : fmt::format("see `lazaret {} --help`", verb->words);
}

// Reads words one after the other; what they mean depends on the verb, once that is known.
class Reader {
 public:
  Reader(std::span<const std::string> words, std::span<const Verb> verbs, const Environment& env)
      : words_(words), verbs_(verbs), environment_(env) {}

  Result<Parsed> read() {
    for (; at_ < words_.size(); ++at_) {
      const std::string& word = words_[at_];
      if (word == "--") {
        ++at_;
        take_command();
        break;
      }
      if (word.size() > 1 && word[0] == '-' && !is_number(word)) {
        if (auto done = take_flag(word); !done) return std::unexpected(done.error());
        continue;
      }
      if (result_.verb != nullptr && result_.verb->command == CommandPart::rest &&
          plain_.size() == result_.verb->positionals.size()) {
        take_command();
        break;
      }
      if (auto done = take_word(word); !done) return std::unexpected(done.error());
    }
    return finish();
  }

 private:
  static bool is_number(const std::string& word) {
    return std::ranges::all_of(word.substr(1),
                               [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  }

  void take_command() {
    result_.arguments.command.assign(words_.begin() + static_cast<std::ptrdiff_t>(at_),
                                     words_.end());
    has_command_ = true;
  }

  Result<void> take_word(const std::string& word) {
    if (result_.verb != nullptr) {
      plain_.push_back(word);
      return {};
    }
    const std::string name = group_.empty() ? word : group_ + " " + word;
    const bool leads_on = std::ranges::any_of(
        verbs_, [&](const Verb& verb) { return verb.words.starts_with(name + " "); });
    const auto found = std::ranges::find(verbs_, name, &Verb::words);
    // "inbox" is a verb of its own and the beginning of "inbox approve": the next word decides.
    if (found != verbs_.end() && !(leads_on && next_word_leads_on(name))) {
      result_.verb = &*found;
      return {};
    }
    if (leads_on) {
      group_ = name;
      return {};
    }
    if (word == "help" && group_.empty()) {
      result_.help = true;
      return {};
    }
    return unknown_verb(word);
  }

  bool next_word_leads_on(const std::string& name) const {
    for (std::size_t next = at_ + 1; next < words_.size(); ++next) {
      if (words_[next].starts_with('-')) continue;
      const std::string longer = name + " " + words_[next];
      return std::ranges::any_of(verbs_, [&](const Verb& verb) {
        return verb.words == longer || verb.words.starts_with(longer + " ");
      });
    }
    return false;
  }

  Result<void> unknown_verb(const std::string& word) const {
    std::set<std::string> known;
    for (const auto& verb : verbs_) {
      if (verb.hidden) continue;
      if (group_.empty()) {
        known.insert(first_word(verb.words));
      } else if (verb.words.starts_with(group_ + " ")) {
        known.insert(verb.words.substr(group_.size() + 1));
      }
    }
    const std::vector<std::string> list(known.begin(), known.end());
    const std::string meant = nearest(word, list);
    const std::string before = group_.empty() ? "" : group_ + " ";
    if (meant.empty()) {
      return wrong(
          fmt::format("there is no `lazaret {}{}`", before, word),
          group_.empty() ? "see `lazaret --help`" : fmt::format("see `lazaret {} --help`", group_));
    }
    return wrong(fmt::format("there is no `lazaret {}{}`", before, word),
                 fmt::format("did you mean `lazaret {}{}`?", before, meant));
  }

  std::vector<const Flag*> known_flags() const {
    std::vector<const Flag*> all;
    for (const auto& flag : general_flags()) all.push_back(&flag);
    if (result_.verb != nullptr) {
      for (const auto& flag : result_.verb->flags) all.push_back(&flag);
    }
    return all;
  }

  const Flag* find_flag(const std::string& word) const {
    for (const Flag* flag : known_flags()) {
      if (word.starts_with("--") ? word.substr(2) == flag->name
                                 : word.size() == 2 && word[1] == flag->letter) {
        return flag;
      }
    }
    return nullptr;
  }

  Result<void> unknown_flag(const std::string& word) const {
    std::vector<std::string> known;
    for (const Flag* flag : known_flags()) known.push_back("--" + flag->name);
    const std::string meant = word.starts_with("--") ? nearest(word, known) : "";
    const std::string where =
        result_.verb == nullptr ? "lazaret" : fmt::format("lazaret {}", result_.verb->words);
    return wrong(fmt::format("`{}` has no {}", where, word),
                 meant.empty() ? help_line(result_.verb) : fmt::format("did you mean {}?", meant));
  }

  Result<void> take_flag(const std::string& whole) {
    if (whole == "-h" || whole == "--help") {
      result_.help = true;
      return {};
    }
    const auto equals = whole.starts_with("--") ? whole.find('=') : std::string::npos;
    const std::string word = whole.substr(0, equals);
    const Flag* flag = find_flag(word);
    if (flag == nullptr) return unknown_flag(word);
    std::string value;
    if (flag->value.empty()) {
      if (equals != std::string::npos) {
        return wrong(fmt::format("{} takes no value", word), help_line(result_.verb));
      }
    } else if (equals != std::string::npos) {
      value = whole.substr(equals + 1);
    } else if (at_ + 1 < words_.size()) {
      value = words_[++at_];
    } else {
      return wrong(fmt::format("{} needs a value: {} {}", word, word, flag->value),
                   help_line(result_.verb));
    }
    return keep_flag(*flag, value);
  }

  Result<void> keep_flag(const Flag& flag, const std::string& value) {
    auto& values = result_.arguments.flags[flag.name];
    if (!values.empty() && !flag.repeated && !flag.value.empty()) {
      return wrong(fmt::format("--{} was given twice", flag.name), "say it once");
    }
    if (!flag.words.empty() && !fmt::format("|{}|", flag.words).contains("|" + value + "|")) {
      return wrong(fmt::format("--{} cannot be '{}'", flag.name, value),
                   fmt::format("it is one of {}", flag.words));
    }
    values.push_back(value);
    return {};
  }

  // Fills the positionals; a variable of the environment stands in for one that was left out.
  Result<void> place_words() {
    const auto& wanted = result_.verb->positionals;
    if (plain_.size() > wanted.size()) {
      return wrong(fmt::format("`lazaret {}` does not know what to do with '{}'",
                               result_.verb->words, plain_[wanted.size()]),
                   help_line(result_.verb));
    }
    std::size_t short_by = wanted.size() - plain_.size();
    std::size_t next = 0;
    for (const auto& one : wanted) {
      auto variable = one.variable.empty() ? environment_.end() : environment_.find(one.variable);
      if (short_by > 0 && variable != environment_.end()) {
        result_.arguments.positionals[one.name] = variable->second;
        --short_by;
      } else if (next < plain_.size()) {
        result_.arguments.positionals[one.name] = plain_[next++];
      } else if (one.required) {
        return wrong(fmt::format("`lazaret {}` needs {}{}", result_.verb->words, one.name,
                                 one.doc.empty() ? "" : ": " + one.doc),
                     help_line(result_.verb));
      }
    }
    return {};
  }

  Result<Parsed> finish() {
    result_.group = group_;
    if (result_.verb == nullptr) {
      if (!result_.help && !group_.empty()) {
        return wrong(fmt::format("`lazaret {}` needs one more word", group_),
                     fmt::format("see `lazaret {} --help`", group_));
      }
      if (has_command_ && !result_.help)
        return wrong("there is no verb before --", help_line(nullptr));
      result_.help = true;
      return result_;
    }
    if (result_.help) return result_;
    if (has_command_ && result_.verb->command == CommandPart::none) {
      return wrong(fmt::format("`lazaret {}` runs no program", result_.verb->words),
                   help_line(result_.verb));
    }
    for (const auto& flag : result_.verb->flags) {
      if (flag.required && !result_.arguments.has(flag.name)) {
        return wrong(
            fmt::format("`lazaret {}` needs --{} {}", result_.verb->words, flag.name, flag.value),
            help_line(result_.verb));
      }
    }
    if (auto placed = place_words(); !placed) return std::unexpected(placed.error());
    return result_;
  }

  std::span<const std::string> words_;
  std::span<const Verb> verbs_;
  const Environment& environment_;
  std::size_t at_ = 0;
  std::string group_;
  std::vector<std::string> plain_;
  bool has_command_ = false;
  Parsed result_;
};

}  // namespace

std::string Arguments::flag(const std::string& name, std::string fallback) const {
  auto found = flags.find(name);
  return found == flags.end() || found->second.empty() ? fallback : found->second.back();
}

std::string Arguments::at(const std::string& positional) const {
  auto found = positionals.find(positional);
  return found == positionals.end() ? "" : found->second;
}

const std::vector<Flag>& general_flags() {
  static const std::vector<Flag> flags = {
      {.name = "json", .doc = "print the answer as JSON; its fields stay as they are"},
      {.name = "state", .value = "DIR", .doc = "the daemon whose state is there (LAZARET_STATE)"},
      {.name = "url", .value = "URL", .doc = "a daemon by its address (LAZARET_URL)"},
      {.name = "key", .value = "KEY", .doc = "the key for --url (LAZARET_KEY, LAZARET_TOKEN)"},
  };
  return flags;
}

Result<Parsed> parse(std::span<const std::string> words, std::span<const Verb> verbs,
                     const Environment& environment) {
  return Reader(words, verbs, environment).read();
}

}  // namespace lazaret::cli
