"""What a caller repeats because its answer was lost is done once, also when the daemon was killed."""
import pathlib
import sys
import threading

from fleet import Story, agent, main

SURVEY = pathlib.Path(__file__).resolve().parents[2] / "missions" / "survey"
sys.path.insert(0, str(SURVEY))
sys.dont_write_bytecode = True
from lazaret_client import Client  # noqa: E402

NOTES = 150
KILLS = 4


class Once(Story):
    def repeat(self, method, path, body, key):
        """The same request, before and after the daemon's death."""
        head = {"Idempotency-Key": key}
        first = self.fleet.call(method, path, body, head)
        self.fleet.kill_daemon()
        return first, self.fleet.call(method, path, body, head)

    def test_the_answer_outlives_the_daemon(self):
        first, second = self.repeat("POST", "/api/v1/approvals", {"question": "Deploy?"}, "ask")
        self.assertEqual(first[0], 201)
        self.assertEqual(second, first)
        self.assertEqual(len(self.fleet.get("/api/v1/approvals")["approvals"]), 1)
        status, _ = self.fleet.call("POST", "/api/v1/approvals", {"question": "Something else?"},
                                    {"Idempotency-Key": "ask"})
        self.assertEqual(status, 422)

    def test_a_mission_is_made_once(self):
        body = {"mission_name": "once", "template": "blank"}
        first, second = self.repeat("POST", "/api/v1/cells", body, "new")
        self.assertEqual((first[0], second[0]), (201, 201), (first, second))
        self.assertEqual(first[1]["cell_id"], second[1]["cell_id"])
        made = [one for one in self.fleet.get("/api/v1/cells")["cells"]
                if one["mission_name"] == "once"]
        self.assertEqual(len(made), 1)

    def test_an_agent_writes_each_note_once_while_the_daemon_is_killed(self):
        token = self.fleet.root / "token"
        command = ["/bin/sh", "-c", f"env | grep ^LAZARET_ > {token}.new; mv {token}.new {token}; "
                                    "exec sleep 1000"]
        cell = self.fleet.write_cell([agent("writer", command)])
        self.fleet.start(cell)
        self.fleet.until(token.exists, "the agent's environment")
        environment = dict(line.split("=", 1) for line in token.read_text().splitlines())
        client = Client(environment)
        done = []

        def write():
            for number in range(NOTES):
                client.note(f"note {number}")
                done.append(number)

        writer = threading.Thread(target=write)
        writer.start()
        for kill in range(KILLS):
            self.fleet.until(lambda: len(done) > kill * NOTES // (KILLS + 1), "some notes")
            self.fleet.kill_daemon()
        writer.join(60)
        self.assertEqual(len(done), NOTES)
        self.assertEqual([fact["body"]["text"] for fact in self.fleet.facts(kind="note_recorded")],
                         [f"note {number}" for number in range(NOTES)])


if __name__ == "__main__":
    main()
