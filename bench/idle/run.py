#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How often the threads of an idle runtime wake up.

Starts a runtime whose only task sleeps, waits a second, and counts the voluntary and involuntary
context switches of all its threads (from /proc) for some seconds. Idle means asleep: 0.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time


def switches(pid):
    total = {}
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        status = dict(line.split(":", 1) for line in (thread / "status").read_text().splitlines())
        total[status["Name"].strip() + " " + thread.name] = (
            int(status["voluntary_ctxt_switches"]) + int(status["nonvoluntary_ctxt_switches"]))
    return total


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    arguments.add_argument("--seconds", type=int, default=5, help="how long to count")
    arguments.add_argument("--json", type=pathlib.Path, help="where to write the result")
    options = arguments.parse_args()
    program = options.build / "bench/idle/jackdaw"
    runtime = subprocess.Popen([program, str(options.seconds + 3)], stdout=subprocess.PIPE, text=True)
    if runtime.stdout.readline().strip() != "idle":
        sys.exit(f"{program} ended with {runtime.wait()} before it was idle")
    time.sleep(1)
    before = switches(runtime.pid)
    print(f"counting for {options.seconds} s ...", flush=True)
    time.sleep(options.seconds)
    after = switches(runtime.pid)
    runtime.wait()
    woken = {name: after[name] - before.get(name, 0) for name in sorted(after)}
    for name, count in woken.items():
        print(f"  {name:<24} {count:>4} wake-ups")
    rate = sum(woken.values()) / options.seconds
    print(f"{rate:.1f} wake-ups per second")
    if options.json:
        options.json.write_text(json.dumps({"per_second": rate, "threads": woken}, indent=2))


if __name__ == "__main__":
    main()
