// What a HarborForge backend, or a client of one, may send. What was read is written and read
// again: it must be the same.
#include "fuzz.h"
#include "wire/harborforge.h"
#include "wire/json_document.h"

namespace {

using namespace lazaret;

template <class T, class Read>
void again(const T& value, Read read) {
  const auto back = read(wire::json_document(wire::to_json(value)));
  LAZARET_ASSERT(back && *back == value);
}

void check(const wire::SlotView& slot) {
  LAZARET_ASSERT(slot.id.has_value() != !slot.virtual_id.empty());
  const auto back = wire::read_slot(wire::json_document(wire::to_json(slot)));
  LAZARET_ASSERT(back && back->ident() == slot.ident() && back->due() == slot.due());
  LAZARET_ASSERT(back->status == slot.status && back->priority == slot.priority);
  LAZARET_ASSERT(!wire::wake_message(slot).empty());
  LAZARET_ASSERT(wire::route::agent_update(slot.ident()).starts_with("/calendar/slots/"));
}

void read_answers(const std::string& text) {
  if (const auto answer = wire::read_calendar_answer(text)) {
    for (const auto& slot : answer->slots) check(slot);
  }
  if (const auto answer = wire::read_sync_answer(text)) {
    for (const auto& [agent, slots] : answer->schedules) {
      for (const auto& slot : slots) check(slot);
    }
  }
  if (const auto answer = wire::read_server_answer(text)) {
    for (const auto& slot : answer->slots_to_fire) {
      LAZARET_ASSERT(!slot.id.empty() && !wire::wake_message(slot).empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text_of(data, size);
  const unsigned what = fuzz::take_byte(rest) % 6;
  const std::string text(rest);
  if (what == 0) {
    if (const auto slot = wire::read_slot(text)) check(*slot);
  } else if (what == 1) {
    read_answers(text);
  } else if (what == 2) {
    const auto read = [](std::string body) { return wire::read_slot_update(std::move(body)); };
    if (const auto update = read(text)) again(*update, read);
  } else if (what == 3) {
    const auto read = [](std::string body) {
      return wire::read_agent_status(std::move(body), "", "", WallTime{});
    };
    if (const auto report = read(text)) again(*report, read);
  } else if (what == 4) {
    const auto read = [](std::string body) { return wire::read_server_heartbeat(std::move(body)); };
    if (const auto heartbeat = read(text)) again(*heartbeat, read);
  } else {
    (void)wire::read_calendar_heartbeat(text, "host", "");
    (void)wire::read_monitor_heartbeat(text);
    (void)wire::read_clock_text(rest);
  }
  return 0;
}
