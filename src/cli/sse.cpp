#include "cli/sse.h"

#include <utility>

namespace lazaret::cli {

std::optional<std::string> SseReader::next_line() {
  const auto end = rest_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = rest_.substr(0, end);
  rest_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<StreamEvent> SseReader::next() {
  while (auto line = next_line()) {
    if (line->empty()) {
      auto kind = std::exchange(kind_, "");
      auto data = std::exchange(data_, "");
      if (!std::exchange(has_data_, false)) continue;
      return StreamEvent{id_, kind.empty() ? "message" : kind, std::move(data)};
    }
    const auto colon = line->find(':');
    const std::string name = line->substr(0, colon);
    std::string value = colon == std::string::npos ? "" : line->substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (name == "data") {
      if (has_data_) data_ += '\n';
      data_ += value;
      has_data_ = true;
    } else if (name == "event") {
      kind_ = value;
    } else if (name == "id") {
      id_ = value;
    }
  }
  return std::nullopt;
}

}  // namespace lazaret::cli
