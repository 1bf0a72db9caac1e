#!/usr/bin/python3
"""Adds up CTest's JUnit files: names what failed, ends with 'N passed, N failed'."""

import os
import sys
import xml.etree.ElementTree as ElementTree


def outcomes(path):
    """Yields (test name, 'run' | 'fail' | 'notrun' | 'disabled') of one file."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        yield case.get("name"), case.get("status")


def main(paths):
    passed, failed, skipped = 0, [], 0
    for path in paths:
        suite = os.path.basename(path).removesuffix(".xml")
        for name, status in outcomes(path):
            if status == "run":
                passed += 1
            elif status in ("disabled", "notrun") and not name.endswith("_NOT_BUILT"):
                skipped += 1
                print(f"not run: {suite}: {name}")
            else:
                failed.append(f"{suite}: {name}")
    for name in failed:
        print(f"FAILED: {name}")
    if passed + len(failed) == 0:
        failed.append("no test was run")
        print("FAILED: no test was run")
    if skipped:
        print(f"{skipped} could not be run on this machine")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
