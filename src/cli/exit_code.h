// How `lazaret` ends: the same few numbers for every verb, so that scripts can tell what happened.
#pragma once

#include "base/result.h"

namespace lazaret::cli {

enum class ExitCode : int {
  ok = 0,
  error = 1,
  usage = 2,  // the command line, or what it asked for, is not valid
  not_found = 3,
  needs_person = 4,  // nothing goes on before somebody decides
  refused = 5        // fenced, forbidden, no valid key
};

constexpr ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return ExitCode::usage;
    case ErrorCode::not_found:
      return ExitCode::not_found;
    case ErrorCode::refused:
    case ErrorCode::fenced:
    case ErrorCode::unauthenticated:
      return ExitCode::refused;
    case ErrorCode::needs_person:
      return ExitCode::needs_person;
    case ErrorCode::conflict:
    case ErrorCode::too_large:
    case ErrorCode::too_many:
    case ErrorCode::unavailable:
    case ErrorCode::unsupported:
    case ErrorCode::internal:
      return ExitCode::error;
  }
  return ExitCode::error;
}

}  // namespace lazaret::cli
