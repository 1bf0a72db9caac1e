"""A daemon that starts on many mission cells, against reading the same bytes."""

import json
import subprocess
import time

import fleet
from figures import row, title

CELLS = 10_000


def task(name):
    return {"task_id": name, "title": name, "description": "", "assigned_to": None,
            "status": "pending", "priority": "medium", "dependencies": [], "timeout": 1800,
            "artifacts": [], "created_at": "2026-01-01T00:00:00Z", "completed_at": None}


def run():
    title(f"scan: start on {CELLS:,} cells of one external agent and one task each, files cached")
    with fleet.folder_of_our_own() as folder:
        daemon = fleet.Daemon(folder)
        for i in range(CELLS):
            fleet.lay_out_cell(daemon.missions, f"m{i}", {}, [task("t-1")])
        read = json.loads(subprocess.run([fleet.program("bench_read_tree"), daemon.missions],
                                         capture_output=True, check=True, text=True).stdout)
        begin = time.monotonic()
        with fleet.running(daemon):
            while (known := count_cells(daemon)) < CELLS:
                if time.monotonic() - begin > 300:
                    raise SystemExit(f"only {known} cells were known after 300 s")
            took = time.monotonic() - begin
            row("", "seconds", "cells a second")
            row("lazaret: up, all cells known", f"{took:.2f}", f"{CELLS / took:,.0f}")
            row(f"reading the {read['files']:,} files", f"{read['seconds']:.2f}",
                f"{CELLS / read['seconds']:,.0f}")


def count_cells(daemon):
    return daemon.ask("GET", "/api/v1/status")["counts"]["cells"]
