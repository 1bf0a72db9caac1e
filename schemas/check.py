#!/usr/bin/env python3
"""Compares verdicts with the schemas beside this file.

Reads lines {"kind": "agent", "accepted": true, "text": "<JSON text>"} from standard input; prints
each text that the schema judges otherwise, and exits 1 if there is any.
"""
import json
import pathlib
import sys

import jsonschema

here = pathlib.Path(__file__).parent
validators = {}
for path in sorted(here.glob("*.schema.json")):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[path.name.split(".")[0]] = jsonschema.Draft202012Validator(schema)

compared = differ = 0
for line in sys.stdin:
    case = json.loads(line)
    compared += 1
    accepted = validators[case["kind"]].is_valid(json.loads(case["text"]))
    if accepted != case["accepted"]:
        differ += 1
        print(f'{case["kind"]}: schema {"accepts" if accepted else "refuses"}: {case["text"]}')
print(f"{compared} compared, {differ} differ, {len(validators)} schemas")
sys.exit(1 if differ or not compared else 0)
