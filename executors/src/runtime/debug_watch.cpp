// SPDX-License-Identifier: MIT
#include "runtime/debug_watch.hpp"

#include <pthread.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <cstdio>
#include <mutex>
#include <sstream>
#include <string_view>

#include <jackdaw/base/futex.hpp>
#include <jackdaw/diagnostics/task_tree.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

namespace {

constexpr std::int64_t period = 25'000'000;  // nanoseconds

std::int64_t nanoseconds_now() noexcept { return clock::now().time_since_epoch().count(); }

// What only another task, or a foreign thread, can end.
bool waits_for_others(std::string_view what) noexcept {
  constexpr std::array<std::string_view, 14> waits{
      "mutex",       "shared_mutex",    "semaphore",    "capacity_limiter",   "event",
      "join_handle", "channel receive", "channel send", "condition_variable", "barrier",
      "latch",       "oneshot",         "watch",        "broadcast"};
  return std::find(waits.begin(), waits.end(), what) != waits.end();
}

// Every task that is parked waits for others, at least one, and no deadline will end a wait. Nobody
// runs: what is in the tree and not parked waits for its children.
bool is_deadlock(const std::vector<task_tree_entry>& tree) noexcept {
  bool any = false;
  for (const task_tree_entry& e : tree) {
    if (e.deadline_in.has_value()) return false;
    if (e.kind != task_tree_entry::what::task || e.waiting_for.empty()) continue;
    if (!waits_for_others(e.waiting_for)) return false;
    any = true;
  }
  return any;
}

}  // namespace

debug_watch::debug_watch(std::size_t workers, const services& env) : slots_(workers), env_(&env) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // inherited by the thread
  try {
    thread_ = std::thread([this] { watch(); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_setname_np(thread_.native_handle(), "jd-debug");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

debug_watch::~debug_watch() {
  stopping_.store(1, std::memory_order_relaxed);  // a flag; the join orders
  base::futex_wake_one(stopping_);
  thread_.join();
}

void debug_watch::begins(std::uint32_t worker, work& w) noexcept {
  // So that the tree shows by name who runs and has never waited.
  if (child_base::begins(w)) static_cast<child_base&>(w).enrol();
  const running_task task = running_task::of(w);
  const std::int64_t now = nanoseconds_now();
  slot& mine = slots_[worker];
  const std::lock_guard guard(mine.lock);
  mine.since = now;
  ++mine.units;
  mine.reported = false;
  mine.task = task;
}

void debug_watch::ends(std::uint32_t worker) noexcept {
  slot& mine = slots_[worker];
  const std::lock_guard guard(mine.lock);
  mine.since = 0;
}

void debug_watch::watch() noexcept {
  std::uint64_t units = 0;
  std::int64_t quiet_since = nanoseconds_now();
  bool reported = false;
  while (stopping_.load(std::memory_order_relaxed) == 0) {
    (void)base::futex_wait_until(stopping_, 0, nanoseconds_now() + period);
    const std::int64_t now = nanoseconds_now();
    const activity seen = look_at_workers(now);
    if (seen.running || seen.units != units) {
      units = seen.units;
      quiet_since = now;
      reported = false;
    } else if (!reported && now - quiet_since > silence.count()) {
      report_deadlock();
      reported = true;
    }
  }
}

debug_watch::activity debug_watch::look_at_workers(std::int64_t now) noexcept {
  activity all;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slot& s = slots_[i];
    bool stalled = false;
    running_task task;
    std::int64_t since = 0;
    {
      const std::lock_guard guard(s.lock);
      all.running = all.running || s.since != 0;
      all.units += s.units;
      stalled = s.since != 0 && !s.reported && now - s.since > stall.count();
      s.reported = s.reported || stalled;
      since = s.since;
      task = s.task;
    }
    if (stalled) report_stall(i, task, now - since);
  }
  return all;
}

void debug_watch::report_stall(std::size_t worker, const running_task& task,
                               std::int64_t ns) const {
  std::fprintf(stderr,
               "jackdaw: worker %zu has been in %s for %lld ms, and other tasks had to wait; send "
               "what blocks to jd::to_thread, what computes to jd::offload\n",
               worker, task.text().c_str(), static_cast<long long>(ns / 1'000'000));
}

void debug_watch::report_deadlock() const noexcept {
  try {
    if (!is_deadlock(snapshot_tasks(env_))) return;
    std::ostringstream tree;
    dump_tasks(tree, env_);
    std::fprintf(stderr,
                 "jackdaw: a deadlock, unless another thread ends it: every task that waits, waits "
                 "for another one\n%s",
                 tree.str().c_str());
  } catch (...) {  // no memory for a report
  }
}

}  // namespace jackdaw
