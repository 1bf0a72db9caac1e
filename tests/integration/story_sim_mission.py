"""A mission of one's own is played in numbers before money is spent."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from fleet import LAZARET, agent, main, task


class SimMission(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="lz-")
        self.addCleanup(home.cleanup)
        self.cell = pathlib.Path(home.name) / "7c9e6679-7425-40de-944b-e07fc1f90ae7"
        for folder in ("agents", "tasks"):
            (self.cell / folder).mkdir(parents=True)
        self.write("cell.json", {"cell_id": self.cell.name, "mission_name": "survey", "timeout": 0,
                                 "created_at": "2026-01-01T00:00:00Z", "created_by": "test"})
        for name in ("one", "two"):
            self.write(f"agents/{name}.json", agent(name, ["/bin/true"]))
        for number in range(12):
            self.write(f"tasks/t{number}.json", task(f"t{number}", timeout=7200))

    def write(self, name, value):
        (self.cell / name).write_text(json.dumps(value))

    def sim(self, *words, status=0):
        done = subprocess.run([LAZARET, "sim", str(self.cell), *words], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def figures(self, *words):
        return json.loads(self.sim("--json", "--seeds", "5", *words).stdout)

    def test_time_deaths_and_spend_are_told_before_anything_is_started(self):
        calm = self.figures("--mtbf", "0", "--hourly-cost", "3", "--task-cost", "0.1")
        self.assertEqual(calm["endings"], {"completed: every task is completed": 5})
        self.assertEqual(calm["bands"]["deaths"]["most"], 0)
        spend = calm["bands"]["spend"]
        self.assertLessEqual(spend["least"], spend["median"])
        worked = calm["bands"]["worked_seconds"]["median"]
        self.assertAlmostEqual(spend["median"], worked / 3600 * 3 + 1.2, delta=0.5)
        deadly = self.figures("--mtbf", "5m", "--agents", "4", "--hours", "24")
        self.assertEqual(deadly["agents"], 4)
        self.assertGreater(deadly["bands"]["deaths"]["median"], 0)
        self.assertGreater(deadly["bands"]["revivals"]["median"], 0)
        self.assertEqual(deadly, self.figures("--mtbf", "5m", "--agents", "4", "--hours", "24"))
        said = self.sim("--seeds", "3").stdout
        for word in ("12 tasks, 2 agents, 3 runs", "assumed:", "median", "over after", "3 of 3: completed"):
            self.assertIn(word, said)
        self.assertEqual(sorted(path.name for path in self.cell.iterdir()), ["agents", "cell.json", "tasks"])

    def test_its_own_limits_count(self):
        cell = json.loads((self.cell / "cell.json").read_text())
        self.write("cell.json", {**cell, "timeout": 60})
        endings = self.figures("--task-time", "30m")["endings"]
        self.assertEqual(list(endings), ["failed: timed out after 1m 00s (setting: timeout in cell.json)"])

    def test_bad_words_and_bad_missions_are_said(self):
        self.assertIn("--mtbf needs a time", self.sim("--mtbf", "often", status=2).stderr)
        self.assertIn("did you mean --hours?", self.sim("--hour", "3", status=2).stderr)
        self.write("tasks/t1.json", task("t1", dependencies=["nowhere"]))
        self.assertIn("nowhere", self.sim(status=2).stderr)
        gone = subprocess.run([LAZARET, "sim", "/no/such/mission"], capture_output=True, text=True)
        self.assertEqual(gone.returncode, 2)
        self.assertIn("/no/such/mission", gone.stderr)


if __name__ == "__main__":
    main()
