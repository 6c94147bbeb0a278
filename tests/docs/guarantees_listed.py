#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the tests that docs/guarantees.md lists with those that there are.

A test of a guarantee is one of GoogleTest whose name begins with S and a number, or a program of
tests/debug that is called so. Prints what is not listed and what is gone; exits 1 then.
"""
import pathlib
import re
import sys

NAME = r"S\d+_[a-z]\w+"
TEST = re.compile(rf"\b\w*TEST\w*\(\s*\w+,\s*({NAME})\s*[,)]")


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    tests = {path.stem for path in (root / "tests/debug").glob("S*.cpp")}
    for path in (root / "tests").rglob("*.cpp"):
        tests |= set(TEST.findall(path.read_text()))
    listed = set(re.findall(rf"`({NAME})`", (root / "docs/guarantees.md").read_text()))
    for name in sorted(tests - listed):
        print(f"docs/guarantees.md does not list {name}")
    for name in sorted(listed - tests):
        print(f"docs/guarantees.md lists {name}, which is no test")
    print(f"{len(tests)} tests of guarantees, {len(listed)} listed")
    return tests != listed


if __name__ == "__main__":
    sys.exit(main())
