"""What people mistype: one clear error that says what to do, and an exit status that scripts can use."""
import json
import os
import pathlib
import socket
import subprocess
import unittest

from fleet import LAZARET, Fleet, Story, agent, main, task


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

    def test_work_on_a_states_own_files_is_not_done_through_a_url(self):
        for words in (["backup", "x.tar"], ["restore", "x.tar"], ["gc"], ["replay"], ["up"]):
            said = self.fails(1, "--url", "http://127.0.0.1:1", *words)
            self.assertIn("--url", said)
            self.assertIn("own machine", said)
        env = dict(self.fleet.environment(), LAZARET_URL="http://127.0.0.1:1")
        del env["LAZARET_STATE"]
        done = subprocess.run([LAZARET, "gc"], env=env, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("LAZARET_URL", done.stderr)

    def test_a_backup_is_a_file(self):
        for words in (["backup", "-"], ["restore", "-"], ["backup", ""]):
            self.assertIn("a file, not a stream", self.fails(2, *words))
        self.assertFalse(os.path.exists("-"))

    def test_nothing_is_up_over_a_journal_that_is_damaged(self):
        self.fleet.up()
        for number in range(20):
            self.fleet.cli("note", f"note {number} " + "x" * 500)
        self.fleet.cli("down")
        journal = self.fleet.state / "journal.db"
        whole = journal.read_bytes()
        self.addCleanup(journal.write_bytes, whole)
        size = int.from_bytes(whole[16:18], "big")
        for page in range(1, len(whole) // size):
            journal.write_bytes(whole[:page * size] + bytes(size) + whole[(page + 1) * size:])
            said = self.fails(1, "up", "--detach", "--port", "0")
            self.assertIn(str(journal), said, f"page {page}")
            self.assertIn("try:", said)
            self.assertFalse(os.path.lexists(self.fleet.state / "run"))

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

    def test_a_cursor_that_nobody_gave(self):
        said = self.fails(2, "events", "--since", "999999")
        self.assertIn("there is no event 999999: the last one is", said)
        status, problem = self.fleet.call("GET", "/api/v1/cells?cursor=agents:x")
        self.assertEqual((status, problem["place"]), (400, "query cursor"), problem)
        self.assertIn('"agents:x" is no cursor of these cells', problem["detail"])
        self.fleet.cli("down")
        self.assertIn("there is no event 999999", self.fails(2, "events", "--since", "999999"))

    def test_a_start_that_waits_says_for_what(self):
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)
        self.fleet.until_running("scout")
        self.fleet.cli("agent", "stop", "scout")
        self.fleet.until(lambda: self.fleet.agent("scout")["process"] == "stopped", "its end")
        self.fleet.cli("freeze", "--all")
        said = self.fleet.cli("agent", "start", "scout").stdout
        self.assertNotEqual(said, "done\n")
        self.assertIn("scout", said)
        self.assertIn("frozen", said)
        self.fleet.cli("resume", "--all")
        self.fleet.until_running("scout", after=1)
        self.assertEqual(self.fleet.cli("agent", "start", "scout").stdout, "done\n")

    def test_a_task_needs_a_title(self):
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        for words in ([], [""], [" "]):
            self.assertIn("a task needs a title", self.fails(2, "task", "add", cell, *words))
        self.fleet.cli("task", "add", cell, "--id", "named")
        self.fleet.cli("task", "add", cell, "--set", "task_id=set", "--set", "title=Set")
        self.assertEqual([one["title"] for one in self.fleet.get(f"/api/v1/cells/{cell}/tasks")["tasks"]],
                         ["named", "Set"])

    def test_who_may_not_is_told_which_key_may(self):
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        key = json.loads(self.fleet.cli("token", "add", "guest", "--scope", "viewer", "--json").stdout)["key"]
        url = self.fleet.get("/api/v1/status")["daemon"]["url"]
        said = self.fails(5, "--url", url, "--key", key, "agent", "start", "scout")
        self.assertIn("needs the scope operator", said)
        self.assertIn("lazaret token add NAME --scope operator", said)

    def test_a_key_whose_agent_is_gone_says_so(self):
        here = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"]), {"agent_id": "outside"}])
        self.fleet.cli("token", "add", "far", "--scope", f"agent:{here}/outside")
        self.fleet.cli("token", "add", "ci", "--scope", "viewer")
        ended = lambda: [key["ended"] for key in json.loads(self.fleet.cli("token", "ls", "--json").stdout)["keys"]]
        self.assertEqual(ended(), [None, None])
        self.fleet.cli("mission", "destroy", here, "--yes")
        self.assertEqual(ended(), ["its mission is gone", None])
        self.assertIn("its mission is gone", self.fleet.cli("token", "ls").stdout)

    def test_reading_goes_on_without_a_daemon(self):
        cell = self.fleet.write_cell([agent("scout", ["/bin/sh", "-c", "echo hello; exec sleep 1000"])],
                                     [task("first")], cell={"mission_name": "survey"})
        self.fleet.start(cell)
        self.fleet.until_running("scout")
        self.fleet.until(lambda: "hello" in self.fleet.cli("logs", "scout").stdout, "its first words")
        asked = self.fleet.call("POST", "/api/v1/approvals", {"question": "Friday?"})[1]
        self.fleet.cli("down")
        for words, shown in ((["agent", "ls"], "scout"), (["agent", "ls", "--cell", "survey"], "scout"),
                             (["mission", "ls"], "survey"), (["mission", "show", "survey"], cell),
                             (["task", "ls", "survey"], "first"), (["inbox"], "Friday?"),
                             (["logs"], "hello"), (["logs", "scout"], "hello"), (["agent", "logs", "scout"], "hello")):
            done = self.fleet.cli(*words)
            self.assertIn(shown, done.stdout, words)
            self.assertIn("the daemon is down; this is what its journal", done.stderr, words)
        self.assertIn(asked["approval"], self.fleet.cli("inbox").stdout)
        self.assertIn("no mission", self.fails(3, "mission", "show", "nowhere"))
        for words in (["health"], ["link", "ls"], ["logs", "scout", "-f"]):
            said = self.fails(1, *words)
            self.assertIn("no daemon", said)
            self.assertNotIn("this is what its journal", said)

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
