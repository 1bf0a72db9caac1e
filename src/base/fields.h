// Names for the fields of a struct and the words of an enum, written once where the type is
// declared.
//
// LAZARET_FIELDS(Type, a, b, c) inside a struct lets for_each_field visit them by name, and
// compares them. LAZARET_ENUM(Name, x, y) declares the enum and gives to_word / from_word.
// Everything that turns types into bytes and back (journal, snapshots, API) is written against
// these two, so a new field of a fact is one word in one place.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

// LAZARET_FOR_EACH(macro, arg, a, b) is macro(arg, a) macro(arg, b); at most 128 of them.
#define LAZARET_PARENS ()
#define LAZARET_EXPAND(...) LAZARET_EXPAND4(LAZARET_EXPAND4(__VA_ARGS__))
#define LAZARET_EXPAND4(...) \
  LAZARET_EXPAND3(LAZARET_EXPAND3(LAZARET_EXPAND3(LAZARET_EXPAND3(__VA_ARGS__))))
#define LAZARET_EXPAND3(...) \
  LAZARET_EXPAND2(LAZARET_EXPAND2(LAZARET_EXPAND2(LAZARET_EXPAND2(__VA_ARGS__))))
#define LAZARET_EXPAND2(...) \
  LAZARET_EXPAND1(LAZARET_EXPAND1(LAZARET_EXPAND1(LAZARET_EXPAND1(__VA_ARGS__))))
#define LAZARET_EXPAND1(...) __VA_ARGS__

#define LAZARET_FOR_EACH(macro, arg, ...) \
  __VA_OPT__(LAZARET_EXPAND(LAZARET_FOR_EACH_STEP(macro, arg, __VA_ARGS__)))
#define LAZARET_FOR_EACH_STEP(macro, arg, first, ...) \
  macro(arg, first) __VA_OPT__(LAZARET_FOR_EACH_AGAIN LAZARET_PARENS(macro, arg, __VA_ARGS__))
#define LAZARET_FOR_EACH_AGAIN() LAZARET_FOR_EACH_STEP

#define LAZARET_VISIT_FIELD(object, member) visit(std::string_view(#member), object.member);
#define LAZARET_FIELDS(Type, ...)                                            \
  using OwnerOfFields = Type;                                                \
  template <class Object, class Visit>                                       \
  static constexpr void visit_fields([[maybe_unused]] Object& object,        \
                                     [[maybe_unused]] Visit& visit) {        \
    LAZARET_FOR_EACH(LAZARET_VISIT_FIELD, object __VA_OPT__(, ) __VA_ARGS__) \
  }                                                                          \
  [[maybe_unused]] friend bool operator==(const Type&, const Type&) = default;

#define LAZARET_ONE_WORD(Name, word) std::string_view(#word),
#define LAZARET_ENUM(Name, ...)                                                             \
  enum class Name : std::uint8_t { __VA_ARGS__ };                                           \
  constexpr auto enum_words(Name) {                                                         \
    return std::array{LAZARET_FOR_EACH(LAZARET_ONE_WORD, Name __VA_OPT__(, ) __VA_ARGS__)}; \
  }

namespace lazaret {

template <class T>
concept HasFields = requires { typename T::OwnerOfFields; };

template <class T>
concept HasWords = requires(T value) { enum_words(value); };

template <HasWords E>
constexpr std::string_view to_word(E value) {
  return enum_words(value)[static_cast<std::size_t>(value)];
}

template <HasWords E>
constexpr std::optional<E> from_word(std::string_view word) {
  constexpr auto words = enum_words(E{});
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<E>(i);
  }
  return std::nullopt;
}

// Calls `visit(name, member)` for every field, in declaration order.
template <class T, class Visit>
constexpr void for_each_field(T& object, Visit&& visit) {
  std::remove_const_t<T>::visit_fields(object, visit);
}

}  // namespace lazaret
