// JSON of people: every value stands where it says it does; a change of one field leaves a text
// that says the changed thing, and doing it twice changes nothing.
#include "fuzz.h"
#include "wire/json_patch.h"
#include "wire/json_text.h"

namespace {

using namespace lazaret;

void check_spans(const wire::JsonValue& value, wire::JsonSpan around) {
  const wire::JsonSpan span = value.span;
  LAZARET_ASSERT(around.begin <= span.begin && span.begin < span.end && span.end <= around.end);
  std::size_t last = span.begin;
  for (const wire::JsonMember& member : value.members) {
    LAZARET_ASSERT(last <= member.name_span.begin &&
                   member.name_span.end <= member.value.span.begin);
    LAZARET_ASSERT(value.find(member.name) == &member);
    check_spans(member.value, span);
    last = member.value.span.end;
  }
  for (const wire::JsonValue& item : value.items) {
    LAZARET_ASSERT(last <= item.span.begin);
    check_spans(item, span);
    last = item.span.end;
  }
}

void check_change(const std::string& text) {
  const wire::JsonChange change{.path = {"lazaret", "a"}, .value = "[17]"};
  const auto once = wire::patch_json(text, {change});
  if (!once) return;
  const auto read = wire::read_json(*once);
  LAZARET_ASSERT(read.has_value());
  const wire::JsonMember* ours = read->root.find("lazaret");
  LAZARET_ASSERT(ours != nullptr && ours->value.find("a") != nullptr);
  const wire::JsonValue& value = ours->value.find("a")->value;
  LAZARET_ASSERT(value.items.size() == 1 && value.items[0].text == "17");
  const auto twice = wire::patch_json(*once, {change});
  LAZARET_ASSERT(twice && *twice == *once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  const auto read = wire::read_json(text);
  if (!read) {
    const wire::JsonFault& fault = read.error();
    LAZARET_ASSERT(fault.offset <= text.size() && fault.place.line >= 1 && fault.place.column >= 1);
    LAZARET_ASSERT(!fault.found.empty() && !fault.expected.empty());
    return 0;
  }
  check_spans(read->root, {0, text.size()});
  LAZARET_ASSERT(!wire::brief(read->root).empty());
  check_change(text);
  return 0;
}
