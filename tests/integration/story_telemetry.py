"""The host's figures, over time too, and what each mission takes of the disk."""
import json
import os

from fleet import Story, agent, main


class Telemetry(Story):
    def test_the_host_tells_its_pressure_and_its_past(self):
        host = self.fleet.get("/telemetry")["host"]
        self.assertEqual(host["pressure"] is not None, os.access("/proc/pressure/io", os.R_OK))
        if host["pressure"]:
            self.assertEqual({name: set(of) for name, of in host["pressure"].items()},
                             {"cpu": {"some"}, "memory": {"some", "full"}, "io": {"some", "full"}})
        past = json.loads(self.fleet.cli("telemetry", "--history", "--json").stdout)
        self.assertEqual(past["interval_seconds"], 10)
        self.assertGreater(past["host"][0]["memory_percent"], 0)
        self.assertIn("MEMORY %", self.fleet.cli("telemetry", "--history").stdout)
        self.assertEqual(self.fleet.call("GET", "/api/v1/telemetry/history?seconds=3601")[0], 422)

    def test_a_mission_tells_what_it_takes_of_the_disk(self):
        cell = self.fleet.write_cell([agent("writer", ["/bin/sleep", "1000"])])
        made = self.fleet.missions / cell / "work"
        made.mkdir(exist_ok=True)
        (made / "big").write_bytes(os.urandom(300_000))
        found = self.fleet.until(lambda: self.fleet.get("/telemetry")["cells"], "the sizes")
        self.assertEqual((found[0]["cell_id"], found[0]["mission_name"]), (cell, "story"))
        self.assertGreater(found[0]["files"], 1)
        self.assertFalse(found[0]["partial"])


if __name__ == "__main__":
    main()
