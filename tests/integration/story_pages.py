"""How the dashboard's pages look and what they cost: all of them, the demo while it runs, a thousand agents."""
import os

from browser import ASKS_AT_ONCE, CRASHES, PRINTS, SOURCE, Browser
from fleet import Fleet, main, task


class Pages(Browser):
    def test_every_page(self):
        self.mission(PRINTS, CRASHES, policies=ASKS_AT_ONCE, mission_name="watch",
                     tasks=[task("t1"), task("t2", dependencies=["t1"]), task("t3", dependencies=["t1"])])
        self.fleet.until_running("printer")
        self.fleet.until(lambda: self.fleet.agent("crasher")["process"] == "quarantined", "a quarantine")
        self.fleet.cli("plan", "add", "printer", "--cron", "0 9 * * 1-5", "--title", "Morning round")
        self.fleet.cli("inbox", "ask", "May the index be rebuilt?", check=False)
        self.tell("every_page")

    def test_watch_the_demo(self):
        theirs = Fleet()  # the demo has a daemon of its own
        self.addCleanup(theirs.close)
        self.tell("watch_demo", LAZARET_STATE=str(theirs.state), DEMO=str(SOURCE / "src"))

    def test_thousand_agents(self):
        self.tell("thousand_agents", SECONDS=os.environ.get("LAZARET_SECONDS", "60"))


if __name__ == "__main__":
    main()
