"""The dashboard where there is much of something or little room: large graphs and calendars, narrow windows."""
import datetime
import json
import random

from browser import ASKS_AT_ONCE, CRASHES, PRINTS, Browser
from fleet import agent, main, task

MAYFLY = agent("mayfly", ["true"], run={"restart": "always"})
AT_ONCE = {"max_retries": 100000, "lazaret": {"backoff_first_seconds": 0.01, "backoff_most_seconds": 0.01}}
LONG = "a name that is as long as people make them when they are asked for one"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def tangle(count, wide, alike):
    """Tasks of which each waits for some of those shortly before it; the last ones wait for the first only."""
    chance = random.Random(1)

    def waits_for(i):
        if i >= count - alike:
            return ["task-0"]
        return sorted({f"task-{chance.randrange(max(0, i - 2 * wide), i)}" for _ in range(3)}) if i >= wide else []
    return [task(f"task-{i}", dependencies=waits_for(i)) for i in range(count)]


class Large(Browser):
    def test_large_graph(self):
        self.fleet.write_cell([], tangle(400, wide=20, alike=10))
        self.tell("large_graph")

    def test_large_calendar(self):
        self.mission(PRINTS)
        self.fleet.until_running("printer")
        day = (now() + datetime.timedelta(days=3)).date()
        begin = ("--start", f"{day:%Y%m%d}T000000")
        for i in range(1, 301):
            plan = {"agent": "printer", "title": f"yearly {i}", "rrule": "FREQ=YEARLY", "start": "20200101T090000"}
            status, body = self.fleet.call("POST", "/api/v1/plans", plan)
            self.assertEqual(status, 201, body)
        self.fleet.cli("plan", "add", "printer", "--rrule", "FREQ=MINUTELY", *begin, "--title", "minutely round")
        self.tell("large_calendar", PLANS="300", DAY=str(day))

    def test_every_width(self):
        self.tell("every_width", PAGES=json.dumps(["/", "/missions", "/calendar"]))  # there is nothing yet
        held = self.mission(CRASHES, policies=ASKS_AT_ONCE, mission_name="held")
        self.mission(PRINTS, mission_name=LONG, tasks=[task("t1", title=LONG), task("t2", dependencies=["t1"])])
        self.fleet.until_running("printer")
        self.fleet.until(lambda: self.fleet.get(f"/api/v1/cells/{held}")["needs"], "the mission to need somebody")
        (self.fleet.missions / held / "agents" / "broken.json").write_text("{")
        self.fleet.until(lambda: self.fleet.get("/api/v1/status").get("troubled_cells"), "the trouble to be seen")
        self.fleet.cli("plan", "add", "printer", "--cron", "0 9 * * *", "--title", LONG)
        self.fleet.cli("slot", "add", "printer", now().isoformat(), "--title", LONG)
        self.fleet.cli("inbox", "ask", "May the index be rebuilt?", check=False)
        self.tell("every_width", PAGES=json.dumps(["/", "/missions", f"/missions/{held}", "/inbox", "/calendar",
                                                   "/calendar?view=week", "/calendar?view=list"]))

    def test_older_attempts(self):
        self.mission(MAYFLY, policies=AT_ONCE)
        self.fleet.until(lambda: self.fleet.agent("mayfly")["incarnation"] > 400, "many attempts", seconds=120)
        self.fleet.cli("agent", "stop", "mayfly")
        self.tell("older_attempts")


if __name__ == "__main__":
    main()
