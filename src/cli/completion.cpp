#include "cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace lazaret::cli {
namespace {

std::string flags_of(const Verb& verb) {
  std::string words;
  for (const auto& flag : verb.flags) words += fmt::format("--{} ", flag.name);
  for (const auto& flag : general_flags()) words += fmt::format("--{} ", flag.name);
  return words + "--help";
}

// Beginning of a line → the words that may come next.
std::map<std::string, std::set<std::string>> next_words(std::span<const Verb> verbs) {
  std::map<std::string, std::set<std::string>> next;
  for (const auto& verb : verbs) {
    if (verb.hidden) continue;
    const auto space = verb.words.find(' ');
    next[""].insert(verb.words.substr(0, space));
    if (space != std::string::npos) {
      next[verb.words.substr(0, space)].insert(verb.words.substr(space + 1));
    }
  }
  return next;
}

std::string joined(const std::set<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

}  // namespace

std::string bash_completion(std::span<const Verb> verbs) {
  std::string out =
      "# source <(lazaret completion bash)\n"
      "_lazaret() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} i verb= words=\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in\n"
      "      --) _command_offset $((i + 1)) 2>/dev/null; return ;;\n"
      "      --state|--url|--key) ((i++)) ;;\n"
      "      -*) ;;\n"
      "      *) verb+=\"${verb:+ }${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  if [[ $word == -* ]]; then\n"
      "    case \"$verb\" in\n";
  // The longest verbs first: `inbox approve` before `inbox`.
  std::vector<const Verb*> sorted;
  for (const auto& verb : verbs) {
    if (!verb.hidden) sorted.push_back(&verb);
  }
  std::ranges::sort(sorted, std::greater{}, [](const Verb* verb) { return verb->words.size(); });
  for (const Verb* verb : sorted) {
    out += fmt::format("      '{}'*) words='{}' ;;\n", verb->words, flags_of(*verb));
  }
  out += "    esac\n  else\n    case \"$verb\" in\n";
  for (const auto& [before, words] : next_words(verbs)) {
    out += fmt::format("      '{}') words='{}' ;;\n", before, joined(words));
  }
  out +=
      "    esac\n"
      "  fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  [[ ${#COMPREPLY[@]} -eq 0 && $word != -* ]] && COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "}\n"
      "complete -F _lazaret lazaret\n";
  return out;
}

std::string zsh_completion(std::span<const Verb> verbs) {
  return "#compdef lazaret\n# source <(lazaret completion zsh)\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash_completion(verbs);
}

}  // namespace lazaret::cli
