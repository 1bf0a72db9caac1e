"""What people do with the dashboard: they meet it, answer, kill and revive, follow a log, edit a plan."""
from browser import ASKS_AT_ONCE, CRASHES, DIES_ONCE, FLOODS, HOSTILE, PRINTS, Browser
from fleet import agent, main, task


class Actions(Browser):
    def test_first_visit(self):
        key = self.fleet.cli("token", "add", "me", "--scope", "admin", "--json").stdout
        self.tell("first_visit", KEY=key)

    def test_daemon_restart(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        self.tell("daemon_restart")

    def test_hostile_names(self):
        printer = agent("printer", ["sh", "-c", f"echo \"{HOSTILE}\"; sleep 1000"]) | {"name": HOSTILE}
        self.mission(printer, tasks=[task("t", title=HOSTILE)], mission_name=HOSTILE)
        self.fleet.until_running("printer")
        self.fleet.call("POST", "/api/v1/notes", {"text": HOSTILE})
        self.tell("hostile_names", HOSTILE=HOSTILE)

    def test_answer_in_one_tap(self):
        self.mission(DIES_ONCE, policies=ASKS_AT_ONCE | {"auto_revive": "ask"})
        self.fleet.until(lambda: self.fleet.get("/api/v1/status")["needs_you"], "a question")
        self.tell("answer_in_one_tap")

    def test_kill_and_revive(self):
        self.mission(PRINTS, policies={"backoff_first_seconds": 0.05})
        self.fleet.until_running("printer")
        self.tell("kill_and_revive")

    def test_follow_log(self):
        self.mission(PRINTS, FLOODS)
        self.fleet.until_running("printer")
        self.tell("follow_log")

    def test_edit_plan(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        self.tell("edit_plan")

    def test_keyboard(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        self.tell("keyboard")

    def test_two_people(self):
        self.mission(CRASHES, policies=ASKS_AT_ONCE | {"auto_revive": "ask"})
        self.fleet.until(lambda: self.fleet.get("/api/v1/status")["needs_you"], "a question")
        self.tell("two_people")

    def test_steer(self):
        self.mission(PRINTS, tasks=[task("t1"), task("t2", dependencies=["t1"]), task("t3", dependencies=["t1"]),
                                    task("once", lazaret={"on_failure": "fail"})])
        self.fleet.until_running("printer")
        self.tell("steer")

    def test_viewer(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        key = self.fleet.cli("token", "add", "looker", "--scope", "viewer", "--json").stdout
        self.tell("viewer", KEY=key)


if __name__ == "__main__":
    main()
