"""A checkpoint of 1 MiB; baseline: a plain write of 1 MiB with one fsync, in turn with it."""

import os
import pathlib
import subprocess
import time

import fleet
from figures import at_share, median_and_p99, row, title

ROUNDS = 100
SIZE = 1 << 20


def loop():
    """The commit alone: nanoseconds of the plain writes, and of the checkpoints."""
    with fleet.folder_of_our_own() as folder:
        done = subprocess.run([fleet.program("bench_checkpoint_loop"), folder, str(ROUNDS)],
                              capture_output=True, text=True, check=True)
    took = {"plain": [], "commit": []}
    for line in done.stdout.splitlines():
        what, nanoseconds = line.split()
        took[what].append(int(nanoseconds))
    return took["plain"], took["commit"]


def plain_write(path, data):
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
    os.write(file, data)
    os.fsync(file)
    os.close(file)


def asked():
    """Through the daemon, until it has answered: the commit, the journal's fsync, and HTTP."""
    plain, saved = [], []
    with fleet.folder_of_our_own() as folder:
        daemon = fleet.Daemon(folder)
        cell = fleet.lay_out_cell(daemon.missions, "checkpoint", {"a": ["/bin/sleep", "1000"]})
        with fleet.running(daemon):
            daemon.start_mission(cell)
            staging = pathlib.Path(daemon.missions) / cell / "checkpoints" / "a" / "staging"
            while not staging.is_dir():
                time.sleep(0.01)
            for number in range(ROUNDS):
                data = os.urandom(SIZE)
                (staging / "state.json").write_bytes(data)
                began = time.monotonic_ns()
                plain_write(pathlib.Path(folder) / f"plain-{number}", data)
                between = time.monotonic_ns()
                daemon.ask("POST", "/api/v1/agents/a/checkpoints", {})
                saved.append(time.monotonic_ns() - between)
                plain.append(between - began)
    return plain, saved


def print_rows(name, plain, saved):
    row("plain write and fsync", *median_and_p99(plain))
    row(name, *median_and_p99(saved), f"ratio {at_share(saved, 0.5) / at_share(plain, 0.5):.2f}")


def run():
    title(f"checkpoint of 1 MiB: median and p99 of {ROUNDS}, in turn with the baseline")
    print_rows("commit", *loop())
    print_rows("saved through the daemon", *asked())
