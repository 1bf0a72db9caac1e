"""What people mistype: one clear error that says what to do, and an exit status that scripts can use."""
import json
import os
import pathlib
import socket
import subprocess
import unittest

from fleet import LAZARET, Fleet, Story, agent, main


class Usage(unittest.TestCase):
    def setUp(self):
        self.fleet = Fleet()
        self.addCleanup(self.fleet.close)

    def fails(self, status, *words, **more):
        done = self.fleet.cli(*words, check=False, **more)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn("boost", done.stderr)
        return done.stderr

    def test_settings_of_a_daemon_are_checked_before_it_is_started(self):
        for flags, word in ((["--port", "abc"], "http.port"), (["--port", "99999"], "http.port"),
                            (["--host", "nosuch"], "127.0.0.1"), (["--", "--prot", "1"], "--port")):
            for way in ([], ["--detach"]):
                said = self.fails(2, "up", *way, *flags)
                self.assertIn(word, said)
                self.assertNotIn("its log ends with", said)
        self.assertFalse((self.fleet.state / "daemon.log").exists())

    def test_a_port_that_is_taken_is_the_one_that_is_named(self):
        taken = socket.socket()
        self.addCleanup(taken.close)
        taken.bind(("127.0.0.1", 65535))
        taken.listen()
        said = self.fails(1, "up", "--detach", "--port", "65535")
        self.assertIn("port 65535 is in use", said)

    def test_an_address_that_is_not_ours_leaves_nothing_behind(self):
        before = self.run_directories()
        for way in ([], ["--detach"]):
            self.assertIn("1.2.3.4", self.fails(1, "up", *way, "--host", "1.2.3.4"))
            self.assertEqual(self.run_directories() - before, set())
            self.assertFalse(os.path.lexists(self.fleet.state / "run"))

    def run_directories(self):
        # Those that are empty: other daemons come and go beside us.
        found = [p for place in ("/run", "/tmp") for p in pathlib.Path(place).glob("lazaret-*")]
        return {p for p in found if p.name.count("-") < 3 and p.is_dir() and not any(p.iterdir())}

    def test_programs_of_their_own_suggest_too(self):
        self.assertIn("did you mean --calm?", self.fails(2, "demo", "--clam"))
        self.assertIn("did you mean --scenario?", self.fails(2, "sim", "--scenaro", "day"))
        self.assertIn("sim --help", self.fails(2, "sim", "--bogus"))
        self.assertIn("did you mean agents?", self.fails(2, "sim", "--scenario", '{"agens":1}'))
        self.assertIn('"agents" cannot be "x"', self.fails(2, "sim", "--scenario", '{"agents":"x"}'))
        self.assertIn("no JSON", self.fails(2, "sim", "--scenario", '{"agents":'))

    def test_lint_says_what_it_looked_for(self):
        said = self.fails(3, "cell", "lint", "survey")
        for words in ('no directory "survey"', "no daemon runs", "lazaret mission new survey"):
            self.assertIn(words, said)


class Running(Story):
    def fails(self, status, *words):
        done = self.fleet.cli(*words, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stderr

    def test_events_of_what_there_is_not(self):
        self.assertIn("did you mean agent_exited?", self.fails(2, "events", "--kind", "agent_exit"))
        self.assertIn('no agent "nobody"', self.fails(3, "events", "--agent", "nobody"))
        self.assertIn("--limit", self.fails(2, "events", "--limit", "0"))
        self.fleet.cli("down")
        self.assertIn("did you mean agent_exited?", self.fails(2, "events", "--kind", "agent_exit"))
        self.assertIn('no agent "nobody"', self.fails(3, "events", "--agent", "nobody"))

    def test_templates_are_named(self):
        self.assertIn("blank, single, pipeline", self.fails(3, "mission", "new", "x", "--template", "y"))
        self.assertIn("blank, single or pipeline", self.fleet.cli("mission", "new", "--help").stdout)

    def test_a_program_finds_its_standard_input_empty(self):
        done = self.fleet.cli("run", "--", "/bin/cat", text="lost\n", check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertIn("standard input is not passed on", done.stderr)
        done = subprocess.run([LAZARET, "run", "--", "/bin/cat"], env=self.fleet.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_run_tells_programs_how_it_ended(self):
        done = self.fleet.cli("run", "--json", "--name", "x", "--restart", "never", "--", "/bin/sh",
                              "-c", "echo $$; exit 7", check=False)
        self.assertEqual(done.returncode, 7, done.stderr)
        *lines, last = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(lines, [{"agent": "x", "line": str(last["pid"])}])
        self.assertEqual((last["agent"], last["incarnation"], last["exit_status"]), ("x", 1, 7))
        self.assertEqual((last["last_exit"]["kind"], last["last_exit"]["code"]), ("exited", 7))

    def test_a_name_is_one_agents(self):
        self.fleet.cli("run", "-d", "--name", "web", "--", "/bin/sleep", "1000")
        self.fleet.until_running("web")
        said = self.fails(1, "run", "-d", "--name", "web", "--", "/bin/sleep", "1000")
        self.assertIn("an agent is called web already: it is running", said)
        self.assertIn("lazaret agent show web", said)
        remedy = said.split("`lazaret mission destroy ")[1].split("`")[0]
        self.fleet.cli("mission", "destroy", *remedy.split())
        self.fleet.cli("run", "-d", "--name", "web", "--", "/bin/sleep", "1000")
        self.assertEqual(self.fleet.until_running("web")["ref"], "web")


if __name__ == "__main__":
    main()
