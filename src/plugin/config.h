// The plugin's config.json. What may stand in it is one table: the reader, the schema in the
// manifest and the page docs/plugin.md come from it.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "harborforge/client.h"

namespace lazaret::plugin {

namespace json = boost::json;

LAZARET_ENUM(KeyType, text, seconds, port, truth, word)

struct Key {
  std::string_view name;
  KeyType type = KeyType::text;
  std::string_view words;    // of a word: "a|b"
  std::string_view initial;  // as the docs say it
  std::string_view doc;      // one sentence
};

std::span<const Key> keys();

// Whose names of methods the host uses, where it is pushed to.
LAZARET_ENUM(HostPreset, plexum, lazaret)

struct HostNames {
  HostPreset preset = HostPreset::plexum;
  std::string wake;  // empty: the preset's
  std::string state;
  std::string list;
};

struct Config {
  harborforge::ClientSettings client;
  int monitor_port = 0;  // 0 = no bridge
  HostNames host;
};

// `text` of the file `name`. A key may be written in snake_case or camelCase. What is wrong goes to
// `faults`, each invalid_input with name:line:column, what was found and what was expected; values
// of secrets are never repeated.
Config read_config(const std::string& text, const std::string& name, const std::string& host_name,
                   std::vector<Error>& faults);

// What holds, under the names of the file; the key masked, null where there is none.
json::object shown(const Config& config);

// JSON Schema of the file, for the manifest.
json::object config_schema();

// The keys as a Markdown table.
std::string config_table();

}  // namespace lazaret::plugin
