"""A chain of dependent tasks, each on the disk before the next begins, against bare fdatasync."""

import json
import os
import subprocess

import fleet
from figures import row, title

DISKS = 10


def run():
    title(f"hanoi: {2 ** DISKS - 1:,} moves, each a task of its own: claimed, done, on the disk")
    row("", "tasks", "seconds", "ms a task")
    with fleet.folder_of_our_own() as folder:
        done = subprocess.run([fleet.LAZARET, "demo", "hanoi", str(DISKS), "--json", "--state",
                               os.path.join(folder, "state")],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"lazaret demo hanoi: exit {done.returncode}\n{done.stderr}")
        receipt = json.loads(done.stdout)
        tasks = receipt["completed"]
        row("lazaret", f"{tasks:,}", f"{receipt['seconds']:.2f}",
            f"{receipt['seconds'] * 1000 / tasks:.2f}")
        bare = float(subprocess.run([fleet.program("bench_sync_loop"),
                                     os.path.join(folder, "records"), str(tasks)],
                                    capture_output=True, text=True, check=True).stdout)
        row("append and fdatasync, bare", f"{tasks:,}", f"{bare:.2f}", f"{bare * 1000 / tasks:.2f}")
