# SPDX-License-Identifier: MIT
"""What is measured, and what is aimed at.

A workload is a folder of programs, one per runtime. A target holds for two workers: it is a ratio to a
peer, of samples of the same name, or a limit for a figure of jackdaw itself (peer None).
"""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    sample: str
    limit: float
    peer: str | None = None
    figure: str = "value"  # or rss_mib


@dataclass(frozen=True)
class Workload:
    folder: str
    group: str
    targets: list[Target] = field(default_factory=list)
    workers: tuple[int, ...] = (1, 2)


WORKLOADS = [
    Workload("fib", "fork-join", [Target("fib", 0.19, "tbb")]),
    Workload("skynet", "fork-join", [Target("skynet", 0.36, "tbb"),
                                    Target("skynet", 16, figure="rss_mib")]),
    Workload("nqueens", "fork-join", [Target("nqueens", 0.72, "tbb"),
                                     Target("nqueens", 0.55, "serial")]),
    Workload("matmul", "fork-join", [Target("matmul", 0.74, "tbb")]),
    Workload("integrate", "fork-join"),
    Workload("sort", "fork-join"),
    Workload("spawn", "tasks", [Target("spawn_all", 0.30, "tokio"),
                                Target("spawn_batches", 0.30, "tokio")]),
    Workload("foreign_spawn", "tasks"),
    Workload("yield", "tasks", [Target("yield", 0.8, "tokio")]),
    Workload("ping_pong", "tasks", [Target("ping_pong", 0.5, "tokio")]),
    Workload("channel", "tasks", [Target("channel_1p1c", 0.4, "tokio")]),
    Workload("semaphore", "tasks", [Target("semaphore", 0.4, "tokio")]),
    Workload("mutex", "tasks"),
    Workload("sleep", "time", [Target("sleep_create", 0.3, "tokio"),
                               Target("sleep_expire", 0.3, "tokio")]),
    Workload("to_thread", "threads", [Target("to_thread_burst", 0.3, "tokio"),
                                      Target("to_thread_sequential", 0.6, "tokio")]),
    Workload("offload", "threads"),
    Workload("memory", "rest", [Target("parked_task", 160), Target("sleeping_task", 176)], (2,)),
    Workload("idle", "rest", [Target("idle_wakeups", 0)], (2,)),
    Workload("posts", "rest", [Target("posts_cpu", 5)], (2,)),
    Workload("wake_latency", "latency", workers=(2,)),
    Workload("mixed_latency", "latency", workers=(2,)),
]
