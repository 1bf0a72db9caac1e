#include "cli/demo_receipt.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json_view.h"

namespace lazaret::cli {
namespace {

std::string_view title_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::kill:
      return "worker killed in mid-shard";
    case Trouble::stop:
      return "worker stopped (hang)";
    case Trouble::memory:
      return "worker over its memory limit";
    case Trouble::crash_loop:
      return "worker in a crash loop";
    case Trouble::question:
      return "question to a person";
    case Trouble::daemon:
      return "daemon killed with -9";
  }
  return "";
}

// Four writers, and a shard of seven files for each of them to be struck in.
constexpr std::int64_t files_to_be_struck = 28;

TroubleLine line_of(const DemoJournal& journal, Trouble trouble, std::int64_t files) {
  const TroubleTrace& trace = journal.trace(trouble);
  TroubleLine line{trouble, false, {}, trace.skipped};
  if (!trace.announced && trace.skipped.empty() && files < files_to_be_struck) {
    line.skipped = fmt::format("too little work: {} file{}, {} are needed", files,
                               files == 1 ? "" : "s", files_to_be_struck);
    line.says = "skipped: " + line.skipped;
    return line;
  }
  if (!trace.skipped.empty()) {
    line.says = "skipped: " + trace.skipped;
  } else if (!trace.announced) {
    line.says = "never came about: no unfinished work was found to strike";
  } else if (!trace.struck) {
    line.says = fmt::format(
        "announced for {}, but the journal does not show that it struck unfinished "
        "work",
        trace.agent);
  } else if (!journal.recovered(trouble)) {
    line.says = fmt::format("struck {}, which was not finished afterwards", trace.task);
  } else {
    line.well = true;
    line.says = fmt::format("{} in {}: {}; {} was completed", trace.agent, trace.task, trace.how,
                            trace.task);
  }
  return line;
}

void check(Receipt& receipt, const DemoJournal& journal) {
  auto& faults = receipt.faults;
  if (receipt.mission_status != "completed") {
    faults.push_back(
        fmt::format("the mission is {} {}", receipt.mission_status, journal.mission_reason()));
  }
  if (receipt.shards == 0 || receipt.shards_done != receipt.shards) {
    faults.push_back(fmt::format("{} of {} shards done", receipt.shards_done, receipt.shards));
  }
  if (receipt.lost != 0)
    faults.push_back(fmt::format("{} file{} lost", receipt.lost, receipt.lost == 1 ? "" : "s"));
  if (receipt.counted_twice != 0) {
    faults.push_back(fmt::format("{} counted twice", receipt.counted_twice));
  }
  if (receipt.digest.empty()) faults.push_back("the merge reported no digest");
}

}  // namespace

bool Receipt::well() const {
  const auto failed = [](const TroubleLine& line) { return !line.well && line.skipped.empty(); };
  return faults.empty() && std::ranges::none_of(troubles, failed);
}

Receipt receipt_of(const DemoJournal& journal, bool troubled) {
  Receipt receipt;
  receipt.troubled = troubled;
  receipt.shards = journal.count("shard-");
  receipt.shards_done = journal.count("shard-", "completed");
  receipt.deaths = journal.deaths();
  receipt.hangs = journal.hangs();
  receipt.daemon_crashes = journal.daemon_crashes();
  receipt.mission_status = journal.mission_status();
  receipt.counted_twice = journal.completed_twice();
  if (const DemoTask* merge = journal.task("merge")) {
    if (auto result = parse_json(merge->result, "merge"); result && merge->status == "completed") {
      receipt.files = static_cast<std::int64_t>(number_at(*result, "files").value_or(0));
      receipt.lost = static_cast<std::int64_t>(number_at(*result, "lost").value_or(0));
      receipt.counted_twice += static_cast<std::int64_t>(number_at(*result, "twice").value_or(0));
      receipt.digest = text_at(*result, "digest");
    }
  }
  if (troubled) {
    for (const std::string_view word : enum_words(Trouble{})) {
      receipt.troubles.push_back(line_of(journal, *from_word<Trouble>(word), receipt.files));
    }
  }
  check(receipt, journal);
  return receipt;
}

std::string draw(const Receipt& receipt, const Look& look) {
  std::string out = inked(look, Ink::strong,
                          receipt.troubled ? "Receipt, from the journal: troubled\n"
                                           : "Receipt, from the journal: calm\n");
  auto figure = [&](std::string_view name, const std::string& value) {
    out += fmt::format("  {:<16} {}\n", name, plain(value));
  };
  figure("shards done", fmt::format("{} of {}", receipt.shards_done, receipt.shards));
  figure("files", fmt::format("{}", receipt.files));
  figure("deaths", fmt::format("{}", receipt.deaths));
  figure("hangs", fmt::format("{}", receipt.hangs));
  figure("daemon crashes", fmt::format("{}", receipt.daemon_crashes));
  figure("lost", fmt::format("{}", receipt.lost));
  figure("counted twice", fmt::format("{}", receipt.counted_twice));
  figure("digest", receipt.digest);
  for (const auto& line : receipt.troubles) {
    const Ink ink = line.well ? Ink::good : line.skipped.empty() ? Ink::bad : Ink::warn;
    out += fmt::format("  {} {:<29} {}\n",
                       inked(look, ink,
                             line.well              ? "ok  "
                             : line.skipped.empty() ? "FAIL"
                                                    : "skip"),
                       title_of(line.trouble), plain(line.says));
  }
  for (const auto& fault : receipt.faults) {
    out += inked(look, Ink::bad, "  FAIL ") + plain(fault) + "\n";
  }
  return out;
}

boost::json::object to_json(const Receipt& receipt) {
  boost::json::array troubles;
  for (const auto& line : receipt.troubles) {
    troubles.push_back({{"trouble", to_word(line.trouble)},
                        {"ok", line.well},
                        {"skipped", !line.skipped.empty()},
                        {"says", line.says}});
  }
  return {{"ok", receipt.well()},
          {"troubled", receipt.troubled},
          {"mission_status", receipt.mission_status},
          {"shards", receipt.shards},
          {"shards_done", receipt.shards_done},
          {"files", receipt.files},
          {"deaths", receipt.deaths},
          {"hangs", receipt.hangs},
          {"daemon_crashes", receipt.daemon_crashes},
          {"lost", receipt.lost},
          {"counted_twice", receipt.counted_twice},
          {"digest", receipt.digest},
          {"troubles", std::move(troubles)},
          {"faults", boost::json::array(receipt.faults.begin(), receipt.faults.end())}};
}

}  // namespace lazaret::cli
