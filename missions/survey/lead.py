#!/usr/bin/python3
"""The lead: cuts the files into shards, writes the task graph, puts the results together."""
import os
import time

import parts
import report
from lazaret_client import Refused, run_agent
from merge import merge

SHARDS_MOST = 24
SHARD_FILES_LEAST = 16  # so that a shard can be struck in its middle
SHARD_FILES_SMALL = 7   # of a small directory, so that each writer still has one to be struck in
INDEX_TASKS = 3
ASK_SECONDS = 4
QUESTION = ("May the report show the first four characters of the secret-shaped strings "
            "that were found?")


def plan(client, _task):
    """Adds the whole task graph at once. May run again after a crash: all or none was added."""
    tasks = client.tasks()
    if "merge" not in tasks:
        manifest = parts.manifest_of(client)
        graph = task_graph(manifest["files"], tasks["plan"]["input"] or {})
        try:
            client.add_tasks(graph)
        except Refused:
            if "merge" not in client.tasks():
                raise
    return {"tasks": len(client.tasks()) - 1}


def task_graph(files, options):
    writers = options["writers"]
    shards = [_shard(f"shard-{i:02d}", span, "write", "Survey", writers[i % len(writers)])
              for i, span in enumerate(spans(files, shard_count(len(files))))]
    indexes = [_shard(f"index-{i}", span, "read", "Index the words of")
               for i, span in enumerate(spans(files, max(1, min(INDEX_TASKS, len(files)))))]
    ids = [task["task_id"] for task in shards + indexes]
    return shards + indexes + [
        {"task_id": "ask", "title": "Ask a person what the report may show", "assigned_to": "lead",
         "priority": "high", "dependencies": ["plan"],
         "lazaret": {"input": {"ask": bool(options.get("ask"))}}},
        {"task_id": "merge", "title": "Merge the completed shards", "assigned_to": "lead",
         "dependencies": ids},
        {"task_id": "audit", "title": "Recompute a random 5 % and every total",
         "assigned_to": "audit", "dependencies": ["merge"],
         "lazaret": {"input": {"seed": options.get("seed", 1)}}},
        {"task_id": "report", "title": "Write the report", "assigned_to": "lead",
         "dependencies": ["audit", "ask"]}]


def shard_count(files):
    a_writer_each = min(4, files // SHARD_FILES_SMALL)
    return min(SHARDS_MOST, max(1, a_writer_each, files // SHARD_FILES_LEAST))


def spans(files, count):
    """Cuts the list into `count` runs of about equal length."""
    edges = [len(files) * i // count for i in range(count + 1)]
    return list(zip(edges, edges[1:]))


def _shard(task_id, span, role, verb, assignee=None):
    return {"task_id": task_id, "title": f"{verb} files {span[0]} to {span[1] - 1}",
            "dependencies": ["plan"], "timeout": 600, "assigned_to": assignee,
            "lazaret": {"input": {"from": span[0], "to": span[1]}, "needs": {"role": role}}}


def ask(client, task):
    """One question for a person. Nobody has to answer: the default does, after a few seconds."""
    if not task["input"].get("ask"):
        return {"answer": "no", "by": "not asked"}
    cursor = task.get("cursor") or {}
    approval = cursor.get("approval")
    if not approval:
        approval = client.ask(QUESTION, ASK_SECONDS, "no", "ask")
        client.checkpoint("ask", {"approval": approval})
    give_up_at = time.monotonic() + 20 * ASK_SECONDS
    while time.monotonic() < give_up_at:
        state = client.call("GET", f"/api/v1/approvals/{approval}")
        if state.get("answer"):
            return {"answer": state["answer"], "by": state.get("by", "")}
        time.sleep(0.2)
    raise TimeoutError(f"{approval} was not answered, not even by its default")


def write_report(client, _task):
    return report.write(client, parts.manifest_of(client), client.tasks())


if __name__ == "__main__":
    os.umask(0o022)
    run_agent({"plan": plan, "ask": ask, "merge": merge, "report": write_report})
