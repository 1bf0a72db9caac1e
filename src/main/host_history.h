// How busy the host was, each ten seconds of the last hour.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <vector>

#include "adapters/procfs/host_sampler.h"
#include "ports/telemetry.h"

namespace lazaret::main {

inline constexpr std::size_t host_moments_most = 360;
inline constexpr std::chrono::seconds host_moment_every{10};

class HostHistory {
 public:
  // `disk`: a path on the file system whose use is kept. The first moment is at once.
  HostHistory(boost::asio::io_context& io, std::function<WallTime()> now, const std::string& disk,
              std::chrono::milliseconds every = host_moment_every);
  // Oldest first.
  std::vector<ports::HostMoment> since(WallTime begin) const;

 private:
  void take();
  std::function<WallTime()> now_;
  std::chrono::milliseconds every_;
  // Of its own: use of the processors is the difference to what was asked last.
  Result<procfs::HostSampler> sampler_;
  boost::asio::steady_timer timer_;
  std::deque<ports::HostMoment> moments_;
};

}  // namespace lazaret::main
