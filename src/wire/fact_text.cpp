#include "wire/fact_text.h"

#include <algorithm>

#include "core/fact_words.h"
#include "wire/journal_rows.h"

namespace lazaret::wire {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool holds(std::string_view text, std::string_view what) {
  return !std::ranges::search(text, what, {}, lower, lower).empty() || what.empty();
}

}  // namespace

bool fact_says(std::string_view kind, std::string_view agent, std::string_view task,
               std::string_view sentence, std::string_view what) {
  return holds(kind, what) || holds(agent, what) || holds(task, what) || holds(sentence, what);
}

bool row_says(std::string_view kind, std::string_view agent, std::string_view task,
              std::string_view body, std::string_view what) {
  if (fact_says(kind, agent, task, {}, what)) return true;
  const auto fact = read_fact(kind, body);
  return fact ? holds(core::sentence_of(*fact), what) : holds(body, what);
}

}  // namespace lazaret::wire
