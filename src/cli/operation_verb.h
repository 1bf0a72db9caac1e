// Makes a verb of the command line out of an operation of the one table: inputs in the path become
// words, the others flags, the answer is drawn by its schema's name.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string>

#include "cli/context.h"
#include "cli/verb.h"
#include "wire/operations.h"

namespace lazaret::cli {

// One HTTP request, ready to send.
struct Call {
  std::string method;
  std::string target;
  std::optional<boost::json::value> body;
};

// Where a verb departs from what the table alone would give.
struct Plan {
  std::string cli;  // instead of the operation's own: "mission pause CELL"
  std::string summary;
  std::string example;
  Group group = Group::work;
  std::vector<std::string> left_out;               // inputs that get no flag
  std::vector<std::string> optional;               // words that may be left out
  std::map<std::string, std::string> unless_said;  // what a flag is when it is not given
  boost::json::object fixed;                       // fields of the body
  std::vector<Flag> flags;                         // further flags, read by `shape`
  CommandPart command = CommandPart::none;
  std::string notes;
  bool hidden = false;
  std::string verdict;  // a field of the answer: exit 1 unless it is true
  std::function<Result<void>(const Arguments&, boost::json::object& body)> shape;
};

Verb verb_of(const wire::Operation& operation, Plan plan = {});

// Pure but for `read_text`, which is asked for the text of "-" (stdin) or of a file's name.
using ReadText = std::function<Result<std::string>(const std::string& source)>;
Result<Call> call_of(const wire::Operation& operation, const Plan& plan, const Arguments& arguments,
                     const ReadText& read_text);

// Gets all pages of a list into one answer, at most `most_pages`.
inline constexpr int most_pages = 100;
Result<boost::json::value> send(Context& context, const Call& call, bool all_pages);

}  // namespace lazaret::cli
