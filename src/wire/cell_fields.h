// Reads the fields of one JSON object, each with its type and bounds, and notes what does not fit.
// A file's reader is a list of such calls; a field that is absent keeps the value it has.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"
#include "core/definition.h"
#include "wire/cell_problem.h"
#include "wire/json_text.h"

namespace lazaret::wire {

// Bounds of what one field may hold.
inline constexpr std::size_t id_bytes_most = 100;
inline constexpr std::size_t line_bytes_most = 1'000;    // names, titles, words
inline constexpr std::size_t text_bytes_most = 200'000;  // descriptions
inline constexpr std::size_t list_items_most = 10'000;
inline constexpr double seconds_most = 1e9;  // about 31 years

// Letters, digits and . _ - @ + : from the second character on; the first is a letter, a digit or
// _. So an id is a file name that stays where it is put.
bool is_safe_id(std::string_view text);
inline constexpr std::string_view safe_id_expected =
    "an id of 1 to 100 letters, digits and . _ - @ + : that begins with a letter, a digit or _";

// A path that stays below the directory it starts from: relative, without "..", ".", "//" or NUL.
bool is_inner_path(std::string_view text);
inline constexpr std::string_view inner_path_expected =
    "a path below the cell: relative, without \"..\"";

enum class Needed : std::uint8_t { optional, required };

class Fields {
 public:
  // `value` is an object, or the one who asks has noted otherwise.
  Fields(const Findings& findings, const JsonValue& value, std::string pointer);

  const Findings& findings() const { return findings_; }
  const std::string& pointer() const { return pointer_; }
  std::string pointer_to(std::string_view name) const { return pointer_ + pointer_step(name); }

  // The member, if it is there; notes its absence if it is needed. From then on the name is known.
  const JsonValue* find(std::string_view name, Needed needed = Needed::optional);

  void line(std::string_view name, std::string& out, Needed needed = Needed::optional);
  void text(std::string_view name, std::string& out);
  void truth(std::string_view name, bool& out);
  void whole(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most);
  void whole(std::string_view name, int& out, int least, int most);
  void seconds(std::string_view name, Duration& out, double least = 0);
  void time(std::string_view name, WallTime& out, Needed needed = Needed::optional);
  void time_or_null(std::string_view name);
  void lines(std::string_view name, std::vector<std::string>& out);
  void inner_paths(std::string_view name, std::vector<std::string>& out);
  void exits(std::string_view name, std::vector<int>& out);
  void texts_by_name(std::string_view name, std::map<std::string, std::string>& out);
  void id(std::string_view name, std::string& out, Needed needed = Needed::optional);
  void id_or_null(std::string_view name, std::optional<std::string>& out);
  void ids(std::string_view name, std::vector<std::string>& out, bool star = false);
  void one_of(std::string_view name, std::string& out, const std::vector<std::string_view>& words,
              Needed needed = Needed::optional);
  void limits(std::string_view name, core::Limits& out, bool with_pids);
  // {wall_seconds, cpu_seconds, spawns, tokens, usd}: caps; what is absent has none.
  void budget(core::Amounts& out);

  template <HasWords E>
  bool word(std::string_view name, E& out) {
    std::vector<std::string_view> words;
    for (const auto word : enum_words(E{})) words.push_back(word);
    std::string text;
    one_of(name, text, words);
    const auto value = from_word<E>(text);
    if (value) out = *value;
    return value.has_value();
  }

  // A nested object; notes anything else. Null where it is absent or no object.
  const JsonValue* object(std::string_view name);

  // Names that belong to another place of the files: each one that is here gets a warning which
  // says where it would count. Call before finish.
  void misplaced(std::span<const std::string_view> names, std::string_view where);

  // Call after the last field. Every unknown name gets a warning where `strict` (our own objects);
  // elsewhere unknown names are other people's, and only a likely slip of the pen is named.
  void finish(bool strict);

  void wrong(const JsonValue& value, std::string_view name, std::string expected) const;

 private:
  const JsonValue* of_kind(std::string_view name, JsonKind kind, std::string_view expected,
                           Needed needed = Needed::optional);
  std::optional<double> number(const JsonValue& value) const;
  const std::string* string_item(const JsonValue& item, std::string_view name, std::size_t index,
                                 std::size_t most) const;

  const Findings& findings_;
  const JsonValue& value_;
  std::string pointer_;
  std::vector<std::string_view> known_;
  std::vector<std::string_view> misplaced_;  // that are here
};

// Edit distance with swaps of neighbours, up to 3.
int distance(std::string_view a, std::string_view b);

}  // namespace lazaret::wire
