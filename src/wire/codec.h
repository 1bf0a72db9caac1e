// Any type with LAZARET_FIELDS or LAZARET_ENUM to JSON and back, for journal rows and snapshots.
// Written against the field names, so a new field needs no code here; fields that are missing in
// the bytes keep their defaults and unknown ones are passed over, which is what lets neighbouring
// versions read each other. Times are integers (nanoseconds). Not for hostile input: the journal is
// our own file.
#pragma once

#include <boost/json.hpp>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "base/one_of.h"
#include "base/result.h"
#include "wire/json_document.h"

namespace lazaret::wire {

namespace json = boost::json;

// "AgentExited" → "agent_exited", at compile time, from the type itself.
std::string snake_case(std::string_view camel_case);
template <class T>
std::string type_word() {
  const std::string_view name = __PRETTY_FUNCTION__;  // "… [T = lazaret::core::fact::AgentExited]"
  const std::size_t end = name.rfind(']');
  const std::size_t begin = name.rfind("::", end) + 2;
  return snake_case(name.substr(begin, end - begin));
}

class Decoding {  // thrown inside, becomes a Result at the edge
 public:
  std::string what;
};

template <class T>
json::value encode(const T& value);
template <class T>
void decode(const json::value& from, T& out);

namespace detail {

template <class T>
struct Coder;

template <>
struct Coder<bool> {
  static json::value write(bool value) { return value; }
  static void read(const json::value& from, bool& out) { out = from.as_bool(); }
};
template <class T>
  requires std::is_integral_v<T>
struct Coder<T> {
  static json::value write(T value) {
    if constexpr (std::is_signed_v<T>)
      return static_cast<std::int64_t>(value);
    else
      return static_cast<std::uint64_t>(value);
  }
  static void read(const json::value& from, T& out) { out = from.to_number<T>(); }
};
template <>
struct Coder<double> {
  static json::value write(double value) { return value; }
  static void read(const json::value& from, double& out) { out = from.to_number<double>(); }
};
template <>
struct Coder<std::string> {
  static json::value write(const std::string& value) { return json::string(value); }
  static void read(const json::value& from, std::string& out) { out = from.as_string().c_str(); }
};
template <class Tag>
struct Coder<Id<Tag>> {
  static json::value write(const Id<Tag>& id) { return json::string(id.value); }
  static void read(const json::value& from, Id<Tag>& out) { out.value = from.as_string().c_str(); }
};
template <>
struct Coder<Incarnation> {
  static json::value write(Incarnation value) { return value.value; }
  static void read(const json::value& from, Incarnation& out) {
    out.value = from.to_number<std::uint64_t>();
  }
};
template <>
struct Coder<Duration> {
  static json::value write(Duration value) { return value.count(); }
  static void read(const json::value& from, Duration& out) {
    out = Duration(from.to_number<std::int64_t>());
  }
};
template <class Clock>
struct Coder<std::chrono::time_point<Clock, Duration>> {
  using Time = std::chrono::time_point<Clock, Duration>;
  static json::value write(Time value) { return value.time_since_epoch().count(); }
  static void read(const json::value& from, Time& out) {
    out = Time(Duration(from.to_number<std::int64_t>()));
  }
};
template <HasWords E>
struct Coder<E> {
  static json::value write(E value) { return json::string(to_word(value)); }
  static void read(const json::value& from, E& out) {
    const auto word = from_word<E>(std::string_view(from.as_string()));
    if (!word) throw Decoding{"unknown word \"" + std::string(from.as_string()) + "\""};
    out = *word;
  }
};
template <class T>
struct Coder<std::optional<T>> {
  static json::value write(const std::optional<T>& value) {
    return value ? encode(*value) : json::value(nullptr);
  }
  static void read(const json::value& from, std::optional<T>& out) {
    out.reset();
    if (!from.is_null()) decode(from, out.emplace());
  }
};
template <class Sequence>
struct SequenceCoder {
  static json::value write(const Sequence& values) {
    json::array out;
    for (const auto& value : values) out.push_back(encode(value));
    return out;
  }
  static void read(const json::value& from, Sequence& out) {
    out.clear();
    for (const json::value& one : from.as_array()) {
      typename Sequence::value_type value{};
      decode(one, value);
      out.insert(out.end(), std::move(value));
    }
  }
};
template <class T>
struct Coder<std::vector<T>> : SequenceCoder<std::vector<T>> {};
template <class T>
struct Coder<std::deque<T>> : SequenceCoder<std::deque<T>> {};
template <class T>
struct Coder<std::set<T>> : SequenceCoder<std::set<T>> {};
// Keys are ids, strings or whole numbers: an object in key order.
inline std::string key_text(std::int64_t key) { return std::to_string(key); }
inline const std::string& key_text(const std::string& key) { return key; }
template <class Tag>
const std::string& key_text(const Id<Tag>& key) {
  return key.value;
}
template <class K, class V>
struct Coder<std::map<K, V>> {
  static json::value write(const std::map<K, V>& values) {
    json::object out;
    for (const auto& [key, value] : values) out.emplace(key_text(key), encode(value));
    return out;
  }
  static void read(const json::value& from, std::map<K, V>& out) {
    out.clear();
    for (const auto& entry : from.as_object()) {
      if constexpr (std::is_integral_v<K>) {
        decode(entry.value(), out[std::stoll(std::string(entry.key()))]);
      } else {
        decode(entry.value(), out[K(std::string(entry.key()))]);
      }
    }
  }
};
template <HasFields T>
struct Coder<T> {
  static json::value write(const T& value) {
    json::object out;
    for_each_field(value, [&](std::string_view name, const auto& member) {
      out.emplace(name, encode(member));
    });
    return out;
  }
  static void read(const json::value& from, T& out) {
    const json::object& object = from.as_object();
    for_each_field(out, [&](std::string_view name, auto& member) {
      if (const json::value* found = object.if_contains(name)) decode(*found, member);
    });
  }
};
template <class... Ts>
struct Coder<std::variant<Ts...>> {
  static json::value write(const std::variant<Ts...>& value) {
    return std::visit(
        [](const auto& body) -> json::value {
          return json::object{{"kind", type_word<std::decay_t<decltype(body)>>()},
                              {"body", encode(body)}};
        },
        value);
  }
  static void read(const json::value& from, std::variant<Ts...>& out) {
    const std::string_view kind = from.at("kind").as_string();
    const bool known = (try_one<Ts>(kind, from.at("body"), out) || ...);
    if (!known) throw Decoding{"unknown kind \"" + std::string(kind) + "\""};
  }
  template <class T>
  static bool try_one(std::string_view kind, const json::value& body, std::variant<Ts...>& out) {
    if (type_word<T>() != kind) return false;
    decode(body, out.template emplace<T>());
    return true;
  }
};

template <IsOneOf T>
struct Coder<T> : Coder<typename T::Alternatives> {};

}  // namespace detail

template <class T>
json::value encode(const T& value) {
  return detail::Coder<T>::write(value);
}
template <class T>
void decode(const json::value& from, T& out) {
  detail::Coder<T>::read(from, out);
}

template <class T>
std::string to_text(const T& value) {
  return json_document(encode(value));
}

// Bytes that are not UTF-8 become U+FFFD: a row of old must not keep the daemon from starting.
// Error: internal, with what was wrong.
template <class T>
Result<T> from_text(std::string_view text) {
  try {
    T out{};
    decode(json_of(text), out);
    return out;
  } catch (const Decoding& e) {
    return fail(ErrorCode::internal, e.what);
  } catch (const std::exception& e) {
    return fail(ErrorCode::internal, std::string("unreadable JSON: ") + e.what());
  }
}

}  // namespace lazaret::wire
