#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The smallest operations, by Google Benchmark: median and spread of nine repetitions."""
import argparse
import pathlib
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--json", type=pathlib.Path, help="where to write the result")
    options = parser.parse_args()
    command = [str(options.build / "bench/micro/jackdaw"), "--benchmark_repetitions=9",
               "--benchmark_report_aggregates_only=true", "--benchmark_enable_random_interleaving=true"]
    if options.json:
        command += [f"--benchmark_out={options.json}", "--benchmark_out_format=json"]
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main())
