"""A task changes hands: the new owner goes on from the checkpoint, the old one is fenced out."""
from fleet import Story, agent, main, task

# Saves a checkpoint, then waits to be told; `cancel` makes it try to write all the same.
OWNER = r'''
import json, os, sys, urllib.error, urllib.request
url, token = os.environ["LAZARET_URL"], os.environ["LAZARET_TOKEN"]
def call(path, body=None):
    request = urllib.request.Request(url + path, json.dumps(body or {}).encode(),
        {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    try:
        return 200, json.load(urllib.request.urlopen(request, timeout=40))
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)
work = call("/api/v1/next-work?wait_seconds=30")[1]["task"]
task = f"/api/v1/cells/{work['cell_id']}/tasks/{work['task_id']}"
if not os.environ.get("SAVE_LATER"):
    call(task + "/checkpoint", {"cursor": {"page": 7}})
for line in sys.stdin:
    told = json.loads(line)
    if told["type"] == "checkpoint":
        call(task + "/checkpoint", {"cursor": {"page": 8}})
    if told["type"] == "cancel":
        status, body = call(task + "/done", {"result": "mine!"})
        open("late", "w").write(f"{status} {body['type']}")
'''
HEIR = r'''
import json, os, time, urllib.request
url, token = os.environ["LAZARET_URL"], os.environ["LAZARET_TOKEN"]
def call(path, body=None):
    request = urllib.request.Request(url + path, json.dumps(body or {}).encode(),
        {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=40))
while True:
    work = call("/api/v1/next-work?wait_seconds=30")["task"]
    if work:
        result = json.dumps([work["cursor"], work["handed_over"]["from"], work["handed_over"]["reason"]])
        call(f"/api/v1/cells/{work['cell_id']}/tasks/{work['task_id']}/done", {"result": result})
'''


def python(script):
    return ["/usr/bin/python3", "-c", script]


class Handoff(Story):
    def begin(self, policies=None, env=None):
        owner = agent("a", python(OWNER), run={"env": env or {}})
        cell = self.fleet.write_cell([owner, agent("b", python(HEIR))], [task("t", assigned_to="a")],
                                     policies={"lazaret": {"complete_when_tasks_done": False},
                                               **(policies or {})})
        self.fleet.start(cell)
        self.fleet.until(lambda: self.task(cell)["status"] == "in_progress", "a to begin")
        return cell

    def task(self, cell):
        return self.fleet.get(f"/api/v1/cells/{cell}/tasks/t")

    def saved(self, cell):
        self.fleet.until(lambda: self.task(cell)["cursor"], "a checkpoint")

    def until_done(self, cell, page):
        done = self.fleet.until(lambda: (t := self.task(cell))["status"] == "completed" and t,
                                "b to finish it")
        self.assertEqual(done["result"], '[{"page": %d}, "a", "night shift"]' % page)

    def test_the_heir_goes_on_and_the_late_write_is_refused_and_shown(self):
        cell = self.begin()
        self.saved(cell)
        said = self.fleet.cli("task", "handoff", cell, "t", "--to", "b", "--reason", "night shift")
        self.assertIn("done: b has task t now", said.stdout)
        self.until_done(cell, 7)
        late = self.fleet.missions / cell / "work" / "a" / "late"
        self.fleet.until(lambda: late.exists() and late.read_text(), "the late write")
        self.assertEqual(late.read_text(), "409 urn:lazaret:fenced")
        refused = self.fleet.facts(kind="write_refused", agent="a")
        self.assertEqual([one["task"] for one in refused], ["t"])
        why = self.fleet.cli("why", "a").stdout
        self.assertIn('refused "done" of task t', why)
        self.assertIn("handed to b", why)

    def test_by_hand_it_waits_for_a_person_over_the_daemon_s_death(self):
        cell = self.begin({"handoff_approval": "manual"})
        self.saved(cell)
        status, body = self.fleet.call("POST", "/api/v1/agents/a/handoff",
                                       {"to": "b", "reason": "night shift"})
        self.assertEqual((status, body["status"]), (200, "waiting"))
        self.assertRegex(body["detail"], r"a person has to say yes before 2\S+Z \(handoff_approval is manual\)"
                         f".* lazaret inbox approve {body['approval']}; a goes on with task t")
        self.fleet.kill_daemon()
        self.assertEqual(self.task(cell)["owner"], "a")
        self.fleet.cli("inbox", "approve", body["approval"], "--reason", "fine")
        self.until_done(cell, 7)

    def test_the_owner_is_asked_for_a_checkpoint_first(self):
        cell = self.begin({"checkpoint_required": True}, {"SAVE_LATER": "1"})
        said = self.fleet.cli("task", "handoff", cell, "t", "--to", "b", "--reason", "night shift")
        self.assertIn("waiting: a is asked to save a checkpoint first", said.stdout)
        self.until_done(cell, 8)

    def test_who_may_not_take_it_gets_nothing(self):
        cell = self.begin({"handoff_allowed": False})
        done = self.fleet.cli("task", "handoff", cell, "t", "--to", "b", check=False)
        self.assertEqual(done.returncode, 5)
        self.assertIn("handoff_allowed", done.stderr)
        self.assertEqual(self.task(cell)["owner"], "a")


if __name__ == "__main__":
    main()
