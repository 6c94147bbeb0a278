#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The long searches: every scenario up to three preemptions and by a million random schedules.

Runs the executables of BUILD, keeps what they print in BUILD/interleavings/, and makes a table of
all that is there, table.md. A search gives up after --seconds, which the table says; such
a scenario is searched with one preemption less as well. Fails if a search finds a fault.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

SEARCH = re.compile(
    r"^(?:all (\d)-preemption|random) schedules of (\d+) threads: (.*)\n"
    r"(?:(?!all |random ).*\n)*?  (\d+) schedules, ([\d.]+) s: (passed|passed, gave up|FAILED)$", re.M)
PAIR = re.compile(r"^([\w ]+): .* beside ")


class Scenario:
    """What all searches of it have found."""

    def __init__(self):
        self.threads = 0
        self.random = 0
        self.fault = False
        self.ended = {}  # bound of preemptions: schedules
        self.gave_up = {}

    def add(self, bound, threads, schedules, result):
        self.threads = threads
        if result == "FAILED":
            self.fault = True
        elif not bound:
            self.random = max(self.random, schedules)
        elif result == "passed":
            self.ended[int(bound)] = schedules
        else:
            self.gave_up[int(bound)] = max(self.gave_up.get(int(bound), 0), schedules)


def read(log):
    """What a log says: scenarios by their sentences, in order."""
    scenarios = collections.OrderedDict()
    for bound, threads, sentence, schedules, _, result in SEARCH.findall(log.read_text()):
        scenario = scenarios.setdefault(sentence, Scenario())
        scenario.add(bound, int(threads), int(schedules), result)
    return scenarios


def run(executable, log, environment):
    """True if nothing was found."""
    with open(log, "a") as output:
        return subprocess.run([executable], stdout=output, stderr=subprocess.STDOUT,
                              env={**os.environ, **environment}).returncode == 0


def search(executable, log, arguments):
    """True if nothing was found."""
    bounds = {"JACKDAW_SECONDS": str(arguments.seconds),
              "JACKDAW_PREEMPTIONS": str(arguments.preemptions),
              "JACKDAW_SCHEDULES": str(arguments.schedules)}
    if not run(executable, log, bounds):
        return False
    bounds |= {"JACKDAW_PREEMPTIONS": str(arguments.preemptions - 1), "JACKDAW_SCHEDULES": "0"}
    return all(run(executable, log, {**bounds, "JACKDAW_SCENARIO": sentence})
               for sentence, s in read(log).items() if arguments.preemptions not in s.ended)


def search_all(executables, logs, arguments):
    """Whether nothing was found, for each. Says from time to time what is being searched."""
    pool = concurrent.futures.ThreadPoolExecutor(arguments.jobs)
    searches = {name: pool.submit(search, executable, logs / name, arguments)
                for name, executable in executables.items()}
    try:
        while concurrent.futures.wait(searches.values(), timeout=10).not_done:
            for name, running in searches.items():
                if running.running() and (logs / name).exists():
                    latest = (logs / name).read_text().splitlines()[-1:]
                    print(f"{name}: {''.join(latest).strip()}", flush=True)
    except KeyboardInterrupt:  # the executables have got it too
        pool.shutdown(cancel_futures=True)
        sys.exit(f"interrupted; what was searched is in {logs}")
    return [running.result() for running in searches.values()]


def rows(name, scenarios, bound):
    """The table's rows for an executable: a scenario each, or the pairs of a primitive together."""
    groups = collections.OrderedDict()
    for sentence, scenario in scenarios.items():
        pair = PAIR.match(sentence)
        groups.setdefault(pair.group(1) if pair else sentence, []).append(scenario)
    for sentence, group in groups.items():
        ended = [s.ended[bound] for s in group if bound in s.ended]
        others = [s for s in group if bound not in s.ended]
        parts = ["**FAULT**"] if any(s.fault for s in group) else []
        parts += [f"{sum(ended):,}"] if ended else []
        if others:
            tried = sum(s.gave_up.get(bound, 0) for s in others)
            parts.append(f"**not ended**{f' ({len(others)})' if len(group) > 1 else ''}: {tried:,}")
            fewer = [s.ended[bound - 1] for s in others if bound - 1 in s.ended]
            if len(fewer) == len(others):
                parts.append(f"all {sum(fewer):,} of {bound - 1}")
        pairs = f": {len(group)} pairs of operations" if len(group) > 1 else ""
        yield (f"| `{name}` | {sentence}{pairs} | {group[0].threads} | {'; '.join(parts)} "
               f"| {sum(s.random for s in group):,} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*", help="without: all of them")
    parser.add_argument("--seconds", type=int, default=600, help="for each search")
    parser.add_argument("--preemptions", type=int, default=3)
    parser.add_argument("--schedules", type=int, default=1_000_000,
                        help="random ones for each scenario")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    logs = arguments.build / "interleavings"
    suffix = "_interleavings"
    executables = {path.name.removesuffix(suffix): path for path in
                   sorted((arguments.build / "tests/interleavings").glob("*" + suffix))}
    if not executables:
        parser.error(f"no *{suffix} in {arguments.build}/tests/interleavings: configure the release "
                     "preset there, then build it")
    names = arguments.names or list(executables)
    if unknown := set(names) - set(executables):
        parser.error(f"no such name: {', '.join(sorted(unknown))}; there are {', '.join(executables)}")
    logs.mkdir(exist_ok=True)
    for name in names:
        (logs / name).unlink(missing_ok=True)
    passed = search_all({name: executables[name] for name in names}, logs, arguments)

    found = {name: read(logs / name) for name in executables if (logs / name).exists()}
    table = ["| file | scenario | threads "
             f"| schedules with {arguments.preemptions} preemptions | random ones |",
             "|---|---|---|---|---|"]
    for name, scenarios in found.items():
        table += rows(name, scenarios, arguments.preemptions)
    (logs / "table.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))
    everything = [s for scenarios in found.values() for s in scenarios.values()]
    ended = sum(arguments.preemptions in s.ended for s in everything)
    faults = [name for name, fine in zip(names, passed) if not fine]
    print(f"\n{ended} of {len(everything)} scenarios searched to the end with "
          f"{arguments.preemptions} preemptions, {sum(s.random for s in everything):,} random "
          f"schedules, " + (f"FAULTS in {', '.join(faults)}" if faults else "no fault"))
    return 1 if faults or not everything else 0


if __name__ == "__main__":
    sys.exit(main())
