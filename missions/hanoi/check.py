#!/usr/bin/python3
"""The check: plays the log of moves again, by its own rules, and looks at what stands where."""
import os

from lazaret_client import run_agent


def check(client, task):
    with open(os.path.join(client.artifact_dir, "hanoi", "moves.log")) as stream:
        lines = stream.read().splitlines()
    disks, wanted = task["input"]["disks"], task["input"]["moves"]
    if lines[0] != f"disks {disks}" or len(lines) != wanted + 1:
        raise ValueError(f"{len(lines) - 1} moves were made, expected {wanted}")
    where = dict.fromkeys(range(1, disks + 1), "A")  # disk → peg
    for number, line in enumerate(lines[1:], 1):
        made, disk, source, target = line.split()
        disk = int(disk)
        smaller = [d for d in range(1, disk) if where[d] in (source, target)]
        if int(made) != number or where[disk] != source or smaller:
            raise ValueError(f"line {number + 1} is no legal move: {line}")
        where[disk] = target
    if set(where.values()) != {"C"}:
        raise ValueError(f"not all disks are on peg C: {where}")
    return {"moves": wanted, "disks": disks}


if __name__ == "__main__":
    run_agent({"check": check})
