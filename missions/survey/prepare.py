#!/usr/bin/python3
"""Makes the mission cell of a survey: programs, agents, the first task, and the frozen input.

    prepare.py --source DIR --missions DIR [--troubled] [--seed N] [--leave-out DIR]…
               [--like CELL]

Prints one line of JSON: {"cell_id", "path", "files", "bytes", "digest"}.
"""
import argparse
import datetime
import json
import os
import shutil
import sys
import uuid

import freeze

PROGRAMS = ("lazaret_client.py", "names.py", "freeze.py", "rules.py", "links.py", "parts.py",
            "trouble.py", "near_duplicates.py", "merge.py", "report.py", "report.html", "report.css",
            "report.js", "lead.py", "writer.py", "reader.py", "audit.pl", "SurveyRules.pm",
            "LazaretClient.pm")
WRITERS = ("write-1", "write-2", "write-3", "write-4")
MEMORY_LIMIT = "96MB"


def agent(agent_id, name, role, command, **more):
    return {"agent_id": agent_id, "name": name, "role": role, "capabilities": [], "gateway": "",
            "status": "idle", "current_task": None, "checkpoint": None,
            "lazaret": {
                "run": {"adapter": "process", "command": command, "ready": "beat",
                        "working_directory": "artifacts/code", "stop_grace_seconds": 2,
                        **more.pop("run", {})},
                "health": {"interval_seconds": 2, "timeout_seconds": 20}, "hang": "revive",
                "hang_window_seconds": 2, **more}}


def agents(troubled):
    python = ["/usr/bin/python3", "-B"]
    rows = [agent("lead", "Lead", "lead", python + ["lead.py"]),
            agent("reader", "Reader", "read", python + ["reader.py"]),
            agent("audit", "Audit", "audit", ["/usr/bin/perl", "-I", ".", "audit.pl"])]
    kinds = {"write-1": "struck", "write-2": "struck", "write-3": "memory",
             "write-4": "crash_loop"} if troubled else {}
    for number, writer in enumerate(WRITERS, 1):
        kind = kinds.get(writer)
        run = {"env": {"SURVEY_TROUBLE": kind}} if kind else {}
        limits = {"limits": {"memory": MEMORY_LIMIT}} if writer == "write-3" else {}
        rows.append(agent(writer, f"Writer {number}", "write", python + ["writer.py"], run=run,
                          **limits))
    rows.append(agent("spare", "Substitute writer", "write", python + ["writer.py"]))
    return rows


def cell_files(cell_id, now, options):
    """{relative path: JSON value}."""
    name = "survey (troubled)" if options.troubled else "survey (calm)"
    policies = {"auto_revive": "yes", "revive_timeout": 20, "substitute_agents": ["spare"],
                "handoff_allowed": True, "handoff_approval": "auto", "checkpoint_required": False,
                "max_retries": 3,
                "lazaret": {"backoff_first_seconds": 0.2, "backoff_most_seconds": 2,
                            "stable_after_seconds": 30}}
    files = {
        "cell.json": {"cell_id": cell_id, "mission_name": name, "created_at": now,
                      "created_by": "lazaret demo", "status": "paused", "isolation_level": "none",
                      "max_agents": 8, "timeout": 600,
                      "policies": {"auto_revive": "yes", "handoff_allowed": True,
                                   "checkpoint_interval": 300}},
        "config/policies.json": policies,
        "tasks/plan.json": {
            "task_id": "plan", "title": "Cut the files into shards and write the task graph",
            "description": "", "assigned_to": "lead", "status": "pending", "priority": "high",
            "dependencies": [], "timeout": 300, "artifacts": [], "created_at": now,
            "completed_at": None,
            "lazaret": {"input": {"seed": options.seed, "ask": options.troubled,
                                  "writers": WRITERS}}}}
    files.update((f"agents/{row['agent_id']}.json", row) for row in agents(options.troubled))
    return files


def build(options):
    cell_id = str(uuid.uuid4())
    final = os.path.join(os.path.abspath(options.missions), cell_id)
    # Built under a name that is no cell, and renamed when whole: the daemon never sees a half.
    path = os.path.join(os.path.dirname(final), f".{cell_id}.part")
    os.umask(0o022)
    code = os.path.join(path, "artifacts", "code")
    os.makedirs(code)
    here = os.path.dirname(os.path.abspath(__file__))
    for program in PROGRAMS:
        shutil.copyfile(os.path.join(here, program), os.path.join(code, program))
    left_out = [options.missions, *options.leave_out]
    manifest = (freeze.link_frozen(options.like, path) if options.like
                else freeze.freeze(options.source, path, left_out))
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for name, value in cell_files(cell_id, now, options).items():
        os.makedirs(os.path.dirname(os.path.join(path, name)), exist_ok=True)
        with open(os.path.join(path, name), "w") as stream:
            json.dump(value, stream, indent=2)
            stream.write("\n")
    os.rename(path, final)
    return {"cell_id": cell_id, "path": final, "files": len(manifest["files"]),
            "bytes": sum(f["size"] for f in manifest["files"]), "digest": manifest["digest"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", default=".")
    parser.add_argument("--missions", required=True)
    parser.add_argument("--troubled", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leave-out", action="append", default=[])
    parser.add_argument("--like", help="take the frozen input of this cell instead of --source")
    options = parser.parse_args()
    if not os.path.isdir(options.source):
        sys.exit(f"{options.source} is no directory")
    os.makedirs(options.missions, exist_ok=True)
    try:
        print(json.dumps(build(options)))
    except (OSError, freeze.TooManyFiles) as trouble:
        sys.exit(f"cannot prepare the survey: {trouble}")


if __name__ == "__main__":
    main()
