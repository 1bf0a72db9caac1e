// What can be said on the command line, as data: the parser, the help, the completion and the tests
// all read the same list.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "cli/exit_code.h"

namespace lazaret::cli {

struct Context;

// The headings of `lazaret --help`, in this order.
LAZARET_ENUM(Group, daemon, look, run, mission, work, access, more)

struct Flag {
  std::string name;   // without the dashes
  std::string value;  // placeholder, such as "DIR"; empty = a switch
  std::string doc;
  char letter = 0;    // 'd' for -d
  std::string words;  // "yes|no": the only values; empty = any
  bool repeated = false;
  bool required = false;
};

struct Positional {
  std::string name;  // "AGENT"
  std::string doc;
  bool required = true;
  std::string variable;  // an environment variable that stands in when it is left out
};

enum class CommandPart { none, after_dashes, rest };

struct Arguments {
  std::map<std::string, std::vector<std::string>> flags;
  std::map<std::string, std::string> positionals;
  std::vector<std::string> command;

  bool has(const std::string& flag) const { return flags.contains(flag); }
  std::string flag(const std::string& name, std::string fallback = "") const;
  std::string at(const std::string& positional) const;  // empty where it was left out
};

struct Verb {
  std::string words;  // "agent pause"
  Group group = Group::more;
  std::string summary;  // one sentence
  std::string example;  // lines to copy
  std::vector<Positional> positionals;
  std::vector<Flag> flags;
  CommandPart command = CommandPart::none;             // a program with its arguments at the end
  std::string command_words = "PROGRAM [ARGUMENT …]";  // what the help calls it
  std::string notes;                                   // further lines for --help
  bool hidden = false;
  std::function<Result<ExitCode>(Context&, const Arguments&)> carry_out;
};

// Flags that every verb takes.
const std::vector<Flag>& general_flags();

}  // namespace lazaret::cli
