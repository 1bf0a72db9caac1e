// Every setting of the daemon, declared once: the flags, the environment, config.toml,
// docs/settings.md and `lazaret daemon --settings` all come from this table.
//
// Precedence: flag, environment, config file, default.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::main {

LAZARET_ENUM(SettingType, text, integer, bytes, seconds, flag)

struct Setting {
  std::string_view path;  // "http.port", also its place in config.toml
  std::string_view flag;  // "--port"
  std::string_view env;   // "LAZARET_PORT"
  SettingType type = SettingType::text;
  std::string_view initial;
  double least = 0;
  double most = 0;
  std::string_view why;  // one sentence
};

std::span<const Setting> settings();

class Config {
 public:
  // `arguments`: after the verb. Errors: invalid_input with file:line:column, the variable or the
  // flag. Unknown flags and keys are errors that name the nearest known one's list.
  static Result<Config> load(const std::vector<std::string>& arguments,
                             const Environment& environment, const std::string& config_file);

  const std::string& text(std::string_view path) const;
  std::int64_t integer(std::string_view path) const;

 private:
  Result<void> set(const Setting& setting, std::string value, const std::string& place);
  Result<void> read_file(const std::string& file);
  std::map<std::string, std::string, std::less<>> values_;
};

// The doc page, as Markdown.
std::string settings_page();

}  // namespace lazaret::main
