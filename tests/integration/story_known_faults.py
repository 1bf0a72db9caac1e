"""The faults of the first sketches of this design, each with a test of its name: none of them comes back."""
import http.client
import json
import os
import signal
import subprocess
import time

from fleet import LAZARET, Fleet, Story, agent, alive, main, unittest


class KnownFaults(Story):
    def test_uuid_made_twice(self):
        """The directory had one id and cell.json another."""
        made = json.loads(self.fleet.cli("mission", "new", "once", "--json").stdout)
        directory = self.fleet.missions / made["cell_id"]
        self.assertEqual(json.loads((directory / "cell.json").read_text())["cell_id"], made["cell_id"])
        self.assertEqual([one.name for one in self.fleet.missions.iterdir()], [made["cell_id"]])

    def test_health_that_rolled_dice(self):
        """The same agent was healthy or not by chance: now only its own word changes what is said."""
        self.fleet.call("POST", "/heartbeat/good")
        self.fleet.call("POST", "/heartbeat/bad", {"error": "out of tokens"})
        for _ in range(100):
            health = self.fleet.get("/health")
            self.assertEqual((health["agents"]["good"]["status"], health["agents"]["bad"]["status"]),
                             ("healthy", "degraded"))
            self.assertEqual((health["healthy"], health["degraded"], health["unhealthy"]), (1, 1, 0))

    def test_auto_revive_key_that_was_missing(self):
        """The reviver read a key that the configuration did not have: no policy file at all revives."""
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        self.assertFalse((self.fleet.missions / cell / "config").joinpath("policies.json").exists())
        self.fleet.start(cell)
        first = self.fleet.until_running("scout")
        os.kill(first["pid"], signal.SIGKILL)
        self.fleet.until_running("scout", after=first["incarnation"])

    def test_status_that_only_printed_a_sentence(self):
        """It said the same whatever was there."""
        before = self.fleet.cli("status").stdout
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)
        pid = self.fleet.until_running("scout")["pid"]
        running = self.fleet.cli("status").stdout
        self.assertNotIn("scout", before)
        self.assertRegex(running, rf"scout .* {pid} ")
        self.assertIn("1 alive", running)
        self.fleet.call("POST", "/api/v1/agents/scout/stop")
        self.fleet.until(lambda: "0 alive" in self.fleet.cli("status").stdout, "the status to follow")
        self.assertNotIn(str(pid), self.fleet.cli("status").stdout)
        self.fleet.down()
        alone = self.fleet.cli("status", check=False)
        self.assertIn("daemon", alone.stdout + alone.stderr)  # which is not there, it says
        self.fleet.up()

    def test_http_reader_that_took_1024_bytes_as_the_whole_request(self):
        """Longer bodies, and bodies in pieces, were cut off."""
        text = "begin " + "x" * 1900 + " end"
        self.assertEqual(self.fleet.call("POST", "/api/v1/notes", {"text": text})[0], 201)
        url = self.fleet.get("/api/v1/status")["daemon"]["url"]
        host, port = url.split("//")[1].split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        body = json.dumps({"error": "y" * 1500}).encode()
        connection.putrequest("POST", "/heartbeat/slow")
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Content-Type", "application/json")
        connection.endheaders()
        for piece in (body[:700], body[700:1024], body[1024:]):
            connection.send(piece)
            time.sleep(0.05)  # so that the pieces arrive as pieces
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()
        self.assertEqual([fact["body"]["text"] for fact in self.fleet.facts(kind="note_recorded")], [text])
        self.assertEqual(self.fleet.get("/agent/slow")["error_message"], "y" * 1500)

    def test_timeout_that_refreshed_the_clock_it_checked(self):
        """Looking at an agent made it young again, so nobody ever became unhealthy."""
        quiet = agent("quiet", [], health={"interval_seconds": 0.3, "timeout_seconds": 1})
        del quiet["lazaret"]["run"]  # it runs elsewhere
        self.fleet.start(self.fleet.write_cell([quiet]))
        self.assertEqual(self.fleet.call("POST", "/heartbeat/quiet")[0], 200)
        self.assertEqual(self.fleet.get("/agent/quiet")["status"], "healthy")

        def unhealthy():  # asks, and asks again, all the while
            self.fleet.get("/health")
            return self.fleet.get("/agent/quiet")["status"] == "unhealthy"

        self.fleet.until(unhealthy, "silence to be noticed", 10)

    def test_response_times_that_were_constants(self):
        """Every answer claimed the same time: now it is what was reported, or measured."""
        for told in (0.2, 1.75):
            self.fleet.call("POST", "/heartbeat/timed", {"response_time": told})
            self.assertEqual(self.fleet.get("/agent/timed")["response_time"], told)


class StartThatReturnedAtOnce(unittest.TestCase):
    def test_start_that_returned_at_once(self):
        """The daemon said that it had started, and was gone: `daemon` runs until it is ended."""
        fleet = Fleet()
        self.addCleanup(fleet.close)
        daemon = subprocess.Popen([LAZARET, "daemon", "--state", str(fleet.state), "--port", "0"],
                                  env=fleet.environment(), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(daemon.wait, 30)
        self.addCleanup(daemon.terminate)
        fleet.until(lambda: fleet.try_get("/api/v1/status"), "the daemon")
        for _ in range(5):
            self.assertEqual(fleet.daemon_pid(), daemon.pid)
            time.sleep(0.1)
        self.assertIsNone(daemon.poll())


if __name__ == "__main__":
    main()
