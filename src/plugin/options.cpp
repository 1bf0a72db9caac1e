#include "plugin/options.h"

#include <fmt/format.h>

#include "base/typo.h"

namespace lazaret::plugin {

Result<Options> read_options(const std::vector<std::string>& words, const Environment& environment,
                             const std::string& beside) {
  static const std::vector<std::string> known = {"--config", "--manifest", "--help"};
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      options.help = true;
    } else if (word == "--manifest") {
      options.manifest = true;
    } else if (word == "--config" && i + 1 < words.size()) {
      options.config = words[++i];
    } else if (word.starts_with("--config=") && word.size() > 9) {
      options.config = word.substr(9);
    } else if (word == "--config" || word == "--config=") {
      return fail(ErrorCode::invalid_input, "--config needs a file", "--config");
    } else {
      return fail(ErrorCode::invalid_input, fmt::format("unknown word '{}'", word), word,
                  one_of(word, known));
    }
  }
  if (options.help || options.manifest || !options.config.empty()) return options;
  if (!beside.empty()) {
    options.config = beside + "/config.json";
    return options;
  }
  const auto home = environment.find("HOME");
  if (home == environment.end() || home->second.empty()) {
    return fail(ErrorCode::invalid_input, "HOME is not set, so --config has no default", "--config",
                "name the file: lazaret plugin --config FILE");
  }
  options.config = home->second + "/.plexum/plugins/harbor-forge/config.json";
  return options;
}

std::string help_text() {
  return R"(HarborForge for the agents of a host: an MCP server over stdio.

  lazaret plugin [--config FILE]   serve until the input ends
  lazaret plugin --manifest        print the manifest that hosts read

  --config FILE   else config.json beside the program where a manifest.json is,
                  else ~/.plexum/plugins/harbor-forge/config.json

Messages go over stdin and stdout, logs to stderr. docs/plugin.md has the rest.
Example: scripts/install-plugin && ~/.plexum/plugins/harbor-forge/lazaret plugin --manifest
)";
}

}  // namespace lazaret::plugin
