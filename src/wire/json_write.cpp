#include "wire/json_write.h"

#include <fmt/format.h>

#include <cmath>

#include "wire/json_text.h"

namespace lazaret::wire {

std::string number_text(double value) {
  if (!std::isfinite(value)) return "0";
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    return fmt::format("{}", static_cast<std::int64_t>(value));
  }
  std::string text = fmt::format("{:.9f}", value);
  while (text.back() == '0') text.pop_back();
  return text;
}

JsonWriter::JsonWriter() : out_("{"), has_members_{false} {}

void JsonWriter::name(std::string_view text) {
  out_ += has_members_.back() ? ",\n" : "\n";
  has_members_.back() = true;
  out_.append(has_members_.size() * 2, ' ');
  out_ += quoted(text);
  out_ += ": ";
}

void JsonWriter::open(std::string_view member) {
  name(member);
  out_ += "{";
  has_members_.push_back(false);
}

void JsonWriter::close() {
  const bool had_members = has_members_.back();
  has_members_.pop_back();
  if (had_members) {
    out_ += "\n";
    out_.append(has_members_.size() * 2, ' ');
  }
  out_ += "}";
}

void JsonWriter::text(std::string_view member, std::string_view value) {
  raw(member, quoted(value));
}
void JsonWriter::whole(std::string_view member, std::int64_t value) {
  raw(member, fmt::format("{}", value));
}
void JsonWriter::number(std::string_view member, double value) { raw(member, number_text(value)); }
void JsonWriter::truth(std::string_view member, bool value) {
  raw(member, value ? "true" : "false");
}
void JsonWriter::null(std::string_view member) { raw(member, "null"); }

void JsonWriter::texts(std::string_view member, const std::vector<std::string>& values) {
  std::string list = "[";
  for (const std::string& value : values) {
    if (list.size() > 1) list += ", ";
    list += quoted(value);
  }
  raw(member, list + "]");
}

void JsonWriter::wholes(std::string_view member, const std::vector<int>& values) {
  raw(member, fmt::format("[{}]", fmt::join(values, ", ")));
}

void JsonWriter::map(std::string_view member, const std::map<std::string, std::string>& values) {
  open(member);
  for (const auto& [key, value] : values) text(key, value);
  close();
}

void JsonWriter::raw(std::string_view member, std::string_view json) {
  name(member);
  out_ += json;
}

std::string JsonWriter::finish() {
  while (!has_members_.empty()) close();
  return std::move(out_) + "\n";
}

}  // namespace lazaret::wire
