// The keeper: stands above the daemon, starts it again when it crashed, and reaps what it leaves
// behind (shims, where PID 1 does not reap).
#pragma once

namespace lazaret::shim {

// The daemon's own exit statuses in this range mean "do not start me again": usage, configuration,
// a held lock (sysexits.h). 0 means that it is done; everything else, and every signal, is a crash.
// After a crash only a state that another daemon holds is final: the rest can be mended meanwhile.
inline constexpr int final_exit_first = 64;
inline constexpr int final_exit_last = 78;
inline constexpr int exit_settings = 64;
inline constexpr int exit_state_held = 75;
inline constexpr int exit_not_executable = 127;

// The first restart is at once; then the pause doubles until a run has lasted for stable_run.
inline constexpr long restart_pause_first_ms = 100;
inline constexpr long restart_pause_most_ms = 10'000;
inline constexpr long stable_run_ms = 10'000;

// What `lazaret up` ends with, which has become the keeper: 2 where the daemon found its settings
// wrong, 1 where it could not start for another reason; every other status stays.
int status_for_people(int status);

// `command` ends with a null pointer. Forwards SIGTERM, SIGINT and SIGHUP; returns the exit status.
int keep(char** command);

}  // namespace lazaret::shim
