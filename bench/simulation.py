"""How much fleet time the simulator covers; baseline: the same fleet in real time."""

import re
import subprocess
import time

import fleet
from figures import row, title

SEEDS = 5
DAY = ["--scenario", "day", "--exact"]  # 1,000 agents for 24 virtual hours


def measure(name, words):
    begin = time.monotonic()
    done = subprocess.run([fleet.LAZARET, "sim", *words], capture_output=True, text=True,
                          check=False)
    took = time.monotonic() - begin
    found = re.search(r"([\d.]+) virtual hours, (\d+) events", done.stdout)
    if done.returncode != 0 or not found:
        broken = [line for line in done.stdout.split("\n") if line.startswith("VIOLATION")]
        raise SystemExit(f"lazaret sim {' '.join(words)}: exit {done.returncode} {done.stderr}\n"
                         + "\n".join(broken))
    hours, events = float(found.group(1)), int(found.group(2))
    row(name, f"{hours:.1f}", f"{took:.2f}", f"{hours * 3600 / took:,.0f}",
        f"{events / took:,.0f}")


def run():
    title(f"simulation: {SEEDS} seeds of the scenario 'everything'; baseline: the wall clock")
    row("", "virtual hours", "seconds", "times real time", "events a second")
    for seed in range(1, SEEDS + 1):
        measure(f"seed {seed}", ["--seed", str(seed)])
    title(f"simulation: 1,000 agents for a day (lazaret sim {' '.join(DAY)}); "
          "promised: under 10 s; baseline: the wall clock")
    row("", "virtual hours", "seconds", "times real time", "events a second")
    for seed in range(1, 4):
        measure(f"seed {seed}", [*DAY, "--seed", str(seed)])
