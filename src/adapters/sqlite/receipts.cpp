// The journal's table of receipts: answers that repeated requests get.
#include <fmt/format.h>

#include "adapters/sqlite/journal_store.h"

namespace lazaret::sqlite {
namespace {

// The table may outgrow its bounds by so much before it is trimmed.
constexpr std::size_t trim_after = 1000;
constexpr std::size_t trim_after_bytes = 4 * 1024 * 1024;

}  // namespace

Result<void> JournalStore::insert(std::uint64_t decision, const ports::Receipt& receipt) {
  insert_receipt_.bind(1, static_cast<std::int64_t>(decision));
  insert_receipt_.bind(2, receipt.who).bind(3, receipt.key);
  insert_receipt_.bind(4, static_cast<std::int64_t>(receipt.fingerprint));
  insert_receipt_.bind(5, receipt.at.time_since_epoch().count()).bind(6, receipt.status);
  insert_receipt_.bind(7, receipt.headers).bind(8, receipt.content_type);
  return insert_receipt_.bind(9, receipt.body).run();
}

void JournalStore::count_receipts(const std::vector<ports::Decision>& group) {
  for (const ports::Decision& decision : group) {
    if (!decision.receipt) continue;
    ++new_receipts_;
    new_receipt_bytes_ += decision.receipt->body.size();
  }
  if (new_receipts_ < trim_after && new_receipt_bytes_ < trim_after_bytes) return;
  (void)trim_receipts(group.back().event.at.mono);  // what is too much now goes the next time
}

Result<void> JournalStore::trim_receipts(Instant now) {
  new_receipts_ = new_receipt_bytes_ = 0;
  return database_->execute(fmt::format(
      "DELETE FROM receipts WHERE at < {} OR decision <= coalesce((SELECT decision FROM receipts"
      " ORDER BY decision DESC LIMIT 1 OFFSET {}), 0) OR decision <= coalesce((SELECT decision FROM"
      " (SELECT decision, sum(length(body)) OVER (ORDER BY decision DESC) AS bytes FROM receipts)"
      " WHERE bytes > {} ORDER BY decision DESC LIMIT 1), 0)",
      (now - ports::receipts_kept).time_since_epoch().count(), ports::receipts_most,
      ports::receipt_bytes_most));
}

Result<std::vector<ports::Receipt>> JournalStore::receipts(Instant now) {
  (void)trim_receipts(now);  // a full disk can be read all the same
  auto select = database_->prepare(
      "SELECT who, key, fingerprint, at, status, headers, content_type, body FROM receipts"
      " WHERE at >= ? ORDER BY decision");
  if (!select) return std::unexpected(select.error());
  select->bind(1, (now - ports::receipts_kept).time_since_epoch().count());
  std::vector<ports::Receipt> receipts;
  auto row = select->step();
  for (; row && *row; row = select->step()) {
    receipts.push_back({std::string(select->text(0)), std::string(select->text(1)),
                        static_cast<std::uint64_t>(select->integer(2)),
                        Instant(Duration(select->integer(3))), static_cast<int>(select->integer(4)),
                        std::string(select->text(5)), std::string(select->text(6)),
                        std::string(select->text(7))});
  }
  if (!row) return std::unexpected(row.error());
  return receipts;
}

}  // namespace lazaret::sqlite
