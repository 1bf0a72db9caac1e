#!/usr/bin/python3
"""bench/run's second half: runs the named measurements one after another."""

import sys

import adopt
import calendar_beats
import checkpoint
import figures
import hanoi
import heartbeat
import idle
import plugin
import revive
import scan
import simulation

ALL = {"heartbeat": heartbeat, "revive": revive, "idle": idle, "scan": scan,
       "simulation": simulation, "hanoi": hanoi, "adopt": adopt, "checkpoint": checkpoint, "plugin": plugin,
       "calendar": calendar_beats}


def main(names):
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no measurement {', '.join(unknown)}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    figures.print_machine()
    for name in names or ALL:
        ALL[name].run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
