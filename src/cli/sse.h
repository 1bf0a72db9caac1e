// Server-sent events, read piece by piece as they arrive (WHATWG HTML, "event stream").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lazaret::cli {

struct StreamEvent {
  std::string id;    // the last id seen, as the standard wants it
  std::string kind;  // "message" when the stream names none
  std::string data;  // lines joined with \n
};

class SseReader {
 public:
  static constexpr std::size_t longest_line = 4 * 1024 * 1024;

  void feed(std::string_view piece) { rest_.append(piece); }
  // The next whole event, if there is one.
  std::optional<StreamEvent> next();
  // A line longer than `longest_line` was begun: the stream is not to be trusted any further.
  bool overflown() const { return rest_.size() > longest_line; }
  const std::string& last_id() const { return id_; }

 private:
  std::optional<std::string> next_line();

  std::string rest_;
  std::string id_;
  std::string kind_;
  std::string data_;
  bool has_data_ = false;
};

}  // namespace lazaret::cli
