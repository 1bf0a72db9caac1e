"""What an agent leaves in its artifacts is listed, read and fetched; what it links to is not."""
from fleet import Story, agent, main


class Artifacts(Story):
    def test_what_an_agent_made_can_be_had_with_its_task(self):
        program = ("mkdir -p $LAZARET_ARTIFACT_DIR/reports; cd $LAZARET_ARTIFACT_DIR;"
                   "printf '\\377made' > ../made; mv ../made 'reports/a b.bin'; ln -s /etc/passwd out; exec sleep 1000")
        cell = self.fleet.write_cell([agent("maker", ["/bin/sh", "-c", program])],
                                     [{"task_id": "t-1", "title": "make it", "artifacts": ["reports/a b.bin"]}])
        self.fleet.start(cell)
        listing = f"/api/v1/cells/{cell}/artifacts"
        found = self.fleet.until(lambda: self.fleet.get(listing)["artifacts"], "the file")
        self.assertEqual([(f["path"], f["bytes"], f["task_id"]) for f in found], [("reports/a b.bin", 5, "t-1")])
        self.assertIn("reports/a b.bin", self.fleet.cli("artifact", "ls", cell).stdout)
        copy = self.fleet.root / "copy"
        self.fleet.cli("artifact", "get", cell, "reports/a b.bin", "-o", str(copy))
        self.assertEqual(copy.read_bytes(), b"\xffmade")
        refused = self.fleet.cli("artifact", "get", cell, "out", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertNotIn("root:", refused.stdout)
        self.assertIn("lazaret artifact ls", refused.stderr)


if __name__ == "__main__":
    main()
