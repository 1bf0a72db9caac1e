// Health from signs of life: a beat or a success sets healthy and zeroes the failures, at any time.
// A missed deadline or a reported failure adds one: 1–2 degraded, 3 in a row unhealthy; no sign at
// all for the agent's timeout is unhealthy at once. Silence makes an agent ill, never dead: see
// hang.h.
#pragma once

#include "core/decision.h"

namespace lazaret::core::health {

inline constexpr int unhealthy_after = 3;

void on_beats_began(Decision& d, const event::BeatsBegan& e);
void on_beat_missed(Decision& d, const event::BeatMissed& e);
void on_beat_recovered(Decision& d, const event::BeatRecovered& e);
void on_failure(Decision& d, const event::FailureReported& e);

}  // namespace lazaret::core::health
