#include "main/host_history.h"

namespace lazaret::main {

HostHistory::HostHistory(boost::asio::io_context& io, std::function<WallTime()> now,
                         const std::string& disk, std::chrono::milliseconds every)
    : now_(std::move(now)),
      every_(every),
      sampler_(procfs::HostSampler::open({"/proc", disk})),
      timer_(io) {
  if (sampler_) take();
}

void HostHistory::take() {
  if (auto sample = sampler_->sample()) {
    if (moments_.size() == host_moments_most) moments_.pop_front();
    moments_.push_back({now_(), std::move(*sample)});
  }
  timer_.expires_after(every_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) take();
  });
}

std::vector<ports::HostMoment> HostHistory::since(WallTime begin) const {
  std::vector<ports::HostMoment> out;
  for (const ports::HostMoment& one : moments_) {
    if (one.at >= begin) out.push_back(one);
  }
  return out;
}

}  // namespace lazaret::main
