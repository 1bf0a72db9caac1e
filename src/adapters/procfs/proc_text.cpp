#include "adapters/procfs/proc_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lazaret::procfs {
namespace {

// The next number of `text`, which loses it; leading blanks are skipped.
template <class Number>
std::optional<Number> take(std::string_view& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return std::nullopt;
  Number value{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + begin, end, value);
  if (error != std::errc{}) return std::nullopt;
  text = std::string_view(rest, static_cast<std::size_t>(end - rest));
  return value;
}

// The number behind "Name:" at the start of a line.
std::optional<std::uint64_t> field(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    if (at > 0 && text[at - 1] != '\n') continue;
    auto rest = text.substr(at + name.size());
    if (!rest.starts_with(':')) continue;
    rest.remove_prefix(1);
    return take<std::uint64_t>(rest);
  }
  return std::nullopt;
}

}  // namespace

std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat) {
  if (!stat.starts_with("cpu ")) return std::nullopt;
  stat = stat.substr(4, stat.find('\n') - 4);
  std::array<std::uint64_t, 8> ticks{};  // user nice system idle iowait irq softirq steal
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const auto value = take<std::uint64_t>(stat);
    if (!value && i < 4) return std::nullopt;  // the later ones came with later kernels
    ticks[i] = value.value_or(0);
  }
  CpuTicks sum;
  for (const auto value : ticks) sum.total += value;
  sum.busy = sum.total - ticks[3] - ticks[4];
  return sum;
}

std::optional<MemoryKib> parse_memory(std::string_view meminfo) {
  const auto total = field(meminfo, "MemTotal");
  const auto available = field(meminfo, "MemAvailable");
  if (!total || !available) return std::nullopt;
  return MemoryKib{*total, *available, field(meminfo, "SwapTotal").value_or(0),
                   field(meminfo, "SwapFree").value_or(0)};
}

std::optional<std::array<double, 3>> parse_load(std::string_view loadavg) {
  std::array<double, 3> load{};
  for (double& value : load) {
    const auto number = take<double>(loadavg);
    if (!number) return std::nullopt;
    value = *number;
  }
  return load;
}

std::optional<Stall> parse_stall(std::string_view pressure) {
  const auto average = [&](std::string_view mark) -> std::optional<double> {
    const auto at = pressure.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    auto rest = pressure.substr(at + mark.size());
    return take<double>(rest);
  };
  const auto some = average("some avg10=");
  if (!some) return std::nullopt;
  return Stall{*some, average("full avg10=").value_or(0)};
}

std::optional<double> parse_uptime(std::string_view uptime) { return take<double>(uptime); }

double percent(double part, double whole) {
  if (!(whole > 0)) return 0;
  return std::round(std::clamp(part / whole, 0.0, 1.0) * 1000) / 10;
}

}  // namespace lazaret::procfs
