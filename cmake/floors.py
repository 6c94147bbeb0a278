#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the rooms of the libraries stand on their floors, who may include whom.

The floors are listed in docs/floors.txt.

usage: floors.py [ROOT]    exits 1 with file, line, cause and cure of each fault
"""
import re
import sys
from pathlib import Path

LIBRARIES = ("core", "executors")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class House:
    def __init__(self, root):
        self.root = root
        self.faults = []
        self.floor_of_entry = {}
        self.files = {}  # path -> (library, name inside the library)
        self.read_floors()
        for library in LIBRARIES:
            for folder in ("include/jackdaw", "src"):
                base = root / library / folder
                for path in sorted([*base.rglob("*.hpp"), *base.rglob("*.cpp")]):
                    self.files[path] = (library, path.relative_to(base).as_posix())

    def fault(self, path, line, cause, cure):
        self.faults.append(f"{path.relative_to(self.root)}:{line}: {cause}\n    {cure}")

    def read_floors(self):
        lines = (self.root / "docs/floors.txt").read_text().splitlines()
        for floor, line in enumerate(lines, 1):
            words = line.split("#")[0].split()
            for entry in words[1:]:
                self.floor_of_entry[(words[0], entry)] = floor

    def floor(self, path):
        """The line of docs/floors.txt that a file stands on, or None. x.cpp stands with x.hpp."""
        library, name = self.files[path]
        header = name.removesuffix(".cpp") + ".hpp" if name.endswith(".cpp") else name
        room = name.split("/")[0] + "/"
        floors = self.floor_of_entry
        return floors.get((library, header)) or floors.get((library, room))

    def find(self, path, bracket, name):
        """The file of ours that an include names, or None when it is not ours, or "missing"."""
        library = self.files[path][0]
        if bracket == "<":
            if not name.startswith("jackdaw/"):
                return None
            places = [self.root / library_ / "include" / name for library_ in LIBRARIES]
        else:
            places = [self.root / library / "src" / name, path.parent / name]
        return next((place.resolve() for place in places if place.is_file()), "missing")

    def includes(self, path):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match and (target := self.find(path, *match.groups())) is not None:
                yield number, match.group(2), target

    def check_include(self, path, number, name, target):
        library = self.files[path][0]
        if target == "missing":
            self.fault(path, number, f"includes {name}, which does not exist",
                       "Correct it; public headers are <jackdaw/room/x.hpp>, private ones \"room/x.hpp\".")
            return
        if "/include/" in path.as_posix() and "/src/" in target.as_posix():
            self.fault(path, number, f"is public and includes the private {name}",
                       "Move what users need into include/, or include it from a .cpp only.")
        if library == "core" and self.files[target][0] == "executors":
            self.fault(path, number, f"is in core and includes {name} of executors",
                       "Name an interface in core and implement it in executors, as any_executor is.")
            return
        mine, theirs = self.floor(path), self.floor(target)
        if library == self.files[target][0] and mine and theirs and theirs > mine:
            self.fault(path, number,
                       f"on floor {mine} includes {name} of a higher floor, {theirs}",
                       "Move the file up or what it needs down (floors: lines of docs/floors.txt).")

    def check_cycles(self, graph):
        state = {}

        def visit(path, trail):
            state[path] = "open"
            for number, target in graph[path]:
                if state.get(target) == "open":
                    circle = " -> ".join(p.name for p in [*trail[trail.index(target):], target])
                    self.fault(path, number, "closes a circle of includes: " + circle,
                               "Split the part that both need into a header of its own.")
                elif target not in state:
                    visit(target, [*trail, target])
            state[path] = "done"

        for path in graph:
            if path not in state:
                visit(path, [path])

    def check(self):
        graph = {}
        for path in self.files:
            if self.floor(path) is None:
                self.fault(path, 1, "stands on no floor",
                           "Name its room or the file in docs/floors.txt.")
            graph[path] = []
            for number, name, target in self.includes(path):
                self.check_include(path, number, name, target)
                if target != "missing":
                    graph[path].append((number, target))
        self.check_cycles(graph)
        return self.faults


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    house = House(root)
    faults = house.check()
    for fault in faults:
        print(fault)
    print(f"{len(house.files)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
