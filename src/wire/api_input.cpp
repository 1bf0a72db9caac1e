#include "wire/api_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/rfc3339.h"
#include "wire/json_utf8.h"

namespace lazaret::wire {
namespace {

constexpr std::size_t query_pairs_most = 64;

bool read_double(std::string_view text, double& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && std::isfinite(out);
}

std::string_view type_in_words(ValueType type) {
  switch (type) {
    case ValueType::string:
      return "a string";
    case ValueType::text:
      return "a string";
    case ValueType::integer:
      return "a whole number";
    case ValueType::number:
      return "a number";
    case ValueType::boolean:
      return "true or false";
    case ValueType::time:
      return "an RFC 3339 time";
    case ValueType::object:
      return "an object";
    case ValueType::array:
      return "an array";
    case ValueType::any:
      return "any JSON";
  }
  return "a value";
}

double upper_bound(const Input& input) {
  if (input.most > 0) return input.most;
  switch (input.type) {
    case ValueType::string:
    case ValueType::time:
      return string_most;
    case ValueType::text:
      return text_most;
    case ValueType::array:
    case ValueType::object:
      return array_most;
    case ValueType::integer:
    case ValueType::number:
      return number_most;
    case ValueType::boolean:
    case ValueType::any:
      return 0;
  }
  return 0;
}

std::string place_name(const Input& input) {
  if (input.where == Where::body) return "body /" + std::string(input.name);
  return fmt::format("{} {}", to_word(input.where), input.name);
}

std::optional<std::string> fault_in_length(const Input& input, std::size_t size,
                                           std::string_view unit) {
  const auto length = static_cast<double>(size);
  const double most = upper_bound(input);
  if (length < input.least) {
    return fmt::format("has {} {}, expected at least {}", size, unit, input.least);
  }
  if (length > most) return fmt::format("has {} {}, expected at most {}", size, unit, most);
  return std::nullopt;
}

bool is_one_of(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto bar = words.find('|');
    if (words.substr(0, bar) == word) return true;
    words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 1);
  }
  return false;
}

std::string words_in_words(std::string_view words) {
  std::string out(words);
  for (std::size_t at = out.find('|'); at != std::string::npos; at = out.find('|', at)) {
    out.replace(at, 1, ", ");
  }
  return out;
}

std::optional<std::string> fault_in_text(const Input& input, const JsonValue& value) {
  if (value.kind != JsonKind::string) {
    return fmt::format("is {}, expected {}", brief(value), type_in_words(input.type));
  }
  if (auto fault = fault_in_length(input, value.text.size(), "bytes")) return fault;
  if (!input.words.empty() && !is_one_of(input.words, value.text)) {
    return fmt::format("is {}, expected one of {}", brief(value), words_in_words(input.words));
  }
  const bool one_line = input.type == ValueType::string;
  const auto bad = std::ranges::find_if(value.text, [&](char c) {
    const bool allowed = !one_line && (c == '\n' || c == '\t' || c == '\r');
    return (static_cast<unsigned char>(c) < 0x20 && !allowed) || c == 0x7f;
  });
  if (bad != value.text.end()) return std::string("contains a control character");
  if (input.type == ValueType::time) {
    if (const auto time = from_rfc3339(value.text); !time)
      return "is no time: " + time.error().message;
  }
  return std::nullopt;
}

std::optional<std::string> fault_in_number(const Input& input, const JsonValue& value) {
  double number = 0;
  if (value.kind != JsonKind::number || !read_double(value.text, number)) {
    return fmt::format("is {}, expected {}", brief(value), type_in_words(input.type));
  }
  if (input.type == ValueType::integer && number != std::floor(number)) {
    return fmt::format("is {}, expected a whole number", value.text);
  }
  if (number < input.least || number > upper_bound(input)) {
    return fmt::format("is {}, expected {} to {}", value.text, input.least, upper_bound(input));
  }
  return std::nullopt;
}

// What is wrong with a value, as the end of a sentence.
std::optional<std::string> fault_of(const Input& input, const JsonValue& value) {
  if (value.kind == JsonKind::null) {
    if (input.nullable) return std::nullopt;
    return fmt::format("is null, expected {}", type_in_words(input.type));
  }
  const auto must_be = [&](JsonKind kind) -> std::optional<std::string> {
    if (value.kind == kind) return std::nullopt;
    return fmt::format("is {}, expected {}", brief(value), type_in_words(input.type));
  };
  switch (input.type) {
    case ValueType::string:
    case ValueType::text:
    case ValueType::time:
      return fault_in_text(input, value);
    case ValueType::integer:
    case ValueType::number:
      return fault_in_number(input, value);
    case ValueType::boolean:
      return must_be(JsonKind::boolean);
    case ValueType::object: {
      if (auto fault = must_be(JsonKind::object)) return fault;
      return fault_in_length(input, value.members.size(), "members");
    }
    case ValueType::array: {
      if (auto fault = must_be(JsonKind::array)) return fault;
      return fault_in_length(input, value.items.size(), "elements");
    }
    case ValueType::any:
      return std::nullopt;
  }
  return std::nullopt;
}

// A value out of the path or the query, where everything is text.
JsonValue from_text(const Input& input, std::string text) {
  JsonValue value;
  value.kind = JsonKind::string;
  const bool numeric = input.type == ValueType::integer || input.type == ValueType::number;
  double number = 0;
  if (numeric && read_double(text, number)) value.kind = JsonKind::number;
  if (input.type == ValueType::boolean && (text == "true" || text == "false")) {
    value.kind = JsonKind::boolean;
    value.truth = text == "true";
  }
  value.text = std::move(text);
  return value;
}

std::unexpected<InputFault> fault(int status, ErrorCode code, std::string message,
                                  std::string place = {}, std::string remedy = {}) {
  return std::unexpected(
      InputFault{status, {code, std::move(message), std::move(place), std::move(remedy)}});
}

std::string names_of(const Operation& operation, Where where) {
  std::string names;
  for (const Input& input : operation.inputs) {
    if (input.where != where) continue;
    names += names.empty() ? "" : ", ";
    names += input.name;
  }
  return names.empty() ? "none" : names;
}

const Input* input_named(const Operation& operation, std::string_view name, Where where) {
  for (const Input& input : operation.inputs) {
    if (input.name == name && input.where == where) return &input;
  }
  return nullptr;
}

std::string_view trimmed_media(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ') || content_type.ends_with('\t')) content_type.remove_suffix(1);
  return content_type;
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

class InputCheck {
 public:
  using Checked = std::expected<void, InputFault>;
  InputCheck(const Operation& operation, const Received& received)
      : operation_(operation), received_(received) {}

  Checked path() {
    std::size_t next = 0;
    for (const Input& input : operation_.inputs) {
      if (input.where != Where::path) continue;
      if (auto done = keep(input, received_.path[next++]); !done) return done;
    }
    return {};
  }

  Checked query() {
    std::string_view rest = received_.query;
    std::size_t pairs = 0;
    while (!rest.empty()) {
      const auto ampersand = rest.find('&');
      const std::string_view pair = rest.substr(0, ampersand);
      rest = ampersand == std::string_view::npos ? std::string_view() : rest.substr(ampersand + 1);
      if (pair.empty()) continue;
      if (++pairs > query_pairs_most) {
        return fault(400, ErrorCode::invalid_input, "the query has too many parameters", "query");
      }
      if (auto done = one_pair(pair); !done) return done;
    }
    return {};
  }

  Checked body() {
    const auto blank = received_.body.find_first_not_of(" \t\r\n");
    if (blank != std::string_view::npos) {
      if (auto done = parse(); !done) return done;
    } else {
      inputs_.document_.root.kind = JsonKind::object;
    }
    for (const JsonMember& member : inputs_.document_.root.members) {
      const Input* input = input_named(operation_, member.name, Where::body);
      if (!input && !operation_.more_fields) {
        return fault(422, ErrorCode::invalid_input,
                     fmt::format("there is no field \"{}\"", member.name.substr(0, 80)),
                     place_in_body(member.name_span.begin, member.name),
                     "fields: " + names_of(operation_, Where::body));
      }
      if (!input) continue;
      if (const auto wrong = fault_of(*input, member.value)) {
        return fault(422, ErrorCode::invalid_input, fmt::format("\"{}\" {}", input->name, *wrong),
                     place_in_body(member.value.span.begin, member.name));
      }
    }
    return {};
  }

  Checked required() {
    for (const Input& input : operation_.inputs) {
      if (!input.required || inputs_.has(input.name)) continue;
      return fault(422, ErrorCode::invalid_input,
                   fmt::format("\"{}\" is missing: {}", input.name, input.doc), place_name(input));
    }
    return {};
  }

  Inputs take() { return std::move(inputs_); }

 private:
  Checked keep(const Input& input, std::string text) {
    JsonValue value = from_text(input, std::move(text));
    if (const auto wrong = fault_of(input, value)) {
      return fault(422, ErrorCode::invalid_input, fmt::format("\"{}\" {}", input.name, *wrong),
                   place_name(input));
    }
    inputs_.from_target_.insert_or_assign(std::string(input.name), std::move(value));
    return {};
  }

  Checked one_pair(std::string_view pair) {
    const auto equals = pair.find('=');
    const auto name = percent_decoded(pair.substr(0, equals));
    auto value = percent_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) {
      return fault(400, ErrorCode::invalid_input, "the query is not percent-encoded text", "query");
    }
    const Input* input = input_named(operation_, *name, Where::query);
    if (!input) {
      return fault(422, ErrorCode::invalid_input,
                   fmt::format("there is no query parameter \"{}\"", name->substr(0, 80)), "query",
                   "parameters: " + names_of(operation_, Where::query));
    }
    if (inputs_.from_target_.contains(*name)) {
      return fault(422, ErrorCode::invalid_input, fmt::format("\"{}\" is given twice", *name),
                   "query " + *name);
    }
    return keep(*input, std::move(*value));
  }

  Checked parse() {
    const std::string_view media = trimmed_media(received_.content_type);
    const bool is_json =
        media.empty() || equal_without_case(media, "application/json") ||
        (media.size() > 5 && equal_without_case(media.substr(media.size() - 5), "+json"));
    if (!is_json) {
      return fault(415, ErrorCode::invalid_input,
                   fmt::format("the body is {}, expected application/json", media.substr(0, 60)),
                   "Content-Type");
    }
    auto document = read_json(std::string(received_.body), {.bytes = received_.body.size()});
    if (!document) {
      const JsonFault& bad = document.error();
      return fault(bad.too_large ? 413 : 400,
                   bad.too_large ? ErrorCode::too_large : ErrorCode::invalid_input,
                   fmt::format("found {}, expected {}", bad.found, bad.expected),
                   fmt::format("body:{}:{} {}", bad.place.line, bad.place.column, bad.pointer));
    }
    if (document->root.kind != JsonKind::object) {
      return fault(422, ErrorCode::invalid_input,
                   fmt::format("the body is {}, expected an object", brief(document->root)),
                   "body");
    }
    inputs_.document_ = std::move(*document);
    return {};
  }

  std::string place_in_body(std::size_t offset, std::string_view name) const {
    const JsonPlace place = place_of(inputs_.document_.source, offset);
    return fmt::format("body:{}:{} {}", place.line, place.column, pointer_step(name));
  }

  const Operation& operation_;
  const Received& received_;
  Inputs inputs_;
};

std::expected<Inputs, InputFault> check_inputs(const Operation& operation,
                                               const Received& received) {
  InputCheck check(operation, received);
  if (auto done = check.path(); !done) return std::unexpected(done.error());
  if (auto done = check.query(); !done) return std::unexpected(done.error());
  if (auto done = check.body(); !done) return std::unexpected(done.error());
  if (auto done = check.required(); !done) return std::unexpected(done.error());
  return check.take();
}

const JsonValue* Inputs::find(std::string_view name) const {
  if (const auto found = from_target_.find(name); found != from_target_.end()) {
    return &found->second;
  }
  const JsonMember* member = document_.root.find(name);
  return member ? &member->value : nullptr;
}

bool Inputs::is_null(std::string_view name) const {
  const JsonValue* value = find(name);
  return !value || value->kind == JsonKind::null;
}

std::string Inputs::text(std::string_view name) const {
  const JsonValue* value = find(name);
  return value && value->kind == JsonKind::string ? value->text : std::string();
}

std::optional<double> Inputs::number(std::string_view name) const {
  const JsonValue* value = find(name);
  double out = 0;
  if (!value || value->kind != JsonKind::number || !read_double(value->text, out))
    return std::nullopt;
  return out;
}

std::optional<std::uint64_t> Inputs::whole(std::string_view name) const {
  const auto found = number(name);
  if (!found || *found < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*found);
}

std::optional<bool> Inputs::truth(std::string_view name) const {
  const JsonValue* value = find(name);
  if (!value || value->kind != JsonKind::boolean) return std::nullopt;
  return value->truth;
}

std::optional<WallTime> Inputs::time(std::string_view name) const {
  const JsonValue* value = find(name);
  if (!value || value->kind != JsonKind::string) return std::nullopt;
  const auto time = from_rfc3339(value->text);
  return time ? std::optional(*time) : std::nullopt;
}

std::string_view Inputs::raw(std::string_view name) const {
  const JsonMember* member = document_.root.find(name);
  if (!member) return {};
  const JsonSpan& span = member->value.span;
  return std::string_view(document_.source).substr(span.begin, span.end - span.begin);
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      unsigned byte = 0;
      if (i + 3 > text.size())
        return fail(ErrorCode::invalid_input, "\"%\" without two hex digits");
      const auto read = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
      if (read.ptr != text.data() + i + 3 || read.ec != std::errc()) {
        return fail(ErrorCode::invalid_input, "\"%\" without two hex digits");
      }
      c = static_cast<char>(byte);
      i += 2;
    }
    out += c;
  }
  for (std::size_t i = 0; i < out.size();) {
    const std::size_t length = utf8_length(out, i);
    if (length == 0) return fail(ErrorCode::invalid_input, "not UTF-8");
    const auto byte = static_cast<unsigned char>(out[i]);
    if (byte < 0x20 || byte == 0x7f) return fail(ErrorCode::invalid_input, "a control character");
    i += length;
  }
  return out;
}

}  // namespace lazaret::wire
