"""Trouble that an agent takes part in when the demo asks for it (SURVEY_TROUBLE in its environment).

`memory` and `crash_loop` are made here: announced in the journal, then real, in mid-shard: memory is
really allocated and touched, the crash loop really dies at every start. `struck` is made by others:
the agent holds still in mid-shard, for a bounded time, so that the signal finds unfinished work on
fast machines too. Marker files in the agent's work directory remember over incarnations what has
already happened.
"""
import os
import sys
import time

STRIKE_AFTER = 3              # rows of a shard, while at least as many are still to be done
HOLD_SECONDS = 10             # at most; a strike ends it earlier
MEMORY_STEP = 8 << 20
MEMORY_MOST = 512 << 20       # when no limit stops us by then, there is none


def _marker(name):
    folder = os.environ.get("LAZARET_WORK_DIR", "")
    return os.path.join(folder, name) if folder else ""


def _leave(name):
    """Writes the marker so that it outlives the process."""
    with open(_marker(name), "w") as stream:
        stream.write("struck\n")
        stream.flush()
        os.fsync(stream.fileno())


def at_start():
    if os.environ.get("SURVEY_TROUBLE") == "crash_loop" and os.path.exists(_marker("crash_loop")):
        print("crash loop: ending with exit 1 at the very start", file=sys.stderr, flush=True)
        sys.exit(1)


def maybe(client, task, position):
    kind = os.environ.get("SURVEY_TROUBLE", "")
    if kind not in ("memory", "crash_loop", "struck") or os.path.exists(_marker(kind)):
        return
    first, end = task["input"]["from"], task["input"]["to"]
    if position - first < STRIKE_AFTER or end - position < STRIKE_AFTER:
        return
    if kind == "struck":
        _leave(kind)
        if client.incarnation == 1:  # a later one may follow a strike that came before the hold
            time.sleep(HOLD_SECONDS)
        return
    client.note(f"trouble {kind} strikes {client.agent} in {task['task_id']} "
                f"after {position - first} of {end - first} files")
    _leave(kind)
    if kind == "memory":
        _over_memory(client)
    else:
        _crash()


def _crash():
    print("crash loop: the first death", file=sys.stderr, flush=True)
    os._exit(1)


def _over_memory(client):
    hoard = []
    try:
        while len(hoard) * MEMORY_STEP < MEMORY_MOST:
            hoard.append(b"\x5a" * MEMORY_STEP)
    except MemoryError:  # where the limit is an rlimit, nobody kills: the allocation fails
        held = len(hoard) * MEMORY_STEP >> 20
        hoard.clear()
        print("over memory: the limit refused an allocation", file=sys.stderr, flush=True)
        client.note(f"trouble memory refused {client.agent} more than {held} MB")
        os._exit(1)
    client.note(f"trouble memory missed {client.agent}: nothing stopped it at "
                f"{MEMORY_MOST >> 20} MB, so no memory limit is enforced here")
