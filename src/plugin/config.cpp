#include "plugin/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

#include "base/typo.h"
#include "wire/json_text.h"

namespace lazaret::plugin {
namespace {

constexpr double most_seconds = 86'400;
constexpr std::size_t most_text = 4096;

constexpr Key table[] = {
    {"backendUrl", KeyType::text, "", "none: nothing is sent",
     "Address of the HarborForge backend: http:// or https://, with a path if it has one."},
    {"identifier", KeyType::text, "", "the host name",
     "Name under which the backend knows this server."},
    {"apiKey", KeyType::text, "", "none", "The server's key; shown nowhere."},
    {"monitor_push_enabled", KeyType::truth, "", "false",
     "Whether this server's telemetry is pushed to the backend."},
    {"monitor_push_interval_seconds", KeyType::seconds, "", "30", "How often."},
    {"monitor_port", KeyType::port, "", "0",
     "Port on 127.0.0.1 where GET /health and GET /telemetry are answered; 0 = none."},
    {"calendar_enabled", KeyType::truth, "", "true",
     "Whether the agents' calendars are followed and due slots wake them."},
    {"calendar_heartbeat_interval_seconds", KeyType::seconds, "", "30",
     "How often each agent's calendar is asked."},
    {"contract", KeyType::word, "per_agent|server_wide|sync", "per_agent",
     "Which generation of the calendar contract the backend speaks."},
    {"host_preset", KeyType::word, "plexum|lazaret", "plexum",
     "Whose names of methods are used towards the host."},
    {"host_wake_method", KeyType::text, "", "the preset's", "Method that wakes an agent."},
    {"host_state_method", KeyType::text, "", "the preset's", "Method that tells an agent's state."},
    {"host_list_method", KeyType::text, "", "the preset's", "Method that lists the agents."},
};

std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != '_') out.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
  }
  return out;
}

const Key* key_of(std::string_view name) {
  const std::string plain = plain_name(name);
  const auto found =
      std::ranges::find_if(table, [&](const Key& key) { return plain_name(key.name) == plain; });
  return found == std::end(table) ? nullptr : &*found;
}

std::string expected(const Key& key) {
  switch (key.type) {
    case KeyType::text:
      return "a string";
    case KeyType::seconds:
      return fmt::format("a number of seconds, 1 to {}", most_seconds);
    case KeyType::port:
      return "a whole number, 0 to 65535";
    case KeyType::truth:
      return "true or false";
    case KeyType::word: {
      std::string words(key.words);
      std::ranges::replace(words, '|', ',');
      return "one of " + words;
    }
  }
  return "";
}

std::optional<double> number_of(const wire::JsonValue& value) {
  if (value.kind != wire::JsonKind::number) return std::nullopt;
  double number = 0;
  std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
  return number;
}

bool is_word(const Key& key, const std::string& word) {
  return ("|" + std::string(key.words) + "|").find("|" + word + "|") != std::string::npos &&
         word.find('|') == std::string::npos && !word.empty();
}

bool fits(const Key& key, const wire::JsonValue& value) {
  const auto number = number_of(value);
  switch (key.type) {
    case KeyType::text:
      return value.kind == wire::JsonKind::string && value.text.size() <= most_text;
    case KeyType::seconds:
      return number && *number >= 1 && *number <= most_seconds;
    case KeyType::port:
      return number && *number >= 0 && *number <= 65535 &&
             *number == static_cast<double>(static_cast<int>(*number));
    case KeyType::truth:
      return value.kind == wire::JsonKind::boolean;
    case KeyType::word:
      return value.kind == wire::JsonKind::string && is_word(key, value.text);
  }
  return false;
}

using Values = std::map<std::string_view, const wire::JsonValue*>;

// Everything is checked already: fits() said so.
void take(const Values& values, Config& config) {
  const auto with = [&](std::string_view name, const auto& use) {
    if (const auto found = values.find(name); found != values.end()) use(*found->second);
  };
  const auto text = [&](std::string_view name, std::string& into) {
    with(name, [&](const wire::JsonValue& value) { into = value.text; });
  };
  const auto truth = [&](std::string_view name, bool& into) {
    with(name, [&](const wire::JsonValue& value) { into = value.truth; });
  };
  const auto interval = [&](std::string_view name, Duration& into) {
    with(name, [&](const wire::JsonValue& value) { into = seconds_of(*number_of(value)); });
  };
  text("backendUrl", config.client.backend_url);
  text("identifier", config.client.identifier);
  text("apiKey", config.client.api_key);
  truth("monitor_push_enabled", config.client.monitor_push_enabled);
  interval("monitor_push_interval_seconds", config.client.monitor_push_interval);
  truth("calendar_enabled", config.client.calendar_enabled);
  interval("calendar_heartbeat_interval_seconds", config.client.calendar_interval);
  with("monitor_port", [&](const wire::JsonValue& value) {
    config.monitor_port = static_cast<int>(*number_of(value));
  });
  with("contract", [&](const wire::JsonValue& value) {
    config.client.contract = *from_word<harborforge::Contract>(value.text);
  });
  with("host_preset", [&](const wire::JsonValue& value) {
    config.host.preset = *from_word<HostPreset>(value.text);
  });
  text("host_wake_method", config.host.wake);
  text("host_state_method", config.host.state);
  text("host_list_method", config.host.list);
}

std::string type_of(const Key& key) {
  switch (key.type) {
    case KeyType::text:
    case KeyType::word:
      return "string";
    case KeyType::seconds:
      return "number";
    case KeyType::port:
      return "integer";
    case KeyType::truth:
      return "boolean";
  }
  return "";
}

// Every member's key and value, where they are right.
Values check_members(const wire::JsonDocument& document, const std::string& name,
                     std::vector<Error>& faults) {
  Values values;
  std::vector<std::string> known;
  for (const Key& key : table) known.emplace_back(key.name);
  for (const wire::JsonMember& member : document.root.members) {
    const auto place = [&](std::size_t offset) {
      const auto at = wire::place_of(document.source, offset);
      return fmt::format("{}:{}:{} {}", name, at.line, at.column, wire::pointer_step(member.name));
    };
    const auto wrong = [&](std::size_t offset, std::string message, std::string remedy = "") {
      faults.push_back(
          {ErrorCode::invalid_input, std::move(message), place(offset), std::move(remedy)});
    };
    const Key* key = key_of(member.name);
    if (key == nullptr) {
      wrong(member.name_span.begin, "unknown key " + wire::quoted(member.name),
            one_of(member.name, known));
    } else if (!fits(*key, member.value)) {
      const std::string found =
          key->name == "apiKey" ? "something else" : wire::brief(member.value);
      wrong(member.value.span.begin,
            fmt::format("{} is {}; expected {}", key->name, found, expected(*key)));
    } else if (!values.emplace(key->name, &member.value).second) {
      wrong(member.name_span.begin, fmt::format("{} is there twice", key->name));
    }
  }
  return values;
}

}  // namespace

std::span<const Key> keys() { return table; }

Config read_config(const std::string& text, const std::string& name, const std::string& host_name,
                   std::vector<Error>& faults) {
  Config config;
  config.client.identifier = host_name;
  config.client.plugin_name = "harbor-forge";
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return config;
  const auto document = wire::read_json(text);
  if (!document) {
    const wire::JsonFault& fault = document.error();
    faults.push_back({ErrorCode::invalid_input,
                      fmt::format("found {}; expected {}", fault.found, fault.expected),
                      fmt::format("{}:{}:{}", name, fault.place.line, fault.place.column), ""});
    return config;
  }
  if (document->root.kind != wire::JsonKind::object) {
    faults.push_back({ErrorCode::invalid_input,
                      fmt::format("found {}; expected an object", wire::brief(document->root)),
                      name + ":1:1", ""});
    return config;
  }
  const std::size_t before = faults.size();
  const Values values = check_members(*document, name, faults);
  take(values, config);
  if (faults.size() != before) return config;
  if (const auto good = harborforge::check(config.client); !good) {
    Error fault = good.error();
    fault.place = name + (fault.place.empty() ? "" : " " + fault.place);
    faults.push_back(std::move(fault));
  }
  return config;
}

json::object shown(const Config& config) {
  const auto text = [](const std::string& value) {
    return value.empty() ? json::value() : json::value(json::string(value));
  };
  const harborforge::ClientSettings& client = config.client;
  return {{"backendUrl", text(client.backend_url)},
          {"identifier", text(client.identifier)},
          {"apiKey", client.api_key.empty() ? json::value() : json::value("***")},
          {"monitor_push_enabled", client.monitor_push_enabled},
          {"monitor_push_interval_seconds", in_seconds(client.monitor_push_interval)},
          {"monitor_port", config.monitor_port},
          {"calendar_enabled", client.calendar_enabled},
          {"calendar_heartbeat_interval_seconds", in_seconds(client.calendar_interval)},
          {"contract", to_word(client.contract)},
          {"host_preset", to_word(config.host.preset)},
          {"host_wake_method", text(config.host.wake)},
          {"host_state_method", text(config.host.state)},
          {"host_list_method", text(config.host.list)}};
}

json::object config_schema() {
  json::object properties;
  for (const Key& key : table) {
    json::object one = {{"type", type_of(key)}, {"description", key.doc}};
    if (key.type == KeyType::seconds) {
      one["minimum"] = 1;
      one["maximum"] = static_cast<std::int64_t>(most_seconds);
    } else if (key.type == KeyType::port) {
      one["minimum"] = 0;
      one["maximum"] = 65535;
    } else if (key.type == KeyType::word) {
      json::array words;
      std::string_view rest = key.words;
      for (std::size_t end = 0; end != std::string_view::npos; rest.remove_prefix(end + 1)) {
        end = rest.find('|');
        words.emplace_back(rest.substr(0, end));
        if (end == std::string_view::npos) break;
      }
      one["enum"] = std::move(words);
    }
    properties[key.name] = std::move(one);
  }
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

std::string config_table() {
  std::string out = "| key | is | default | |\n|---|---|---|---|\n";
  for (const Key& key : table) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", key.name, expected(key), key.initial, key.doc);
  }
  return out;
}

}  // namespace lazaret::plugin
