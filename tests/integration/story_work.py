"""Tasks in order, fenced writes, hangs, wakes, people."""
import os
import signal
import time

from fleet import Story, agent, main, task

WORKER = r'''
import json, os, time, urllib.request
url, token = os.environ["LAZARET_URL"], os.environ["LAZARET_TOKEN"]
def call(path, body=None):
    data = json.dumps(body or {}).encode()
    request = urllib.request.Request(url + path, data, {"Authorization": "Bearer " + token,
                                                       "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=40))
while True:
    work = call("/api/v1/next-work?wait_seconds=20")["task"]
    if work:
        print("working on", work["task_id"], flush=True)
        call(f"/api/v1/cells/{work['cell_id']}/tasks/{work['task_id']}/done", {"result": "ok"})
'''
BEATER = r'''
import os, time, urllib.request
url, token = os.environ["LAZARET_URL"], os.environ["LAZARET_TOKEN"]
while True:
    request = urllib.request.Request(url + "/heartbeat/" + os.environ["LAZARET_AGENT"], b"",
                                     {"Authorization": "Bearer " + token}, method="POST")
    urllib.request.urlopen(request, timeout=10).read()
    time.sleep(0.05)
'''


def python(script):
    return ["/usr/bin/python3", "-c", script]


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Work(Story):
    def test_dependencies_hold_and_the_mission_completes(self):
        tasks = [task("c", dependencies=["a", "b"]), task("a"), task("b", dependencies=["a"])]
        cell = self.fleet.write_cell([agent("w1", python(WORKER)), agent("w2", python(WORKER))], tasks)
        self.fleet.start(cell)
        self.fleet.until(lambda: self.fleet.get(f"/api/v1/cells/{cell}")["status"] == "completed",
                         "the mission's end")
        done = [f["task"] for f in self.fleet.facts(kind="task_completed")]
        self.assertEqual(done, ["a", "b", "c"])

    def test_stopped_process_is_a_hang_and_comes_back(self):
        cell = self.fleet.write_cell([agent("b", python(BEATER))])
        self.fleet.start(cell)
        first = self.fleet.until_running("b")
        self.fleet.until(lambda: self.fleet.agent("b")["health"] == "healthy", "a first beat")
        os.kill(first["pid"], signal.SIGSTOP)
        second = self.fleet.until_running("b", after=first["incarnation"])
        self.assertGreater(second["incarnation"], first["incarnation"])
        self.assertEqual(len(self.fleet.facts(kind="hang_declared", agent="b")), 1)

    def test_old_token_is_fenced(self):
        keep = python("import os,time; open('token','w').write(os.environ['LAZARET_TOKEN']); time.sleep(1000)")
        cell = self.fleet.write_cell([agent("old", keep)], [task("t")])
        self.fleet.start(cell)
        first = self.fleet.until_running("old")
        file = self.fleet.missions / cell / "work" / "old" / "token"
        token = self.fleet.until(lambda: file.exists() and file.read_text(), "the token")
        os.kill(first["pid"], signal.SIGKILL)
        self.fleet.until_running("old", after=first["incarnation"])
        status, body = self.fleet.call("POST", "/api/v1/next-work?wait_seconds=0", {},
                                       {"Authorization": "Bearer " + token})
        self.assertEqual((status, body["type"]), (409, "urn:lazaret:fenced"))

    def test_an_open_question_costs_no_cpu(self):
        status, _ = self.fleet.call("POST", "/api/v1/approvals",
                                    {"question": "?", "deadline_seconds": 600, "default": "no"})
        self.assertEqual(status, 201)
        daemon = self.fleet.daemon_pid()
        before = cpu_seconds(daemon)
        time.sleep(0.6)
        self.assertLess(cpu_seconds(daemon) - before, 0.08)

    def test_question_answers_itself_by_its_default(self):
        status, body = self.fleet.call("POST", "/api/v1/approvals",
                                       {"question": "go on?", "deadline_seconds": 0.3, "default": "yes"})
        self.assertIn(status, (200, 201))
        approval = body["approval"]
        self.fleet.until(
            lambda: self.fleet.get(f"/api/v1/approvals/{approval}").get("answer") == "yes", "the default")

    def test_cycle_is_refused_and_named(self):
        cell = self.fleet.write_cell([agent("w", ["/bin/sleep", "1000"])])
        status, body = self.fleet.call("POST", f"/api/v1/cells/{cell}/tasks", {"tasks": [
            task("x", dependencies=["y"]), task("y", dependencies=["x"])]})
        self.assertEqual(status, 409)
        self.assertIn("x → y → x", body["detail"])


if __name__ == "__main__":
    main()
