#!/usr/bin/python3
"""The agents of the towers of Hanoi, as processes, against the survey's double of the doors."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
HANOI = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(HANOI, "../survey/tests"), HANOI, os.path.join(HANOI, "../survey")]
sys.dont_write_bytecode = True

from double import ROLES, Double  # noqa: E402
from mover import Board  # noqa: E402

ROLES["check"] = "audit"


class Hanoi(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, double, agent):
        process = subprocess.Popen(
            ["/usr/bin/python3", "-B", f"{agent}.py"], env=double.environment(agent),
            cwd=os.path.join(double.state.cell_dir, "artifacts/code"), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_every_move_is_made_once_though_the_mover_is_killed(self):
        out = subprocess.run([os.path.join(HANOI, "prepare.py"), "--missions", self.folder,
                              "--disks", "5"], check=True, capture_output=True, text=True).stdout
        double = Double(json.loads(out)["path"], break_off_every=13)
        self.addCleanup(double.close)
        for agent in ("lead", "check"):
            self.start(double, agent)
        for moves in (7, 19):
            mover = self.start(double, "mover")
            double.wait_for(lambda s, n=moves: len(s.completions) >= n)
            mover.kill()
            mover.wait()
        self.start(double, "mover")
        double.wait_for(lambda s: "check" in s.completions)
        self.assertEqual(json.loads(double.state.tasks["check"]["result"]), {"moves": 31, "disks": 5})
        self.assertEqual(len(double.state.completions), 1 + 1 + 31 + 1)

    def test_an_illegal_move_is_refused_and_a_torn_line_is_forgotten(self):
        board = Board(self.folder)
        board.set_up(3)
        board.move(1, 1, "A", "C")
        for bad in ((2, 2, "A", "C"), (2, 3, "A", "B"), (3, 2, "A", "B"), (2, 1, "A", "B")):
            with self.assertRaises(ValueError):
                board.move(*bad)
        with open(board.path, "a") as stream:
            stream.write("2 2 A")
        again = Board(self.folder)
        self.assertEqual((again.made, again.pegs), (1, {"A": [3, 2], "B": [], "C": [1]}))
        again.move(2, 2, "A", "B")
        self.assertEqual(Board(self.folder).made, 2)


if __name__ == "__main__":
    unittest.main()
