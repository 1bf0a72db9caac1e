"""The dashboard in a real Chromium: a story is a program of web/tests, told to a daemon of its own."""
import os
import pathlib
import shutil
import subprocess
import sys

from fleet import LAZARET, Story, agent

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SHOTS = pathlib.Path(os.environ.get("LAZARET_SHOTS", SOURCE / "build" / "screenshots"))
CRASHES = agent("crasher", ["sh", "-c", "echo starting; echo cannot go on >&2; exit 3"],
                run={"restart": "always"})
PRINTS = agent("printer", ["sh", "-c", "i=0; while :; do i=$((i+1)); printf 'line %d \\033[32mgreen\\033[0m\\n' $i;"
                           " sleep 0.05; done"])
FLOODS = agent("flood", [sys.executable, "-u", "-c", "import time\nn = 0\nbegan = time.monotonic()\nwhile True:\n"
                         " due = int((time.monotonic() - began) * 5000)\n"
                         " print('\\n'.join(f'line {i} of a flood' for i in range(n, due)), flush=True)\n"
                         " n = due\n time.sleep(0.02)"])
DIES_ONCE = agent("once", ["sh", "-c", "test -e died && exec sleep 1000; touch died; exit 3"])
ASKS_AT_ONCE = {"max_retries": 1}
HOSTILE = "<img src=x onerror=document.title='broken'>"


class Browser(Story):
    def tell(self, name, **more):
        """Runs web/tests/NAME.mjs; it says itself what is wrong."""
        shots = SHOTS / name
        shutil.rmtree(shots, ignore_errors=True)
        status = self.fleet.get("/api/v1/status")
        env = self.fleet.environment() | {"URL": status["daemon"]["url"], "LAZARET": LAZARET, "SHOTS": str(shots)}
        done = subprocess.run(["node", SOURCE / "web" / "tests" / f"{name}.mjs"], env=env | more, text=True,
                              capture_output=True, timeout=900)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print(done.stdout, end="")

    def mission(self, *agents, policies=None, tasks=(), **cell):
        cell_id = self.fleet.write_cell(list(agents), tasks, policies, cell)
        self.fleet.start(cell_id)
        return cell_id
