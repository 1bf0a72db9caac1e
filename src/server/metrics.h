// Prometheus text (exposition format 0.0.4): each family once, with HELP and TYPE, its samples
// together.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lazaret::server {

class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string>>;
  // `type`: gauge or counter. The same name and labels may be added once only.
  void add(std::string_view name, std::string_view type, std::string_view help, double value,
           const Labels& labels = {});
  std::string text() const;

 private:
  struct Family {
    std::string_view type;
    std::string_view help;
    std::map<std::string, double> samples;  // by rendered labels
  };
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace lazaret::server
