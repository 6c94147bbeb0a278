#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How responsive `/` of the example server stays while four clients keep `/cpu` busy.

Each round measures `/` in an open loop at 2000 requests/s, latency from the intended send time: with
nothing else to do, beside four clients of /cpu (bursts go to oneTBB by offload), and beside four
clients of /cpu-inline (bursts hold a worker). Reported per way: p50 and p99 as median and quartiles
over the rounds, and the ratio of p99 to that of the idle server in the same round.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples"))
from steady_clients import SteadyClients  # noqa: E402

WAYS = {"idle": [], "offload": ["/cpu?ms=20"] * 4, "inline": ["/cpu-inline?ms=20"] * 4}


def start(build, root):
    command = [str(build / "examples/server/server"), "--port", "0", "--workers", "2",
               "--root", root]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in server.stdout:
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
        if found:
            return server, int(found.group(1))
    sys.exit(f"the server ended with {server.wait()} before it listened")


def open_loop(build, port, options):
    command = [str(build / "examples/load/load"), "--url", f"http://127.0.0.1:{port}/", "--rate",
               str(options.rate), "--duration", f"{options.seconds}s", "--connections", "64"]
    output = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    report = json.loads(output)
    assert report["errors"] + report["refused"] == 0, report
    return {"p50": report["p50"], "p99": report["p99"]}


def run_rounds(port, options):
    samples = {way: [] for way in WAYS}
    for number in range(options.rounds):
        shift = number % len(WAYS)
        for way in (list(WAYS) * 2)[shift : shift + len(WAYS)]:
            with SteadyClients(port, WAYS[way]) as clients:
                sample = open_loop(options.build, port, options)
            account = clients.total()
            assert not account.lost, account.lost
            sample["bursts"] = account.complete
            samples[way].append(sample)
            print(f"round {number + 1}/{options.rounds}  {way:<8} p50 {sample['p50']:>9.0f} us  p99 "
                  f"{sample['p99']:>9.0f} us  {account.complete} bursts", file=sys.stderr, flush=True)
    return samples


def quartiles(values):
    if len(values) == 1:
        return {"q1": values[0], "median": values[0], "q3": values[0]}
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return {"q1": q1, "median": median, "q3": q3}


def summarize(samples):
    idle = [sample["p99"] for sample in samples["idle"]]
    results = {}
    for way, rounds in samples.items():
        p99 = [sample["p99"] for sample in rounds]
        results[way] = {
            "p50": quartiles([sample["p50"] for sample in rounds]),
            "p99": quartiles(p99),
            "ratio": quartiles([own / its for own, its in zip(p99, idle)]),
            "samples": rounds,
        }
    return results


def print_table(results):
    print(f"\n{'`/` beside':<12}{'p50 us':>10}{'p99 us':>11}{'(q1 .. q3)':>22}{'x idle':>9}"
          f"{'(q1 .. q3)':>20}")
    for way, result in results.items():
        p99, ratio = result["p99"], result["ratio"]
        print(f"{way:<12}{result['p50']['median']:>10.0f}{p99['median']:>11.0f}"
              f"{p99['q1']:>11.0f} ..{p99['q3']:>8.0f}{ratio['median']:>9.2f}"
              f"{ratio['q1']:>10.2f} ..{ratio['q3']:>7.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=3, help="of load, per way and round")
    parser.add_argument("--rate", type=int, default=2000, help="requests/s")
    parser.add_argument("--json", type=pathlib.Path, help="where to write all samples")
    options = parser.parse_args()
    for program in ["server/server", "load/load"]:
        if not (options.build / "examples" / program).exists():
            sys.exit(f"not built: {options.build / 'examples' / program}")
    with tempfile.TemporaryDirectory() as root:
        server, port = start(options.build, root)
        try:
            results = summarize(run_rounds(port, options))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    print_table(results)
    if options.json:
        about = {"machine": platform.platform(), "cpus": os.cpu_count(), "date": time.strftime("%F"),
                 "rate": options.rate, "seconds": options.seconds}
        options.json.write_text(json.dumps({"about": about, "results": results}, indent=1))


if __name__ == "__main__":
    main()
