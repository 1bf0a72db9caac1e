"""`lazaret run -- CMD`: any program, without preparation."""
import subprocess
import unittest

from fleet import Fleet, main


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


if __name__ == "__main__":
    main()
