"""SIGKILL of the daemon until the next one has taken up every agent again; baseline: without agents."""

import http.client
import os
import signal
import time

import fleet
from figures import micros, row, title

AGENTS = 1000
ROUNDS = 5


def adoptions(daemon):
    """How many daemons have finished adopting so far; None while none answers."""
    try:
        return len(daemon.ask("GET", "/api/v1/events?kind=adoption_finished&limit=1000")["events"])
    except (OSError, http.client.HTTPException, SystemExit):
        return None


def kill_and_wait(daemon, before):
    began = time.monotonic_ns()
    os.kill(daemon.pid(), signal.SIGKILL)
    while (adoptions(daemon) or 0) <= before:
        if time.monotonic_ns() - began > 60e9:
            raise SystemExit("no daemon took the agents up again within 60 s")
        time.sleep(0.001)
    return time.monotonic_ns() - began


def living(words, count):
    pids = {name: pid for name, pid, *_ in words.wait_for(count, 120)}
    if len(pids) != count:
        raise SystemExit(f"only {len(pids)} of {count} agents came up")
    return pids


def measure(count):
    with fleet.folder_of_our_own() as folder:
        words = fleet.FirstWords(folder)
        daemon = fleet.Daemon(folder)
        cell = fleet.lay_out_cell(daemon.missions, "adopt",
                                  {f"a{i}": words.command() for i in range(count)})
        with fleet.running(daemon):
            daemon.start_mission(cell)
            pids = living(words, count)
            took = [kill_and_wait(daemon, before) for before in range(1, ROUNDS + 1)]
            again = words.wait_for(1, 0.2)
            kept = sum(os.path.exists(f"/proc/{pid}") for pid in pids.values())
    return sorted(took), kept, len(again)


def run():
    title(f"adopt: SIGKILL of the daemon until the next one has all agents, {ROUNDS} times")
    row("", "median", "slowest", "lived on", "restarted")
    for name, count in ((f"lazaret, {AGENTS} agents", AGENTS), ("lazaret, no agents", 0)):
        took, kept, again = measure(count)
        row(name, micros(took[ROUNDS // 2] / 1e3), micros(took[-1] / 1e3), f"{kept} of {count}", again)
