// What each cell takes of the disk: measured one after the other, by whoever looks at files; a new
// one soon, all of them each minute.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "core/fleet.h"
#include "ports/cell_files.h"

namespace lazaret::main {

inline constexpr std::chrono::seconds cell_sizes_every{60};
inline constexpr std::chrono::seconds new_cells_every{2};
inline constexpr std::chrono::seconds cell_sizes_time{10};  // of each minute; the rest waits

class CellSizes {
 public:
  CellSizes(boost::asio::io_context& io, std::function<const core::Fleet&()> fleet,
            ports::CellFiles& files, std::chrono::milliseconds look = new_cells_every);
  std::map<CellId, ports::CellUse> all() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    ports::CellUse use;
    bool measured = false;
    Clock::time_point at;
  };
  void arm();
  void begin();
  void next();
  void measured(const CellId& id, Clock::time_point began, const Result<ports::CellUse>& use);

  std::function<const core::Fleet&()> fleet_;
  ports::CellFiles& files_;
  std::chrono::milliseconds look_;
  boost::asio::steady_timer timer_;
  std::map<CellId, Known> known_;
  std::deque<CellId> to_do_;
  Clock::time_point minute_began_;
  Clock::duration spent_{};  // of this minute
  bool busy_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lazaret::main
