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

// `address` is an IP address or "localhost".
LAZARET_ENUM(SettingType, text, address, integer, bytes, seconds, flag)

constexpr bool is_text(SettingType type) {
  return type == SettingType::text || type == SettingType::address;
}

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

// Where a value came from. `initial` is the default.
LAZARET_ENUM(SettingSource, initial, file, environment, flag)

class Config {
 public:
  struct Value {
    std::string text;
    SettingSource source = SettingSource::initial;
    std::string place;  // file:line:column, the variable or the flag; empty for a default
  };

  // `arguments`: after the verb. What is wrong goes to `faults` and its default stands:
  // invalid_input with file:line:column, the variable or the flag. Unknown flags and keys are
  // faults that name the known ones.
  static Config read(const std::vector<std::string>& arguments, const Environment& environment,
                     const std::string& config_file, std::vector<Error>& faults);
  // The same; error: the first fault, and how many more there are.
  static Result<Config> load(const std::vector<std::string>& arguments,
                             const Environment& environment, const std::string& config_file);

  const Value& value(std::string_view path) const;
  const std::string& text(std::string_view path) const { return value(path).text; }
  std::int64_t integer(std::string_view path) const;
  // The words of a list, separated by commas or blanks.
  std::vector<std::string> words(std::string_view path) const;

 private:
  void set(const Setting& setting, Value value, std::vector<Error>& faults);
  void read_file(const std::string& file, std::vector<Error>& faults);
  void read_flags(const std::vector<std::string>& arguments, std::vector<Error>& faults);
  std::map<std::string, Value, std::less<>> values_;
};

// The doc page, as Markdown.
std::string settings_page();

}  // namespace lazaret::main
