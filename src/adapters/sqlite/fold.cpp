#include "adapters/sqlite/fold.h"

#include <fmt/format.h>

#include "core/apply.h"
#include "wire/journal_rows.h"

namespace lazaret::sqlite {
namespace {

Stamp stamp_of(std::int64_t mono, std::int64_t wall) {
  return {Instant(Duration(mono)), WallTime(Duration(wall))};
}

}  // namespace

Result<Loaded> fold(Database& database) {
  Loaded loaded;
  auto snapshot = database.prepare(
      "SELECT decision, fact, body, mono, wall FROM snapshots ORDER BY decision DESC LIMIT 1");
  if (!snapshot) return std::unexpected(snapshot.error());
  auto row = snapshot->step();
  if (!row) return std::unexpected(row.error());
  if (*row) {
    auto fleet = wire::read_fleet(snapshot->text(2));
    if (!fleet) return std::unexpected(fleet.error());
    loaded.fleet = std::move(*fleet);
    loaded.next_decision = static_cast<std::uint64_t>(snapshot->integer(0)) + 1;
    loaded.next_fact = static_cast<std::uint64_t>(snapshot->integer(1)) + 1;
    loaded.last = stamp_of(snapshot->integer(3), snapshot->integer(4));
  }
  auto facts = database.prepare(
      "SELECT number, decision, mono, wall, kind, body FROM facts WHERE number >= ? ORDER BY "
      "number");
  if (!facts) return std::unexpected(facts.error());
  facts->bind(1, static_cast<std::int64_t>(loaded.next_fact));
  for (row = facts->step(); row && *row; row = facts->step()) {
    const auto fact = wire::read_fact(facts->text(4), facts->text(5));
    if (!fact) {
      return fail(ErrorCode::internal, fmt::format("fact {} of the journal: {}", facts->integer(0),
                                                   fact.error().message));
    }
    loaded.last = stamp_of(facts->integer(2), facts->integer(3));
    core::apply(loaded.fleet, loaded.last, *fact);
    loaded.next_fact = static_cast<std::uint64_t>(facts->integer(0)) + 1;
    loaded.next_decision = static_cast<std::uint64_t>(facts->integer(1)) + 1;
    ++loaded.folded_facts;
  }
  if (!row) return std::unexpected(row.error());
  return loaded;
}

}  // namespace lazaret::sqlite
