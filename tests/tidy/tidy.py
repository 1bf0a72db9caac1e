#!/usr/bin/python3
"""Checks the rules of this house that a machine can check.

  tidy.py --list               the names of the rules
  tidy.py RULE ROOT            what breaks RULE below ROOT; exit 1 if anything does
  tidy.py --selftest RULE      every planted violation must be found, every clean file passed
  tidy.py ROOT                 all rules
"""

import os
import sys

import layers
import paths
import proofs
import shape
from source import read_tree

RULES = {**layers.RULES, **shape.RULES, **paths.RULES,
         **proofs.RULES}


def findings(rule, root):
    check = RULES[rule][0]
    files = read_tree(root)
    if check is paths.check_paths_exist:
        return list(check(files, paths.on_disk(root)))
    return list(check(files))


def run(rules, root):
    found = [finding for rule in rules for finding in findings(rule, root)]
    for finding in found:
        print(finding)
    return 1 if found else 0


def selftest(rule):
    check, planted, clean = RULES[rule]
    blamed = {finding.path for finding in check(planted)}
    # A header that others name is not itself a violation, only company for one.
    missed = [f.path for f in planted if f.path not in blamed and f.text != "#pragma once\n"]
    wrong = [str(finding) for finding in check(clean)]
    for path in missed:
        print(f"{rule}: the planted violation in {path} was not found")
    for finding in wrong:
        print(f"{rule}: a clean file was blamed: {finding}")
    return 1 if missed or wrong else 0


def main(arguments):
    if arguments == ["--list"]:
        print("\n".join(RULES))
        return 0
    if len(arguments) == 2 and arguments[0] == "--selftest" and arguments[1] in RULES:
        return selftest(arguments[1])
    if len(arguments) == 2 and arguments[0] in RULES:
        return run([arguments[0]], arguments[1])
    if len(arguments) == 1 and os.path.isdir(arguments[0]):
        return run(RULES, arguments[0])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
