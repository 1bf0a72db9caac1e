"""Calendar heartbeats at a backend: what 5,000 agents cost, and how quickly each is answered."""

import json
import os
import subprocess
import time

import fleet
from figures import micros, row, title

AGENTS = 5000
INTERVAL = 30  # seconds between two heartbeats of an agent
SECONDS = 10
BUSY = 5000  # heartbeats a second


def load(port, agents, rate):
    done = subprocess.run([fleet.program("bench_http_load"), "--port", str(port), "--agents", agents,
                           "--seconds", str(SECONDS), "--connections", "64", "--rate", str(rate),
                           "--calendar", "node-1"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_server(name, port, agents, pid):
    load(port, agents, BUSY)  # warm
    before, began = cpu_seconds(pid), time.monotonic()
    quiet = load(port, agents, AGENTS / INTERVAL)
    share = (cpu_seconds(pid) - before) / (time.monotonic() - began)
    busy = load(port, agents, BUSY)
    row(name, f"{share:.1%}", micros(quiet["p99_us"]), micros(busy["p50_us"]), micros(busy["p99_us"]),
        quiet["errors"] + busy["errors"])


def run():
    title(f"calendar: {AGENTS} agents, one heartbeat each {INTERVAL} s ({AGENTS / INTERVAL:.0f} a second), then "
          f"{BUSY} a second; each agent has a daily plan")
    row("", "of one core", "p99", f"median at {BUSY}/s", f"p99 at {BUSY}/s", "errors")
    with fleet.folder_of_our_own() as folder:
        daemon = fleet.Daemon(folder)
        agents = os.path.join(folder, "agents.txt")
        names = [f"a{i}" for i in range(AGENTS)]
        with open(agents, "w", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in names)
        with fleet.running(daemon):
            for name in names:
                daemon.ask("POST", "/api/v1/calendar/agents",
                           {"agent": name, "claw_identifier": "node-1", "timezone": "Europe/Berlin"})
                daemon.ask("POST", "/api/v1/plans",
                           {"agent": name, "cron": "0 9 * * *", "timezone": "Europe/Berlin"})
            measure_server("lazaret", daemon.port, agents, daemon.pid())
        with fleet.child([fleet.program("bench_epoll_server")]) as server:
            measure_server("bare epoll, no calendar", int(server.stdout.readline()), agents, server.pid)
