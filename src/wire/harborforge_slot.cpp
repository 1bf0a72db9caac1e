#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>

#include "base/rfc3339.h"
#include "wire/harborforge_parts.h"
#include "wire/json_document.h"

namespace lazaret::wire {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// The older contract's words, and what they are today.
constexpr std::array older_words{
    std::pair{std::string_view("in_progress"), core::SlotStatus::ongoing},
    std::pair{std::string_view("completed"), core::SlotStatus::finished},
};
constexpr std::string_view statuses =
    "one of not_started, deferred, ongoing, paused, finished, aborted, skipped";

Result<WallTime> midnight_of(std::string_view date) {
  return from_rfc3339(fmt::format("{}T00:00:00Z", date));
}

std::string date_text(WallTime time) { return to_rfc3339(time).substr(0, 10); }

void read_identity(LooseFields& fields, SlotView& slot) {
  fields.whole("id", slot.id, 0, std::int64_t{1} << 53);
  if (slot.id) return;
  const JsonValue* name = fields.find("virtual_id");
  if (!name) return fields.missing("id", "id, or virtual_id where there is no id");
  if (name->kind != JsonKind::string || !is_virtual_ident(name->text)) {
    return fields.wrong(*name, "/virtual_id",
                        "a name like plan-3-2026-11-21T090000: at most 200 letters, digits and "
                        ". _ - @ + :, not digits alone");
  }
  slot.virtual_id = name->text;
}

void read_schedule(LooseFields& fields, SlotView& slot) {
  fields.time("due_at", slot.due_at);
  const JsonValue* at = fields.find("scheduled_at");
  if (!at) return fields.missing("scheduled_at", "a time of day such as 09:00:00");
  if (at->kind == JsonKind::string && at->text.size() > 10) {
    const auto instant = loose_time(at->text);
    if (!instant)
      return fields.wrong(*at, "/scheduled_at", "a time of day, or an RFC 3339 date-time");
    if (!slot.due_at) slot.due_at = *instant;
    const auto midnight = std::chrono::floor<days>(*instant);
    slot.date = date_text(*instant);
    slot.scheduled_at = clock_text(*instant - midnight);
    return;
  }
  const auto clock =
      at->kind == JsonKind::string ? read_clock_text(at->text) : std::optional<Duration>();
  if (!clock) return fields.wrong(*at, "/scheduled_at", "a time of day such as 09:00:00");
  slot.scheduled_at = clock_text(*clock);
  const JsonValue* date = fields.find("date");
  if (!date) return fields.missing("date", "a date such as 2026-11-21");
  const bool dated = date->kind == JsonKind::string && midnight_of(date->text.substr(0, 10)) &&
                     (date->text.size() == 10 || date->text[10] == 'T');
  if (!dated) return fields.wrong(*date, "/date", "a date such as 2026-11-21");
  slot.date = date->text.substr(0, 10);
}

void read_words(LooseFields& fields, SlotView& slot) {
  const JsonValue* status = fields.find("status");
  if (!status) return fields.missing("status", std::string(statuses));
  const auto read = status->kind == JsonKind::string ? read_slot_status(status->text)
                                                     : std::optional<core::SlotStatus>();
  if (!read) return fields.wrong(*status, "/status", std::string(statuses));
  slot.status = *read;
  if (const JsonValue* type = fields.find("slot_type")) {
    const auto word = any_spelling<core::SlotType>(type->text);
    if (!word)
      return fields.wrong(*type, "/slot_type", "one of work, on_call, entertainment, system");
    slot.slot_type = *word;
  }
  // It decides only what the agent is told, so an unknown one must not keep the slot from firing.
  if (const JsonValue* event = fields.find("event_type"))
    slot.event_type = any_spelling<core::SlotEvent>(event->text).value_or(core::SlotEvent::none);
}

void read_event_data(LooseFields& fields, SlotView& slot) {
  const JsonValue* data = fields.object("event_data", event_data_most);
  if (!data) return;
  const std::string_view text =
      fields.source().substr(data->span.begin, data->span.end - data->span.begin);
  if (text.size() > event_data_most) {
    return fields.wrong(*data, "/event_data",
                        fmt::format("an object of at most {} bytes", event_data_most));
  }
  slot.event_data = text;
}

void read_clock(LooseFields& fields, std::string_view name, std::optional<Duration>& out) {
  const JsonValue* value = fields.find(name);
  if (!value) return;
  const bool text = value->kind == JsonKind::string;
  out = text ? read_clock_text(value->text) : std::nullopt;
  if (out) return;
  const auto instant = text ? loose_time(value->text) : std::optional<WallTime>();
  if (!instant) return fields.wrong(*value, pointer_step(name), "a time of day such as 09:00:00");
  out = std::chrono::floor<seconds>(*instant - std::chrono::floor<days>(*instant));
}

boost::json::value clock_or_null(const std::optional<Duration>& clock) {
  if (!clock) return nullptr;
  return boost::json::string(clock_text(*clock));
}

boost::json::value whole_or_null(const std::optional<std::int64_t>& number) {
  if (!number) return nullptr;
  return *number;
}

boost::json::value event_data_value(const std::string& text) {
  if (text.empty()) return nullptr;
  try {
    return json_of(text);
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

std::optional<core::SlotStatus> read_slot_status(std::string_view word) {
  for (const auto& [older, status] : older_words) {
    if (same_word(older, word)) return status;
  }
  return any_spelling<core::SlotStatus>(word);
}

std::optional<core::CalendarStatus> read_calendar_status(std::string_view word) {
  return any_spelling<core::CalendarStatus>(word);
}

std::string clock_text(Duration since_midnight) {
  const auto h = std::chrono::floor<hours>(since_midnight);
  const auto m = std::chrono::floor<minutes>(since_midnight - h);
  const auto s = std::chrono::floor<seconds>(since_midnight - h - m);
  return fmt::format("{:02}:{:02}:{:02}", h.count() % 24, m.count(), s.count());
}

std::optional<Duration> read_clock_text(std::string_view text) {
  const auto two = [&](std::size_t at, int most) -> std::optional<int> {
    int number = 0;
    if (at + 2 > text.size()) return std::nullopt;
    const auto read = std::from_chars(text.data() + at, text.data() + at + 2, number);
    const bool digits = text[at] >= '0' && text[at] <= '9' && read.ptr == text.data() + at + 2;
    return digits && number <= most ? std::optional(number) : std::nullopt;
  };
  const auto h = two(0, 23);
  const auto m = text.size() > 2 && text[2] == ':' ? two(3, 59) : std::nullopt;
  if (!h || !m) return std::nullopt;
  if (text.size() == 5) return hours(*h) + minutes(*m);
  const auto s = text[5] == ':' ? two(6, 59) : std::nullopt;
  if (!s) return std::nullopt;
  if (text.size() > 8) {
    const std::string_view rest = text.substr(9);
    const bool fraction = text[8] == '.' && !rest.empty() && rest.size() <= 9 &&
                          rest.find_first_not_of("0123456789") == std::string_view::npos;
    if (!fraction) return std::nullopt;
  }
  return hours(*h) + minutes(*m) + seconds(*s);
}

bool is_virtual_ident(std::string_view text) {
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-@+:").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= hf_name_most && std::ranges::all_of(text, safe) &&
         text.find_first_not_of("0123456789") != std::string_view::npos && text.front() != '.';
}

WallTime SlotView::due() const {
  if (due_at) return *due_at;
  const auto midnight = midnight_of(date);
  const auto clock = read_clock_text(scheduled_at);
  // Neither fails on a slot that was read; one that was not is never due.
  return midnight && clock ? *midnight + *clock : WallTime::max();
}

SlotView slot_of(LooseFields& fields) {
  SlotView slot;
  if (fields.failed()) return slot;
  read_identity(fields, slot);
  read_schedule(fields, slot);
  read_words(fields, slot);
  read_event_data(fields, slot);
  constexpr std::int64_t priority_most = std::int64_t{1} << 53;
  fields.whole("estimated_duration", slot.estimated_duration, 0, slot_minutes_most);
  fields.whole("priority", slot.priority, -priority_most, priority_most);
  fields.whole("actual_duration", slot.actual_duration, 0, slot_minutes_most);
  read_clock(fields, "started_at", slot.started_at);
  fields.truth("attended", slot.attended);
  fields.id("plan_id", slot.plan_id);
  fields.id("user_id", slot.user_id);
  return slot;
}

std::vector<SlotView> slots_of(const LooseFields& around, const JsonValue& list,
                               std::string_view step, std::vector<Error>& refused) {
  std::vector<SlotView> slots;
  slots.reserve(list.items.size());
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    LooseFields fields = around.inside(list.items[i], fmt::format("{}/{}", step, i));
    SlotView slot = slot_of(fields);
    if (fields.failed())
      refused.push_back(fields.fault());
    else
      slots.push_back(std::move(slot));
  }
  return slots;
}

boost::json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return boost::json::string(text);
}

boost::json::value id_value(const std::string& id) {
  std::int64_t number = 0;
  const auto read = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool plain = !id.empty() && id.size() <= 15 && (id.front() != '0' || id.size() == 1);
  if (plain && read.ec == std::errc() && read.ptr == id.data() + id.size() && number >= 0)
    return number;
  return text_or_null(id);
}

boost::json::object to_json(const SlotView& slot) {
  boost::json::object out;
  if (slot.id)
    out["id"] = *slot.id;
  else
    out["virtual_id"] = slot.virtual_id;
  out["date"] = slot.date;
  out["scheduled_at"] = slot.scheduled_at;
  if (slot.due_at) out["due_at"] = to_rfc3339(*slot.due_at);
  out["slot_type"] = to_word(slot.slot_type);
  out["estimated_duration"] = slot.estimated_duration;
  out["status"] = to_word(slot.status);
  out["priority"] = slot.priority;
  const bool evented = slot.event_type != core::SlotEvent::none;
  out["event_type"] =
      evented ? boost::json::value(boost::json::string(to_word(slot.event_type))) : nullptr;
  out["event_data"] = event_data_value(slot.event_data);
  out["started_at"] = clock_or_null(slot.started_at);
  out["attended"] = slot.attended ? boost::json::value(*slot.attended) : nullptr;
  out["actual_duration"] = whole_or_null(slot.actual_duration);
  out["plan_id"] = id_value(slot.plan_id);
  out["user_id"] = id_value(slot.user_id);
  return out;
}

Result<SlotView> read_slot(std::string text) {
  const auto document = read_object(std::move(text), "slot", calendar_request_most * 4);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("slot", document->source, document->root, "");
  SlotView slot = slot_of(fields);
  if (fields.failed()) return std::unexpected(fields.fault());
  return slot;
}

boost::json::object to_json(const SlotUpdate& update) {
  boost::json::object out;
  out["status"] = to_word(update.status);
  if (update.started_at) out["started_at"] = clock_text(*update.started_at);
  if (update.actual_duration) out["actual_duration"] = *update.actual_duration;
  if (!update.reason.empty()) out["reason"] = update.reason;
  if (!update.summary.empty()) out["summary"] = update.summary;
  return out;
}

Result<SlotUpdate> read_slot_update(std::string body) {
  const auto document = read_object(std::move(body), "update", calendar_request_most);
  if (!document) return std::unexpected(document.error());
  LooseFields fields("update", document->source, document->root, "");
  SlotUpdate update;
  if (const JsonValue* status = fields.find("status")) {
    const auto word = status->kind == JsonKind::string ? read_slot_status(status->text)
                                                       : std::optional<core::SlotStatus>();
    if (word)
      update.status = *word;
    else
      fields.wrong(*status, "/status", std::string(statuses));
  } else {
    fields.missing("status", std::string(statuses));
  }
  read_clock(fields, "started_at", update.started_at);
  fields.whole("actual_duration", update.actual_duration, 1, slot_minutes_most);
  fields.text("reason", update.reason, hf_reason_most);
  fields.text("summary", update.summary, hf_reason_most);
  if (fields.failed()) return std::unexpected(fields.fault());
  return update;
}

}  // namespace lazaret::wire
