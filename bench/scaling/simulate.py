#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A model of the pool's stealing, sleeping and waking on machines larger than the one at hand.

Workers divide a balanced tree of forks. Each keeps a deque; an idle one looks at the others in turn,
takes the oldest fork it finds, and sleeps if it finds none. At most half of the workers search. Who offers
a fork while nobody searches, and who finds one as the last searcher, wakes one sleeper: the protocol of
executors/src/work_stealing/README.md. The prices are assumptions, printed with the result; the table
says how many workers are busy when, and how often the shared words are touched.
"""
import argparse
import heapq
import random
from collections import deque

BLOCK_LEAVES = 1024  # a subtree this small is not divided: stealing it is rare, and costs the same
LEAF = 14e-9         # a leaf and its fork
LOOK = 0.15e-6       # at one victim: a cache line from another die
TAKE = 0.3e-6        # what a successful steal adds
WAKE = 10e-6         # from a futex call until the sleeper looks around


class Pool:
    def __init__(self, workers, levels, woken_at_once, seed):
        self.count, self.woken_at_once = workers, woken_at_once
        self.random = random.Random(seed)
        self.deques = [deque() for _ in range(workers)]
        self.asleep = list(range(1, workers))
        self.searching = 0
        self.state_changes = 0    # of the word that counts sleepers and searchers
        self.looks = self.steals = 0
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

    def wake(self):
        if self.searching:
            return
        for _ in range(min(self.woken_at_once, len(self.asleep))):
            self.searching += 1
            self.state_changes += 1
            self.at(self.now + WAKE, self.search, self.asleep.pop())

    def next(self, worker):
        if self.deques[worker]:
            self.divide(worker, self.deques[worker].pop())
        elif self.searching < (self.count + 1) // 2:
            self.searching += 1
            self.state_changes += 1
            self.search(worker)
        else:
            self.sleep(worker)

    def divide(self, worker, levels):
        """Offers the larger halves and runs the smallest."""
        self.first_work.setdefault(worker, self.now)
        while levels:
            levels -= 1
            self.deques[worker].append(levels)
            self.wake()
        self.done += 1
        self.at(self.now + LEAF * BLOCK_LEAVES, self.next, worker)

    def search(self, worker):
        first = self.random.randrange(self.count)
        for looks in range(1, self.count + 1):
            victim = (first + looks) % self.count
            if victim != worker and self.deques[victim]:
                stolen = self.deques[victim].popleft()
                self.looks += looks
                self.at(self.now + looks * LOOK + TAKE, self.found, worker, stolen)
                return
        self.looks += self.count
        self.at(self.now + self.count * LOOK, self.give_up, worker)

    def found(self, worker, stolen):
        self.steals += 1
        self.searching -= 1
        self.state_changes += 1
        self.wake()
        self.divide(worker, stolen)

    def give_up(self, worker):
        if self.searching == 1 and any(self.deques):  # the last one looks again
            self.search(worker)
            return
        self.searching -= 1
        self.sleep(worker)

    def sleep(self, worker):
        self.state_changes += 1
        self.asleep.append(worker)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--levels", type=int, nargs="+", default=[10, 14, 17],
                        help=f"2^levels blocks of {BLOCK_LEAVES} leaves")
    parser.add_argument("--woken", type=int, default=1, help="sleepers that one waker wakes")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"leaf {LEAF * 1e9:.0f} ns, look {LOOK * 1e9:.0f} ns, take {TAKE * 1e9:.0f} ns, wake "
          f"{WAKE * 1e6:.0f} us, woken at once {options.woken}\n")
    print("| serial work ms | workers | speed-up | last worker begins us | steals | looks | "
          "changes of the word per ms |\n|---|---|---|---|---|---|---|")
    for levels in options.levels:
        for workers in (2, 8, 32, 128):
            pool = Pool(workers, levels, options.woken, options.seed).run()
            serial = LEAF * BLOCK_LEAVES * pool.blocks
            took = pool.now + LEAF * BLOCK_LEAVES
            print(f"| {serial * 1e3:.0f} | {workers} | {serial / took:.1f} | "
                  f"{max(pool.first_work.values()) * 1e6:.0f} ({len(pool.first_work)} of {workers}) | "
                  f"{pool.steals} | {pool.looks} | {pool.state_changes / took / 1e3:.0f} |")


if __name__ == "__main__":
    main()
