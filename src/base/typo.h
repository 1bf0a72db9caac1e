// "did you mean": the nearest of the known words.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lazaret {

// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known word that `word` was probably meant to be; empty when none is near enough.
std::string nearest(std::string_view word, std::span<const std::string> known);

// For an error's remedy: "did you mean crash_loops? It is one of a, b, c" for a word that is none
// of `known`.
std::string one_of(std::string_view word, std::span<const std::string> known);

}  // namespace lazaret
