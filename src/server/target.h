// The parts of a request's target.
#pragma once

#include <string_view>

namespace lazaret::server {

inline std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

inline std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

// "/heartbeat/scout": the id, still encoded; empty for any other path.
inline std::string_view beat_id(std::string_view target) {
  constexpr std::string_view beat_path = "/heartbeat/";
  if (!target.starts_with(beat_path)) return {};
  target.remove_prefix(beat_path.size());
  return target.find_first_of("/?") == std::string_view::npos ? target : std::string_view();
}

}  // namespace lazaret::server
