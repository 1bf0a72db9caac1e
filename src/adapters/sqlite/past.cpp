#include "adapters/sqlite/past.h"

#include <fmt/format.h>

#include <charconv>

#include "wire/journal_rows.h"

namespace lazaret::sqlite {
namespace {

Error at_row(std::string_view what, std::int64_t number, Error error) {
  error.message = fmt::format("{} {} of the journal: {}", what, number, error.message);
  return error;
}

}  // namespace

Result<Past> Past::open(const std::string& path) {
  auto database = Database::open(path, Database::Mode::read_only);
  if (!database) return std::unexpected(database.error());
  return Past(std::make_unique<Database>(std::move(*database)));
}

Result<std::uint64_t> Past::seed() {
  auto select = database_->prepare("SELECT value FROM meta WHERE name = 'seed'");
  if (!select) return std::unexpected(select.error());
  auto row = select->step();
  if (!row) return std::unexpected(row.error());
  std::uint64_t seed = 0;
  const std::string_view text = *row ? select->text(0) : std::string_view();
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seed, 16);
  if (read.ec == std::errc() && !text.empty()) return seed;
  return fail(ErrorCode::internal, "the journal has no seed", database_->path());
}

Result<std::vector<Past::Snapshot>> Past::snapshots() {
  auto first = database_->prepare("SELECT coalesce(min(number), 1) FROM events");
  if (!first) return std::unexpected(first.error());
  auto row = first->step();
  if (!row) return std::unexpected(row.error());
  const std::int64_t oldest = first->integer(0);
  std::vector<Snapshot> found;
  if (oldest <= 1) found.push_back({0, {}});
  auto select = database_->prepare(
      "SELECT decision, body FROM snapshots WHERE decision >= ? ORDER BY decision");
  if (!select) return std::unexpected(select.error());
  select->bind(1, oldest);  // of the oldest decision itself some facts may be gone
  for (row = select->step(); row && *row; row = select->step()) {
    found.push_back({static_cast<std::uint64_t>(select->integer(0)), std::string(select->text(1))});
  }
  if (!row) return std::unexpected(row.error());
  return found;
}

// Both tables are in the order of decisions: `row` is where the facts stand.
Result<std::vector<core::Fact>> Past::facts_of(Statement& facts, std::uint64_t decision,
                                               Result<bool>& row) {
  std::vector<core::Fact> all;
  for (; row && *row && static_cast<std::uint64_t>(facts.integer(1)) <= decision;
       row = facts.step()) {
    auto fact = wire::read_fact(facts.text(2), facts.text(3));
    if (!fact) return std::unexpected(at_row("fact", facts.integer(0), fact.error()));
    all.push_back(std::move(*fact));
  }
  if (!row) return std::unexpected(row.error());
  return all;
}

Result<void> Past::each(std::uint64_t after, const Visit& visit) {
  // One view of both tables, though a daemon goes on writing.
  if (auto begun = database_->execute("BEGIN"); !begun) return begun;
  auto done = each_in_transaction(after, visit);
  if (auto ended = database_->execute("COMMIT"); !ended && done) return ended;
  return done;
}

Result<void> Past::each_in_transaction(std::uint64_t after, const Visit& visit) {
  auto events = database_->prepare(
      "SELECT number, mono, wall, kind, body, build FROM events WHERE number > ? ORDER BY number");
  if (!events) return std::unexpected(events.error());
  auto facts = database_->prepare(
      "SELECT number, decision, kind, body FROM facts WHERE number >= (SELECT coalesce(min(number),"
      " 0) FROM facts WHERE decision > ?) AND decision > ? ORDER BY number");
  if (!facts) return std::unexpected(facts.error());
  events->bind(1, static_cast<std::int64_t>(after));
  facts->bind(1, static_cast<std::int64_t>(after)).bind(2, static_cast<std::int64_t>(after));
  Result<bool> fact_row = facts->step();
  auto row = events->step();
  for (; row && *row; row = events->step()) {
    core::Recorded one;
    one.number = static_cast<std::uint64_t>(events->integer(0));
    one.event.at = {Instant(Duration(events->integer(1))), WallTime(Duration(events->integer(2)))};
    auto body = wire::read_event(events->text(3), events->text(4));
    if (!body) return std::unexpected(at_row("event", events->integer(0), body.error()));
    one.event.body = std::move(*body);
    one.build = events->text(5);
    auto its_facts = facts_of(*facts, one.number, fact_row);
    if (!its_facts) return std::unexpected(its_facts.error());
    one.facts = std::move(*its_facts);
    if (!visit(one)) return {};
  }
  if (!row) return std::unexpected(row.error());
  return {};
}

}  // namespace lazaret::sqlite
