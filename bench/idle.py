"""What a fleet costs that does nothing."""

import os
import time

import fleet
from figures import row, title

AGENTS = 100
SECONDS = 10


def memory_kib(pid, fields):
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as lines:
        return sum(int(line.split()[1]) for line in lines if line.split(":")[0] in fields)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def parent_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def run():
    title(f"idle: {AGENTS} agents that wait, for {SECONDS} s; baseline: the agents' own processes")
    private = ("Private_Clean", "Private_Dirty")
    with fleet.folder_of_our_own() as folder:
        words = fleet.FirstWords(folder)
        daemon = fleet.Daemon(folder)
        cell = fleet.lay_out_cell(daemon.missions, "idle",
                                  {f"a{i}": words.command() for i in range(AGENTS)})
        with fleet.running(daemon):
            daemon.start_mission(cell)
            agents = [pid for _, pid, *_ in words.wait_for(AGENTS, 60)]
            if len(agents) != AGENTS:
                raise SystemExit(f"only {len(agents)} of {AGENTS} agents came up")
            time.sleep(2)  # what the start leaves behind settles
            shims = sorted({parent_of(pid) for pid in agents})
            watched = {"daemon": [daemon.pid()], "shims": shims, "agents": agents}
            before = {who: sum(map(cpu_seconds, pids)) for who, pids in watched.items()}
            time.sleep(SECONDS)
            row("", "processes", "resident", "private, each", "CPU")
            for who, pids in watched.items():
                cpu = (sum(map(cpu_seconds, pids)) - before[who]) / SECONDS
                row(who, len(pids), f"{sum(memory_kib(p, ('Rss',)) for p in pids) / 1024:.1f} MiB",
                    f"{sum(memory_kib(p, private) for p in pids) / len(pids):.0f} KiB",
                    f"{cpu * 100:.2f} %")
