"""Trouble that an agent makes itself when the demo asks for it (SURVEY_TROUBLE in its environment).

It is announced in the journal first, it strikes in mid-shard, and it is real: memory is really
allocated and touched, the crash loop really dies at every start. Marker files in the agent's work
directory remember over incarnations what has already struck.
"""
import os
import sys

STRIKE_AFTER = 2              # rows of a shard, while at least as many are still to be done
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
    strikes = {"memory": _over_memory, "crash_loop": _crash}
    if kind not in strikes or os.path.exists(_marker(kind)):
        return
    first, end = task["input"]["from"], task["input"]["to"]
    if position - first < STRIKE_AFTER or end - position < STRIKE_AFTER:
        return
    client.note(f"trouble {kind} strikes {client.agent} in {task['task_id']} "
                f"after {position - first} of {end - first} files")
    _leave(kind)
    strikes[kind](client)


def _crash(_client):
    print("crash loop: the first death", file=sys.stderr, flush=True)
    os._exit(1)


def _over_memory(client):
    hoard = []
    try:
        while len(hoard) * MEMORY_STEP < MEMORY_MOST:
            hoard.append(b"\x5a" * MEMORY_STEP)
    except MemoryError:
        print("over memory: the limit refused an allocation", file=sys.stderr, flush=True)
        os._exit(1)
    client.note(f"trouble memory missed {client.agent}: nothing stopped it at "
                f"{MEMORY_MOST >> 20} MB, so no memory limit is enforced here")
