"""The demo missions, with all their troubles: what the README promises a user's first minute."""
import os
import shutil
import signal
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

    def left_over(self):
        """Processes that name the demo's state."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace")
            except OSError:
                continue
            if self.root in words:
                found.append(words.replace("\0", " "))
        return found

    def interrupt(self, number, when):
        """Ends the demo by a signal as soon as it says `when`; its exit status."""
        source = os.path.join(os.path.dirname(os.path.dirname(HERE)), "src", "core")
        demo = subprocess.Popen([LAZARET, "demo", source, "--state", os.path.join(self.root, "s")],
                                env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                text=True)
        try:
            for line in demo.stderr:
                if when in line:
                    demo.send_signal(number)
                    break
            self.assertIn(f"stopped; what was done so far is in {self.root}/s\n", demo.stderr.read())
            return demo.wait(90)
        finally:
            demo.kill()
            demo.wait()
            demo.stderr.close()

    def test_an_interrupted_demo_leaves_nothing_behind(self):
        for number, when in ((signal.SIGINT, "files frozen"),
                             (signal.SIGTERM, "trouble daemon strikes")):
            self.assertEqual(self.interrupt(number, when), 128 + number)
            self.assertEqual(self.left_over(), [])

    def test_prove_ends_with_equal_digests(self):
        done = self.demo("--prove", os.path.dirname(os.path.dirname(HERE)))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("No language model took part", done.stdout + done.stderr)


if __name__ == "__main__":
    main()
