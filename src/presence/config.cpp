#include "presence/config.h"

#include <algorithm>
#include <array>

#include "base/typo.h"
#include "wire/json_text.h"

namespace lazaret::presence {
namespace {

using wire::JsonKind;
using wire::JsonValue;

class Reader {
 public:
  Reader(const std::string& file, const wire::JsonDocument& document)
      : file_(file), document_(document) {}

  Result<Config> read() {
    Config config;
    if (auto fine = members(document_.root, {"identities", "bindings"}); !fine) return wrong(fine);
    if (auto fine = each("identities", identities_most,
                         [&](const JsonValue& one) { return identity(one, config); });
        !fine) {
      return wrong(fine);
    }
    if (auto fine = each("bindings", bindings_most,
                         [&](const JsonValue& one) { return binding(one, config); });
        !fine) {
      return wrong(fine);
    }
    return config;
  }

 private:
  using Fine = Result<void>;
  static std::unexpected<Error> wrong(const Fine& fine) { return std::unexpected(fine.error()); }

  std::unexpected<Error> at(const wire::JsonSpan& span, std::string message,
                            std::string remedy = {}) const {
    const wire::JsonPlace place = wire::place_of(document_.source, span.begin);
    return fail(ErrorCode::invalid_input, std::move(message),
                file_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column),
                std::move(remedy));
  }

  Fine members(const JsonValue& value, const std::vector<std::string>& known) const {
    if (value.kind != JsonKind::object) return at(value.span, "expected an object");
    for (const wire::JsonMember& member : value.members) {
      if (std::ranges::find(known, member.name) == known.end()) {
        return at(member.name_span, "unknown name " + wire::quoted(member.name),
                  one_of(member.name, known));
      }
    }
    return {};
  }

  template <class Take>
  Fine each(std::string_view name, std::size_t most, Take take) const {
    const wire::JsonMember* list = document_.root.find(name);
    if (!list) return {};
    if (list->value.kind != JsonKind::array || list->value.items.size() > most) {
      return at(list->value.span, "expected a list of at most " + std::to_string(most));
    }
    for (const JsonValue& one : list->value.items) {
      if (auto fine = take(one); !fine) return fine;
    }
    return {};
  }

  Fine text(const JsonValue& value, std::string_view name, bool required, std::string& into) const {
    const wire::JsonMember* member = value.find(name);
    if (!member && !required) return {};
    if (!member) return at(value.span, std::string(name) + " is missing");
    const bool odd = std::ranges::any_of(
        member->value.text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (member->value.kind != JsonKind::string || odd || member->value.text.size() > 4096 ||
        (required && member->value.text.empty())) {
      return at(member->value.span, std::string(name) + ": expected one line of text");
    }
    into = member->value.text;
    return {};
  }

  Fine identity(const JsonValue& value, Config& config) {
    if (auto fine = members(value, {"agent", "fabric_user_id", "api_key", "api_key_file",
                                    "api_key_env", "enabled"});
        !fine) {
      return fine;
    }
    Identity one;
    const std::array texts = {
        std::pair("agent", &one.agent), std::pair("fabric_user_id", &one.fabric_user_id),
        std::pair("api_key", &one.api_key), std::pair("api_key_file", &one.api_key_file),
        std::pair("api_key_env", &one.api_key_env)};
    for (const auto& [name, into] : texts) {
      if (auto fine = text(value, name, into == &one.agent, *into); !fine) return fine;
    }
    if (const auto* enabled = value.find("enabled")) {
      if (enabled->value.kind != JsonKind::boolean) {
        return at(enabled->value.span, "enabled: expected true or false");
      }
      one.enabled = enabled->value.truth;
    }
    const int keys =
        int{!one.api_key.empty()} + int{!one.api_key_file.empty()} + int{!one.api_key_env.empty()};
    if (keys > 1 || (keys == 0 && one.enabled)) {
      return at(value.span, "expected one of api_key, api_key_file and api_key_env");
    }
    if (!named_.insert(one.agent).second) {
      return at(value.span, wire::quoted(one.agent) + " has two identities");
    }
    config.identities.push_back(std::move(one));
    return {};
  }

  Fine binding(const JsonValue& value, Config& config) const {
    if (auto fine = members(value, {"agent", "guild", "channel"}); !fine) return fine;
    std::string agent, guild, channel;
    if (auto fine = text(value, "agent", true, agent); !fine) return fine;
    if (auto fine = text(value, "guild", true, guild); !fine) return fine;
    if (auto fine = text(value, "channel", false, channel); !fine) return fine;
    config.bindings.emplace(std::move(agent), std::move(guild));
    return {};
  }

  const std::string& file_;
  const wire::JsonDocument& document_;
  std::set<std::string> named_;
};

}  // namespace

Result<Config> read_config(const std::string& file, std::string text) {
  const auto document = wire::read_json(
      std::move(text), {.bytes = 16 << 20, .depth = 8, .values = 10 * bindings_most});
  if (!document) {
    const wire::JsonFault& fault = document.error();
    return fail(
        ErrorCode::invalid_input, "this is no JSON: expected " + fault.expected,
        file + ":" + std::to_string(fault.place.line) + ":" + std::to_string(fault.place.column));
  }
  return Reader(file, *document).read();
}

}  // namespace lazaret::presence
