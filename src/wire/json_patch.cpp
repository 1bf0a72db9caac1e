#include "wire/json_patch.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::wire {
namespace {

Error unreadable(const JsonFault& fault) {
  return {ErrorCode::invalid_input,
          fmt::format("found {}, expected {}", fault.found, fault.expected),
          fmt::format("{}:{} {}", fault.place.line, fault.place.column, fault.pointer),
          {}};
}

bool means_the_same(const JsonValue& a, const JsonValue& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case JsonKind::null:
      return true;
    case JsonKind::boolean:
      return a.truth == b.truth;
    case JsonKind::number:
    case JsonKind::string:
      return a.text == b.text;
    case JsonKind::array:
      return std::ranges::equal(a.items, b.items, means_the_same);
    case JsonKind::object:
      return a.members.size() == b.members.size() &&
             std::ranges::all_of(a.members, [&](const JsonMember& member) {
               const JsonMember* other = b.find(member.name);
               return other != nullptr && means_the_same(member.value, other->value);
             });
  }
  return false;
}

// `{"a": {"b": value}}` without the outermost name: what the first missing step is set to.
std::string nested(const std::vector<std::string>& path, std::size_t from,
                   const std::string& value) {
  std::string text = value;
  for (std::size_t i = path.size(); i-- > from;) text = "{" + quoted(path[i]) + ": " + text + "}";
  return text;
}

// The white space before the last member's name, and between its name and value.
struct Style {
  std::string before;
  std::string colon;
};

Style style_of(std::string_view text, const JsonValue& object) {
  const JsonMember& last = object.members.back();
  std::size_t begin = last.name_span.begin;
  while (begin > object.span.begin + 1 && text[begin - 1] != ',' && text[begin - 1] != '{') --begin;
  Style style;
  style.before = text.substr(begin, last.name_span.begin - begin);
  style.colon = text.substr(last.name_span.end, last.value.span.begin - last.name_span.end);
  // `{"a": 1}` has no white space before its first member; a second one gets the usual blank.
  if (object.members.size() == 1 && style.before.empty() && style.colon != ":") style.before = " ";
  return style;
}

void insert_member(std::string& text, const JsonValue& object, const std::string& name,
                   const std::string& value) {
  if (object.members.empty()) {
    const std::string member = quoted(name) + ": " + value;
    const bool outermost = object.span.begin == 0;
    text.replace(object.span.begin, object.span.end - object.span.begin,
                 outermost ? "{\n  " + member + "\n}" : "{" + member + "}");
    return;
  }
  const Style style = style_of(text, object);
  text.insert(object.members.back().value.span.end,
              "," + style.before + quoted(name) + style.colon + value);
}

void remove_member(std::string& text, const JsonValue& object, const JsonMember& member) {
  std::size_t begin = member.name_span.begin;
  std::size_t end = member.value.span.end;
  if (&member != &object.members.front()) {
    begin = (&member - 1)->value.span.end;  // with the comma before it
  } else if (object.members.size() > 1) {
    end = object.members[1].name_span.begin;
  }
  text.erase(begin, end - begin);
}

Result<void> apply_change(std::string& text, const JsonChange& change, const JsonBounds& bounds) {
  const auto document = read_json(text, bounds);
  if (!document) return std::unexpected(unreadable(document.error()));
  const auto wanted = read_json(change.remove ? "null" : change.value, bounds);
  if (!wanted) return std::unexpected(unreadable(wanted.error()));

  const JsonValue* at = &document->root;
  std::string pointer;
  for (std::size_t i = 0; i < change.path.size(); ++i) {
    if (at->kind != JsonKind::object) {
      return fail(ErrorCode::invalid_input, fmt::format("found {}, expected an object", brief(*at)),
                  pointer.empty() ? "the root" : pointer);
    }
    const JsonMember* member = at->find(change.path[i]);
    if (member == nullptr) {
      if (!change.only_if_present && !change.remove) {
        insert_member(text, *at, change.path[i], nested(change.path, i + 1, change.value));
      }
      return {};
    }
    if (change.remove && i + 1 == change.path.size()) {
      const JsonValue object = *at;
      remove_member(text, object, *object.find(change.path[i]));
      return {};
    }
    pointer += pointer_step(change.path[i]);
    at = &member->value;
  }
  if (!means_the_same(*at, wanted->root)) {
    text.replace(at->span.begin, at->span.end - at->span.begin, change.value);
  }
  return {};
}

}  // namespace

Result<std::string> patch_json(std::string text, const std::vector<JsonChange>& changes,
                               const JsonBounds& bounds) {
  for (const JsonChange& change : changes) {
    if (auto done = apply_change(text, change, bounds); !done) return std::unexpected(done.error());
  }
  return text;
}

}  // namespace lazaret::wire
