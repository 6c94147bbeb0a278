#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a cancel costs: a group of 10^6 parked children, and unwinding against a plain throw.

Runs the program several times; prints median and quartiles beside what is aimed at.
"""
import argparse
import json
import pathlib
import statistics
import subprocess

AIMS = {
    "thrown_cancel": (50, "cancel() returns"),
    "thrown_wake_up": (150, "from one child that is woken to the next"),
    "thrown_end": (2000, "the whole end, the throw included"),
    "quiet_end": (None, "the same without the throw"),
    "beside_end": (2000, "the whole end, beside a task that keeps one worker"),
    "bystander_p99": (None, "a turn of that task meanwhile, p99"),
    "unwind_cancelled": (None, "`cancelled` through a coroutine frame"),
    "throw_and_catch": (None, "a plain throw and catch"),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--children", type=int, default=1_000_000)
    arguments.add_argument("--json", type=pathlib.Path, help="where to write the result")
    options = arguments.parse_args()
    program = options.build / "bench/cancellation/jackdaw"
    samples, units = {}, {}
    for number in range(options.rounds):
        print(f"round {number + 1}/{options.rounds} ...", flush=True)
        for line in subprocess.run([program, str(options.children)], check=True, text=True,
                                   stdout=subprocess.PIPE).stdout.splitlines():
            name, value, unit = line.split()
            samples.setdefault(name, []).append(float(value))
            units[name] = unit
    samples["unwind_ratio"] = [a / b for a, b in
                               zip(samples["unwind_cancelled"], samples["throw_and_catch"])]
    units["unwind_ratio"] = "x"
    result = {}
    for name, (aim, what) in (AIMS | {"unwind_ratio": (1.5, "the two of them")}).items():
        low, middle, high = statistics.quantiles(samples[name], n=4) if options.rounds > 1 else (
            samples[name] * 3)
        result[name] = {"median": middle, "quartiles": [low, high], "unit": units[name], "aim": aim}
        goal = f"aim {aim}" if aim else ""
        print(f"{what:<44} {middle:>10.2f} {units[name]:<9} ({low:.2f} .. {high:.2f})  {goal}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
