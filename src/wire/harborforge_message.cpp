#include <fmt/format.h>

#include "wire/harborforge_parts.h"
#include "wire/json_document.h"

namespace lazaret::wire {
namespace {

namespace json = boost::json;

// A member that is a text with something in it; else nothing.
std::string text_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value || !value->is_string()) return {};
  return std::string(value->get_string());
}

// The same, or a number as text: codes of tasks are often numbers.
std::string word_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value && value->is_number()) return json_document(*value);
  return text_in(object, name);
}

json::object data_of(const SlotView& slot) {
  if (slot.event_data.empty()) return {};
  try {
    json::value value = json_of(slot.event_data);
    if (value.is_object()) return std::move(value.get_object());
  } catch (const std::exception&) {
    return {};  // of a slot that was not read by read_slot
  }
  return {};
}

std::string first_line(const SlotView& slot, const json::object& data) {
  if (const json::value* options = data.if_contains("wake_options")) {
    const std::string text =
        options->is_object() ? text_in(options->get_object(), "override_message") : "";
    if (!text.empty()) return text;
  }
  if (const std::string prompt = text_in(data, "prompt"); !prompt.empty()) return prompt;
  const std::string event = text_in(data, "event");
  if (slot.event_type == core::SlotEvent::system_event && !event.empty())
    return fmt::format("[calendar system_event] {}", event);
  if (slot.event_type == core::SlotEvent::job) {
    const std::string type = word_in(data, "type");
    std::string code = word_in(data, "code");
    if (code.empty()) code = word_in(data, "task_code");
    if (!type.empty() || !code.empty()) {
      const std::string_view between = type.empty() || code.empty() ? "" : "/";
      return fmt::format("[calendar job {}{}{}] please handle this", type, between, code);
    }
  }
  return fmt::format("[calendar slot {}] scheduled work — please proceed", slot.ident());
}

}  // namespace

std::string wake_message(const SlotView& slot) {
  const json::object data = data_of(slot);
  json::object block;
  if (slot.id)
    block["slot_id"] = *slot.id;
  else
    block["slot_id"] = slot.virtual_id;
  block["scheduled_at"] = slot.scheduled_at;
  block["priority"] = slot.priority;
  block["slot_type"] = to_word(slot.slot_type);
  block["event_data"] = data.empty() ? json::value(nullptr) : json::value(data);
  return fmt::format("{}\n\n```json\n{}\n```", first_line(slot, data), json_document(block));
}

std::string wake_source(const SlotView& slot) { return "calendar:" + slot.ident(); }

std::string wake_message(const SlotToFire& slot) {
  if (!slot.override_message.empty()) return slot.override_message;
  if (!slot.prompt.empty()) return slot.prompt;
  return fmt::format("[calendar] slot {}: {}", slot.id, slot.title);
}

}  // namespace lazaret::wire
