#include "main/settings_view.h"

#include <boost/json.hpp>

#include "cli/endpoint.h"

namespace lazaret::main {
namespace {

namespace json = boost::json;

std::string_view word_of(SettingSource source) {
  return source == SettingSource::initial ? "default" : to_word(source);
}

json::value value_of(const Setting& setting, const Config& config, const Paths& paths) {
  if (setting.path == "state") return json::string(paths.state);
  if (setting.path == "missions") return json::string(paths.missions);
  if (is_text(setting.type)) return json::string(config.text(setting.path));
  return config.integer(setting.path);
}

}  // namespace

json::object settings_json(const Config& config, const Paths& paths) {
  json::array list;
  for (const Setting& setting : settings()) {
    const Config::Value& value = config.value(setting.path);
    list.push_back(json::object{{"setting", setting.path},
                                {"value", value_of(setting, config, paths)},
                                {"source", word_of(value.source)},
                                {"place", value.place},
                                {"flag", setting.flag},
                                {"environment", setting.env},
                                {"default", setting.initial},
                                {"why", setting.why}});
  }
  return {{"settings", std::move(list)}};
}

Result<json::value> read_settings(const Paths& paths, const std::vector<std::string>& flags) {
  std::vector<Error> faults;
  const Config config =
      Config::read(flags, cli::process_environment(), paths.state + "/config.toml", faults);
  json::object out = settings_json(config, paths);
  json::array list;
  for (const Error& one : faults) {
    list.push_back(
        json::object{{"message", one.message}, {"place", one.place}, {"remedy", one.remedy}});
  }
  out["faults"] = std::move(list);
  return out;
}

}  // namespace lazaret::main
