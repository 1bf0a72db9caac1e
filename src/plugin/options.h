// The words after `lazaret plugin`, and where its configuration is.
#pragma once

#include <string>
#include <vector>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::plugin {

struct Options {
  bool help = false;
  bool manifest = false;
  std::string config;  // path of config.json
};

// `beside`: the directory of the program when a manifest.json lies there too, else empty. Without
// --config it is <beside>/config.json, else ~/.plexum/plugins/harbor-forge/config.json.
Result<Options> read_options(const std::vector<std::string>& words, const Environment& environment,
                             const std::string& beside);

std::string help_text();

}  // namespace lazaret::plugin
