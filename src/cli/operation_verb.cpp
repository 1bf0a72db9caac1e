#include "cli/operation_verb.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cli/render.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;
using wire::Input;
using wire::Operation;
using wire::ValueType;
using wire::Where;

constexpr std::size_t most_text = 16 * 1024 * 1024;  // read from a file or stdin

std::string dashed(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

bool is_placeholder(const std::string& word) {
  return std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string_view cli_of(const Operation& operation, const Plan& plan) {
  return plan.cli.empty() ? operation.cli : std::string_view(plan.cli);
}

// What a word in capitals stands for: an input, or a further field of the body.
struct Place {
  std::string word;
  const Input* input = nullptr;
  std::string field;  // where there is no input
};

std::vector<Place> places_of(const Operation& operation, const Plan& plan) {
  std::vector<Place> places;
  std::vector<const Input*> free;
  for (const auto& input : operation.inputs) {
    if (input.where == Where::path) free.push_back(&input);
  }
  for (const auto& input : operation.inputs) {
    if (input.where != Where::path && input.required) free.push_back(&input);
  }
  for (const auto& word : split(cli_of(operation, plan))) {
    if (!is_placeholder(word)) continue;
    std::string name = word;
    std::ranges::transform(name, name.begin(),
                           [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    const auto in_path =
        std::ranges::find_if(free, [](const Input* i) { return i->where == Where::path; });
    auto found = in_path != free.end() ? in_path : std::ranges::find(free, name, &Input::name);
    // A field by that very name, or the next input that has to be there.
    if (found == free.end() && !operation.more_fields && !free.empty()) found = free.begin();
    if (found == free.end() && name == "name") {
      found = std::ranges::find_if(free, [](const Input* i) { return i->name.ends_with("name"); });
    }
    if (found == free.end() && !free.empty() && free.front()->name.starts_with(name))
      found = free.begin();
    if (found == free.end()) {
      places.push_back({word, nullptr, name});
    } else {
      places.push_back({word, *found, ""});
      free.erase(found);
    }
  }
  // Without them there is no address to ask.
  for (const Input* input : free) {
    if (input->where != Where::path) continue;
    std::string word(input->name);
    std::ranges::transform(word, word.begin(),
                           [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    places.push_back({word, input, ""});
  }
  return places;
}

std::string placeholder_of(ValueType type) {
  switch (type) {
    case ValueType::string:
      return "NAME";
    case ValueType::text:
      return "TEXT";
    case ValueType::integer:
    case ValueType::number:
      return "N";
    case ValueType::boolean:
      return "yes|no";
    case ValueType::time:
      return "TIME";
    case ValueType::object:
    case ValueType::array:
    case ValueType::any:
      return "JSON";
  }
  return "VALUE";
}

bool is_flag(const Input& input, const Plan& plan, const std::vector<Place>& places) {
  if (std::ranges::find(plan.left_out, input.name) != plan.left_out.end()) return false;
  if (plan.fixed.contains(input.name) || input.where == Where::path) return false;
  if (input.where == Where::query && input.name == "cursor")
    return false;  // pages come by themselves
  return std::ranges::find(places, &input, &Place::input) == places.end();
}

std::unexpected<Error> unfit(const std::string& name, std::string_view value,
                             std::string_view want) {
  return fail(ErrorCode::invalid_input, fmt::format("{} cannot be '{}'", name, plain(value, 60)),
              name, fmt::format("it is {}", want));
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<json::value> typed(const std::string& name, const Input& input, std::string text,
                          const ReadText& read_text) {
  if (input.nullable && text == "null") return json::value(nullptr);
  const bool long_one = input.type != ValueType::string && input.type != ValueType::time;
  if (text == "-" && long_one) {
    auto all = read_text(text);
    if (!all) return std::unexpected(all.error());
    text = *all;
  }
  switch (input.type) {
    case ValueType::string:
    case ValueType::text:
    case ValueType::time:
      return json::value(text);
    case ValueType::integer:
      if (auto number = whole_number<std::int64_t>(text)) return json::value(*number);
      return unfit(name, text, "a whole number");
    case ValueType::number:
      if (auto number = whole_number<double>(text)) return json::value(*number);
      return unfit(name, text, "a number");
    case ValueType::boolean:
      if (text == "yes" || text == "true") return json::value(true);
      if (text == "no" || text == "false") return json::value(false);
      return unfit(name, text, "yes or no");
    case ValueType::object:
    case ValueType::array:
    case ValueType::any:
      break;
  }
  auto value = parse_json(text, name);
  if (value) return value;
  if (input.type == ValueType::any) return json::value(text);
  return unfit(name, text, input.type == ValueType::array ? "a JSON array" : "a JSON object");
}

// --set name=value; the value is JSON if it reads as JSON, else a string. Dots lead into objects.
Result<void> set_field(json::object& body, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    return unfit("--set", assignment, "NAME=VALUE");
  }
  std::string_view path = std::string_view(assignment).substr(0, equals);
  const std::string text = assignment.substr(equals + 1);
  auto value = parse_json(text, "");
  json::object* at = &body;
  for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    auto& inner = (*at)[path.substr(0, dot)];
    if (!inner.is_object()) inner.emplace_object();
    at = &inner.get_object();
    path.remove_prefix(dot + 1);
  }
  (*at)[path] = value ? *value : json::value(text);
  return {};
}

Result<json::object> begin_body(const Arguments& arguments, const ReadText& read_text) {
  if (!arguments.has("body")) return json::object{};
  auto text = read_text(arguments.flag("body"));
  if (!text) return std::unexpected(text.error());
  auto value = parse_json(*text, arguments.flag("body"));
  if (!value) return std::unexpected(value.error());
  if (!value->is_object()) return unfit("--body", *text, "a JSON object");
  return value->get_object();
}

Result<std::string> read_source(Context& context, const std::string& source) {
  std::string text;
  if (source == "-") {
    text = context.read_stdin();
  } else {
    std::ifstream in(source, std::ios::binary);
    if (!in) return fail(ErrorCode::not_found, fmt::format("cannot read {}", source), source);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  if (text.size() > most_text) return fail(ErrorCode::too_large, source + " is too large", source);
  return text;
}

// Text that is meant for programs, as it is.
Result<ExitCode> pass_on(Context& context, const Call& call) {
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  auto answer = (*client)->fetch(call.method, call.target);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return std::unexpected(error_of(*answer));
  context.out << answer->body;
  return ExitCode::ok;
}

// A call that waits at the daemon is waited for here too.
void wait_longer(Context& context, const Arguments& arguments) {
  auto client = context.client();
  const auto seconds = whole_number<unsigned>(arguments.flag("wait-seconds"));
  if (client && seconds) (*client)->times().answer += std::chrono::seconds(*seconds);
}

std::vector<Flag> flags_of(const Operation& operation, const Plan& plan,
                           const std::vector<Place>& places) {
  std::vector<Flag> flags = plan.flags;
  for (const auto& input : operation.inputs) {
    if (!is_flag(input, plan, places)) continue;
    const bool boolean = input.type == ValueType::boolean;
    const std::string words = boolean ? "" : std::string(input.words);
    flags.push_back({.name = dashed(input.name),
                     .value = placeholder_of(input.type),
                     .doc = std::string(input.doc),
                     .words = words,
                     .required = input.required});
  }
  if (operation.more_fields) {
    flags.push_back({.name = "set",
                     .value = "NAME=VALUE",
                     .doc = "a further field; dots lead into objects",
                     .repeated = true});
    flags.push_back(
        {.name = "body", .value = "FILE", .doc = "fields from a JSON file, - is stdin"});
  }
  return flags;
}

}  // namespace

Result<Call> call_of(const Operation& operation, const Plan& plan, const Arguments& arguments,
                     const ReadText& read_text) {
  const auto places = places_of(operation, plan);
  auto begun = begin_body(arguments, read_text);
  if (!begun) return std::unexpected(begun.error());
  json::object body = std::move(*begun);
  std::vector<std::string> in_path;
  std::string query;
  auto put = [&](const Input& input, const std::string& name,
                 const std::string& text) -> Result<void> {
    if (input.where == Where::path) {
      in_path.push_back(text);
      return {};
    }
    auto value = typed(name, input, text, read_text);
    if (!value) return std::unexpected(value.error());
    if (input.where == Where::query) {
      query +=
          fmt::format("{}{}={}", query.empty() ? "?" : "&", input.name,
                      escaped(value->is_bool() ? (value->get_bool() ? "true" : "false") : text));
    } else {
      body[input.name] = *value;
    }
    return {};
  };
  for (const auto& place : places) {
    if (!arguments.positionals.contains(place.word)) continue;
    if (place.input == nullptr) {
      body[place.field] = arguments.at(place.word);
    } else if (auto done = put(*place.input, place.word, arguments.at(place.word)); !done) {
      return std::unexpected(done.error());
    }
  }
  for (const auto& input : operation.inputs) {
    const std::string name = dashed(input.name);
    const auto usual = plan.unless_said.find(name);
    const std::string text =
        arguments.flag(name, usual == plan.unless_said.end() ? "" : usual->second);
    const bool said = arguments.has(name) || usual != plan.unless_said.end();
    if (!is_flag(input, plan, places) || !said) continue;
    auto done = put(input, "--" + name, text);
    if (!done) return std::unexpected(done.error());
  }
  for (const auto& field : plan.fixed) body[field.key()] = field.value();
  if (plan.shape) {
    if (auto shaped = plan.shape(arguments, body); !shaped) return std::unexpected(shaped.error());
  }
  if (auto sets = arguments.flags.find("set"); sets != arguments.flags.end()) {
    for (const auto& one : sets->second) {
      if (auto done = set_field(body, one); !done) return std::unexpected(done.error());
    }
  }
  Call call{std::string(to_word(operation.method)),
            wire::fill_path(operation.path, in_path) + query, std::nullopt};
  if (call.method != "GET" && (call.method != "DELETE" || !body.empty()))
    call.body = std::move(body);
  return call;
}

Result<json::value> send(Context& context, const Call& call, bool all_pages) {
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  auto answer = call.method == "GET" ? context.look_up(call.target)
                                     : (*client)->call(call.method, call.target, call.body);
  if (!answer || !all_pages || !answer->is_object()) return answer;
  auto& whole = answer->get_object();
  for (int page = 1; page < most_pages; ++page) {
    const auto* next = find(*answer, "next");
    if (next == nullptr || !next->is_string()) break;
    const std::string cursor(next->get_string());
    const char joint = call.target.contains('?') ? '&' : '?';
    auto more =
        (*client)->call("GET", fmt::format("{}{}cursor={}", call.target, joint, escaped(cursor)));
    if (!more) return more;
    for (auto& member : whole) {
      auto* list = member.value().if_array();
      if (list == nullptr) continue;
      for (const auto& item : list_at(*more, member.key())) list->push_back(item);
    }
    whole["next"] = find(*more, "next") == nullptr ? json::value(nullptr) : *find(*more, "next");
    if (const auto* left = find(*more, "more")) whole["more"] = *left;
  }
  return answer;
}

Verb verb_of(const Operation& operation, Plan plan) {
  const auto places = places_of(operation, plan);
  Verb verb;
  for (const auto& word : split(cli_of(operation, plan))) {
    if (is_placeholder(word)) continue;
    if (!verb.words.empty()) verb.words += ' ';
    verb.words += word;
  }
  verb.group = plan.group;
  verb.summary = plan.summary.empty() ? std::string(operation.summary) : plan.summary;
  verb.example = plan.example.empty() ? std::string(operation.example) : plan.example;
  verb.command = plan.command;
  verb.notes = plan.notes;
  verb.hidden = plan.hidden;
  for (const auto& place : places) {
    Positional one{.name = place.word};
    one.required = std::ranges::find(plan.optional, place.word) == plan.optional.end();
    if (place.input != nullptr) one.doc = place.input->doc;
    const bool path = place.input != nullptr && place.input->where == Where::path;
    if (path && place.word == "CELL") one.variable = "LAZARET_CELL";
    if (path && place.word == "AGENT" && operation.agents) one.variable = "LAZARET_AGENT";
    verb.positionals.push_back(std::move(one));
  }
  verb.flags = flags_of(operation, plan, places);
  verb.carry_out = [&operation, plan = std::move(plan)](
                       Context& context, const Arguments& arguments) -> Result<ExitCode> {
    auto read_text = [&](const std::string& source) { return read_source(context, source); };
    auto call = call_of(operation, plan, arguments, read_text);
    if (!call) return std::unexpected(call.error());
    if (operation.media == "text/plain" || operation.media == "text/calendar")
      return pass_on(context, *call);
    wait_longer(context, arguments);
    const bool list = operation.method == wire::Method::GET && !arguments.has("limit");
    auto answer = send(context, *call, list);
    if (!answer) return std::unexpected(answer.error());
    context.out << (context.json ? pretty(*answer)
                                 : render(operation.output, *answer, context.look, context.now()));
    const bool dry = flag_at(*answer, "dry_run");
    if (dry && !context.json) context.out << "nothing was changed: this was a dry run\n";
    return plan.verdict.empty() || flag_at(*answer, plan.verdict) ? ExitCode::ok : ExitCode::error;
  };
  return verb;
}

}  // namespace lazaret::cli
