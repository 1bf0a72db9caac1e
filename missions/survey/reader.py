#!/usr/bin/python3
"""A read agent: builds the word index, one row of distinct words for each text file."""
import os

import parts
import rules
from lazaret_client import run_agent


def index(client, task):
    manifest = parts.manifest_of(client)

    def words(number):
        entry = manifest["files"][number]
        if entry["kind"] != "file" or entry["size"] > rules.TEXT_BYTES:
            return []
        with parts.open_frozen(client.cell_dir, manifest, entry) as stream:
            data = stream.read(rules.TEXT_BYTES)
        if not rules.is_text(data):
            return []
        return sorted(word.decode("utf-8", "replace") for word in rules.words_in(data))

    return parts.carry_out(client, task, os.path.join("reports", client.agent, "index"), words)


if __name__ == "__main__":
    run_agent({"index": index})
