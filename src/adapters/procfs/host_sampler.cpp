#include "adapters/procfs/host_sampler.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lazaret::procfs {
namespace {

constexpr std::array<std::string_view, 7> names = {
    "pressure/cpu", "pressure/memory", "pressure/io", "stat", "meminfo", "loadavg", "uptime"};

std::unexpected<Error> not_understood(std::string_view name) {
  return fail(ErrorCode::unsupported, fmt::format("/proc/{} is not as Linux documents it", name));
}

}  // namespace

Result<HostSampler> HostSampler::open(Places places) {
  HostSampler sampler;
  for (std::size_t i = 0; i < sources; ++i) {
    const std::string path = i == disk ? places.disk : fmt::format("{}/{}", places.proc, names[i]);
    sampler.files_[i] = ::open(path.c_str(), (i == disk ? O_PATH : O_RDONLY) | O_CLOEXEC);
    if (sampler.files_[i] < 0 && i >= stat) {
      return fail(ErrorCode::unsupported,
                  fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    }
  }
  if (auto first = sampler.sample(); !first) return std::unexpected(first.error());
  return sampler;
}

HostSampler::HostSampler(HostSampler&& other) noexcept
    : files_(other.files_), buffer_{}, kept_(other.kept_), last_cpu_(other.last_cpu_) {
  other.files_.fill(-1);
}

HostSampler::~HostSampler() {
  for (const int file : files_) {
    if (file >= 0) ::close(file);
  }
}

Result<std::string_view> HostSampler::read(Source source) {
  const auto got = ::pread(files_[source], buffer_.data(), buffer_.size(), 0);
  if (got < 0) {
    return fail(ErrorCode::unavailable,
                fmt::format("cannot read /proc/{}: {}", names[source], std::strerror(errno)));
  }
  return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
}

Result<std::optional<double>> HostSampler::cpu_percent() {
  const auto text = read(stat);
  if (!text) return std::unexpected(text.error());
  const auto now = parse_cpu_ticks(*text);
  if (!now) return not_understood(names[stat]);
  if (kept_.total == 0 || now->total < kept_.total) {  // the first one, or a counter was reset
    kept_ = *now;
    return last_cpu_;
  }
  const auto passed = now->total - kept_.total;
  if (passed < kept_ticks) return last_cpu_;
  // Waiting for a disk may be counted back (proc(5)), which can make busy time shrink.
  const auto busy = now->busy > kept_.busy ? now->busy - kept_.busy : 0;
  last_cpu_ = percent(static_cast<double>(busy), static_cast<double>(passed));
  kept_ = *now;
  return last_cpu_;
}

Result<void> HostSampler::read_memory(ports::HostSample& sample) {
  const auto text = read(meminfo);
  if (!text) return std::unexpected(text.error());
  const auto memory = parse_memory(*text);
  if (!memory) return not_understood(names[meminfo]);
  const auto total = static_cast<double>(memory->total);
  sample.memory_percent = percent(total - static_cast<double>(memory->available), total);
  sample.memory_total_bytes = memory->total * 1024;
  sample.memory_available_bytes = memory->available * 1024;
  const auto swap = static_cast<double>(memory->swap_total);
  sample.swap_percent = percent(swap - static_cast<double>(memory->swap_free), swap);
  return {};
}

void HostSampler::read_pressure(ports::HostSample& sample) {
  std::array<Stall, 3> stalls;
  for (std::size_t i = 0; i < stalls.size(); ++i) {
    const auto text = files_[i] < 0 ? std::string_view() : read(Source(i)).value_or("");
    const auto stall = parse_stall(text);
    if (!stall) return;
    stalls[i] = *stall;
  }
  sample.pressure = {stalls[cpu_wait].some, stalls[memory_wait].some, stalls[memory_wait].full,
                     stalls[io_wait].some, stalls[io_wait].full};
}

Result<void> HostSampler::read_disk(ports::HostSample& sample) {
  struct statvfs space{};
  if (::fstatvfs(files_[disk], &space) != 0) {
    return fail(ErrorCode::unavailable,
                fmt::format("cannot ask the file system: {}", std::strerror(errno)));
  }
  const auto used = static_cast<double>(space.f_blocks - space.f_bfree);
  sample.disk_percent = percent(used, used + static_cast<double>(space.f_bavail));
  sample.disk_total_bytes = space.f_blocks * space.f_frsize;
  sample.disk_available_bytes = space.f_bavail * space.f_frsize;
  return {};
}

Result<ports::HostSample> HostSampler::sample() {
  ports::HostSample sample;
  auto cpu = cpu_percent();
  if (!cpu) return std::unexpected(std::move(cpu.error()));
  sample.cpu_percent = *cpu;
  if (auto done = read_memory(sample); !done) return std::unexpected(std::move(done.error()));
  if (auto done = read_disk(sample); !done) return std::unexpected(std::move(done.error()));
  read_pressure(sample);

  auto text = read(loadavg);
  if (!text) return std::unexpected(std::move(text.error()));
  const auto load = parse_load(*text);
  if (!load) return not_understood(names[loadavg]);
  sample.load = *load;

  text = read(uptime);
  if (!text) return std::unexpected(std::move(text.error()));
  const auto up = parse_uptime(*text);
  if (!up) return not_understood(names[uptime]);
  sample.uptime_seconds = *up;
  return sample;
}

}  // namespace lazaret::procfs
