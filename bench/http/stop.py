#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SIGTERM under load, many times: no answer may be lost and the server must end in time.

Each run starts the example server, lets clients ask without pause on kept connections, sends SIGTERM
at a moment that differs from run to run, and compares three counts: the requests that the server
read, the answers that it gave, and the answers that arrived whole. Runs end by exit code 0 within
the grace, or are named with what was wrong.
"""
import argparse
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples"))
from steady_clients import SteadyClients  # noqa: E402

TARGETS = ["/"] * 6 + ["/fanout?n=20"] * 4 + ["/cpu?ms=20"] * 2
GRACE_SECONDS = 10


def start(program, root):
    command = [str(program), "--port", "0", "--workers", "2", "--root", root,
               "--grace", f"{GRACE_SECONDS}s"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in server.stdout:
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
        if found:
            return server, int(found.group(1))
    sys.exit(f"the server ended with {server.wait()} before it listened")


def stop_once(program, root, seconds):
    """How one run ended: seconds to stop, the clients' account, what was wrong (empty: nothing)."""
    server, port = start(program, root)
    try:
        with SteadyClients(port, TARGETS) as clients:
            time.sleep(seconds)
            started = time.monotonic()
            server.send_signal(signal.SIGTERM)
            try:
                output = server.communicate(timeout=GRACE_SECONDS + 5)[0]
            except subprocess.TimeoutExpired:
                return time.monotonic() - started, clients.total(), ["did not end"]
            took = time.monotonic() - started
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    account = clients.total()
    return took, account, faults(server.returncode, output, took, account)


def faults(code, output, took, account):
    wrong = list(account.lost)
    if code != 0:
        wrong.append(f"exit code {code}")
    if took > GRACE_SECONDS:
        wrong.append(f"ended after {took:.1f} s")
    said = re.search(r"stopped after (\d+) requests, (\d+) answers", output)
    counts = [int(number) for number in said.groups()] if said else [None, None]
    if counts != [account.complete] * 2:
        wrong.append(f"read {counts[0]}, answered {counts[1]}, received {account.complete}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which it stops")
    options = parser.parse_args()
    program = options.build / "examples" / "server" / "server"
    moments = random.Random(options.seed)
    bad, answers, times = 0, 0, []
    with tempfile.TemporaryDirectory() as root:
        for number in range(1, options.runs + 1):
            took, account, wrong = stop_once(program, root, moments.uniform(0.05, 0.4))
            bad += bool(wrong)
            answers += account.complete
            times.append(took)
            print(f"run {number}/{options.runs}: {account.complete} answers, {account.unanswered} "
                  f"requests never read, {account.refused} refused, ended after "
                  f"{took * 1000:.0f} ms  {'; '.join(wrong) or 'nothing lost'}",
                  file=sys.stderr, flush=True)
    times.sort()
    print(f"{options.runs - bad} of {options.runs} stops without loss; {answers} answers; time to "
          f"end: median {times[len(times) // 2] * 1000:.0f} ms, most {times[-1] * 1000:.0f} ms")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
