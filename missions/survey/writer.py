#!/usr/bin/python3
"""A write agent: computes, for each file of its shard, what rules.py and links.py define."""
import hashlib
import os

import links
import parts
import rules
import trouble
from lazaret_client import run_agent
from names import unescaped

BLOCK = 1 << 20


class Surveyor:
    def __init__(self, client):
        self.cell_dir = client.cell_dir
        self.manifest = parts.manifest_of(client)
        self.known = links.KnownPaths(self.manifest)

    def row(self, number):
        """{record, near}: the record goes into survey.json, near is for finding near duplicates."""
        entry = self.manifest["files"][number]
        record = {"path": entry["path"], "size": entry["size"], "sha256": entry["sha256"],
                  "type": entry["kind"], "lines": 0, "licence": "none", "secrets": [], "todos": [],
                  "broken_links": []}
        if entry["kind"] == "symlink":
            record["broken_links"] = self._broken_symlink(entry)
        if entry["kind"] != "file":
            return {"record": record, "near": []}
        return self._read(entry, record)

    def _broken_symlink(self, entry):
        target = unescaped(entry["target"])
        if target.startswith(b"/"):
            return []
        broken = self.known.leads_nowhere(unescaped(entry["path"]), target)
        return [{"line": 0, "target": rules.excerpt(target)}] if broken else []

    def _read(self, entry, record):
        digest, size, data = hashlib.sha256(), 0, b""
        with parts.open_frozen(self.cell_dir, self.manifest, entry) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                if size < rules.TEXT_BYTES:
                    data += block
                size += len(block)
        record.update(size=size, sha256=digest.hexdigest())
        if record["sha256"] != entry["sha256"]:
            if entry["stored"]:
                raise ValueError(f"the frozen copy of {entry['path']} is damaged")
            record["changed"] = True  # too large to copy, and changed since it was frozen
        record["type"] = rules.type_of(entry["path"], data[:rules.SNIFF_BYTES])
        if size > rules.TEXT_BYTES or not rules.is_text(data):
            return {"record": record, "near": []}
        lines = rules.lines_of(data)
        record.update(lines=len(lines), licence=rules.licence_of(data),
                      secrets=rules.secrets_in(lines), todos=rules.todos_in(lines),
                      broken_links=links.broken_links(
                          unescaped(entry["path"]), record["type"], lines, self.known))
        return {"record": record, "near": rules.near_lines(lines)}


def shard(client, task):
    surveyor = Surveyor(client)
    folder = os.path.join("shards", task["task_id"])
    return parts.carry_out(client, task, folder, surveyor.row,
                           lambda about, position: trouble.maybe(client, about, position))


if __name__ == "__main__":
    trouble.at_start()
    run_agent({"shard": shard})
