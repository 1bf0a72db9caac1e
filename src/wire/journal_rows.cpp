#include "wire/journal_rows.h"

#include "wire/codec.h"

namespace lazaret::wire {
namespace {

template <class Variant>
Row row_of(const Variant& value) {
  return std::visit(
      [](const auto& body) {
        return Row{type_word<std::decay_t<decltype(body)>>(), to_text(body)};
      },
      value);
}

template <class Variant>
Result<Variant> read_row(std::string_view kind, std::string_view body) {
  const std::string text =
      "{\"kind\":\"" + std::string(kind) + "\",\"body\":" + std::string(body) + "}";
  return from_text<Variant>(text);
}

struct Ring {
  core::TimerKey key;
  Instant at{};
  LAZARET_FIELDS(Ring, key, at)
};

}  // namespace

Row fact_row(const core::Fact& fact) { return row_of(fact); }
Row event_row(const core::EventBody& event) { return row_of(event); }

Result<core::Fact> read_fact(std::string_view kind, std::string_view body) {
  return read_row<core::Fact>(kind, body);
}

Result<core::EventBody> read_event(std::string_view kind, std::string_view body) {
  return read_row<core::EventBody>(kind, body);
}

std::string fleet_text(const core::Fleet& fleet) {
  std::vector<Ring> rings;
  for (const auto& [key, at] : fleet.timers.all()) rings.push_back({key, at});
  return json_document(json::object{{"fleet", encode(fleet)}, {"timers", encode(rings)}});
}

Result<core::Fleet> read_fleet(std::string_view text) {
  try {
    const json::value whole = json_of(text);
    core::Fleet fleet;
    decode(whole.at("fleet"), fleet);
    std::vector<Ring> rings;
    decode(whole.at("timers"), rings);
    for (const Ring& ring : rings) fleet.timers.set(ring.key, ring.at);
    for (const auto& [id, approval] : fleet.approvals) {
      if (!approval.answer) fleet.approval_deadlines.emplace(approval.deadline, id);
    }
    core::index_calendar(fleet.calendar);
    return fleet;
  } catch (const Decoding& e) {
    return fail(ErrorCode::internal, e.what);
  } catch (const std::exception& e) {
    return fail(ErrorCode::internal, std::string("unreadable snapshot: ") + e.what());
  }
}

}  // namespace lazaret::wire
