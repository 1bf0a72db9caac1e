#include "adapters/sqlite/fold.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/apply.h"
#include "core/fact_words.h"
#include "wire/journal_rows.h"

namespace lazaret::sqlite {
namespace {

Stamp stamp_of(std::int64_t mono, std::int64_t wall) {
  return {Instant(Duration(mono)), WallTime(Duration(wall))};
}

bool is_known(std::string_view kind) {
  const auto known = core::fact_kinds();
  return std::find(known.begin(), known.end(), kind) != known.end();
}

// Error: unsupported, unless the build that wrote this kind says that others may pass over it.
Result<void> skip_unknown(Database& database, std::int64_t number, std::int64_t decision,
                          std::string_view kind) {
  auto select = database.prepare(
      "SELECT coalesce((SELECT skippable FROM kinds WHERE kind = ?1), 0),"
      " coalesce((SELECT build FROM events WHERE number = ?2), '?')");
  if (!select) return std::unexpected(select.error());
  auto row = select->bind(1, kind).bind(2, decision).step();
  if (!row) return std::unexpected(row.error());
  if (select->integer(0) != 0) return {};
  return fail(ErrorCode::unsupported,
              fmt::format("fact {} of the journal is a \"{}\", written by build {}: this build "
                          "does not know it, and it must not be passed over",
                          number, kind, select->text(1)),
              database.path(), "use the newer build again, or restore a backup made before it");
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
    loaded.last = stamp_of(facts->integer(2), facts->integer(3));
    const std::string_view kind = facts->text(4);
    if (is_known(kind)) {
      const auto fact = wire::read_fact(kind, facts->text(5));
      if (!fact) {
        return fail(ErrorCode::internal, fmt::format("fact {} of the journal: {}",
                                                     facts->integer(0), fact.error().message));
      }
      core::apply(loaded.fleet, loaded.last, *fact);
    } else if (auto skip = skip_unknown(database, facts->integer(0), facts->integer(1), kind);
               !skip) {
      return std::unexpected(skip.error());
    } else {
      ++loaded.skipped_facts;
    }
    loaded.next_fact = static_cast<std::uint64_t>(facts->integer(0)) + 1;
    loaded.next_decision = static_cast<std::uint64_t>(facts->integer(1)) + 1;
    ++loaded.folded_facts;
  }
  if (!row) return std::unexpected(row.error());
  return loaded;
}

}  // namespace lazaret::sqlite
