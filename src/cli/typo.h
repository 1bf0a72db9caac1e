// "did you mean": the nearest of the known words.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lazaret::cli {

// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word that `word` was probably meant to be; empty when none is near enough.
std::string nearest(std::string_view word, std::span<const std::string> known);

}  // namespace lazaret::cli
