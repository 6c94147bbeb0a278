#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keeps the lists of files in core/CMakeLists.txt and executors/CMakeLists.txt complete and sorted.

usage: file_lists.py [--check] [ROOT]    writes the lists; --check says what is wrong and exits 1

A list begins behind a line that ends in "# headers of FOLDER" or "# sources of FOLDER", perhaps
followed by " without FOLDER", and ends at the first line that is not an indented path.
"""
import re
import sys
from pathlib import Path

KINDS = {"headers": "*.hpp", "sources": "*.cpp"}
HEAD = re.compile(r"# (headers|sources) of (\S+)(?: without (\S+))?$")
ENTRY = re.compile(r"^\s+\S+\.(hpp|cpp)(\)*)$")


def found(folder, kind, top, without):
    """The files of one kind below `top`, by name; rooms come after the files beside them."""
    paths = [p.relative_to(folder) for p in (folder / top).rglob(KINDS[kind])]
    paths = [p for p in paths if not (without and p.is_relative_to(without))]
    return [p.as_posix() for p in sorted(paths, key=lambda p: (p.parent.as_posix(), p.name))]


def rewritten(cmake_file):
    lines = cmake_file.read_text().splitlines()
    result = []
    i = 0
    while i < len(lines):
        result.append(lines[i])
        match = HEAD.search(lines[i])
        i += 1
        if not match:
            continue
        closing = ""
        while i < len(lines) and (entry := ENTRY.match(lines[i])):
            closing = entry.group(2)
            i += 1
        files = found(cmake_file.parent, match.group(1), match.group(2), match.group(3))
        result += [f"    {name}" for name in files]
        result[-1] += closing
    return "\n".join(result) + "\n"


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    wrong = 0
    for cmake_file in (root / "core/CMakeLists.txt", root / "executors/CMakeLists.txt"):
        before, after = cmake_file.read_text(), rewritten(cmake_file)
        if "--check" not in sys.argv:
            if before != after:
                cmake_file.write_text(after)
            continue
        place = cmake_file.relative_to(root)
        listed, exist = ({line.strip(" )") for line in s.splitlines()} for s in (before, after))
        for name in sorted(exist - listed):
            print(f"{place}: {name} exists and is not listed. ./dev format lists it.")
        for name in sorted(listed - exist):
            print(f"{place}: {name} is listed and does not exist. ./dev format removes it.")
        if before != after and listed == exist:
            print(f"{place}: the list is not sorted. ./dev format sorts it.")
        wrong += before != after
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
