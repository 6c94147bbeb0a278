#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions of jackdaw's smallest operations, and compares them with what is on record.

An operation that takes over 3 % more than instructions.json says fails the test. One that takes over 3 %
less is named, so that the gain can be held on to: --update writes what was counted.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

RECORD = pathlib.Path(__file__).with_name("instructions.json")
PASSES = 1000  # as in operations.cpp
MARGIN = 0.03


def count(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["valgrind", "--tool=callgrind", "--collect-atstart=no",
                        f"--callgrind-out-file={folder}/out", program],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=240)
        counts = {}
        for dump in pathlib.Path(folder).iterdir():
            text = dump.read_text()
            operation = re.search(r"^desc: Trigger: Client Request: (\w+)$", text, re.M)
            if operation:
                total = int(re.search(r"^(?:totals|summary): (\d+)", text, re.M).group(1))
                counts[operation.group(1)] = round(total / PASSES, 1)
    return counts


def compare(counts, record):
    """The operations that take too much."""
    too_many = []
    for operation, counted in sorted(counts.items()):
        allowed = record.get(operation)
        verdict = "not on record"
        if allowed is not None:
            verdict = f"{counted / allowed - 1:+.1%} of {allowed}"
            if counted > allowed * (1 + MARGIN):
                verdict += "  TOO MANY"
                too_many.append(operation)
            elif counted < allowed * (1 - MARGIN):
                verdict += "  better: keep it with --update"
        print(f"{operation:<16}{counted:>8} instructions  {verdict}")
    return too_many + sorted(set(record) - set(counts))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", help="built from operations.cpp")
    parser.add_argument("--update", action="store_true", help="record what is counted")
    options = parser.parse_args()
    counts = count(options.program)
    if options.update:
        RECORD.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n")
    missed = compare(counts, json.loads(RECORD.read_text()))
    if missed:
        sys.exit(f"more instructions than on record, or none counted: {', '.join(missed)}")


if __name__ == "__main__":
    main()
