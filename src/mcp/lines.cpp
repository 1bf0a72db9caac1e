#include "mcp/lines.h"

#include <utility>

namespace lazaret::mcp {

Lines::Lines(std::function<void(std::string_view)> line, std::function<void()> too_long,
             std::size_t most)
    : line_(std::move(line)), too_long_(std::move(too_long)), most_(most) {}

void Lines::take(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) {
      if (!skipping_ && begun_.size() + bytes.size() > most_) {
        skipping_ = true;
        begun_ = std::string();  // its memory too
      }
      if (!skipping_) begun_ += bytes;
      return;
    }
    finish(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
}

void Lines::finish(std::string_view tail) {
  if (std::exchange(skipping_, false) || begun_.size() + tail.size() > most_) {
    begun_.clear();
    return too_long_();
  }
  if (begun_.empty()) return line_(tail);
  begun_ += tail;
  const std::string whole = std::exchange(begun_, {});
  line_(whole);
}

void Lines::end() {
  if (skipping_ || !begun_.empty()) finish({});
}

}  // namespace lazaret::mcp
