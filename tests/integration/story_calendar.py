"""The calendar as HarborForge's backend, and as the clock of the fleet's own agents."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import urllib.error
import urllib.request

from fleet import LAZARET, Story, agent, main

TURN = ["/bin/true"]


def utc(seconds=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)


class Backend(Story):
    def plain(self, method, path, body=None, headers=None):
        """Over TCP, as another machine's plugin would."""
        url = self.fleet.get("/api/v1/status")["daemon"]["url"]
        data = None if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        request = urllib.request.Request(url + path, data, {"Content-Type": "application/json", **(headers or {})},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def register(self, name="writer", claw="node-1"):
        self.fleet.cli("calendar", "register", name, claw)
        self.who = {"X-Agent-ID": name, "X-Claw-Identifier": claw}
        self.hello = {"agent_id": name, "claw_identifier": claw}

    def beat(self):
        status, answer = self.plain("POST", "/calendar/agent/heartbeat", self.hello, self.who)
        self.assertEqual(status, 200, answer)
        return answer

    def test_an_agent_takes_its_slots_up_and_ends_them(self):
        self.register()
        start = utc(-60)
        self.fleet.cli("plan", "add", "writer", "--rrule", "FREQ=DAILY", "--title", "stand-up",
                       "--start", start.strftime("%Y%m%dT%H%M%S"))
        made = json.loads(self.fleet.cli("--json", "slot", "add", "writer", utc(-30).strftime("%Y-%m-%dT%H:%M:%SZ"),
                                         "--prompt", "now", "--priority", "5").stdout)
        answer = self.beat()
        self.assertEqual(answer["agent_status"], "idle")
        real = next(s for s in answer["slots"] if s["id"] == made["id"])
        self.assertEqual((real["status"], real["priority"]), ("not_started", 5))
        # A GET with a body, as older plugins ask.
        status, again = self.plain("GET", "/calendar/agent/heartbeat", self.hello, self.who)
        self.assertEqual((status, len(again["slots"])), (200, len(answer["slots"])))
        path = f"/calendar/slots/{made['id']}/agent-update"
        status, slot = self.plain("PATCH", path, {"status": "OnGoing", "started_at": f"{utc():%H:%M:%S}"},
                                  self.who)
        self.assertEqual((status, slot["status"], slot["attended"]), (200, "ongoing", True))
        self.assertEqual(self.beat()["agent_status"], "busy")
        for _ in range(2):  # a report whose answer was lost is sent again
            status, slot = self.plain("PATCH", path, {"status": "finished", "actual_duration": 3}, self.who)
            self.assertEqual((status, slot["status"], slot["actual_duration"]), (200, "finished", 3))
        status, refused = self.plain("PATCH", path, {"status": "ongoing"}, self.who)
        self.assertEqual(status, 409)
        self.assertIn("finished", refused["detail"])
        self.assertEqual(self.beat()["agent_status"], "idle")

    def test_an_occurrence_becomes_a_slot_when_it_is_touched_and_stays_one(self):
        self.register()
        start = utc(-120)
        self.fleet.cli("plan", "add", "writer", "--rrule", "FREQ=DAILY", "--start", start.strftime("%Y%m%dT%H%M%S"))
        ident = f"plan-1-{start:%Y-%m-%d}T{start:%H%M%S}"
        # The plan begins when it is made: its first time is tomorrow's.
        tomorrow = start + datetime.timedelta(days=1)
        later = f"plan-1-{tomorrow:%Y-%m-%d}T{tomorrow:%H%M%S}"
        where = "/calendar/slots/virtual/{}/agent-update"
        status, slot = self.plain("PATCH", where.format(later), {"status": "deferred"}, self.who)
        self.assertEqual((status, slot["priority"], "virtual_id" in slot), (200, 1, False))
        self.fleet.kill_daemon()
        listed = json.loads(self.fleet.cli("--json", "slot", "show", later).stdout)
        self.assertEqual((listed["id"], listed["status"]), (slot["id"], "deferred"))
        status, answer = self.plain("PATCH", where.format(ident + "x"), {"status": "ongoing"}, self.who)
        self.assertIn(status, (404, 422), answer)

    def test_wrong_callers_and_bodies_are_told_so(self):
        status, answer = self.plain("POST", "/calendar/agent/heartbeat", {"agent_id": "nobody", "claw_identifier": "x"})
        self.assertEqual((status, answer), (404, {"detail": "Agent not found"}))
        self.register()
        status, answer = self.plain("POST", "/calendar/agent/status", {**self.hello, "status": "dancing"}, self.who)
        self.assertEqual(status, 422)
        self.assertIn("dancing", answer["detail"][0]["msg"])
        status, answer = self.plain("POST", "/calendar/agent/heartbeat", b"{", self.who)
        self.assertIn(status, (400, 422), answer)
        self.beat()
        status, _ = self.plain("POST", "/calendar/agent/status",
                               {**self.hello, "status": "Exhausted", "reason": "rate_limit"}, self.who)
        self.assertEqual(status, 200)
        status, answer = self.plain("POST", "/calendar/agent/status", {**self.hello, "status": "idle"}, self.who)
        self.assertEqual(status, 409)
        shown = json.loads(self.fleet.cli("--json", "calendar", "ls").stdout)["agents"][0]
        self.assertEqual(shown["status"], "exhausted")
        self.assertIsNotNone(shown["recovery_at"])

    def test_a_server_is_known_by_its_key(self):
        key = json.loads(self.fleet.cli("--json", "server", "register", "node-1").stdout)["key"]
        body = {"identifier": "node-1", "cpu_pct": 12.5, "mem_pct": 40.0, "disk_pct": 50.0, "swap_pct": 0.0,
                "load_avg": [0.1, 0.2, 0.3], "uptime_seconds": 1000, "plugin_version": "1", "agents": []}
        status, _ = self.plain("POST", "/monitor/server/heartbeat", body, {"X-API-Key": "lzk_wrong"})
        self.assertEqual(status, 401)
        self.assertIsNone(self.fleet.get("/api/v1/servers/node-1")["last_seen_at"])
        namesake = json.loads(self.fleet.cli("--json", "token", "add", "node-1", "--scope", "viewer").stdout)["key"]
        for headers in ({}, {"X-API-Key": namesake}):
            status, _ = self.plain("POST", "/monitor/server/heartbeat", body, headers)
            self.assertEqual(status, 401)
        for cpu in (12.5, 13.5):
            status, answer = self.plain("POST", "/monitor/server/heartbeat", {**body, "cpu_pct": cpu},
                                        {"X-API-Key": key})
            self.assertEqual((status, answer["identifier"]), (200, "node-1"))
        state = self.fleet.get("/api/v1/servers/node-1")
        self.assertEqual(state["report"]["cpu_pct"], 13.5)
        self.assertEqual([one["report"]["cpu_pct"] for one in state["history"]], [13.5, 12.5])
        refused = self.fleet.cli("server", "register", "node-1", check=False)
        self.assertIn("registered already", refused.stderr)

    def test_the_older_contracts(self):
        self.register()
        made = json.loads(self.fleet.cli("--json", "slot", "add", "writer", utc(-5).strftime("%Y-%m-%dT%H:%M:%SZ"),
                                         "--title", "tidy up").stdout)
        status, first = self.plain("GET", "/calendar/sync?claw_identifier=node-1")
        self.assertEqual((status, first["full"], len(first["schedules"]["writer"])), (200, True, 1))
        _, none = self.plain("GET", "/calendar/sync?claw_identifier=node-1&since=" + first["syncToken"])
        self.assertEqual((none["full"], none["schedules"]), (False, {}))
        hello = {"identifier": "node-1", "api_key": "", "plugin_info": {"name": "p", "version": "1", "backend": "b"},
                 "captured_at": utc().strftime("%Y-%m-%dT%H:%M:%SZ"), "agent_list": []}
        status, answer = self.plain("POST", "/calendar/server/heartbeat", hello)
        self.assertEqual((status, answer["slots_to_fire"][0]["title"]), (200, "tidy up"))
        status, slot = self.plain("PATCH", f"/calendar/slots/{made['id']}/server-update", {"status": "in_progress"})
        self.assertEqual((status, slot["status"]), (200, "ongoing"))
        _, changed = self.plain("GET", "/calendar/sync?claw_identifier=node-1&since=" + none["syncToken"])
        self.assertEqual(list(changed["schedules"]), ["writer"])

    def test_an_own_agent_is_woken_and_its_slot_ends_with_its_turn(self):
        cell = self.fleet.write_cell([agent("poet", TURN, run={"adapter": "turn"})])
        self.fleet.start(cell)
        self.fleet.cli("slot", "add", "poet", utc(1).strftime("%Y-%m-%dT%H:%M:%SZ"), "--prompt", "write a line")
        slot = self.fleet.until(lambda: next((s for s in self.fleet.get("/api/v1/slots")["slots"]
                                              if s["status"] == "finished"), None), "the slot's end")
        self.assertEqual((slot["agent"], slot["actual_duration"]), ("poet", 1))
        wake = self.fleet.get("/api/v1/wakes")["wakes"][0]
        self.assertEqual((wake["source"], wake["fate"]), (f"calendar:{slot['id']}", "finished"))
        self.assertIn("write a line", wake["message"])
        # Without its token nobody speaks for it.
        status, answer = self.plain("PATCH", f"/calendar/slots/{slot['id']}/agent-update", {"status": "ongoing"},
                                    {"X-Agent-ID": "poet", "X-Claw-Identifier": "x"})
        self.assertEqual(status, 401, answer)

    def test_the_lines_of_the_manual_work_as_printed(self):
        page = pathlib.Path(__file__).parents[2] / "docs" / "harborforge.md"
        text = page.read_text().split("# As a client")[0].replace("\\\n", " ")
        lines = [line.split("      #")[0] for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
                 for line in block.splitlines()]
        url = self.fleet.get("/api/v1/status")["daemon"]["url"]
        env = {**self.fleet.environment(), "PATH": str(pathlib.Path(LAZARET).parent) + ":" + os.environ["PATH"]}
        env["ADMIN_KEY"] = json.loads(self.fleet.cli("--json", "token", "add", "me", "--scope", "admin").stdout)["key"]
        curls = 0
        for line in lines:
            line = line.replace("http://127.0.0.1:7878", url).replace("server register", "--json server register")
            done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, line + done.stdout + done.stderr)
            if "server register" in line:
                env["KEY"] = json.loads(done.stdout)["key"]
            if line.startswith("curl"):
                curls += 1
                self.assertNotIn("detail", json.loads(done.stdout), line)
        self.assertGreaterEqual(curls, 9)

    def test_a_plan_that_is_wrong_names_the_part(self):
        self.register()
        for flags, said in ((["--cron", "99 * * * *"], "minute"),
                            (["--rrule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], "no occurrence"),
                            (["--cron", "0 9 * * *", "--timezone", "Mars/Base"], "Mars/Base"), ([], "no rule")):
            refused = self.fleet.cli("plan", "add", "writer", *flags, check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn(said, refused.stderr)
        self.assertEqual(self.fleet.get("/api/v1/plans")["plans"], [])


if __name__ == "__main__":
    main()
