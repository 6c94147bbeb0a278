# SPDX-License-Identifier: MIT
"""Runs the programs of a workload in turns, and reads what they print (see measure.hpp)."""
import statistics
import subprocess
import sys

TIMEOUT_SECONDS = 300


def installed(workload, sources, build):
    """The runtimes of a workload by name, jackdaw first; names what was not built."""
    programs = {}
    for source in sorted((sources / workload.folder).iterdir(),
                         key=lambda path: (path.stem != "jackdaw", path.stem)):
        if source.suffix not in {".cpp", ".rs", ".go"}:
            continue
        program = build / "bench" / workload.folder / source.stem
        if program.exists():
            programs[source.stem] = program
        else:
            print(f"left out: {workload.folder}/{source.stem}: not built", file=sys.stderr)
    return programs


def run_once(program, workers):
    """{name of sample: {value, unit, cpu, rss_mib}}; medians where a name was printed several times."""
    output = subprocess.run([str(program), str(workers)], check=True, stdout=subprocess.PIPE,
                            text=True, timeout=TIMEOUT_SECONDS).stdout
    passes = {}
    for line in output.splitlines():
        name, value, unit, cpu, rss, verdict = line.split()
        assert verdict == "right", f"{program}: {line}"
        passes.setdefault(name, []).append((float(value), float(cpu), float(rss), unit))
    return {name: {"value": statistics.median(each[0] for each in all_of),
                   "cpu": statistics.median(each[1] for each in all_of),
                   "rss_mib": max(each[2] for each in all_of),
                   "unit": all_of[0][3]}
            for name, all_of in passes.items()}


def run_rounds(workload, programs, rounds, all_workers):
    """samples[workers][runtime]: a list, one entry per round, of what run_once returns."""
    samples = {workers: {name: [] for name in programs} for workers in all_workers}
    for number in range(rounds):
        names = list(programs)
        names = names[number % len(names):] + names[: number % len(names)]
        for workers in all_workers:
            for name in names:
                sample = run_once(programs[name], workers)
                samples[workers][name].append(sample)
                figures = "  ".join(f"{key} {each['value']:.4g} {each['unit']}"
                                    for key, each in sample.items())
                print(f"{workload.folder} {number + 1}/{rounds}  {workers} workers  {name:<8} "
                      f"{figures}", file=sys.stderr, flush=True)
    return samples
