#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Spawn and join, yield, channel, semaphore: jackdaw beside Tokio, interleaved.

Each round runs both programs once, in an order that changes, so that whatever else the machine does
meets both. Reported per workload: nanoseconds per operation (wall clock, all threads), as median and
quartiles over the rounds, and the ratio to Tokio's of the same round. Each program checks its
results. What is not built is named and left out.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

PEER = "tokio"


def run_once(program, threads):
    """Nanoseconds per operation, by workload."""
    output = subprocess.run(
        [str(program), str(threads)], check=True, capture_output=True, text=True, timeout=120
    ).stdout
    samples = {}
    for line in output.splitlines():
        workload, nanoseconds, verdict = line.split()
        assert verdict == "right", f"{program}: {line}"
        samples[workload] = float(nanoseconds)
    return samples


def run_rounds(programs, options):
    samples = {name: [] for name in programs}
    for number in range(options.rounds):
        names = list(programs)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            sample = run_once(programs[name], options.threads)
            samples[name].append(sample)
            figures = "  ".join(f"{workload} {value:.1f}" for workload, value in sample.items())
            print(f"round {number + 1}/{options.rounds}  {name:<8} ns: {figures}",
                  file=sys.stderr, flush=True)
    return samples


def quartiles(values):
    if len(values) == 1:
        return {"q1": values[0], "median": values[0], "q3": values[0]}
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return {"q1": q1, "median": median, "q3": q3}


def summarize(samples):
    results = {}
    for name, rounds in samples.items():
        results[name] = {}
        for workload in rounds[0]:
            own = [each[workload] for each in rounds]
            results[name][workload] = {"ns": quartiles(own), "samples": own}
            if PEER in samples:
                peer = [each[workload] for each in samples[PEER]]
                ratios = [mine / its for mine, its in zip(own, peer)]
                results[name][workload]["ratio"] = quartiles(ratios)
    return results


def print_table(results):
    print(f"\n{'workload':<12}{'runtime':<10}{'ns':>9}{'(q1 .. q3)':>18}"
          f"{'x ' + PEER:>10}{'(q1 .. q3)':>16}")
    for workload in next(iter(results.values())):
        for name, result in results.items():
            ns, ratio = result[workload]["ns"], result[workload].get("ratio")
            line = f"{workload:<12}{name:<10}{ns['median']:>9.1f}"
            line += f"{ns['q1']:>9.1f} ..{ns['q3']:>6.1f}"
            if ratio:
                line += f"{ratio['median']:>10.3f}{ratio['q1']:>8.3f} ..{ratio['q3']:>5.3f}"
            print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=pathlib.Path, help="where to write all samples")
    options = parser.parse_args()
    programs = {}
    for name in ["jackdaw", PEER]:
        program = options.build / "bench" / "runtime" / name
        if program.exists():
            programs[name] = program
        else:
            print(f"left out: {name}: not built ({program})", file=sys.stderr)
    if not programs:
        sys.exit("nothing to measure")
    results = summarize(run_rounds(programs, options))
    print_table(results)
    if options.json:
        about = {"machine": platform.platform(), "cpus": os.cpu_count(), "date": time.strftime("%F"),
                 "threads": options.threads}
        options.json.write_text(json.dumps({"about": about, "results": results}, indent=1))


if __name__ == "__main__":
    main()
