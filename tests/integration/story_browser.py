"""What people do with the dashboard: they meet it, answer, kill and revive, follow a log, edit a plan."""
from browser import ASKS_AT_ONCE, CRASHES, DIES_ONCE, FLOODS, HOSTILE, PRINTS, Browser
from fleet import LAZARET, agent, main, task

CLAIMS = ["sh", "-c", '"$LAZARET_BIN" task next; exec sleep 1000']
SAVES = ["sh", "-c", 'if [ -z "$LAZARET_CHECKPOINT" ]; then for i in 1 2; do'
         ' echo $i >"$LAZARET_CHECKPOINT_DIR/state.json"; "$LAZARET_BIN" checkpoint save; done;'
         ' "$LAZARET_BIN" task next; fi; exec sleep 1000']
LOOKS = ["sh", "-c", "until test -e proof; do sleep 0.05; done"]


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
        self.mission(PRINTS)
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

    def test_calendar(self):
        turn = {"adapter": "turn"}
        idlers = [{key: value for key, value in agent(f"idler-{i}", []).items() if key != "lazaret"}
                  for i in range(1, 15)]
        self.mission(agent("quick", ["true"], run=turn), agent("slow", ["sleep", "1000"], run=turn), *idlers,
                     max_agents=20)
        for name, more in (("quick", ()), ("slow", ()), ("picky", ("--overlap", "skip"))):
            self.fleet.cli("plan", "add", "quick" if name == "quick" else "slow", "--cron", "* * * * * *",
                           "--title", f"{name} round", *more)
        self.tell("calendar")

    def test_keyboard(self):
        rests = ["sleep", "1000"]
        self.mission(PRINTS, agent("a-10", rests), agent("a-9", rests))
        self.fleet.until_running("printer")
        self.tell("keyboard")

    def test_in_hand(self):
        run = {"env": {"LAZARET_BIN": LAZARET}}
        tasks = [task(f"open-{i}", assigned_to="heir") for i in (1, 2, 10)]
        tasks += [task("passed", assigned_to="saver"), task("given", assigned_to="claimer"),
                  task("proven", assigned_to="claimer-2", lazaret={"verify": {"command": LOOKS}})]
        cell = self.mission(agent("saver", SAVES, run=run), agent("claimer", CLAIMS, run=run),
                            agent("claimer-2", CLAIMS, run=run), agent("heir", ["sleep", "1000"]), CRASHES,
                            policies=ASKS_AT_ONCE, tasks=tasks)
        left = self.fleet.missions / cell / "artifacts"
        left.mkdir(exist_ok=True)
        for i in range(1001, 0, -1):
            (left / f"part-{i}.txt").touch()
        held = [f"/api/v1/agents/{name}" for name in ("saver", "claimer", "claimer-2")]
        self.fleet.until(lambda: all(self.fleet.get(one)["task"] for one in held), "the tasks to be held")
        self.tell("in_hand")

    def test_needs(self):
        self.mission(PRINTS, tasks=[task("t1")], mission_name="stuck")
        self.mission(DIES_ONCE, policies=ASKS_AT_ONCE | {"auto_revive": "ask"}, mission_name="asks")
        self.fleet.until_running("printer")
        self.fleet.until(lambda: self.fleet.get("/api/v1/status")["needs_you"], "a question")
        self.tell("needs")

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
