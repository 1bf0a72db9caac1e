"""Guilds of a Fabric know what our agents do; and we keep such a board ourselves."""
import http.server
import json
import threading
import time

from fleet import Fleet, Story, agent, main

KEY = "fabric-key-of-the-scout"
TURN = "import os, sys, time\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.01)"


class Fabric:
    """A centre and two guilds on one server: /centre, /near and /far."""

    def __init__(self):
        self.logins, self.told, self.bad = [], [], []
        self.board = {}  # (guild, user) -> status
        self.tokens, self.slow, self.refuses_logins = set(), {}, False
        fabric = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def body(self):
                return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

            def do_POST(self):
                key = self.body().get("api_key")
                fabric.logins.append((self.path, key))
                if key != KEY or fabric.refuses_logins:
                    return self.answer(403, {"detail": "no such key: " + str(key)})
                guilds = []
                for name in ("near", "far"):
                    fabric.tokens.add(token := f"token-{len(fabric.logins)}-{name}")
                    guilds.append({"nodeId": name, "token": token, "endpoint": f"{fabric.url}/{name}/"})
                self.answer(200, {"guilds": guilds})

            def do_PUT(self):
                _, guild, *path = self.path.split("/")
                value = self.body()
                if path != ["api", "agents", "u%207", "presence"] or value["source"] != "plexum-host":
                    fabric.bad.append((self.path, value))
                time.sleep(fabric.slow.get(guild, 0))
                if self.headers["Authorization"].removeprefix("Bearer ") not in fabric.tokens:
                    return self.answer(401, {"detail": "the token is over"})
                fabric.told.append((guild, value["status"]))
                self.answer(200, {})

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # who did not wait for a slow answer
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def of(self, guild):
        return [status for name, status in self.told if name == guild]


class Guilds(Story):
    def setUp(self):
        self.fabric = Fabric()
        self.addCleanup(self.fabric.close)
        self.fleet = Fleet()
        self.addCleanup(self.fleet.close)
        (self.fleet.root / "scout.key").write_text(KEY + "\n")
        (self.fleet.root / "scout.key").chmod(0o600)
        self.config({"identities": [{"agent": "scout", "fabric_user_id": "u 7",
                                     "api_key_file": "scout.key"}],
                     "bindings": [{"agent": "scout", "guild": "near", "channel": "general"},
                                  {"agent": "scout", "guild": "near", "channel": "random"},
                                  {"agent": "scout", "guild": "far", "channel": "general"},
                                  {"agent": "scout", "guild": "nowhere", "channel": "general"}]})

    def config(self, value, **settings):
        file = self.fleet.root / "presence.json"
        file.write_text(json.dumps(value, indent=1))
        flags = {"presence-center": self.fabric.url + "/centre", "presence-file": str(file),
                 "presence-seconds": "30", "presence-timeout": "2", **settings}
        self.fleet.flags = ("--", *(f"--{name}={text}" for name, text in flags.items()))

    def faster(self):
        self.fleet.flags += ("--presence-seconds=1",)

    def scout(self, **lazaret):
        """Each of its turns goes on until the file `go` is there."""
        command = ["/usr/bin/python3", "-c", TURN, str(self.fleet.root / "go")]
        self.fleet.start(self.fleet.write_cell([agent("scout", command, run={"adapter": "turn"}, **lazaret)]))

    def wake(self):
        status, body = self.fleet.call("POST", "/api/v1/agents/scout/wake", {"message": "look"})
        self.assertLess(status, 300, body)

    def until_told(self, guild, statuses):
        try:
            self.fleet.until(lambda: self.fabric.of(guild) == statuses, f"{guild}: {statuses}")
        except AssertionError as late:
            raise AssertionError(f"{late}; told: {self.fabric.told}") from None

    def log(self):
        return (self.fleet.state / "daemon.log").read_text()

    def test_what_an_agent_does_is_told_at_once_and_once(self):
        self.fleet.up()
        self.until_told("near", ["offline"])
        self.scout()
        self.until_told("near", ["offline", "idle"])
        self.until_told("far", ["offline", "idle"])
        self.wake()
        self.until_told("near", ["offline", "idle", "on_call"])
        self.wake()
        self.until_told("near", ["offline", "idle", "on_call", "busy"])
        (self.fleet.root / "go").touch()
        self.fleet.until(lambda: self.fabric.of("near")[-1] == self.fabric.of("far")[-1] == "idle",
                         "the end of both turns")
        self.fleet.down()
        # The end is told before the daemon goes.
        self.assertEqual(self.fabric.of("near")[-1], "offline")
        self.assertEqual(self.fabric.of("far")[-1], "offline")
        for guild in ("near", "far"):
            told = self.fabric.of(guild)
            self.assertTrue(all(a != b for a, b in zip(told, told[1:])), told)
        self.assertEqual(self.fabric.logins, [("/centre/api/agents/login", KEY)])
        self.assertEqual(self.fabric.bad, [])
        self.assertEqual(self.log().count("bound to nowhere"), 1)
        self.assertNotIn(KEY, self.log())

    def test_who_would_wait_for_a_limited_account_gets_no_messages(self):
        self.fleet.up()
        self.scout(account="team")
        self.until_told("near", ["offline", "idle"])
        self.fleet.cli("account", "limit", "team", "2099-01-01T00:00:00Z")
        self.until_told("near", ["offline", "idle", "offline"])
        self.assertEqual(self.fleet.call("POST", "/api/v1/accounts/team/limit", {"until": None})[0], 200)
        self.until_told("near", ["offline", "idle", "offline", "idle"])

    def test_the_link_logs_in_to_be_tested(self):
        self.fleet.up()
        self.until_told("near", ["offline"])
        (link,) = self.fleet.get("/api/v1/links")["links"]
        self.assertEqual((link["link"], link["url"]), ("fabric", self.fabric.url + "/centre/api/agents/login"))
        status, tested = self.fleet.call("POST", "/api/v1/links/fabric/test", {})
        self.assertEqual((status, tested["ok"], tested["detail"]), (200, True, "HTTP 200"))
        self.assertNotIn(KEY, json.dumps(self.fleet.get("/api/v1/links")))

    def test_a_slow_guild_delays_no_other(self):
        self.fabric.slow["far"] = 20
        self.fleet.up()
        self.until_told("near", ["offline"])
        begin = time.monotonic()
        self.scout()
        self.until_told("near", ["offline", "idle"])
        self.assertLess(time.monotonic() - begin, 15)
        self.assertEqual(self.fabric.of("far"), [])
        self.fleet.until(lambda: "far does not answer" in self.log(), "the log to say so")

    def test_a_token_that_is_over_is_replaced(self):
        self.faster()
        self.fleet.up()
        self.until_told("near", ["offline"])
        self.until_told("far", ["offline"])
        self.fabric.tokens.clear()
        self.scout()
        self.until_told("near", ["offline", "idle"])
        self.until_told("far", ["offline", "idle"])
        self.assertGreaterEqual(len(self.fabric.logins), 2)

    def test_a_centre_that_refuses_is_asked_again_and_the_key_stays_ours(self):
        self.faster()
        self.fabric.refuses_logins = True
        self.fleet.up()
        self.fleet.until(lambda: len(self.fabric.logins) >= 3, "three attempts")
        self.fabric.refuses_logins = False
        self.until_told("near", ["offline"])
        log = self.log()
        self.assertEqual(log.count("scout cannot log in: the centre answers 403"), 1)
        self.assertNotIn(KEY, log)

    def test_a_configuration_that_is_wrong_names_the_place(self):
        def refused(part):
            done = self.fleet.cli("up", "--detach", "--port", "0", *self.fleet.flags, check=False)
            said = done.stdout + done.stderr
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(part, said)
            self.assertNotIn(KEY, said)
        (self.fleet.root / "scout.key").chmod(0o644)
        refused("can be read by others")
        self.config({"identities": [{"agent": "scout", "api_key": KEY, "fabric_user": "u"}]})
        refused("presence.json:6:4")
        self.config({"identities": [{"agent": "scout", "api_key": KEY, "fabric_user_id": "u"}]})
        refused("can be read by others")
        self.config({"bindings": [{"agent": "scout"}]})
        refused("guild is missing")


class Board(Story):
    def test_it_is_kept_and_first_writes_may_collide(self):
        path = "/api/agents/u%2F7/presence"
        self.assertEqual(self.fleet.get(path)["status"], "unknown")
        answers = []

        def put(status):
            answers.append(self.fleet.call("PUT", path, {"status": status, "source": "plexum-host"}))
        threads = [threading.Thread(target=put, args=(one,)) for one in ("idle", "on_call", "busy") * 5]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({status for status, _ in answers}, {200})
        self.fleet.cli("presence", "set", "u/7", "busy")
        self.assertIn("busy", self.fleet.cli("presence", "show", "u/7").stdout)
        put("exhausted")
        self.fleet.kill_daemon()
        entry = self.fleet.get(path)
        self.assertEqual((entry["fabric_user_id"], entry["status"], entry["source"]),
                         ("u/7", "exhausted", "plexum-host"))
        self.assertEqual(entry, answers[-1][1])

    def test_what_is_no_presence_is_refused(self):
        for body in ({"status": "away"}, {}, {"status": 7}, {"status": "idle", "source": "x" * 65}):
            status, problem = self.fleet.call("PUT", "/api/agents/u/presence", body)
            self.assertEqual(status, 422, body)
            self.assertTrue(problem["detail"])
        self.assertEqual(self.fleet.get("/api/agents/u/presence")["status"], "unknown")


if __name__ == "__main__":
    main()
