#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Weakens each explicit memory order once, and wants a model-checked test, or ThreadSanitizer, to notice.

An order becomes the next weaker kind of its operation: seq_cst acquire, release or acq_rel; all others
relaxed. A compare-and-swap whose success is weakened gets a relaxed failure too. Works on a copy of
the sources in FOLDER; prints what nobody noticed. docs/memory_model.md says why each of those stays.
First each test has a short look at the mutant, then, if none has noticed, each a long one.
"""
import argparse
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = "core/include/jackdaw"
POOL = "executors/src/work_stealing"

# What is weakened, and who has to notice: any one of the tests is enough. A name alone is that of a
# test of tests/interleavings; "suite:pattern" are tests of tests/suite on real threads, under
# ThreadSanitizer.
WATCHED = {
    f"{CORE}/base/small_mutex.hpp": ["small_mutex"],
    "core/src/base/small_mutex.cpp": ["small_mutex"],
    f"{CORE}/base/fork_deque.hpp": ["fork_deque", "fork_join"],
    f"{CORE}/cancellation/wait_word.hpp": ["wait_word"],
    f"{CORE}/cancellation/park.hpp": ["wait_word"],
    f"{CORE}/cancellation/scope.hpp": ["scope_epoch", "wait_word", "walk", "deep_link", "child_state"],
    "core/src/cancellation/group_scope.cpp": ["annexes"],
    "core/src/cancellation/scope.cpp": ["scope_epoch", "wait_word", "walk", "deep_link", "child_state"],
    f"{CORE}/structured/membership.hpp": ["membership"],
    "core/src/structured/membership.cpp": ["membership"],
    f"{CORE}/structured/child.hpp": ["child_state"],
    "core/src/structured/child.cpp": ["child_state"],
    f"{CORE}/structured/fork_join.hpp": ["fork_join"],
    "core/src/structured/fork_join.cpp": ["fork_join"],
    f"{POOL}/injector.hpp": ["injector", "sleepers"],
    f"{POOL}/injector.cpp": ["injector", "sleepers"],
    f"{POOL}/run_queue.hpp": ["run_queue", "sleepers"],
    f"{POOL}/parker.cpp": ["parker"],
    f"{POOL}/sleepers.hpp": ["sleepers"],
    f"{POOL}/sleepers.cpp": ["sleepers"],
    "executors/src/reactor/readiness.hpp": ["readiness"],
    "core/src/time/deadline_scope.cpp": ["timer_wheel"],
    f"{CORE}/sync/permit_queue.hpp": ["locks"],
    "core/src/sync/permit_queue.cpp": ["locks"],
    f"{CORE}/sync/shared_mutex.hpp": ["locks"],
    "core/src/sync/shared_mutex.cpp": ["locks"],
    f"{CORE}/sync/event.hpp": ["signals"],
    "core/src/sync/event.cpp": ["signals"],
    f"{CORE}/sync/latch.hpp": ["signals"],
    f"{CORE}/sync/oneshot.hpp": ["channels", "stress:handover.*"],
    f"{CORE}/base/handler_slot.hpp": ["handler_slot"],
    "core/src/structured/root_task.cpp": ["root_task"],
    "core/src/structured/task_group.cpp": ["stress:handover.*"],
    "core/src/structured/background_tasks.cpp": ["stress:handover.*"],
    "core/src/structured/exception_group.cpp": ["stress:handover.*"],
    "core/src/offload/from_thread.cpp": ["stress:handover.*"],
    f"{CORE}/offload/abandonable_call.hpp": ["stress:handover.*"],
    f"{CORE}/offload/visiting_tasks.hpp": ["stress:handover.*"],
    "core/src/io/signal_stream.cpp": ["stress:handover.*"],
    "executors/src/reactor/slot.hpp": ["reactor"],
    "executors/src/reactor/slot_table.cpp": ["reactor"],
    "executors/src/reactor/wake_flag.hpp": ["reactor"],
    f"{POOL}/pool_core.hpp": ["pool"],
    f"{POOL}/pool_core.cpp": ["pool"],
    f"{POOL}/worker.cpp": ["pool"],
}

ORDER = re.compile(r"std::memory_order_(acquire|release|acq_rel|seq_cst)\b")
CALL = re.compile(r"\b(load|store|exchange|fetch_\w+|compare_exchange_\w+)\s*\($")


def without_comments(text):
    """The same, with blanks for comments: places stay."""
    return re.sub(r"//[^\n]*", lambda m: " " * len(m.group()), text)


def call_around(code, place):
    """Name and opening bracket of the call that the order is an argument of."""
    depth = 0
    for i in range(place - 1, -1, -1):
        if code[i] == ")":
            depth += 1
        elif code[i] == "(":
            if depth:
                depth -= 1
                continue
            found = CALL.search(code[: i + 1])
            return (found.group(1), i) if found else (None, i)
    return None, 0


def weaker(order, operation):
    if order != "seq_cst":
        return "relaxed"
    return {"load": "acquire", "store": "release"}.get(operation, "acq_rel")


def mutants(text):
    """(line, description, mutated text) of each order."""
    code = without_comments(text)
    for found in ORDER.finditer(code):
        operation, opening = call_around(code, found.start())
        if operation is None:
            continue
        earlier = len(re.findall(r"std::memory_order_", code[opening:found.start()]))
        cas = operation.startswith("compare_exchange")
        if cas and earlier == 1:
            operation = "load"  # the order of its failure
        new = weaker(found.group(1), operation)
        tail = text[found.end():]
        if cas and earlier == 0 and new != "acq_rel":
            tail = re.sub(r"std::memory_order_\w+", "std::memory_order_relaxed", tail, count=1)
        line = text.count("\n", 0, found.start()) + 1
        what = f"{operation} {found.group(1)} -> {new}"
        yield line, what, text[: found.start()] + f"std::memory_order_{new}" + tail


class Test:
    """Of WATCHED: the preset, the target and the program with which it is run."""
    def __init__(self, name):
        suite, _, pattern = name.partition(":")
        if pattern:
            self.preset, self.target = "tsan", f"{suite}_tests"
            self.program = [f"build/tsan/tests/{self.target}", f"--gtest_filter={pattern}"]
        else:
            self.preset, self.target = "release", f"{name}_interleavings"
            self.program = [f"build/release/tests/interleavings/{self.target}"]


class Copy:
    def __init__(self, folder, schedules, jobs, short):
        self.jobs = jobs
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = os.environ | {"CCACHE_BASEDIR": str(self.folder), "CCACHE_NOHASHDIR": "1",
                                         "TSAN_OPTIONS": "halt_on_error=1"}
        self.looks = [{"JACKDAW_PREEMPTIONS": "1", "JACKDAW_SCHEDULES": str(schedules // 4),
                       "JACKDAW_SECONDS": "5"},
                      {"JACKDAW_SCHEDULES": str(schedules), "GTEST_REPEAT": "10"}][:1 if short else 2]
        files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT,
                               check=True, capture_output=True, text=True).stdout
        for name in filter(None, files.split("\0")):
            self.renew(name)
        self.configured, self.sound = set(), set()

    def renew(self, name):
        """By content: a mutant that was taken back is younger than what it was made from."""
        source, target = ROOT / name, self.folder / name
        if source.is_file() and not (target.is_file() and
                                     target.read_bytes() == source.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)

    def run(self, *command, check=False, timeout=900, environment=None):
        return subprocess.run(command, cwd=self.folder, env=self.environment | (environment or {}),
                              check=check, timeout=timeout, stdout=subprocess.DEVNULL,
                              stderr=subprocess.STDOUT)

    def builds(self, test):
        if test.preset not in self.configured:
            self.run("cmake", "--preset", test.preset, "-DJACKDAW_BUILD_EXAMPLES=OFF", check=True)
            self.configured.add(test.preset)
        return self.run("ninja", "-C", f"build/{test.preset}", f"-j{self.jobs}",
                        test.target).returncode == 0

    def notices(self, test, look):
        """Does the test fail? Who hangs has not noticed."""
        try:
            return self.run(*test.program, timeout=300, environment=look).returncode != 0
        except subprocess.TimeoutExpired:
            return False

    def check_original(self, name):
        """A test that fails without a mutant notices nothing."""
        if name in self.sound:
            return
        test = Test(name)
        if not self.builds(test) or self.notices(test, self.looks[0]):
            sys.exit(f"orders.py: {name} fails on the original")
        self.sound.add(name)

    def verdict(self, name, text, tests):
        for test in tests:
            self.check_original(test)
        path = self.folder / name
        original = path.read_text()
        try:
            path.write_text(text)
            for look in self.looks:
                for wanted in tests:
                    test = Test(wanted)
                    if not self.builds(test):
                        return f"{wanted} does not build"
                    if self.notices(test, look):
                        return f"caught by {wanted}"
            return "SURVIVED"
        finally:
            path.write_text(original)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path, help="for the copy and its build")
    parser.add_argument("files", nargs="*", help="parts of file names (default: all that are watched)")
    parser.add_argument("--schedules", type=int, default=200_000, help="random ones per claim")
    parser.add_argument("--short", action="store_true", help="short looks only")
    parser.add_argument("--jobs", type=int, default=2, help="compilations at a time")
    parser.add_argument("--list", action="store_true", help="only name the mutants")
    parser.add_argument("--part", default="1/1", help="2/3: only the second third of the mutants")
    options = parser.parse_args()
    if not (found := re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", options.part)):
        parser.error(f"--part {options.part}: want two numbers, as in 2/3")
    part, parts = map(int, found.groups())
    # Who is ended leaves the copy as it was.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit("\norders: ended early; the copy is as it was"))
    chosen = {name: tests for name, tests in WATCHED.items()
              if not options.files or any(part in name for part in options.files)}
    if not chosen:
        parser.error(f"no source that is watched has any of {', '.join(options.files)} in its name")
    copy = None if options.list else Copy(options.folder, options.schedules, options.jobs, options.short)
    every = [(name, tests, *mutant) for name, tests in chosen.items()
             for mutant in mutants((ROOT / name).read_text())]
    total = survivors = 0
    for name, tests, line, what, text in every[part - 1::parts]:
        print(f"{name}:{line}: {what}: ", end="", flush=True)
        verdict = "" if copy is None else copy.verdict(name, text, tests)
        total += 1
        survivors += not verdict.startswith("caught")
        print(verdict, flush=True)
    if copy is not None:
        print(f"orders: {total} weakened, {total - survivors} caught, "
              f"{100 * (total - survivors) / max(total, 1):.0f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
