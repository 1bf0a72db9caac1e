#include <fmt/format.h>

#include <map>
#include <optional>

#include "base/rng.h"
#include "wire/cell_file.h"

namespace lazaret::wire {
namespace {

// Folds values into two independent 64-bit hashes. Lengths go in too, so that neighbours never
// blur.
class Digest {
 public:
  void add(std::string_view text) {
    add_number(text.size());
    first_ = hash_text(text, first_);
    second_ = mix(hash_text(text, ~second_));
  }
  template <class Tag>
  void add(const Id<Tag>& id) {
    add(std::string_view(id.value));
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(bool value) { add_number(value ? 1 : 0); }
  void add(int value) { add_number(static_cast<std::uint64_t>(value)); }
  void add(std::int64_t value) { add_number(static_cast<std::uint64_t>(value)); }
  void add(std::uint64_t value) { add_number(value); }
  void add(Duration value) { add_number(static_cast<std::uint64_t>(value.count())); }
  void add(WallTime value) { add(value.time_since_epoch()); }
  template <HasWords E>
  void add(E value) {
    add(to_word(value));
  }
  template <class T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add_number(values.size());
    for (const T& value : values) add(value);
  }
  template <class K, class V>
  void add(const std::map<K, V>& values) {
    add_number(values.size());
    for (const auto& [key, value] : values) {
      add(key);
      add(value);
    }
  }
  template <HasFields T>
  void add(const T& value) {
    for_each_field(value, [this](std::string_view, const auto& member) { this->add(member); });
  }

  std::string text() const { return fmt::format("{:016x}{:016x}", first_, second_); }

 private:
  void add_number(std::uint64_t number) {
    first_ = mix(first_ ^ number);
    second_ = mix(second_ + (number ^ 0x5bd1e995ULL));
  }
  std::uint64_t first_ = 1;
  std::uint64_t second_ = 2;
};

}  // namespace

std::string digest_of(const core::CellDefinition& cell) {
  Digest digest;
  for_each_field(cell, [&](std::string_view name, const auto& member) {
    if (name != "path" && name != "digest") digest.add(member);
  });
  return digest.text();
}

}  // namespace lazaret::wire
