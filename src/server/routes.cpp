#include "server/routes.h"

#include "wire/api_input.h"

namespace lazaret::server {
namespace {

constexpr std::size_t segments_most = 16;

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  while (segments.size() <= segments_most) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return segments;
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!pattern[i].starts_with('{') && pattern[i] != path[i]) return false;
    if (pattern[i].starts_with('{') && path[i].empty()) return false;
  }
  return true;
}

}  // namespace

Routes::Routes(std::span<const wire::Operation> operations) {
  for (const auto& operation : operations) {
    patterns_.push_back({&operation, segments_of(operation.path)});
  }
}

Route Routes::find(std::string_view method, std::string_view path) const {
  Route route;
  if (!path.starts_with('/')) return route;
  const auto segments = segments_of(path);
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  // A literal segment is better than a placeholder: /events/stream before /events/{id}.
  const Pattern* best = nullptr;
  std::size_t best_placeholders = segments_most + 1;
  for (const Pattern& pattern : patterns_) {
    if (!fits(pattern.segments, segments)) continue;
    const auto verb = to_word(pattern.operation->method);
    route.allow += (route.allow.empty() ? "" : ", ") + std::string(verb);
    if (verb == "GET") route.allow += ", HEAD";
    std::size_t placeholders = 0;
    for (const auto segment : pattern.segments) placeholders += segment.starts_with('{') ? 1 : 0;
    if (verb == wanted && placeholders < best_placeholders) {
      best = &pattern;
      best_placeholders = placeholders;
    }
  }
  if (!best) return route;
  route.operation = best->operation;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!best->segments[i].starts_with('{')) continue;
    auto value = wire::percent_decoded(segments[i]);
    route.bad_path = route.bad_path || !value;
    route.values.push_back(value ? std::move(*value) : std::string());
  }
  return route;
}

}  // namespace lazaret::server
