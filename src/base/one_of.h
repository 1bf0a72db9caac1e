// A std::variant whose making, copying, moving, comparing and destruction are compiled once. With
// dozens of alternatives they would cost seconds in each file that touches one.
//
//   #define ALL_SHAPES Circle, Square                  a list, written once
//   LAZARET_ONE_OF(Shape, ALL_SHAPES)                  in the header, after the alternatives
//   LAZARET_ONE_OF_MEMBERS(Shape, ALL_SHAPES)          in one .cpp, in the same namespace
//                                                      (at most 128)
//
// Everything that works on a variant works on it: std::visit, std::get_if, std::holds_alternative.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/fields.h"

#define LAZARET_ONE_OF(Name, ...)                                \
  struct Name : std::variant<__VA_ARGS__> {                      \
    using Alternatives = std::variant<__VA_ARGS__>;              \
    LAZARET_FOR_EACH(LAZARET_ONE_OF_DECLARED, Name, __VA_ARGS__) \
    Name();                                                      \
    Name(const Name& other);                                     \
    Name(Name&& other) noexcept;                                 \
    Name& operator=(const Name& other);                          \
    Name& operator=(Name&& other) noexcept;                      \
    ~Name();                                                     \
  };                                                             \
  bool operator==(const Name& a, const Name& b);

#define LAZARET_ONE_OF_MEMBERS(Name, ...)                                                          \
  LAZARET_FOR_EACH(LAZARET_ONE_OF_DEFINED, Name, __VA_ARGS__)                                      \
  Name::Name() = default;                                                                          \
  Name::Name(const Name& other) = default;                                                         \
  Name::Name(Name&& other) noexcept = default;                                                     \
  Name& Name::operator=(const Name& other) = default;                                              \
  Name& Name::operator=(Name&& other) noexcept = default;                                          \
  Name::~Name() = default;                                                                         \
  static_assert(std::is_nothrow_move_constructible_v<Name::Alternatives>);                         \
  bool operator==(const Name& a, const Name& b) {                                                  \
    return static_cast<const Name::Alternatives&>(a) == static_cast<const Name::Alternatives&>(b); \
  }

#define LAZARET_ONE_OF_DECLARED(Name, Alternative) Name(Alternative value);
#define LAZARET_ONE_OF_DEFINED(Name, Alternative) \
  Name::Name(Alternative value) : Alternatives(std::in_place_type<Alternative>, std::move(value)) {}

namespace lazaret {

template <class T>
concept IsOneOf = requires { typename T::Alternatives; };

}  // namespace lazaret
