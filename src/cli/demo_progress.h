// What one sees while a demo runs: lines about what happened, and on a terminal one line below them
// that is drawn again and again.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <ostream>
#include <string>

#include "cli/demo_journal.h"
#include "cli/terminal.h"

namespace lazaret::cli {

// The sentence for an event that people want to hear about; empty for all others.
struct Telling {
  std::string text;
  Ink ink = Ink::normal;
};
Telling tell(const boost::json::value& event);

class Progress {
 public:
  Progress(std::ostream& err, Look look) : err_(err), look_(look) {}

  void line(std::string_view text, Ink ink = Ink::normal);
  // Drawn on terminals only.
  void status(std::string_view text);
  void end();
  double seconds() const;

 private:
  void wipe();

  std::ostream& err_;
  Look look_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

std::string survey_status(const DemoJournal& journal, double seconds);

}  // namespace lazaret::cli
