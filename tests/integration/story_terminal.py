"""On a terminal: a page never overflows it, and what was there before comes back."""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time

from fleet import LAZARET, Story, main

ROWS, COLUMNS = 10, 60


class Terminal:
    def __init__(self, fleet, *words):
        self.master, self.side = pty.openpty()
        fcntl.ioctl(self.side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.before = termios.tcgetattr(self.side)
        os.set_blocking(self.master, False)
        self.text = ""
        self.program = subprocess.Popen(
            [LAZARET, *words], env=dict(fleet.environment(), TERM="xterm"), stdin=self.side,
            stdout=self.side, stderr=self.side, start_new_session=True)

    def read(self):
        try:
            self.text += os.read(self.master, 1 << 20).decode(errors="replace")
        except BlockingIOError:
            time.sleep(0.01)
        return self.text

    def close(self):
        self.program.kill()
        self.program.wait()
        os.close(self.master)
        os.close(self.side)


class OnATerminal(Story):
    def terminal(self, *words):
        terminal = Terminal(self.fleet, *words)
        self.addCleanup(terminal.close)
        return terminal

    def top(self):
        top = self.terminal("top", "--every", "100ms")
        self.fleet.until(lambda: "\033[J" in top.read(), "a page")
        return top

    def assert_restored(self, top):
        self.fleet.until(lambda: top.read() and top.program.poll() is not None, "its end")
        self.assertEqual(top.program.returncode, 0, top.text)
        top.read()
        self.assertTrue(top.text.startswith("\033[?1049h"))
        self.assertTrue(top.text.endswith("\033[?1049l"), repr(top.text[-80:]))
        self.assertEqual(termios.tcgetattr(top.side), top.before)

    def test_top_fits_and_q_ends_it(self):
        for number in range(4):
            self.fleet.cli("inbox", "ask", f"{number}: may I " + "go on " * 30 + "?")
        for number in range(12):
            self.fleet.cli("run", "-d", "--name", f"agent-{number}", "--", "/bin/sleep", "1000")
        top = self.top()
        page = top.text.split("\033[H")[1].split("\033[J")[0].replace("\r", "")
        rows = re.sub("\033\\[[0-9?]*[a-zA-Z]", "", page).split("\n")
        self.assertEqual(len(rows), ROWS, rows)
        self.assertLessEqual(max(map(len, rows)), COLUMNS, rows)
        self.assertTrue(rows[1].startswith("NEEDS YOU") and rows[1].endswith("…"), rows)
        self.assertRegex(rows[-1], "^… and [0-9]+ more$")
        os.write(top.master, b"q")
        self.assert_restored(top)

    def test_ctrl_c_gives_the_terminal_back(self):
        top = self.top()
        top.program.send_signal(signal.SIGINT)
        self.assert_restored(top)

    def test_tables_are_no_wider(self):
        self.fleet.cli("inbox", "ask", "may I " + "go on " * 30 + "?", "--default", "no")
        self.fleet.cli("run", "-d", "--name", "a" * 40, "--", "/bin/sleep", "1000")
        for words, heading in ((["inbox"], "QUESTION"), (["status"], "AGENT")):
            seen = self.terminal(*words)
            self.fleet.until(lambda: seen.read() and seen.program.poll() is not None, "its end")
            text = re.sub("\033\\[[0-9?]*[a-zA-Z]", "", seen.read()).replace("\r", "")
            table = text.split("\n")
            table = table[next(i for i, row in enumerate(table) if heading in row):]
            self.assertGreaterEqual(len(table), 2)
            self.assertLessEqual(max(map(len, table)), COLUMNS, table)
            self.assertIn("…", table[1])


if __name__ == "__main__":
    main()
