// Writes new JSON text the way the files of a cell are laid out: two blanks of indentation, one
// member a line, short lists on one line.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lazaret::wire {

class JsonWriter {
 public:
  JsonWriter();

  void open(std::string_view name);  // a nested object
  void close();
  void text(std::string_view name, std::string_view value);
  void whole(std::string_view name, std::int64_t value);
  void number(std::string_view name, double value);
  void truth(std::string_view name, bool value);
  void null(std::string_view name);
  void texts(std::string_view name, const std::vector<std::string>& values);
  void wholes(std::string_view name, const std::vector<int>& values);
  void map(std::string_view name, const std::map<std::string, std::string>& values);
  void raw(std::string_view name, std::string_view json);

  // Closes everything; ends with a newline.
  std::string finish();

 private:
  void name(std::string_view text);

  std::string out_;
  std::vector<bool> has_members_;
};

// A number as short as it can be: 300, not 300.0; at most 9 digits after the point.
std::string number_text(double value);

}  // namespace lazaret::wire
