// Bytes to lines, with a bound: a longer line is passed over up to its end, and reported once.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lazaret::mcp {

class Lines {
 public:
  static constexpr std::size_t most_bytes = std::size_t{4} << 20;  // of one line

  // `line` gets each whole line without its break; `too_long` is called where one was left out.
  Lines(std::function<void(std::string_view)> line, std::function<void()> too_long,
        std::size_t most = most_bytes);

  void take(std::string_view bytes);
  // The input has ended: what stands there without a break is a line too.
  void end();

 private:
  void finish(std::string_view tail);

  std::function<void(std::string_view)> line_;
  std::function<void()> too_long_;
  std::size_t most_;
  std::string begun_;
  bool skipping_ = false;
};

}  // namespace lazaret::mcp
