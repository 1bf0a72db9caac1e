"""`lazaret run -- CMD`: any program, without preparation."""
import json
import signal
import subprocess
import unittest

from fleet import LAZARET, Fleet, main


class Run(unittest.TestCase):
    def setUp(self):
        self.fleet = Fleet()
        self.addCleanup(self.fleet.close)

    def test_streams_output_and_returns_the_exit_code(self):
        done = self.fleet.cli("run", "--", "/bin/sh", "-c", "echo hello; exit 0", check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "hello\n"), done.stderr)

    def test_environment_and_directory_are_the_callers(self):
        env = dict(self.fleet.environment(), FLAVOUR="a b'c\"d")
        done = subprocess.run([__import__("os").environ["LAZARET"], "run", "--", "/bin/sh", "-c",
                               'echo "$FLAVOUR"; pwd'], env=env, cwd="/usr", capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.stdout, "a b'c\"d\n/usr\n", done.stderr)

    def test_never_restarted_failure_returns_its_code(self):
        done = self.fleet.cli("run", "--restart", "never", "--", "/bin/sh", "-c", "exit 7", check=False)
        self.assertEqual(done.returncode, 7, done.stderr)

    def test_failing_program_is_revived_until_it_succeeds(self):
        marker = self.fleet.root / "marker"
        script = f"echo try; if [ -e {marker} ]; then exit 0; fi; touch {marker}; exit 3"
        done = self.fleet.cli("run", "--", "/bin/sh", "-c", script, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "try\ntry\n"), done.stderr)

    def test_all_of_a_long_output_is_printed(self):
        done = self.fleet.cli("run", "--", "seq", "1", "100000", check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout == "".join(f"{n}\n" for n in range(1, 100001)),
                        f"{done.stdout.count(chr(10))} lines")

    def test_a_program_that_prints_faster_than_its_log_is_kept_loses_nothing(self):
        text = "".join(f"{n:09d} {'x' * 89}\n" for n in range(1000000))
        script = ('import os; b = b"".join(b"%09d %s\\n" % (i, b"x" * 89) for i in range(1000000))\n'
                  "v = memoryview(b); o = 0\nwhile o < len(v): o += os.write(1, v[o:o + 1048576])")
        done = self.fleet.cli("run", "--", "python3", "-c", script, check=False)
        self.assertEqual((done.returncode, done.stderr.count("missing")), (0, 0), done.stderr)
        self.assertTrue(done.stdout == text, f"{done.stdout.count(chr(10))} lines")

    def test_a_follower_who_comes_too_late_is_told_where_output_is_missing(self):
        fleet = self.fleet
        fleet.state.mkdir()
        (fleet.state / "config.toml").write_text("[logs]\nbytes = 4096\nkept = 1\n")
        go = fleet.root / "go"
        fleet.cli("run", "-d", "--name", "gush", "--", "/bin/sh", "-c",
                  f"echo first; while [ ! -e {go} ]; do sleep 0.02; done; seq 20000; sleep 600")
        fleet.until(lambda: "first" in fleet.cli("logs", "gush", check=False).stdout, "its first line")
        follower = subprocess.Popen([LAZARET, "--json", "logs", "gush", "-f"], env=fleet.environment(),
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(follower.communicate)
        self.addCleanup(follower.kill)
        self.assertIn("first", follower.stdout.readline())
        follower.send_signal(signal.SIGSTOP)
        go.touch()
        fleet.until(lambda: "20000" in fleet.cli("logs", "gush").stdout, "its last line")
        follower.send_signal(signal.SIGCONT)
        self.assertEqual(json.loads(follower.stdout.readline()), {"agent": "gush", "gap": True})
        follower.kill()
        self.assertRegex(follower.communicate()[1],
                         "gush: output is missing here, .* goes on from offset [0-9]+")
        # Who asks for all of it is told that its beginning is not there, and where it goes on.
        logs = "/api/v1/agents/gush/logs?from="
        kept = fleet.get(logs + "0")
        self.assertTrue(kept["gap"])
        again = fleet.get(logs + str(kept["first"]))
        self.assertEqual((again["gap"], again["lines"]), (False, kept["lines"]))
        self.assertNotIn("first", kept["lines"])

    def test_of_many_at_once_one_gets_the_name_that_was_asked_for(self):
        self.fleet.up()
        words = [LAZARET, "run", "-d", "--name", "same", "--", "/bin/sleep", "1000"]
        runs = [subprocess.Popen(words, env=self.fleet.environment(), stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True) for _ in range(4)]
        said = [(*run.communicate(), run.returncode) for run in runs]
        self.assertEqual(sorted(status for _, _, status in said), [0, 1, 1, 1], said)
        for _, error, status in said:
            self.assertTrue(status == 0 or "called same" in error, error)
        agents = self.fleet.get("/api/v1/agents")
        self.assertEqual(len(agents["agents"]), 1)
        self.assertEqual(len(list((self.fleet.state / "env").iterdir())), 1, "those refused left none")

    def test_the_environment_goes_with_the_mission(self):
        self.fleet.cli("run", "-d", "--name", "web", "--", "/bin/sleep", "1000")
        self.fleet.cli("run", "-d", "--name", "other", "--", "/bin/sleep", "1000")
        kept = self.fleet.state / "env"
        self.assertEqual(len(list(kept.iterdir())), 2)
        self.fleet.cli("mission", "destroy", self.fleet.agent("web")["cell_id"], "--yes")
        self.assertEqual([file.name.split(".")[0] for file in kept.iterdir()], ["other"])

    def test_very_long_lines_are_printed_whole(self):
        script = "import sys; [print(c * 3000000) for c in 'ab']; print('é' * 20000); sys.exit(5)"
        done = self.fleet.cli("run", "--restart", "never", "--", "python3", "-c", script, check=False)
        self.assertEqual(done.returncode, 5, done.stderr)
        whole = "a" * 3000000 + "\n" + "b" * 3000000 + "\n" + "é" * 20000 + "\n"
        self.assertTrue(done.stdout == whole, f"{len(done.stdout)} characters")

    def test_bytes_that_are_no_text_break_no_view(self):
        script = r"printf 'a\377b\n'; printf '\342\202\n'"
        done = self.fleet.cli("run", "--keep", "--name", "raw", "--", "/bin/sh", "-c", script,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "a\ufffdb\n\ufffd\ufffd\n"), done.stderr)
        self.fleet.cli("run", "--keep", "--name", "cut", "--", "python3", "-c",
                       'print("x" + "é" * 300)')
        for view in (["status"], ["agent", "ls"], ["logs"], ["events"], ["why", "raw"],
                     ["agent", "show", "cut"]):
            seen = self.fleet.cli(*view, check=False)
            self.assertEqual(seen.returncode, 0, f"{view}: {seen.stderr}")

    def test_a_program_that_cannot_start_is_explained(self):
        done = self.fleet.cli("run", "--restart", "never", "--", "/no/such/program", check=False)
        self.assertEqual(done.returncode, 127, done.stderr)
        self.assertIn("'/no/such/program' does not exist", done.stderr)

    def piped(self, *words):
        """The first two lines of a verb's output, whose reader then goes away; its exit status and errors."""
        verb = subprocess.Popen([LAZARET, *words], env=self.fleet.environment(), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        lines = [verb.stdout.readline() for _ in range(2)]
        verb.stdout.close()
        try:
            verb.wait(timeout=30)
        finally:
            verb.kill()
        with verb.stderr:
            return lines, verb.returncode, verb.stderr.read()

    def test_a_reader_that_goes_away_ends_the_run_and_its_agent(self):
        steady = "while :; do echo y; sleep 0.01; done"
        for command in (["yes"], ["/bin/sh", "-c", steady]):
            lines, status, said = self.piped("run", "--name", "talker", "--", *command)
            self.assertEqual(lines, ["y\n"] * 2)
            self.assertEqual(status, 128 + 15, said)
            self.assertIn("cannot be written", said)
            self.assertNotIn("error", said)
            self.assertEqual(self.fleet.get("/api/v1/agents")["agents"], [])

    def test_following_ends_when_nobody_reads_although_nothing_is_new(self):
        self.fleet.cli("run", "-d", "--name", "quiet", "--", "/bin/sh", "-c",
                       "echo y; echo y; exec sleep 1000")
        self.fleet.until(lambda: self.fleet.cli("logs", "quiet").stdout == "y\ny\n", "two lines")
        self.assertEqual(self.piped("logs", "-f", "quiet"), (["y\n"] * 2, 0, ""))
        lines, status, said = self.piped("events", "-f")
        self.assertEqual((len(lines), status, said), (2, 0, ""))


if __name__ == "__main__":
    main()
