// What a request brings, against every operation of the table; and the bodies of heartbeats.
#include "fuzz.h"
#include "wire/api_beat.h"
#include "wire/api_input.h"

namespace {

using namespace lazaret;

void use(const wire::Operation& operation, const wire::Inputs& inputs) {
  for (const wire::Input& input : operation.inputs) {
    if (!inputs.has(input.name)) {
      LAZARET_ASSERT(!input.required && inputs.raw(input.name).empty());
      continue;
    }
    if (inputs.is_null(input.name)) continue;
    (void)inputs.text(input.name);
    (void)inputs.number(input.name);
    (void)inputs.whole(input.name);
    (void)inputs.truth(input.name);
    (void)inputs.time(input.name);
  }
}

void check_beat(std::string_view body) {
  const auto beat = wire::read_beat(body);
  if (!beat || beat->metadata.empty()) return;
  LAZARET_ASSERT(beat->metadata.data() >= body.data());
  LAZARET_ASSERT(beat->metadata.data() + beat->metadata.size() <= body.data() + body.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const auto table = wire::operations();
  const wire::Operation& operation = table[fuzz::take_byte(text) % table.size()];
  const auto parts = fuzz::parts_of(text);
  const std::string_view query = parts[0];
  const std::string_view body = parts.size() > 1 ? parts[1] : std::string_view();
  std::vector<std::string> path;
  for (const wire::Input& input : operation.inputs) {
    if (input.where != wire::Where::path) continue;
    const auto decoded = wire::percent_decoded(query.substr(0, 20));
    path.push_back(decoded ? *decoded : "scout");
  }
  const auto inputs = wire::check_inputs(
      operation, {.path = path, .query = query, .body = body, .content_type = "application/json"});
  if (inputs) {
    use(operation, *inputs);
  } else {
    LAZARET_ASSERT(inputs.error().status >= 400 && inputs.error().status < 500);
  }
  check_beat(body);
  return 0;
}
