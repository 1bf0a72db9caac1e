"""Two daemons and a plugin over real HTTP: one is the backend, the others follow its calendar."""
import datetime
import http.client
import http.server
import json
import os
import pathlib
import random
import shutil
import tempfile
import threading
import time
import urllib.parse

from contract import Contract, Exchanges
from fleet import LAZARET, Fleet, Story, agent, main
from plugin_host import Host

NAMES = ("ada", "bob", "eve")


def utc(seconds=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)


class FaultProxy:
    """Stands before the backend and makes it slow, wrong, deaf, or hear everything twice."""

    FAULTS = ("none", "none", "slow", "error", "garbage", "deaf", "lost", "twice")

    def __init__(self, url, seed=None):
        """Without a seed it only notes what goes by."""
        self.exchanges = Exchanges()
        self.faults, self.chance, self.lock = {}, random.Random(seed), threading.Lock()
        proxy, backend = self, urllib.parse.urlsplit(url).netloc

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def ask(self, body):
                connection = http.client.HTTPConnection(backend, timeout=20)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
                connection.request(self.command, self.path, body, {**headers, "Host": backend})
                answer = connection.getresponse()
                data = answer.read()
                connection.close()
                proxy.exchanges.note(self.command, self.path, headers, body, answer.status, data)
                return answer.status, data

            def carry_out(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                fault = proxy.choose(self.path)
                if fault == "slow":
                    time.sleep(0.3)
                if fault == "deaf":  # nothing arrives, nothing comes back
                    self.close_connection = True
                    return
                try:
                    status, data = (500, b'{"detail": "trouble"}') if fault == "error" else self.ask(body)
                    if fault == "twice":
                        status, data = self.ask(body)
                except OSError:
                    status, data = 502, b"{}"
                if fault == "lost":  # it was done, and nobody hears of it
                    self.close_connection = True
                    return
                if fault == "garbage":
                    data = b"<html>" + data[:7]
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = carry_out

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.calm = seed is None
        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def choose(self, path):
        with self.lock:
            fault = "none" if self.calm else self.chance.choice(self.FAULTS)
            if "agent-update" in path:
                self.faults[fault] = self.faults.get(fault, 0) + 1
            return fault

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Together(Story):
    """self.fleet is the backend, self.client runs the agents."""

    def setUp(self):
        super().setUp()
        self.key = json.loads(self.fleet.cli("--json", "server", "register", "node-b").stdout)["key"]
        for name in NAMES:
            self.fleet.cli("calendar", "register", name, "node-b")
        # The next daemon after a kill listens at the same place.
        self.url = self.fleet.get("/api/v1/status")["daemon"]["url"]

    def noted(self, *seed):
        """A proxy before the backend; at the end all that went by has to be as it is described."""
        proxy = FaultProxy(self.url, *seed)

        def check():
            proxy.close()
            kinds = proxy.exchanges.check(Contract(self.fleet.get("/openapi.json")))
            self.assertTrue(kinds, "nothing went by")
        self.addCleanup(check)
        return proxy

    def begin_client(self, url=None, contract="per_agent", heard=True):
        url = url or self.noted().url
        self.client = Fleet()
        self.addCleanup(self.client.close)
        file = self.client.root / "key"
        file.write_text(self.key + "\n")
        file.chmod(0o600)
        self.client.flags = ("--", "--harborforge", url, "--harborforge-key-file", str(file),
                             "--harborforge-identifier", "node-b", "--harborforge-calendar", "1",
                             "--harborforge-monitor", "1", "--harborforge-contract", contract)
        self.client.up()
        self.client.start(self.client.write_cell([self.poet(name) for name in NAMES]))
        if heard:
            self.fleet.until(lambda: all(one["status"] == "idle" for one in self.agents()), "heartbeats of all")

    def poet(self, name):
        root = self.client.root
        return agent(name, ["/bin/sh", "-c", f'echo "$1" >> {root}/{name}.turns; '
                            f'while [ -e {root}/{name}.wait ]; do sleep 0.05; done', "sh", "{message}"],
                     run={"adapter": "turn"}, **({"account": "team"} if name == "eve" else {}))

    def turns(self, name):
        file = self.client.root / f"{name}.turns"
        return file.read_text().count('"slot_id"') if file.exists() else 0

    def agents(self):
        return self.fleet.get("/api/v1/calendar/agents")["agents"]

    def slot(self, ident):
        return json.loads(self.fleet.cli("--json", "slot", "show", str(ident)).stdout)

    def add_slot(self, name):
        done = self.fleet.cli("--json", "slot", "add", name, utc(-1).strftime("%Y-%m-%dT%H:%M:%SZ"), "--title", "write")
        return json.loads(done.stdout)["id"]

    def until_status(self, ident, status):
        return self.fleet.until(lambda: (s := self.slot(ident))["status"] == status and s,
                                f"slot {ident} to be {status}")

    def test_a_plan_fires_and_the_other_side_does_it(self):
        self.begin_client()
        self.fleet.cli("plan", "add", "ada", "--rrule", "FREQ=DAILY", "--title", "stand-up",
                       "--start", utc(5).strftime("%Y%m%dT%H%M%S"))
        single = self.add_slot("bob")
        done = self.until_status(single, "finished")
        self.assertEqual(done["actual_duration"], 1)
        slots = self.fleet.until(lambda: [s for s in self.fleet.get("/api/v1/slots?agent=ada")["slots"]
                                          if s["status"] == "finished"], "the plan's slot to be finished")
        self.assertEqual((slots[0]["plan"], self.turns("ada"), self.turns("bob"), self.turns("eve")), (1, 1, 1, 0))
        state = self.fleet.until(lambda: self.fleet.get("/api/v1/servers/node-b")["report"], "telemetry")
        self.assertEqual(sorted(one["id"] for one in state["agents"]), sorted(NAMES))

    def test_the_other_contracts_are_spoken_as_they_are_described(self):
        for contract in ("server_wide", "sync"):
            with self.subTest(contract):
                ident = self.add_slot("ada")
                self.begin_client(contract=contract, heard=False)
                self.until_status(ident, "finished")
                said = (self.client.root / "ada.turns").read_text()
                self.assertEqual(said.count("[calendar"), 1, said)
                self.client.cli("down")

    def test_both_sides_are_killed_in_between_and_agree(self):
        self.begin_client()
        for name in NAMES:
            (self.client.root / f"{name}.wait").touch()
        ids = [self.add_slot(name) for name in NAMES]
        for ident in ids:
            self.until_status(ident, "ongoing")
        self.fleet.kill_daemon()
        self.client.kill_daemon()
        self.assertEqual(self.fleet.get("/api/v1/status")["daemon"]["url"], self.url)
        for name in NAMES:
            (self.client.root / f"{name}.wait").unlink()
        for ident in ids:
            self.until_status(ident, "finished")
        self.assertEqual([self.turns(name) for name in NAMES], [1, 1, 1], "it fired twice, or not at all")
        self.assertTrue(all(one["status"] == "idle" for one in self.agents()))

    def test_whatever_happens_between_them_both_sides_end_the_same(self):
        seed = int(os.environ.get("LAZARET_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
        print(f"LAZARET_SEED={seed}", flush=True)
        proxy = self.noted(seed)
        self.begin_client(proxy.url)
        ids = {name: [self.add_slot(name) for _ in range(4)] for name in NAMES}
        every = [ident for some in ids.values() for ident in some]
        self.fleet.until(lambda: sum(proxy.faults.values()) >= 12 or all(
            self.slot(ident)["status"] == "finished" for ident in every), "reports in trouble", 60)
        proxy.calm = True
        for ident in every:
            done = self.fleet.until(lambda i=ident: (s := self.slot(i))["status"] in ("finished", "aborted") and s,
                                    f"the end of slot {ident}", 90)
            self.assertEqual(done["status"], "finished", f"{done}; {proxy.faults}")
        self.assertEqual([self.turns(name) for name in NAMES], [4, 4, 4], f"{proxy.faults}")

    def test_who_waits_for_a_limited_account_is_exhausted_until_then(self):
        """Nobody said it of eve herself: it is her account that is limited."""
        self.begin_client()
        of = lambda name: next(one for one in self.agents() if one["agent"] == name)
        until = utc(3600).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.client.cli("account", "limit", "team", until)
        self.fleet.until(lambda: of("eve")["status"] == "exhausted", "it to be told")
        self.assertEqual(of("eve")["recovery_at"][:19], until[:19])
        self.assertEqual(of("ada")["status"], "idle")
        told = lambda: {one["id"]: one["status"] for one in
                        (self.fleet.get("/api/v1/servers/node-b")["report"] or {"agents": []})["agents"]}
        self.fleet.until(lambda: told().get("eve") == "exhausted", "the monitor to be told")
        ident = self.add_slot("eve")
        until = utc(2).strftime("%Y-%m-%dT%H:%M:%SZ")  # the newest word counts
        self.client.cli("account", "limit", "team", until)
        self.until_status(ident, "finished")
        self.assertGreaterEqual(utc().strftime("%Y-%m-%dT%H:%M:%SZ"), until, "not before")
        self.assertEqual(of("eve")["status"], "idle")

    def act(self, word, *more, check=True):
        done = self.client.cli("--json", "slot", word, *more, check=check)
        return json.loads(done.stdout) if check else done

    def test_an_agent_that_lives_on_says_itself_how_its_slot_stands(self):
        """Adapter `process`: it gets a line, and has the same words for the backend as people have."""
        self.begin_client()
        root = self.client.root
        script = (f'while read line; do case $line in *slot_id*) [ -e {root}/once ] && continue; touch {root}/once; '
                  f'for word in pause resume complete; do until [ -e {root}/$word ]; do sleep 0.05; done; '
                  f'"$LAZARET_BIN" slot $word --reason "$word it" >> {root}/said 2>&1; done;; esac; done')
        runs = {"env": {"LAZARET_BIN": LAZARET}}
        self.fleet.cli("calendar", "register", "steady", "node-b")
        self.client.start(self.client.write_cell([agent("steady", ["/bin/sh", "-c", script], run=runs)]))
        self.fleet.until(lambda: {one["agent"]: one["status"] for one in self.agents()}["steady"] == "idle",
                         "its heartbeat")
        none = self.act("pause", "--agent", "steady", check=False)
        self.assertIn("no active slot", none.stderr)
        ident = self.add_slot("steady")
        self.until_status(ident, "ongoing")
        for word, status in (("pause", "paused"), ("resume", "ongoing"), ("complete", "finished")):
            (root / word).touch()
            slot = self.until_status(ident, status)
        self.assertEqual((slot["actual_duration"], slot["reason"]), (1, "complete it"))
        # An operator, for an agent; of none that is not there.
        gone = self.add_slot("steady")
        self.until_status(gone, "ongoing")
        answer = self.act("abort", "--agent", "steady", "--reason", "not today")
        self.assertEqual((answer["slot_id"], answer["status"]), (str(gone), "aborted"))
        self.assertEqual(self.until_status(gone, "aborted")["reason"], "not today")
        wrong = self.act("resume", "--agent", "steady", check=False)
        self.assertIn("no active slot", wrong.stderr)
        # The backend follows nobody, and says so.
        refused = self.fleet.cli("slot", "complete", check=False)
        self.assertIn("follows no HarborForge backend", refused.stderr)

    def test_slots_of_both_calendars_with_one_number_are_told_apart(self):
        """The client has a calendar of its own: its slot 1 is not the backend's."""
        self.begin_client()
        (self.client.root / "ada.wait").touch()
        theirs = self.add_slot("ada")
        self.until_status(theirs, "ongoing")
        own = json.loads(self.client.cli("--json", "slot", "add", "ada", utc(-1).strftime("%Y-%m-%dT%H:%M:%SZ"),
                                         "--title", "write").stdout)["id"]
        self.assertEqual(own, theirs)
        waiting = self.client.until(lambda: [w for w in self.client.get("/api/v1/wakes")["wakes"]
                                             if w["fate"] == "waiting"], "the own slot's wake to wait")
        self.assertEqual(waiting[0]["source"], f"calendar:slot-{own}")
        # A newer wake takes its place: the own slot ends with that, and the backend's runs on.
        self.client.cli("agent", "wake", "ada", "something else")
        mine = lambda: self.client.get(f"/api/v1/slots/{own}")
        self.client.until(lambda: mine()["status"] == "aborted", "the own slot to be superseded")
        self.assertEqual(mine()["reason"], "superseded")
        status = lambda: self.act("pause", "--agent", "ada")["status"]
        self.assertEqual(status(), "paused", "the backend's slot is still under way")
        self.until_status(theirs, "paused")
        self.act("resume", "--agent", "ada")
        (self.client.root / "ada.wait").unlink()
        self.until_status(theirs, "finished")

    def test_the_plugin_wakes_by_its_host_and_the_tool_ends_the_slot(self):
        home = pathlib.Path(tempfile.mkdtemp(prefix="lz-"))
        self.addCleanup(shutil.rmtree, home, ignore_errors=True)
        place = home / ".plexum/plugins/harbor-forge"
        place.mkdir(parents=True)
        config = place / "config.json"
        config.write_text(json.dumps({"backendUrl": self.noted().url, "apiKey": self.key, "identifier": "node-b",
                                      "calendar_heartbeat_interval_seconds": 1}))
        config.chmod(0o600)
        host = Host(home)
        self.addCleanup(host.close)
        ident = self.add_slot("ada")
        agents = [{"agentId": "ada", "state": "idle", "sessionId": "thread-1"}]
        (command,) = host.modern("lazaret/host/exchange", waitMs=25000, agents=agents)["result"]["commands"]
        self.assertEqual((command["agentId"], command["source"]), ("ada", f"calendar:{ident}"))
        host.modern("lazaret/host/exchange", acks=[{"commandId": command["id"], "outcome": "started"}])
        self.until_status(ident, "ongoing")
        self.assertEqual(self.agents()[0]["status"], "busy")
        done = host.call("harborforge_calendar_complete", {"summary": "written"}, {"threadId": "thread-1"})
        self.assertFalse(done["isError"], done)
        self.assertEqual(self.until_status(ident, "finished")["actual_duration"], 1)


if __name__ == "__main__":
    main()
