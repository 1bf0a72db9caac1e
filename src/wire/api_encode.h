// Any type with LAZARET_FIELDS as the API shows it: times as RFC 3339, durations as seconds in
// fields that end in _seconds, secrets left out. (codec.h is the journal's own, exact and
// unreadable way.)
#pragma once

#include <boost/json.hpp>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/rfc3339.h"
#include "core/definition.h"

namespace lazaret::wire {

namespace json = boost::json;

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsId : std::false_type {};
template <class Tag>
struct IsId<Id<Tag>> : std::true_type {};
template <class T>
concept Sequence = requires(const T& t) {
  t.begin();
  typename T::value_type;
} && !requires { typename T::mapped_type; };
template <class T>
concept Mapping = requires { typename T::mapped_type; };

inline const std::string& key_of(const std::string& key) { return key; }
template <class Tag>
const std::string& key_of(const Id<Tag>& key) {
  return key.value;
}

}  // namespace detail

// Null for "no time".
json::value api_time(WallTime at);
// `at`: a moment on both clocks, which places monotonic times on the wall clock.
json::value api_time(Instant when, const Stamp& at);

// Environments hold secrets: names only.
json::value api_value(const core::RunSpec& run, const Stamp& at);
// Agents and tasks are counted, not repeated.
json::value api_value(const core::CellDefinition& cell, const Stamp& at);
// By the names and words that the files take.
json::value api_value(const core::Policies& policies, const Stamp& at);
// {wall_seconds, cpu_seconds, spawns, tokens, usd}
json::value api_value(const core::Amounts& amounts, const Stamp& at);

template <class T>
json::value api_value(const T& value, const Stamp& at) {
  using detail::IsId;
  if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::is_integral_v<T>) {
    if constexpr (std::is_signed_v<T>)
      return static_cast<std::int64_t>(value);
    else
      return static_cast<std::uint64_t>(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    return value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return json::string(value);
  } else if constexpr (IsId<T>::value) {
    return json::string(value.value);
  } else if constexpr (std::is_same_v<T, Incarnation>) {
    return value.value;
  } else if constexpr (std::is_same_v<T, WallTime>) {
    return api_time(value);
  } else if constexpr (std::is_same_v<T, Instant>) {
    return api_time(value, at);
  } else if constexpr (std::is_same_v<T, Stamp>) {
    return api_time(value.wall);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return in_seconds(value);
  } else if constexpr (HasWords<T>) {
    return json::string(to_word(value));
  } else if constexpr (detail::IsOptional<T>::value) {
    return value ? api_value(*value, at) : json::value(nullptr);
  } else if constexpr (detail::Mapping<T>) {
    json::object out;
    for (const auto& [key, one] : value) out[detail::key_of(key)] = api_value(one, at);
    return out;
  } else if constexpr (detail::Sequence<T>) {
    json::array out;
    for (const auto& one : value) out.push_back(api_value(one, at));
    return out;
  } else {
    json::object out;
    for_each_field(value, [&](std::string_view name, const auto& member) {
      using Member = std::decay_t<decltype(member)>;
      std::string shown(name);
      if constexpr (std::is_same_v<Member, Duration>) shown += "_seconds";
      out[shown] = api_value(member, at);
    });
    return out;
  }
}

}  // namespace lazaret::wire
