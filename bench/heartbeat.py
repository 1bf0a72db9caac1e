"""Heartbeats: how many, how quickly, against a plain Node server and a bare epoll loop."""

import json
import os
import subprocess
import time
from datetime import datetime

import fleet
from figures import micros, row, title

SECONDS = 5
AGENTS = 1000
ROUNDS = 5  # a guest's p99 is mostly its host's: the median round counts
LAST_MOMENT = 1.0  # in a load of many thousands a second each agent's turn comes again within this


def load(port, agents, *more):
    done = subprocess.run([fleet.program("bench_http_load"), "--port", str(port), "--agents",
                           agents, "--seconds", str(SECONDS), *more],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def check_health(daemon, ended):
    """Every agent's last_heartbeat is the one that was sent last."""
    agents = daemon.ask("GET", "/health")["agents"]
    late = [name for name, one in agents.items()
            if not one["last_heartbeat"]
            or abs(datetime.fromisoformat(one["last_heartbeat"]).timestamp() - ended) > LAST_MOMENT]
    if len(agents) != AGENTS or late:
        raise SystemExit(f"/health: {len(agents)} agents, wrong last_heartbeat: {late[:5]}")


def measure_server(name, port, agents, check=lambda ended: None):
    load(port, agents, "--connections", "8")  # warm
    closed = load(port, agents, "--connections", "64")
    half = str(closed["per_second"] / 2)
    rounds = []
    for _ in range(ROUNDS):
        rounds.append(load(port, agents, "--connections", "64", "--rate", half))
        check(time.time())
    fixed = sorted(rounds, key=lambda one: one["p99_us"])[ROUNDS // 2]
    short = load(port, agents, "--connections", "512", "--close")
    row(name, f"{closed['per_second']:,.0f} /s", micros(fixed["p50_us"]), micros(fixed["p99_us"]),
        f"{short['per_second']:,.0f} /s", closed["errors"] + fixed["errors"] + short["errors"])


def run():
    title(f"heartbeat: {AGENTS} agents, 64 kept connections; latency at half of that, counted "
          f"from the due time, median of {ROUNDS}; 512 connections that close after one")
    row("", "closed loop", "median", "p99", "connect each", "errors")
    with fleet.folder_of_our_own() as folder:
        words = fleet.FirstWords(folder)
        daemon = fleet.Daemon(folder)
        names = [f"a{i}" for i in range(AGENTS)]
        cell = fleet.lay_out_cell(daemon.missions, "beats",
                                  {name: words.command() for name in names})
        agents = os.path.join(folder, "agents.txt")
        with fleet.running(daemon):
            daemon.start_mission(cell)
            began = words.wait_for(AGENTS, 120)
            if len(began) != AGENTS:
                raise SystemExit(f"only {len(began)} of {AGENTS} agents came up")
            with open(agents, "w", encoding="utf-8") as file:
                file.writelines(f"{name} {token}\n" for name, _, _, token in began)
            measure_server("lazaret, with tokens", daemon.port, agents,
                           lambda ended: check_health(daemon, ended))
        words.close()
        node = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node_server.js")
        for name, command in (("node http, no tokens", ["node", node]),
                              ("bare epoll, no tokens", [fleet.program("bench_epoll_server")])):
            with fleet.child(command) as server:
                measure_server(name, int(server.stdout.readline()), agents)
