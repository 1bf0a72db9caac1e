"""The demo missions, with all their troubles: what the README promises a user's first minute."""
import os
import shutil
import subprocess
import tempfile
import unittest

from fleet import LAZARET, main

HERE = os.path.dirname(os.path.abspath(__file__))


class Demo(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="lzd-")
        self.addCleanup(shutil.rmtree, self.root, True)
        programs = os.path.dirname(os.path.dirname(HERE))
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("LAZARET_", "XDG_"))}
        self.env.update(HOME=self.root, NO_COLOR="1", LAZARET_SHARE=programs)

    def demo(self, *words):
        return subprocess.run([LAZARET, "demo", *words, "--state", os.path.join(self.root, "s")],
                              env=self.env, capture_output=True, text=True, timeout=170)

    def test_prove_ends_with_equal_digests(self):
        done = self.demo("--prove", os.path.dirname(os.path.dirname(HERE)))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("No language model took part", done.stdout + done.stderr)


if __name__ == "__main__":
    main()
