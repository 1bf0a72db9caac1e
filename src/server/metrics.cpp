#include "server/metrics.h"

#include <fmt/format.h>

#include <cmath>

namespace lazaret::server {
namespace {

// In HELP, only backslash and line feed are escaped; in label values the quote too.
std::string escaped(std::string_view text, bool quote) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quote)
      out += "\\\"";
    else
      out += c;
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

}  // namespace

void Metrics::add(std::string_view name, std::string_view type, std::string_view help, double value,
                  const Labels& labels) {
  std::string rendered;
  for (const auto& [label, text] : labels) {
    rendered += rendered.empty() ? "{" : ",";
    rendered += fmt::format("{}=\"{}\"", label, escaped(text, true));
  }
  if (!rendered.empty()) rendered += "}";
  Family& family = families_.try_emplace(std::string(name), Family{type, help, {}}).first->second;
  family.samples.insert_or_assign(std::move(rendered), value);
}

std::string Metrics::text() const {
  std::string out;
  for (const auto& [name, family] : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(family.help, false), name,
                       family.type);
    for (const auto& [labels, value] : family.samples) {
      out += fmt::format("{}{} {}\n", name, labels, number(value));
    }
  }
  return out;
}

}  // namespace lazaret::server
