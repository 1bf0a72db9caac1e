"""A daemon comes with a link for the browser, says what it is set to, and leaves nothing behind."""
import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

from fleet import LAZARET, Story, agent, alive, main


def get(url, cookie=""):
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, answer.headers, answer.read().decode()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def followed(link):
    """The headers of the answer that sends the browser on."""
    try:
        urllib.request.build_opener(Stay).open(link, timeout=30)
    except urllib.error.HTTPError as answer:
        with answer:
            assert answer.code == 303, answer.code
            return answer.headers
    raise AssertionError(f"{link} leads nowhere")


class UpAndDown(Story):
    def link(self):
        return self.fleet.cli("sign-in").stdout.strip()

    def shims(self):
        """Processes that have our state directory on their command line."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(self.fleet.state) in words:
                found.append(words.replace("\0", " "))
        return found

    def test_up_prints_a_link_that_signs_in_once(self):
        said = self.fleet.cli("up", "--detach").stdout
        line = next(line for line in said.splitlines() if line.split()[:2] == ["sign", "in"])
        link = line.split()[2]
        base = link.split("/sign-in")[0]
        headers = followed(link)
        self.assertEqual(headers["Location"], "/")
        with self.assertRaises(urllib.error.HTTPError) as again:
            get(link)
        self.assertEqual(again.exception.code, 401)
        again.exception.close()
        cookie = headers["Set-Cookie"].split(";")[0]
        self.assertEqual(get(f"{base}/api/v1/keys", cookie)[0], 200)
        self.fleet.kill_daemon()
        self.assertEqual(get(f"{base}/api/v1/keys", cookie)[0], 200)  # survives the daemon

    def test_a_clean_end_leaves_no_run_directory(self):
        cell = self.fleet.write_cell([agent("a", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)
        pid = self.fleet.until_running("a")["pid"]
        run = (self.fleet.state / "run").resolve()
        self.assertTrue(run.is_dir())
        self.fleet.cli("down", "--keep-agents")
        self.assertTrue(run.is_dir())
        self.assertTrue(alive(pid))
        self.fleet.up()
        self.assertEqual(self.fleet.until_running("a")["pid"], pid)
        self.fleet.cli("down")
        self.assertEqual(self.shims(), [])
        self.assertFalse(run.exists())
        self.assertFalse(os.path.lexists(self.fleet.state / "run"))
        self.fleet.up()
        self.fleet.until_running("a")

    def kill_keeper(self):
        os.kill(int((self.fleet.state / "keeper").read_text().split()[0]), signal.SIGKILL)
        self.fleet.until(lambda: self.fleet.cli("doctor", check=False).returncode == 1, "BAD")

    def test_a_killed_keeper_is_told(self):
        self.assertRegex(self.fleet.cli("doctor").stdout, r"ok +keeper +restarts the daemon")
        self.assertEqual(self.fleet.cli("status", "--check").returncode, 0)
        self.kill_keeper()
        remedy = "lazaret down --keep-agents && lazaret up --detach"
        said = self.fleet.cli("doctor", check=False).stdout
        self.assertRegex(said, "BAD keeper .*killed")
        self.assertIn(remedy, said)
        status = self.fleet.cli("status", "--check", check=False)
        self.assertEqual(status.returncode, 4)
        self.assertIn(remedy, status.stdout)
        self.assertIn(remedy, self.fleet.up())
        self.fleet.cli("down", "--keep-agents")
        self.assertNotIn("keeper", self.fleet.up())
        self.assertEqual(self.fleet.cli("doctor").returncode, 0)

    def test_down_names_agents_that_still_run(self):
        deaf = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"]
        cell = self.fleet.write_cell([agent("deaf", deaf)])
        self.fleet.start(cell)
        pid = self.fleet.until_running("deaf")["pid"]
        self.kill_keeper()
        daemon = self.fleet.daemon_pid()
        down = subprocess.Popen([LAZARET, "down"], env=self.fleet.environment(), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.fleet.until(lambda: self.fleet.agent("deaf")["process"] == "stopping", "the stop")
        os.kill(daemon, signal.SIGKILL)
        out, err = down.communicate(timeout=60)
        self.assertEqual(down.returncode, 1, out)
        self.assertIn(f"deaf (process {pid})", err)
        os.kill(pid, signal.SIGKILL)
        self.fleet.up()
        self.fleet.until(lambda: self.fleet.agent("deaf")["process"] == "running", "the next one")
        status, _ = self.fleet.call("POST", f"/api/v1/agents/deaf/kill", {})
        self.assertEqual(status, 200)
        self.fleet.until(lambda: self.fleet.agent("deaf")["process"] == "stopped", "its end")

    def test_down_kills_who_takes_longer_than_it_was_given(self):
        self.fleet.down()
        self.fleet.flags = ("--", "--stop-seconds", "1")
        self.fleet.up()
        slow = agent("slow", ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"],
                     run={"stop_grace_seconds": 600})
        self.fleet.start(self.fleet.write_cell([slow]))
        pid = self.fleet.until_running("slow")["pid"]
        self.fleet.cli("down")
        self.assertFalse(alive(pid))
        self.assertEqual(self.shims(), [])
        self.assertIn("slow has not ended in time", (self.fleet.state / "daemon.log").read_text())

    def test_without_the_daemon_events_and_why_say_the_same(self):
        cells = [self.fleet.write_cell([agent("twin", ["/bin/sleep", "1000"])]) for _ in range(2)]
        self.fleet.start(cells[0])
        name = f"{cells[0][:8]}.twin"
        self.fleet.until(lambda: self.fleet.agent(name)["process"] == "running", "it to run")
        lines = self.fleet.cli("events", "--agent", name, "--kind", "agent_spawned").stdout
        self.assertIn("spawned as pid", lines)
        for _ in range(2):
            for words in (["why", "twin"], ["events", "--agent", "twin"]):
                done = self.fleet.cli(*words, check=False)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn('"twin" is the id of 2 agents', done.stderr)
                for cell in cells:
                    self.assertIn(f"{cell[:8]}.twin", done.stderr)
            self.assertEqual(self.fleet.cli("why", name).returncode, 0)
            self.assertEqual(
                self.fleet.cli("events", "--agent", name, "--kind", "agent_spawned").stdout, lines)
            self.fleet.cli("down", check=False)

    def test_up_beside_a_running_daemon_says_that_its_settings_stay(self):
        pid = self.fleet.daemon_pid()
        again = self.fleet.cli("up", "--detach")
        self.assertEqual(again.stderr.splitlines(),
                         [f"a daemon was running already, as process {pid}; its settings stay"])
        other = self.fleet.cli("up", "--detach", "--missions", "/other", "--port", "8123")
        self.assertIn(f"missions stays {self.fleet.missions}, not /other\n", other.stderr)
        self.assertIn("http.port stays 0, not 8123\n", other.stderr)
        self.assertEqual(len(other.stderr.splitlines()), 4, other.stderr)
        self.assertRegex(other.stdout, f"missions +{self.fleet.missions}\n")
        self.assertEqual(self.fleet.cli("up", "--detach", "--port", "x", check=False).returncode, 2)

    def test_config_names_each_value_and_its_source(self):
        def config(*words, status=0):
            done = self.fleet.cli("config", "--json", *words, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
            return {one["setting"]: (one["value"], one["source"])
                    for one in json.loads(done.stdout)["settings"]}, done.stderr
        running, _ = config()
        self.assertEqual(running["http.port"], (0, "flag"))
        self.assertEqual(running["state"], (str(self.fleet.state), "environment"))
        self.assertEqual(running["logs.kept"], (3, "default"))
        file = self.fleet.state / "config.toml"
        file.write_text("[logs]\nkept = 5\n")
        running, said = config()
        self.assertEqual(running["logs.kept"], (3, "default"))
        self.assertIn("logs.kept becomes 5", said)
        self.fleet.down()
        later, said = config("--", "--port", "9")
        self.assertIn("down", said)
        self.assertEqual((later["logs.kept"], later["http.port"]), ((5, "file"), (9, "flag")))
        file.write_text("[logs]\nkept = 5\nbogus = 1\n")
        _, said = config(status=2)
        self.assertIn("config.toml:3:9", said)


if __name__ == "__main__":
    main()
