// What a verb works with. Streams, clock and environment are members so that a test can be the
// user.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>

#include "cli/cli.h"
#include "cli/client.h"
#include "cli/json_view.h"
#include "cli/terminal.h"
#include "cli/verb.h"

namespace lazaret::cli {

struct Context {
  Context(std::ostream& out_stream, std::ostream& err_stream, const Hooks& program_hooks)
      : out(out_stream), err(err_stream), hooks(program_hooks) {}

  std::ostream& out;
  std::ostream& err;
  const Hooks& hooks;
  std::span<const Verb> verbs;
  Environment environment;
  Target target;
  bool json = false;
  int out_fd = -1;  // what `out` writes to; -1 = nothing that can close
  Look look;        // of `out`
  Look err_look;    // of `err`
  std::function<WallTime()> now;
  std::function<std::string()> read_stdin;  // all of it

  // Made on first use.
  Result<Client*> client();
  Result<Paths> paths() const { return paths_of(target, environment); }

  // The same, for `what` is done with a state's own files: refused where a URL names the daemon.
  Result<Paths> own_paths(std::string_view what) const;

  // GET, from the daemon, or from its state while it is away: then `err` says so.
  Result<boost::json::value> look_up(const std::string& api_target);

  // False once what is printed reaches nobody, as after `| head`.
  bool is_heard() const;

  // One line on `err`, for work that takes a while and for remarks.
  void remark(std::string_view text, Ink ink = Ink::faint);

  // "error: …", with place and remedy on lines of their own.
  void report(const Error& error);

 private:
  std::unique_ptr<Client> client_;
  bool said_down_ = false;
};

// One command line from words to exit status; sets the context's target and json from its flags.
int carry_out(Context& context, std::span<const std::string> words);

std::string describe(const Error& error, const Look& look);

}  // namespace lazaret::cli
