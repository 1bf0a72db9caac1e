// Lines to stderr that never wait: a host that does not read them loses them. What must not be seen
// is masked in each.
#pragma once

#include <string>
#include <vector>

namespace lazaret::plugin {

class StderrLog {
 public:
  StderrLog(int descriptor, std::vector<std::string> secrets);
  void line(const std::string& text) const;
  // `text` with every secret in it replaced.
  std::string masked(std::string text) const;

 private:
  int descriptor_;
  std::vector<std::string> secrets_;
};

}  // namespace lazaret::plugin
