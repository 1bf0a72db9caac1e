#!/usr/bin/python3
"""Makes the mission cell of the towers of Hanoi.   prepare.py --missions DIR [--disks N]

Prints one line of JSON: {"cell_id", "path", "disks", "moves"}.
"""
import argparse
import datetime
import json
import os
import shutil
import sys
import uuid

DISKS_MOST = 12  # 4,095 moves; a mission has a bound on its tasks
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ("lead.py", "mover.py", "check.py", "../survey/lazaret_client.py")
AGENTS = (("lead", "Lead", "lead"), ("mover", "Mover", "write"), ("check", "Check", "audit"))


def files_of(cell_id, disks, now):
    """{relative path: JSON value}."""
    files = {
        "cell.json": {"cell_id": cell_id, "mission_name": f"hanoi {disks}", "created_at": now,
                      "created_by": "lazaret demo", "status": "paused", "isolation_level": "none",
                      "max_agents": len(AGENTS), "timeout": 3600},
        "config/policies.json": {"auto_revive": "yes", "revive_timeout": 20, "max_retries": 3,
                                 "lazaret": {"backoff_first_seconds": 0.2}},
        "tasks/plan.json": {"task_id": "plan", "title": "Write down every move as a task",
                            "assigned_to": "lead", "status": "pending", "priority": "high",
                            "dependencies": [], "created_at": now, "completed_at": None,
                            "lazaret": {"input": {"disks": disks}}}}
    for agent_id, name, role in AGENTS:
        files[f"agents/{agent_id}.json"] = {
            "agent_id": agent_id, "name": name, "role": role, "capabilities": [], "gateway": "",
            "status": "idle", "current_task": None, "checkpoint": None,
            "lazaret": {"run": {"adapter": "process", "ready": "beat",
                                "command": ["/usr/bin/python3", "-B", f"{agent_id}.py"],
                                "working_directory": "artifacts/code", "stop_grace_seconds": 2}}}
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missions", required=True)
    parser.add_argument("--disks", type=int, default=10)
    options = parser.parse_args()
    if not 1 <= options.disks <= DISKS_MOST:
        sys.exit(f"the number of disks is {options.disks}; it has to be 1 to {DISKS_MOST}")
    cell_id = str(uuid.uuid4())
    final = os.path.join(os.path.abspath(options.missions), cell_id)
    path = os.path.join(os.path.dirname(final), f".{cell_id}.part")
    os.umask(0o022)
    os.makedirs(os.path.join(path, "artifacts", "code"))
    for program in PROGRAMS:
        shutil.copy(os.path.join(HERE, program), os.path.join(path, "artifacts", "code"))
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for name, value in files_of(cell_id, options.disks, now).items():
        os.makedirs(os.path.dirname(os.path.join(path, name)), exist_ok=True)
        with open(os.path.join(path, name), "w") as stream:
            json.dump(value, stream, indent=2)
            stream.write("\n")
    os.rename(path, final)
    print(json.dumps({"cell_id": cell_id, "path": final, "disks": options.disks,
                      "moves": 2 ** options.disks - 1}))


if __name__ == "__main__":
    main()
