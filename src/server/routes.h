// Which operation a method and a path mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/operations.h"

namespace lazaret::server {

struct Route {
  const wire::Operation* operation = nullptr;
  std::vector<std::string> values;  // of the template's {names}, decoded
  std::string allow;                // where only the method does not fit: those that would
  bool bad_path = false;            // it cannot be decoded
};

class Routes {
 public:
  explicit Routes(std::span<const wire::Operation> operations);
  // `path`: without the query. HEAD is answered like GET.
  Route find(std::string_view method, std::string_view path) const;

 private:
  struct Pattern {
    const wire::Operation* operation;
    std::vector<std::string_view> segments;  // one that begins with "{" takes any text
  };
  std::vector<Pattern> patterns_;
};

}  // namespace lazaret::server
