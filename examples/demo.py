#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Starts the server, drives it with real clients, prints one table, stops it under load.

With --serve it leaves the server running and prints what to open.
"""
import argparse
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from steady_clients import SteadyClients

# Route, rate of the open loop in requests/s: what a small machine carries without queueing.
LOADS = [("/", 2000), ("/fanout?n=20", 50), ("/cpu?ms=20", 20), ("/file/hello.txt", 500)]
SECONDS = 4


class Failure(Exception):
    pass


class Demo:
    def __init__(self, build):
        self.programs = build / "examples"
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "hello.txt").write_text("hello from a file\n")
        self.server = None
        self.port = 0

    def start(self):
        command = [str(self.programs / "server" / "server"), "--port", "0", "--root", str(self.root)]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.server.stdout:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                return
        raise Failure(f"the server ended with {self.server.wait()} before it listened")

    def url(self, target):
        return f"http://127.0.0.1:{self.port}{target}"

    def end(self):
        if self.server is not None and self.server.poll() is None:
            self.server.kill()
            self.server.wait()
        self.folder.cleanup()


def say(text):
    print(text, flush=True)


def metrics(demo):
    command = ["curl", "-s", demo.url("/metrics")]
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout


def curl_every_route(demo):
    say("\nOne request to each route, by curl:")
    expected = [
        ("/", 200), ("/fanout?n=20", 200), ("/fanout?n=20&slow=3", 200), ("/cpu?ms=20", 200),
        ("/cpu-inline?ms=20", 200), ("/file/hello.txt", 200), ("/file/../../etc/passwd", 404),
        ("/tasks", 200), ("/metrics", 200), ("/nothing", 404), ("/cpu?ms=much", 400),
    ]
    for target, status in expected:
        form = "%{http_code} %{size_download} %{time_total} %{content_type}"
        command = ["curl", "-s", "--path-as-is", "-o", "/dev/null", "-w", form, demo.url(target)]
        output = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout
        code, size, seconds, kind = output.split(" ", 3)
        say(f"  {target:<26} {code}  {int(size):>7} bytes {float(seconds) * 1000:>8.1f} ms  {kind}")
        if int(code) != status:
            raise Failure(f"{target} was answered with {code}, not {status}")


def open_loop(demo, target, rate, seconds=SECONDS):
    command = [str(demo.programs / "load" / "load"), "--url", demo.url(target), "--rate", str(rate),
               "--duration", f"{seconds}s", "--connections", "64"]
    result = subprocess.run(command, capture_output=True, text=True)
    if not result.stdout:
        raise Failure(f"the load generator failed on {target}: {result.stderr}")
    return json.loads(result.stdout)


def most_requests(demo, target):
    """Requests/s of a closed loop: 64 connections that ask again at once."""
    if shutil.which("wrk") is None:
        return "(no wrk)"
    command = ["wrk", "-t1", "-c64", "-d2s", demo.url(target)]
    output = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec: *([\d.]+)", output)
    if not found:
        raise Failure(f"wrk failed on {target}")
    return f"{float(found.group(1)):.0f}"


def wait_until_idle(demo):
    """What a load generator left behind when it closed its connections is still computed."""
    for _ in range(200):
        if re.search(r"^http_waiting_requests 0$", metrics(demo), re.M):
            return
        time.sleep(0.05)
    raise Failure("requests are still under way 10 s after their load has ended")


def drive_routes(demo):
    rows = []
    for target, rate in LOADS:
        say(f"  {target}: wrk, then {rate} requests/s for {SECONDS} s ...")
        most = most_requests(demo, target)
        wait_until_idle(demo)
        rows.append((target, most, rate, open_loop(demo, target, rate)))
    return rows


def drive_beside_bursts(demo):
    """`/` at 2000/s alone, and while four clients keep the CPU busy in either way."""
    rows = [("`/` alone", open_loop(demo, "/", 2000))]
    for target in ["/cpu?ms=20", "/cpu-inline?ms=20"]:
        say(f"  / beside four clients of {target} ...")
        with SteadyClients(demo.port, [target] * 4) as clients:
            rows.append((f"`/` beside {target}", open_loop(demo, "/", 2000)))
        if clients.total().lost:
            raise Failure(f"lost answers: {clients.total().lost[:3]}")
    return rows


def print_tables(routes, beside):
    say(f"\n{'route':<28}{'wrk: requests/s':>16}{'open loop: /s':>15}{'p50 us':>10}{'p99 us':>10}{'errors':>8}")
    for target, most, rate, report in routes:
        say(f"{target:<28}{most:>16}{rate:>15}{report['p50']:>10.0f}{report['p99']:>10.0f}"
            f"{report['errors'] + report['refused']:>8}")
    say(f"\n{'2000 requests/s':<28}{'p50 us':>10}{'p99 us':>10}{'x alone':>9}{'errors':>8}")
    alone = beside[0][1]["p99"]
    for name, report in beside:
        say(f"{name:<28}{report['p50']:>10.0f}{report['p99']:>10.0f}{report['p99'] / alone:>9.1f}"
            f"{report['errors'] + report['refused']:>8}")


def answers_so_far(demo):
    found = re.findall(r"^http_responses_total\{.*\} (\d+)$", metrics(demo), re.M)
    return sum(int(number) for number in found)


def stop_under_load(demo):
    say("\nSIGTERM while 12 clients ask without pause ...")
    before = answers_so_far(demo) + 1  # the request for /metrics is answered after it has counted
    targets = ["/"] * 6 + ["/fanout?n=20"] * 4 + ["/cpu?ms=20"] * 2
    with SteadyClients(demo.port, targets) as clients:
        time.sleep(1.5)
        started = time.monotonic()
        demo.server.send_signal(signal.SIGTERM)
        output = demo.server.communicate(timeout=60)[0]
        took = time.monotonic() - started
    account = clients.total()
    said = re.search(r"stopped after (\d+) requests, (\d+) answers", output)
    asked, answered = (int(number) - before for number in said.groups())
    say(f"  the server ended after {took * 1000:.0f} ms with exit code {demo.server.returncode}")
    say(f"  requests read {asked}, answers given {answered}, received whole {account.complete}, "
        f"cut or reset {len(account.lost)}")
    if demo.server.returncode != 0 or account.lost or not asked == answered == account.complete:
        raise Failure(f"something was lost: {account.lost[:3]}")
    say("  nothing was lost")


def serve(demo):
    say("The server is running; end it with Ctrl-C.")
    for target in ["/", "/fanout?n=20", "/cpu?ms=20", "/file/hello.txt", "/tasks", "/metrics"]:
        say("  " + demo.url(target))
    try:
        demo.server.wait()
    except KeyboardInterrupt:
        demo.server.wait(60)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path, help="the build folder")
    parser.add_argument("--serve", action="store_true", help="leave the server running")
    options = parser.parse_args()
    demo = Demo(options.build)
    try:
        demo.start()
        say(f"listening on {demo.url('/')}")
        if options.serve:
            return serve(demo)
        curl_every_route(demo)
        say("\nLoad on each route:")
        routes = drive_routes(demo)
        print_tables(routes, drive_beside_bursts(demo))
        stop_under_load(demo)
    except Failure as failure:
        sys.exit(f"demo: {failure}")
    finally:
        demo.end()


if __name__ == "__main__":
    main()
