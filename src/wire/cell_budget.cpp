// The caps of a `budget` object, in any file's own part.
#include <cmath>

#include "wire/cell_fields.h"

namespace lazaret::wire {
namespace {

constexpr double usd_most = 1e9;
constexpr std::int64_t count_most = 1'000'000'000'000'000;

}  // namespace

void Fields::budget(core::Amounts& out) {
  const JsonValue* value = object("budget");
  if (value == nullptr) return;
  Fields fields(findings_, *value, pointer_to("budget"));
  Duration wall(out.wall);
  Duration cpu(out.cpu);
  fields.seconds("wall_seconds", wall, 0.001);
  fields.seconds("cpu_seconds", cpu, 0.001);
  out.wall = wall.count();
  out.cpu = cpu.count();
  fields.whole("spawns", out.spawns, std::int64_t{1}, count_most);
  fields.whole("tokens", out.tokens, std::int64_t{1}, count_most);
  if (const JsonValue* usd = fields.of_kind("usd", JsonKind::number, "an amount of money")) {
    const auto amount = number(*usd);
    if (!amount || *amount < 1e-6 || *amount > usd_most) {
      fields.wrong(*usd, "usd", "an amount from 0.000001 to 1000000000");
    } else {
      out.usd = std::llround(*amount * 1e6);
    }
  }
  fields.finish(true);
}

}  // namespace lazaret::wire
