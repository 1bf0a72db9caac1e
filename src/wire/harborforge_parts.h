// What the files of the HarborForge contracts share.
#pragma once

#include "wire/harborforge.h"
#include "wire/loose_fields.h"

namespace lazaret::wire {

inline constexpr std::size_t hf_name_most = 200;      // bytes of ids, words
inline constexpr std::size_t hf_reason_most = 4'000;  // reasons, summaries, messages
inline constexpr std::size_t hf_prompt_most = 64 << 10;

// The slot's first fault is that of `fields`.
SlotView slot_of(LooseFields& fields);
// Those that can be read; the others' faults go to `refused`.
std::vector<SlotView> slots_of(const LooseFields& around, const JsonValue& list,
                               std::string_view step, std::vector<Error>& refused);
// Whether the text can be an ident's virtual half: a few safe characters, not all digits.
bool is_virtual_ident(std::string_view text);

boost::json::value text_or_null(const std::string& text);
// Digits become a number, no text becomes null.
boost::json::value id_value(const std::string& id);
boost::json::array to_json(const std::vector<AgentLine>& agents);
std::vector<AgentLine> agents_of(LooseFields& fields, std::string_view name);

}  // namespace lazaret::wire
