#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures jackdaw beside its peers, and prints how they compare.

Each round runs every program of a workload once, with one worker and with two, in an order that
rotates, so that whatever else the machine does meets all of them. Reported: median and quartiles
over the rounds, processor time, peak memory, and the ratio of jackdaw's time to each peer's of the
same round, against the ratio that is aimed at. The programs check their results. What is not built
is named and left out. Writes results.json, results.md and one SVG per group.
"""
import argparse
import json
import os
import pathlib
import platform
import sys
import time

from harness import programs, report
from harness.workloads import WORKLOADS

HERE = pathlib.Path(__file__).resolve().parent


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workload", nargs="*", help="by default all: " +
                        " ".join(each.folder for each in WORKLOADS))
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="+", help="instead of the workload's own")
    parser.add_argument("--only", nargs="+", help="these runtimes")
    parser.add_argument("--out", type=pathlib.Path, help="folder of the results; default: BUILD/bench")
    return parser.parse_args()


def chosen(options):
    unknown = set(options.workload) - {each.folder for each in WORKLOADS}
    if unknown:
        sys.exit(f"no such workload: {' '.join(sorted(unknown))}")
    return [each for each in WORKLOADS if not options.workload or each.folder in options.workload]


def measure(workload, options):
    found = programs.installed(workload, HERE, options.build)
    if options.only:
        found = {name: program for name, program in found.items() if name in options.only}
    if not found:
        return []
    workers = tuple(options.workers or workload.workers)
    return report.summarize(workload, programs.run_rounds(workload, found, options.rounds, workers))


def main():
    options = arguments()
    out = options.out or options.build / "bench"
    out.mkdir(parents=True, exist_ok=True)
    rows = [row for workload in chosen(options) for row in measure(workload, options)]
    if not rows:
        sys.exit("nothing to measure")
    about = {"cpu": cpu_model(), "cpus": os.cpu_count(), "system": platform.platform(),
             "date": time.strftime("%F"), "rounds": options.rounds}
    (out / "results.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1))
    text = report.table(rows) + "\n\n" + report.speed_ups(rows)
    (out / "results.md").write_text(text + "\n")
    print(text)
    try:
        report.charts(rows, out)
    except ImportError:
        print("no charts: apt-get install python3-matplotlib", file=sys.stderr)


if __name__ == "__main__":
    main()
