#include "cli/tail.h"

#include <fmt/format.h>

#include "cli/json_view.h"

namespace lazaret::cli {

Result<NewLines> LogTail::more(const Get& get) {
  const std::string query =
      next_.empty() ? fmt::format("tail={}", tail_) : fmt::format("from={}{}", next_, hold_);
  auto answer = get(fmt::format("/api/v1/agents/{}/logs?{}", escaped(agent_), query));
  if (!answer) return std::unexpected(answer.error());
  NewLines fresh;
  for (const auto& line : list_at(*answer, "lines")) fresh.lines.push_back(in_words(line));
  fresh.continues = flag_at(*answer, "continues");
  fresh.gap = flag_at(*answer, "gap");
  if (fresh.gap) fresh.first = text_at(*answer, "first");
  if (auto next = text_at(*answer, "next"); !next.empty()) next_ = next;
  return fresh;
}

}  // namespace lazaret::cli
