#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plaintext HTTP: every responder beside the raw epoll loop, interleaved, under wrk.

Each round runs every responder once, in an order that rotates, so that whatever else the machine
does meets all of them. Reported per responder: requests/s, and the CPU time of the server's
processes (user and system, from /proc) per request, as median and quartiles over the rounds; and
the ratio of that CPU time to the raw epoll loop's of the same round. A responder must first answer
a plain, a pipelined and a split request correctly. What is not built or installed is named and
left out.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FLOOR = "raw_epoll"
BODY = b"Hello, World!"
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A responder that runs; ends its process, and only that one, when left."""

    def __init__(self, name, command, directory, port):
        self.name = name
        self.log = open(pathlib.Path(directory) / f"{name}.log", "w+b")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)
        self.port = port

    def __enter__(self):
        if self.port is None:
            self.port = self.announced_port()
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        self.__exit__()
        raise RuntimeError(f"{self.name} does not accept connections on port {self.port}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def announced_port(self):
        for line in self.process.stdout:
            found = re.search(rb"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                return int(found.group(1))
        self.__exit__()
        raise RuntimeError(f"{self.name} ended before it said where it listens")

    def cpu_seconds(self):
        return sum(process_cpu_seconds(pid) for pid in [self.process.pid, *children(self.process.pid)])


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def process_cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(name, build, directory):
    """The server of this name; None and a reason if it cannot run here."""
    if name == "nginx":
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        if nginx is None:
            return None, "not installed (apt-get install nginx-light)"
        port = free_port()
        text = (HERE / "nginx.conf").read_text()
        config = pathlib.Path(directory) / "nginx.conf"
        config.write_text(text.replace("@PORT@", str(port)).replace("@DIR@", str(directory)))
        return Server(name, [nginx, "-p", str(directory), "-c", str(config)], directory, port), ""
    if name == "server":
        program = build / "examples" / "server" / "server"
        command = [str(program), "--port", "0", "--workers", "2", "--root", str(directory)]
    else:
        program = build / "bench" / "http" / name
        command = [str(program), "--port", "0", "--threads", "2"]
    if not program.exists():
        return None, f"not built ({program})"
    return Server(name, command, directory, None), ""


def read_answers(client, count):
    """Reads this many answers; returns their bodies."""
    data, bodies = b"", []
    while len(bodies) < count:
        head, found, rest = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head) if found else None
        if length and len(rest) >= int(length.group(1)):
            assert head.startswith(b"HTTP/1.1 200 "), head
            bodies.append(rest[: int(length.group(1))])
            data = rest[int(length.group(1)) :]
            continue
        more = client.recv(65536)
        assert more, "the connection was closed before the answer was complete"
        data += more
    assert data == b"", f"bytes after the last answer: {data!r}"
    return bodies


def check(server):
    """Plain, pipelined (more than one batch) and split requests are each answered."""
    with socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(REQUEST)
        assert read_answers(client, 1) == [BODY]
        client.sendall(REQUEST * 70)
        assert read_answers(client, 70) == [BODY] * 70
        for byte in REQUEST:
            client.sendall(bytes([byte]))
            time.sleep(0.0005)
        assert read_answers(client, 1) == [BODY]


def measure(server, options):
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s"]
    before = server.cpu_seconds()
    output = subprocess.run(
        command + [f"http://127.0.0.1:{server.port}/"], check=True, capture_output=True, text=True
    ).stdout
    cpu = server.cpu_seconds() - before
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    rate = float(re.search(r"Requests/sec: *([\d.]+)", output).group(1))
    bad = re.search(r"Socket errors: (.*)", output) or re.search(r"Non-2xx[^\n]*", output)
    if bad:
        raise RuntimeError(f"{server.name}: {bad.group(0)}")
    return {"rate": rate, "cpu_us": cpu / requests * 1e6}


def quartiles(values):
    if len(values) == 1:
        return {"q1": values[0], "median": values[0], "q3": values[0]}
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return {"q1": q1, "median": median, "q3": q3}


def run_rounds(names, options, directory):
    samples = {name: [] for name in names}
    for number in range(options.rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            server, _ = start(name, options.build, directory)
            with server:
                if number == 0:
                    check(server)
                sample = measure(server, options)
            samples[name].append(sample)
            print(
                f"round {number + 1}/{options.rounds}  {name:<16}"
                f"{sample['rate']:>10.0f} requests/s {sample['cpu_us']:>7.2f} us CPU/request",
                file=sys.stderr,
                flush=True,
            )
    return samples


def summarize(samples):
    floor = [sample["cpu_us"] for sample in samples.get(FLOOR, [])]
    results = {}
    for name, runs in samples.items():
        cpu = [sample["cpu_us"] for sample in runs]
        results[name] = {
            "rate": quartiles([sample["rate"] for sample in runs]),
            "cpu_us": quartiles(cpu),
            "samples": runs,
        }
        if floor:
            results[name]["ratio"] = quartiles([own / its for own, its in zip(cpu, floor)])
    return results


def print_table(results):
    print(f"\n{'':<16}{'requests/s':>11}{'(q1 .. q3)':>19}{'CPU us':>9}{'(q1 .. q3)':>16}"
          f"{'x ' + FLOOR:>13}{'(q1 .. q3)':>16}")
    for name, result in results.items():
        rate, cpu, ratio = result["rate"], result["cpu_us"], result.get("ratio")
        line = f"{name:<16}{rate['median']:>11.0f}{rate['q1']:>10.0f} ..{rate['q3']:>7.0f}"
        line += f"{cpu['median']:>8.2f}{cpu['q1']:>8.2f} ..{cpu['q3']:>6.2f}"
        if ratio:
            line += f"{ratio['median']:>12.3f}{ratio['q1']:>9.3f} ..{ratio['q3']:>6.3f}"
        print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=3, help="of load, per responder and round")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--only", help="names, separated by commas")
    parser.add_argument("--json", type=pathlib.Path, help="where to write all samples")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk makes the load and is not installed: apt-get install wrk")
    everyone = [FLOOR, "jackdaw", "server", "asio", "asio_per_thread", "tokio",
                "nginx"]
    wanted = options.only.split(",") if options.only else everyone
    with tempfile.TemporaryDirectory() as directory:
        names = []
        for name in wanted:
            server, reason = start(name, options.build, directory)
            if server is None:
                print(f"left out: {name}: {reason}", file=sys.stderr)
                continue
            with server:
                names.append(name)
        if not names:
            sys.exit("nothing to measure")
        results = summarize(run_rounds(names, options, directory))
    print_table(results)
    if options.json:
        about = {"machine": platform.platform(), "cpus": os.cpu_count(), "date": time.strftime("%F"),
                 "connections": options.connections, "seconds": options.seconds}
        options.json.write_text(json.dumps({"about": about, "results": results}, indent=1))


if __name__ == "__main__":
    main()
