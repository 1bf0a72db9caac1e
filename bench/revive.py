"""kill -9 of an agent to the first instruction of the next one, against a bare pidfd loop."""

import contextlib
import os
import signal
import time

import fleet
from figures import median_and_p99, micros, row, title

ONE_BY_ONE = 200
AT_ONCE = 1000


@contextlib.contextmanager
def lazaret_fleet(folder, words, count):
    daemon = fleet.Daemon(folder)
    cell = fleet.lay_out_cell(daemon.missions, "revive",
                              {f"a{i}": words.command() for i in range(count)})
    with fleet.running(daemon):
        daemon.start_mission(cell)
        yield


@contextlib.contextmanager
def bare_fleet(_folder, words, count):
    with fleet.child([fleet.program("bench_fork_loop"), str(count), *words.command()]):
        yield


def kill_each_once(words, pids):
    """One after another: nanoseconds from just before the kill to the next first instruction."""
    took = []
    for name, pid in pids.items():
        begin = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        os.kill(pid, signal.SIGKILL)
        back = words.wait_for(1, 60)
        if not back or back[0][0] != name:
            raise SystemExit(f"{name} did not come back within 60 s (heard {back})")
        took.append(back[0][2] - begin)
    return took


def kill_all_at_once(words, pids):
    begin = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    for pid in pids.values():
        os.kill(pid, signal.SIGKILL)
    back = words.wait_for(len(pids), 120)
    names = {name for name, *_ in back}
    last = max((began for _, _, began, _ in back), default=begin)
    return len(names), last - begin


def measure(kind, count, act):
    with fleet.folder_of_our_own() as folder:
        words = fleet.FirstWords(folder)
        with kind(folder, words, count):
            pids = {name: pid for name, pid, *_ in words.wait_for(count, 120)}
            if len(pids) != count:
                raise SystemExit(f"only {len(pids)} of {count} agents came up")
            return act(words, pids)


def run():
    kinds = (("lazaret", lazaret_fleet), ("bare pidfd loop", bare_fleet))
    title(f"revive: kill -9 to the first instruction, {ONE_BY_ONE} agents, each killed once")
    row("", "median", "p99")
    for name, kind in kinds:
        row(name, *median_and_p99(measure(kind, ONE_BY_ONE, kill_each_once)))
    title(f"revive at once: {AT_ONCE} agents killed together")
    row("", "back", "the last after")
    for name, kind in kinds:
        back, took = measure(kind, AT_ONCE, kill_all_at_once)
        row(name, f"{back} of {AT_ONCE}", micros(took / 1e3))
