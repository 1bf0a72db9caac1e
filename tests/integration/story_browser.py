"""The dashboard in a real Chromium: each test is a program of web/tests, told to a daemon of its own."""
import os
import pathlib
import shutil
import subprocess
import sys

from fleet import LAZARET, Fleet, Story, agent, main, task

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
ASKS_AT_ONCE = {"max_retries": 1, "backoff_first_seconds": 0.05}
HOSTILE = "<img src=x onerror=document.title='broken'>"


class Browser(Story):
    def tell(self, name, **more):
        """Runs web/tests/NAME.mjs; it says itself what is wrong."""
        shots = SHOTS / name
        shutil.rmtree(shots, ignore_errors=True)
        status = self.fleet.get("/api/v1/status")
        env = self.fleet.environment() | {"URL": status["daemon"]["url"], "LAZARET": LAZARET, "SHOTS": str(shots)}
        done = subprocess.run(["node", SOURCE / "web" / "tests" / f"{name}.mjs"], env=env | more, text=True,
                              capture_output=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        print(done.stdout, end="")

    def mission(self, *agents, policies=None, tasks=(), **cell):
        cell_id = self.fleet.write_cell(list(agents), tasks, policies, cell)
        self.fleet.start(cell_id)
        return cell_id

    def test_first_visit(self):
        key = self.fleet.cli("token", "add", "me", "--scope", "admin", "--json").stdout
        self.tell("first_visit", KEY=key)

    def test_daemon_restart(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        self.tell("daemon_restart")

    def test_hostile_names(self):
        printer = agent("printer", ["sh", "-c", f"echo \"{HOSTILE}\"; sleep 1000"]) | {"name": HOSTILE}
        self.mission(printer, tasks=[task("t", title=HOSTILE)], mission_name=HOSTILE)
        self.fleet.until_running("printer")
        self.fleet.call("POST", "/api/v1/notes", {"text": HOSTILE})
        self.tell("hostile_names", HOSTILE=HOSTILE)

    def test_answer_in_one_tap(self):
        self.mission(DIES_ONCE, policies=ASKS_AT_ONCE | {"auto_revive": "ask"})
        self.fleet.until(lambda: self.fleet.get("/api/v1/status")["needs_you"], "a question")
        self.tell("answer_in_one_tap")

    def test_kill_and_revive(self):
        self.mission(PRINTS, policies={"backoff_first_seconds": 0.05})
        self.fleet.until_running("printer")
        self.tell("kill_and_revive")

    def test_follow_log(self):
        self.mission(PRINTS, FLOODS)
        self.fleet.until_running("printer")
        self.tell("follow_log")

    def test_edit_plan(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        self.tell("edit_plan")

    def test_keyboard(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        self.tell("keyboard")

    def test_every_page(self):
        self.mission(PRINTS, CRASHES, policies=ASKS_AT_ONCE, mission_name="watch",
                     tasks=[task("t1"), task("t2", dependencies=["t1"]), task("t3", dependencies=["t1"])])
        self.fleet.until_running("printer")
        self.fleet.until(lambda: self.fleet.agent("crasher")["process"] == "quarantined", "a quarantine")
        self.fleet.cli("plan", "add", "printer", "--cron", "0 9 * * 1-5", "--title", "Morning round")
        self.fleet.cli("inbox", "ask", "May the index be rebuilt?", check=False)
        self.tell("every_page")

    def test_watch_the_demo(self):
        theirs = Fleet()  # the demo has a daemon of its own
        self.addCleanup(theirs.close)
        self.tell("watch_demo", LAZARET_STATE=str(theirs.state), DEMO=str(SOURCE / "src"))

    def test_two_people(self):
        self.mission(CRASHES, policies=ASKS_AT_ONCE | {"auto_revive": "ask"})
        self.fleet.until(lambda: self.fleet.get("/api/v1/status")["needs_you"], "a question")
        self.tell("two_people")

    def test_viewer(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        key = self.fleet.cli("token", "add", "looker", "--scope", "viewer", "--json").stdout
        self.tell("viewer", KEY=key)

    def test_thousand_agents(self):
        self.tell("thousand_agents")


if __name__ == "__main__":
    main()
