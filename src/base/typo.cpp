#include "base/typo.h"

#include <algorithm>
#include <vector>

namespace lazaret {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string> known) {
  constexpr std::size_t longest_word = 40;  // nobody mistypes a verb so long; keeps the work small
  if (word.size() > longest_word) return "";
  std::string best;
  std::size_t least = 1 + std::max<std::size_t>(1, word.size() / 3);
  for (const auto& one : known) {
    const auto distance = edit_distance(word, one);
    if (distance < least) {
      least = distance;
      best = one;
    }
  }
  if (!best.empty() || word.size() < 3) return best;
  for (const auto& one : known) {
    if (one.starts_with(word)) return one;
  }
  return "";
}

std::string one_of(std::string_view word, std::span<const std::string> known) {
  const std::string meant = nearest(word, known);
  std::string text = meant.empty() ? "" : "did you mean " + meant + "? ";
  text += meant.empty() ? "it is one of " : "It is one of ";
  for (std::size_t i = 0; i < known.size(); ++i) text += (i == 0 ? "" : ", ") + known[i];
  return text;
}

}  // namespace lazaret
