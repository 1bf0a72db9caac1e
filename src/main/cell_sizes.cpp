#include "main/cell_sizes.h"

#include <algorithm>

namespace lazaret::main {

CellSizes::CellSizes(boost::asio::io_context& io, std::function<const core::Fleet&()> fleet,
                     ports::CellFiles& files, std::chrono::milliseconds look)
    : fleet_(std::move(fleet)), files_(files), look_(look), timer_(io) {
  arm();
}

std::map<CellId, ports::CellUse> CellSizes::all() const {
  std::map<CellId, ports::CellUse> out;
  for (const auto& [id, one] : known_) {
    if (one.measured) out.emplace(id, one.use);
  }
  return out;
}

void CellSizes::arm() {
  timer_.expires_after(look_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    if (!busy_) begin();
    arm();
  });
}

// Those that were looked at longest ago come first, so that all have their turn.
void CellSizes::begin() {
  const auto& cells = fleet_().cells;
  std::erase_if(known_, [&](const auto& one) { return !cells.contains(one.first); });
  const auto now = Clock::now();
  if (now - minute_began_ >= cell_sizes_every) {
    minute_began_ = now;
    spent_ = {};
  }
  to_do_.clear();
  for (const auto& [id, cell] : cells) {
    if (cell.definition.path.empty()) continue;
    const auto [entry, is_new] = known_.try_emplace(id);
    if (is_new || now - entry->second.at >= cell_sizes_every) to_do_.push_back(id);
  }
  std::ranges::sort(to_do_, {}, [&](const CellId& id) { return known_.at(id).at; });
  next();
}

void CellSizes::next() {
  while (!to_do_.empty() && spent_ < cell_sizes_time) {
    const CellId id = to_do_.front();
    to_do_.pop_front();
    const core::Cell* cell = core::find_cell(fleet_(), id);
    if (!cell) continue;
    busy_ = true;
    return files_.measure(cell->definition.path,
                          [this, id, began = Clock::now(),
                           alive = std::weak_ptr(alive_)](const Result<ports::CellUse>& use) {
                            if (!alive.expired()) measured(id, began, use);
                          });
  }
}

void CellSizes::measured(const CellId& id, Clock::time_point began,
                         const Result<ports::CellUse>& use) {
  busy_ = false;
  const bool refused = !use && use.error().code == ErrorCode::too_many;
  if (refused) return;  // the next round tries again
  const auto now = Clock::now();
  spent_ += now - began;
  known_[id] = {use.value_or(ports::CellUse{}), use.has_value(), now};
  next();
}

}  // namespace lazaret::main
