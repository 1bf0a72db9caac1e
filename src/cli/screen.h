// A whole terminal for a page that is drawn again and again, and what was there before afterwards.
#pragma once

#include <termios.h>

#include <chrono>
#include <ostream>
#include <string_view>

#include "cli/terminal.h"

namespace lazaret::cli {

// `page` in at most `look.height` lines of at most `look.width` columns; what is cut ends in "…",
// or is counted in a last line "… and N more". No newline at the end.
std::string fit_page(std::string_view page, const Look& look);

// The alternate screen of the terminal that `out` writes to; keys come without Enter.
class Screen {
 public:
  explicit Screen(std::ostream& out);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void draw(std::string_view page, const Look& look);

  // Waits until `when`; true at once if somebody wants to leave: q, Ctrl-C, the terminal is gone.
  bool leave_before(std::chrono::steady_clock::time_point when);

 private:
  std::ostream& out_;
  termios before_{};
  bool has_keys_ = false;
};

}  // namespace lazaret::cli
