"""Plants known bugs into the core, one at a time, and lets the simulator look for them.

Each patch in bugs/ changes src/core/*.cpp as a careless hand might. It is applied to a copy, only
the changed files are compiled, the simulator is linked anew, and the seeds of PLAN must find a
violation; the core as it is passes the same seeds (sim/simulation_test.cpp). A checker that has
gone blind is found here. The first line of a patch says what the bug is; a line "Exit: liveness"
demands that status.

usage: run.py prepare | run.py NAME...      with BUILD and SOURCE in the environment
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

BUILD = pathlib.Path(os.environ["BUILD"])
SOURCE = pathlib.Path(os.environ["SOURCE"])
TARGET = "tests/planted/planted_sim"
FOLDER = BUILD / "tests/planted/bugs"
HEADER = FOLDER / "core.h"  # what every file of the core reads, read once
COMMON = ["fmt/format.h", "algorithm", "core/decision.h", "core/lifecycle.h", "core/line.h"]
PLAN = ["everything", "crash_loops", "hangs", "busy_operator", "restarts", "accounts"]
SEEDS_EACH = 40
SEEDS = SEEDS_EACH * len(PLAN)
PATIENCE = 120  # seconds for one scenario's seeds; a bug may make the simulator spin
STATUS = {10: "crash", 11: "liveness", 12: "correctness"}


class Failure(Exception):
    """One sentence for whoever reads the test's output."""


def shell(command, what):
    done = subprocess.run(command, cwd=BUILD, shell=True, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise Failure(f"{what} failed:\n{done.stdout}{done.stderr}")


def build_commands():
    listed = subprocess.run(["ninja", "-C", str(BUILD), "-t", "commands", TARGET],
                            capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def compiler(commands):
    """How the files of the core are compiled: everything before the names of files."""
    shape = r"(?:\S*ccache )?(.*?) -MD -MT \S+ -MF \S+ -o \S+ -c \S+/src/core/\S+\.cpp$"
    for command in commands:
        found = re.match(shape, command)
        if found:
            return re.sub(r" -g\d?\b| -Werror\b", "", found.group(1))
    raise Failure("ninja does not say how src/core is compiled")


def linker(commands, objects, binary):
    for command in reversed(commands):
        if f" -o {TARGET} " in command:
            names = " ".join(str(one) for one in objects)
            return command.replace(f" -o {TARGET} ", f" {names} -o {binary} ")
    raise Failure("ninja does not say how the simulator is linked")


def prepare():
    FOLDER.mkdir(parents=True, exist_ok=True)
    HEADER.write_text("".join(f"#include <{name}>\n" for name in COMMON))
    shell(f"{compiler(build_commands())} -fpch-instantiate-templates -x c++-header {HEADER} "
          f"-o {HEADER}.pch", "compiling the common headers")


def plant(patch, folder):
    """The simulator with the bug in its core."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCE / "src/core", folder / "src/core")
    applied = subprocess.run(["patch", "-p1", "--fuzz=0", "--no-backup-if-mismatch", "-d",
                              str(folder), "-i", str(patch)],
                             capture_output=True, text=True, check=False)
    if applied.returncode != 0:
        raise Failure(f"tests/planted/bugs/{patch.name} no longer applies, because the core has "
                      "changed there: plant the same bug into the new code, or another one\n"
                      + applied.stdout)
    commands = build_commands()
    objects = []
    for file in re.findall(r"^\+\+\+ b/src/core/(\S+)", patch.read_text(), re.M):
        if not file.endswith(".cpp"):
            raise Failure(f"{file}: only .cpp files can be patched, nothing else is compiled anew")
        objects.append(folder / (file + ".o"))
        shell(f"{compiler(commands)} -include-pch {HEADER}.pch -o {objects[-1]} "
              f"-c {folder}/src/core/{file}", f"compiling {file} with the bug in it")
    binary = folder / "planted_sim"
    shell(linker(commands, objects, binary), "linking")
    return binary


def hunt(binary):
    """(exit status as a word, what was found)"""
    tried = 0
    for scenario in PLAN:
        command = [str(binary), "--scenario", scenario, "--seeds", str(SEEDS_EACH)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE,
                                  check=False)
        except subprocess.TimeoutExpired:
            late = f"the simulator did not end within {PATIENCE} s: {' '.join(command)}"
            raise Failure(late) from None
        tried += len(re.findall(r"^seed ", done.stdout, re.M))
        if done.returncode == 0:
            continue
        if done.returncode not in STATUS:
            raise Failure(f"the simulator ended with {done.returncode}:\n"
                          f"{done.stdout[-2000:]}{done.stderr}")
        status = STATUS[done.returncode]
        rule = re.search(r"^VIOLATION at \S+: (.*)$", done.stdout, re.M)
        said = rule.group(1) if rule else done.stderr.strip().split("\n")[-1]
        return status, f"{status} in {scenario}, seed {tried} of {SEEDS}: {said}"
    raise Failure(f"the simulator does not find this bug within {tried} seeds")


def run(name):
    patch = SOURCE / f"tests/planted/bugs/{name}.patch"
    wanted = re.search(r"^Exit: (\w+)$", patch.read_text(), re.M)
    print(f"{name}: {patch.read_text().splitlines()[0]}")
    folder = FOLDER / name
    begin = time.monotonic()
    binary = plant(patch, folder)
    built = time.monotonic()
    status, found = hunt(binary)
    if wanted and wanted.group(1) != status:
        raise Failure(f"this bug ends with {wanted.group(1)}, but the simulator said {found}")
    shutil.rmtree(folder)
    print(f"found: {found} ({built - begin:.1f} s to plant, {time.monotonic() - built:.1f} s more)")


def main():
    failed = 0
    for name in sys.argv[1:]:
        try:
            prepare() if name == "prepare" else run(name)
        except Failure as failure:
            failed += 1
            print(f"FAILED {name}: {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
