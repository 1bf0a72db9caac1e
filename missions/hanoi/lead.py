#!/usr/bin/python3
"""The lead: writes the set-up, every move and the check as tasks, each waiting for the one before."""
from lazaret_client import Refused, run_agent


def moves(disks, source="A", target="C", spare="B"):
    """(disk, from, to) of every move, in order."""
    if disks == 0:
        return
    yield from moves(disks - 1, source, spare, target)
    yield disks, source, target
    yield from moves(disks - 1, spare, target, source)


def graph(disks):
    tasks = [{"task_id": "setup", "title": f"Put {disks} disks on peg A", "dependencies": ["plan"],
              "assigned_to": "mover", "lazaret": {"input": {"disks": disks}}}]
    for number, (disk, source, target) in enumerate(moves(disks), 1):
        tasks.append({"task_id": f"move-{number:04d}", "assigned_to": "mover",
                      "title": f"Move disk {disk} from {source} to {target}",
                      "dependencies": [tasks[-1]["task_id"]],
                      "lazaret": {"input": {"move": number, "disk": disk, "from": source,
                                            "to": target}}})
    tasks.append({"task_id": "check", "title": "Check that all disks are on peg C",
                  "dependencies": [tasks[-1]["task_id"]], "assigned_to": "check",
                  "lazaret": {"input": {"disks": disks, "moves": len(tasks) - 1}}})
    return tasks


def plan(client, task):
    tasks = graph(task["input"]["disks"])
    try:
        client.add_tasks(tasks)
    except Refused:  # asked before, by an incarnation that died before it heard the answer
        client.task("check")
    return {"tasks": len(tasks)}


if __name__ == "__main__":
    run_agent({"plan": plan})
