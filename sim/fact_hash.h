// One number out of anything with fields: equal runs have equal hashes.
#pragma once

#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/rng.h"

namespace lazaret::sim {

class Hasher {
 public:
  std::uint64_t value() const { return hash_; }

  template <class T>
  void add(const T& value) {
    if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      put(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, double>) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      put(bits);
    } else if constexpr (std::is_same_v<T, std::string>) {
      put(hash_text(value));
    } else if constexpr (std::is_same_v<T, Duration>) {
      put(static_cast<std::uint64_t>(value.count()));
    } else if constexpr (requires { value.time_since_epoch(); }) {
      add(Duration(value.time_since_epoch()));
    } else if constexpr (HasFields<T>) {
      for_each_field(value, [&](std::string_view, const auto& member) { this->add(member); });
    } else if constexpr (requires { value.value.size(); }) {  // an id
      put(hash_text(value.value));
    } else if constexpr (std::is_same_v<T, Incarnation>) {
      put(value.value);
    } else {
      add_whole(value);
    }
  }

 private:
  template <class T>
  void add_whole(const std::optional<T>& value) {
    put(value.has_value());
    if (value) add(*value);
  }
  template <class... Ts>
  void add_whole(const std::variant<Ts...>& value) {
    put(value.index());
    std::visit([&](const auto& one) { this->add(one); }, value);
  }
  template <class A, class B>
  void add_whole(const std::pair<A, B>& value) {
    add(value.first);
    add(value.second);
  }
  template <class T>
    requires requires(const T& t) { t.begin(); }
  void add_whole(const T& values) {
    put(values.size());
    for (const auto& one : values) add(one);
  }
  void put(std::uint64_t word) { hash_ = mix(hash_ ^ word); }
  std::uint64_t hash_ = 0;
};

}  // namespace lazaret::sim
