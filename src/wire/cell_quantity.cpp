#include "wire/cell_quantity.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace lazaret::wire {
namespace {

struct Amount {
  double number = 0;
  std::string unit;  // lower case, without blanks before it
};

// Digits with at most one point, optional blanks, letters.
std::optional<Amount> split(std::string_view text) {
  std::size_t at = 0;
  const auto digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  if (text.size() > 40 || !digit(0)) return std::nullopt;
  while (digit(at)) ++at;
  if (at < text.size() && text[at] == '.') {
    if (!digit(++at)) return std::nullopt;
    while (digit(at)) ++at;
  }
  Amount amount;
  const auto parsed = std::from_chars(text.data(), text.data() + at, amount.number);
  if (parsed.ec != std::errc()) return std::nullopt;
  while (at < text.size() && text[at] == ' ') ++at;
  for (const char c : text.substr(at)) {
    if (c >= 'A' && c <= 'Z') {
      amount.unit.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (c >= 'a' && c <= 'z') {
      amount.unit.push_back(c);
    } else {
      return std::nullopt;
    }
  }
  return amount;
}

std::optional<std::int64_t> in_range(double value, double below) {
  const double rounded = std::round(value);
  if (!(rounded >= 1) || rounded >= below) return std::nullopt;
  return static_cast<std::int64_t>(rounded);
}

}  // namespace

std::optional<std::int64_t> read_cpus(std::string_view text) {
  const auto amount = split(text);
  if (!amount) return std::nullopt;
  const bool whole = amount->unit.empty() || amount->unit == "core" || amount->unit == "cores" ||
                     amount->unit == "cpu" || amount->unit == "cpus";
  if (!whole && amount->unit != "m") return std::nullopt;
  return in_range(whole ? amount->number * 1000 : amount->number, 100'000'001.0);
}

std::optional<std::int64_t> read_bytes(std::string_view text) {
  static constexpr std::array<std::pair<char, int>, 4> scales = {
      {{'k', 10}, {'m', 20}, {'g', 30}, {'t', 40}}};
  const auto amount = split(text);
  if (!amount) return std::nullopt;
  int shift = 0;
  std::string_view rest = amount->unit;
  for (const auto& [letter, bits] : scales) {
    if (rest.empty() || rest.front() != letter) continue;
    shift = bits;
    rest.remove_prefix(1);
    if (rest.starts_with('i')) rest.remove_prefix(1);
    break;
  }
  if (!rest.empty() && rest != "b") return std::nullopt;
  return in_range(std::ldexp(amount->number, shift), 0x1.0p60);
}

std::string cpus_text(std::int64_t milli_cpus) {
  if (milli_cpus % 1000 != 0) return fmt::format("{}m", milli_cpus);
  return fmt::format("{} {}", milli_cpus / 1000, milli_cpus == 1000 ? "core" : "cores");
}

std::string bytes_text(std::int64_t bytes) {
  static constexpr std::array<std::pair<const char*, int>, 4> scales = {
      {{"TB", 40}, {"GB", 30}, {"MB", 20}, {"KB", 10}}};
  for (const auto& [unit, bits] : scales) {
    const std::int64_t scale = std::int64_t{1} << bits;
    if (bytes >= scale && bytes % scale == 0) return fmt::format("{}{}", bytes / scale, unit);
  }
  return fmt::format("{}", bytes);
}

}  // namespace lazaret::wire
