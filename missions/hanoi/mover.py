#!/usr/bin/python3
"""The mover: carries out one move for each task, and writes it down so that it survives."""
import os

from lazaret_client import run_agent

PEGS = ("A", "B", "C")


class Board:
    """The pegs, as a log of moves that is fsynced before a move counts as made."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, "moves.log")
        self.pegs, self.made = None, 0
        if os.path.exists(self.path):
            self._replay()

    def _replay(self):
        """Takes up what an earlier incarnation wrote; a torn last line was never acknowledged."""
        with open(self.path, "r+") as stream:
            text = stream.read()
            whole = text[:text.rfind("\n") + 1]
            stream.truncate(len(whole))
        for line in whole.splitlines():
            words = line.split()
            if words[0] == "disks":
                self._fill(int(words[1]))
            else:
                self._apply(int(words[0]), int(words[1]), words[2], words[3])

    def _fill(self, disks):
        self.pegs = {"A": list(range(disks, 0, -1)), "B": [], "C": []}

    def _apply(self, number, disk, source, target):
        if self.pegs is None or number != self.made + 1:
            raise ValueError(f"move {number} comes after move {self.made}")
        if source not in PEGS or target not in PEGS or self.pegs[source][-1:] != [disk]:
            raise ValueError(f"disk {disk} is not on top of peg {source}")
        if self.pegs[target] and self.pegs[target][-1] < disk:
            raise ValueError(f"disk {disk} may not lie on disk {self.pegs[target][-1]}")
        self.pegs[target].append(self.pegs[source].pop())
        self.made = number

    def _write(self, line, mode):
        with open(self.path, mode) as stream:
            stream.write(line + "\n")
            stream.flush()
            os.fsync(stream.fileno())

    def set_up(self, disks):
        if self.pegs is None:
            self._write(f"disks {disks}", "w")
            self._fill(disks)

    def move(self, number, disk, source, target):
        """Once: a move that was made before its task was reported is not made again."""
        if number <= self.made:
            return
        self._apply(number, disk, source, target)
        self._write(f"{number} {disk} {source} {target}", "a")


def main():
    board = None

    def the_board(client):
        nonlocal board
        if board is None:
            board = Board(os.path.join(client.artifact_dir, "hanoi"))
        return board

    def setup(client, task):
        the_board(client).set_up(task["input"]["disks"])
        return {"disks": task["input"]["disks"]}

    def move(client, task):
        asked = task["input"]
        the_board(client).move(asked["move"], asked["disk"], asked["from"], asked["to"])
        client.progress += 1
        return {"made": asked["move"]}

    run_agent({"setup": setup, "move": move})


if __name__ == "__main__":
    main()
