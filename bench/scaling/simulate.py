#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A model of the pool's stealing, sleeping and waking on machines larger than the one at hand.

Workers divide a balanced tree of forks. Each keeps a deque; an idle one looks at the others in turn,
takes the oldest fork it finds, and sleeps if it finds none. At most half of the workers search. Who offers
a fork while nobody searches, and who finds one as the last searcher, wakes one sleeper: the protocol of
executors/src/work_stealing/README.md. With --groups the workers are spread evenly over groups that share a
cache, within which a look and a steal cost less; with --nearest-first an idle worker looks at its own group before
the others. The prices are assumptions, printed with the result; the table says how many workers are busy when, and
how often the shared words are touched.
"""
import argparse
import heapq
import random
import statistics
from collections import deque

BLOCK_LEAVES = 1024  # a subtree this small is not divided: stealing it is rare, and costs the same
LEAF = 14e-9         # a leaf and its fork
LOOK = 0.15e-6       # at one victim: a cache line from another die
LOOK_NEAR = 0.04e-6  # the same within a group
TAKE = 0.3e-6        # what a successful steal adds: two lines or three
TAKE_NEAR = 0.08e-6
NEAR_IN_A_ROW = 61   # searches that begin in the own group, before one that begins anywhere
WAKE = 10e-6         # from a futex call until the sleeper looks around


class Pool:
    def __init__(self, workers, levels, options, seed):
        self.count, self.woken_at_once = workers, options.woken
        self.group_size = workers // options.groups if options.groups else 0
        self.nearest_first = options.nearest_first
        self.near_in_a_row = [0] * workers
        self.random = random.Random(seed)
        self.deques = [deque() for _ in range(workers)]
        self.asleep = list(range(1, workers))
        self.searching = 0
        self.state_changes = 0    # of the word that counts sleepers and searchers
        self.price_of_change, self.word_is_free = options.word * 1e-9, 0.0
        self.looks = self.steals = self.steals_across = 0
        self.first_work = {0: 0.0}
        self.now, self.done, self.blocks = 0.0, 0, 2 ** levels
        self.events, self.order = [], 0
        self.deques[0].append(levels)
        self.at(0.0, self.next, 0)

    def at(self, when, what, *about):
        self.order += 1
        heapq.heappush(self.events, (when, self.order, what, about))

    def run(self):
        while self.done < self.blocks:
            self.now, _, what, about = heapq.heappop(self.events)
            what(*about)
        return self

    def change_word(self):
        """How long it takes: one change comes after the other."""
        self.state_changes += 1
        self.word_is_free = max(self.now, self.word_is_free) + self.price_of_change
        return self.word_is_free - self.now

    def wake(self):
        if self.searching:
            return
        for _ in range(min(self.woken_at_once, len(self.asleep))):
            self.searching += 1
            self.at(self.now + self.change_word() + WAKE, self.search, self.asleep.pop())

    def next(self, worker):
        if self.deques[worker]:
            self.divide(worker, self.deques[worker].pop())
        elif self.searching < (self.count + 1) // 2:
            self.searching += 1
            self.search(worker, self.change_word())
        else:
            self.sleep(worker)

    def divide(self, worker, levels, delay=0.0):
        """Offers the larger halves and runs the smallest."""
        self.first_work.setdefault(worker, self.now)
        while levels:
            levels -= 1
            self.deques[worker].append(levels)
            self.wake()
        self.done += 1
        self.at(self.now + delay + LEAF * BLOCK_LEAVES, self.next, worker)

    def are_near(self, one, other):
        return self.group_size != 0 and one // self.group_size == other // self.group_size

    def victims(self, worker):
        """All workers, in the order in which this one looks at them."""
        first = self.random.randrange(self.count)
        anyone = [(first + looks) % self.count for looks in range(1, self.count + 1)]
        if not self.nearest_first:
            return anyone
        self.near_in_a_row[worker] += 1
        if self.near_in_a_row[worker] > NEAR_IN_A_ROW:
            self.near_in_a_row[worker] = 0
            return anyone
        # Where a round begins within a group is up to chance too.
        begin = worker - worker % self.group_size
        near = [begin + (first + looks) % self.group_size for looks in range(self.group_size)]
        return near + [victim for victim in anyone if not self.are_near(worker, victim)]

    def search(self, worker, delay=0.0):
        looks_near = looks_far = 0
        for victim in self.victims(worker):
            near = self.are_near(worker, victim)
            looks_near += near
            looks_far += not near
            if victim != worker and self.deques[victim]:
                stolen = self.deques[victim].popleft()
                self.steals_across += not near
                delay += TAKE_NEAR if near else TAKE
                self.seek(looks_near, looks_far, delay, self.found, worker, stolen)
                return
        self.seek(looks_near, looks_far, delay, self.give_up, worker)

    def seek(self, looks_near, looks_far, delay, what, *about):
        self.looks += looks_near + looks_far
        self.at(self.now + looks_near * LOOK_NEAR + looks_far * LOOK + delay, what, *about)

    def found(self, worker, stolen):
        self.steals += 1
        self.searching -= 1
        delay = self.change_word()
        self.wake()
        self.divide(worker, stolen, delay)

    def give_up(self, worker):
        if self.searching == 1 and any(self.deques):  # the last one looks again
            self.search(worker)
            return
        self.searching -= 1
        self.sleep(worker)

    def sleep(self, worker):
        self.change_word()
        self.asleep.append(worker)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--levels", type=int, nargs="+", default=[10, 14, 17],
                        help=f"2^levels blocks of {BLOCK_LEAVES} leaves")
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 8, 32, 128])
    parser.add_argument("--groups", type=int, default=0,
                        help="that share a cache; 0: no two workers do")
    parser.add_argument("--nearest-first", action="store_true", help="look at the own group first")
    parser.add_argument("--word", type=float, default=0,
                        help="what each change of the sleepers' word takes, one after the other, in ns")
    parser.add_argument("--woken", type=int, default=1, help="sleepers that one waker wakes")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one run each; means are printed")
    options = parser.parse_args()
    if options.groups and any(workers % options.groups for workers in options.workers):
        parser.error("--groups has to divide all --workers")
    if options.nearest_first and not options.groups:
        parser.error("--nearest-first needs --groups")
    prices = f"look {LOOK * 1e9:.0f} ns, take {TAKE * 1e9:.0f} ns"
    if options.groups:
        prices += (f", within one of {options.groups} groups {LOOK_NEAR * 1e9:.0f} ns and {TAKE_NEAR * 1e9:.0f} ns, "
                   f"{'the own group' if options.nearest_first else 'anyone'} first")
    print(f"leaf {LEAF * 1e9:.0f} ns, {prices}, wake {WAKE * 1e6:.0f} us, word {options.word:.0f} ns, "
          f"woken at once {options.woken}\n")
    print("| serial work ms | workers | speed-up | last worker begins us | take part | steals | across groups | "
          "looks | changes of the word per ms |\n|---|---|---|---|---|---|---|---|---|")
    for levels in options.levels:
        for workers in options.workers:
            print_means([Pool(workers, levels, options, seed).run() for seed in options.seeds])


def print_means(pools):
    def mean(what):
        return statistics.mean(what(pool) for pool in pools)

    serial = LEAF * BLOCK_LEAVES * pools[0].blocks
    took = mean(lambda pool: pool.now) + LEAF * BLOCK_LEAVES
    print(f"| {serial * 1e3:.0f} | {pools[0].count} | {serial / took:.1f} | "
          f"{mean(lambda pool: max(pool.first_work.values())) * 1e6:.0f} | "
          f"{mean(lambda pool: len(pool.first_work)):.0f} | {mean(lambda pool: pool.steals):.0f} | "
          f"{mean(lambda pool: pool.steals_across):.0f} | {mean(lambda pool: pool.looks):.0f} | "
          f"{mean(lambda pool: pool.state_changes) / took / 1e3:.0f} |")


if __name__ == "__main__":
    main()
