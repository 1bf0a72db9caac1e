"""`lazaret sim`: the decision core on virtual time, with every kind of fault."""
import subprocess
import unittest

from fleet import LAZARET, main


class Simulator(unittest.TestCase):
    def sim(self, *words):
        return subprocess.run([LAZARET, "sim", *words], capture_output=True, text=True, timeout=590)

    def test_forty_seeds_keep_every_promise(self):
        done = self.sim("--seeds", "40")
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        self.assertTrue(done.stdout.endswith("\nevery promise held: 40 seeds\n"))

    def test_the_same_seed_is_the_same_run(self):
        first, second = self.sim("--seed", "7"), self.sim("--seed", "7")
        self.assertTrue(first.stdout.startswith("seed 7\n"))
        self.assertEqual(first.stdout, second.stdout)
        self.assertTrue(first.stdout.endswith("\nevery promise held: 1 seed\n"), first.stdout)


if __name__ == "__main__":
    main()
