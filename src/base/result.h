// Expected failure is a value: Result<T> is a T or an Error that a person can act on.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "base/fields.h"

namespace lazaret {

// Each code has one HTTP status and one exit status; see wire/problem.h.
LAZARET_ENUM(ErrorCode,
             invalid_input,  // the request or file is wrong; place and expectation are in the text
             not_found,
             conflict,  // legal elsewhere, not in the present state
             refused,   // the caller may not do this
             fenced,    // the caller's incarnation is no longer the live one
             unauthenticated, too_large,
             too_many,     // try again later
             unavailable,  // storage full or read-only, daemon away
             unsupported,  // this machine or build cannot do it
             needs_person, internal)

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // one plain sentence, what was found and what was expected
  std::string place;    // file:line:column /json/pointer, or a parameter's name; may be empty
  std::string remedy;   // what to do next; may be empty
  LAZARET_FIELDS(Error, code, message, place, remedy)
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string place = {},
                                   std::string remedy = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(place), std::move(remedy)});
}

}  // namespace lazaret
