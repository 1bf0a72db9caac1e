#include "main/cpu_sampler.h"

namespace lazaret::main {
namespace {

constexpr auto sample_every = std::chrono::seconds(1);
constexpr std::size_t samples_most = 100;  // in one round: each may become a fact

}  // namespace

void CpuSampler::arm() {
  timer_.expires_after(sample_every);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    if (!loop_.fleet().adopting && !loop_.trouble()) {
      for (auto& used : telemetry_.cpu_of_budgeted(samples_most)) loop_.post(std::move(used));
    }
    arm();
  });
}

}  // namespace lazaret::main
