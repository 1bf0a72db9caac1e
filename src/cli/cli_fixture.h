// For tests: whole command lines against a daemon that answers by a script.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/rfc3339.h"
#include "cli/answering_daemon.h"
#include "cli/context.h"
#include "cli/verbs.h"

namespace lazaret::cli {

// Somebody at a terminal. The daemon's socket is found through the link in a state directory.
class Cli : public testing::Test {
 protected:
  struct Outcome {
    int status;
    std::string out;
    std::string err;
  };

  AnsweringDaemon::Answer answering() {
    return [this](const SeenRequest& request) {
      const auto found = answers_.find(request.method + " " + request.target);
      if (found != answers_.end()) return found->second;
      return json_answer(R"({"type":"urn:lazaret:not_found","detail":"no such thing"})",
                         "404 Not Found");
    };
  }

  Outcome say(std::vector<std::string> words, const std::string& text = "") {
    std::ostringstream out;
    std::ostringstream err;
    Context context(out, err, hooks_);
    context.verbs = all_verbs();
    context.environment = {{"LAZARET_STATE", state_}, {"LAZARET_SHIM", "/bin/true"}};
    context.look.width = 0;
    context.now = [] { return from_rfc3339("2026-11-21T12:00:00Z").value(); };
    context.read_stdin = [text] { return text; };
    const int status = carry_out(context, words);
    return {status, out.str(), err.str()};
  }

  // The last request, as "METHOD target body".
  std::string asked() {
    const auto seen = daemon_.seen();
    if (seen.empty()) return "nothing";
    return seen.back().method + " " + seen.back().target + " " + seen.back().body;
  }

  void SetUp() override { symlink(daemon_.directory().c_str(), (state_ + "/run").c_str()); }
  void TearDown() override {
    unlink((state_ + "/run").c_str());
    rmdir(state_.c_str());
  }

  static std::string fresh_directory() {
    std::string place = "/tmp/lazaret-cli-test-XXXXXX";
    return mkdtemp(place.data());
  }

  std::map<std::string, std::string> answers_;
  Hooks hooks_;
  std::string state_ = fresh_directory();
  AnsweringDaemon daemon_{answering()};
};

}  // namespace lazaret::cli
