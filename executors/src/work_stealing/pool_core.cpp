// SPDX-License-Identifier: MIT
#include "work_stealing/pool_core.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <jackdaw/base/asymmetric_barrier.hpp>
#include <jackdaw/base/bound.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw::work_stealing {

namespace {

constexpr std::int64_t monitor_period_min = 1'000'000;  // nanoseconds
constexpr std::int64_t monitor_period_max = 8'000'000;
constexpr int idle_periods_before_sleep = base::bound(8, 1);
constexpr std::size_t timers_at_once = 256;

std::int64_t nanoseconds_now() noexcept { return clock::now().time_since_epoch().count(); }

}  // namespace

void timed_poller::wait(std::int64_t deadline) noexcept {
  if (deadline == 0) {
    parker_.take_token();
  } else if (deadline == no_deadline) {
    parker_.park();
  } else {
    (void)parker_.park_until(deadline);
  }
}

void timed_poller::wake() noexcept { parker_.unpark(); }

pool_core::pool_core(any_executor& executor, std::size_t count, poller* p, services* env,
                     work_observer* observer, cache_groups groups)
    : owner(executor),
      asleep(static_cast<std::uint32_t>(count)),
      places(std::move(groups), count),
      poller_(p != nullptr ? *p : fallback_) {
  base::asymmetric_barrier::prepare();
  const std::int64_t now = nanoseconds_now();
  for (std::size_t i = 0; i < count; ++i) {
    workers.push_back(std::make_unique<worker>(*this, executor, static_cast<std::uint32_t>(i),
                                               static_cast<std::uint32_t>(count), now));
    workers.back()->env = env;
    workers.back()->observer = observer;
  }
  start_threads();
}

pool_core::~pool_core() { stop(); }

void pool_core::start_threads() {
  try {
    for (std::size_t i = 0; i < workers.size(); ++i)
      threads_.start("jd-worker-" + std::to_string(i), [w = workers[i].get()] { w->loop(); });
    threads_.start("jd-monitor", [this] { monitor(); });
  } catch (...) {
    stop();
    throw;
  }
}

void pool_core::stop() noexcept {
  stopping_.store(true, std::memory_order_relaxed);  // the wake-ups below carry it to who sleeps
  for (auto& w : workers) w->unpark();
  poller_.wake();
  monitor_parker_.unpark();
  threads_.join();
  // A few instructions of theirs are left. acquire: partner is visit's release.
  while (visitors_.load(std::memory_order_acquire) != 0) pool_threads::yield();
}

worker* pool_core::current() const noexcept {
  lane* const here = base::this_lane();
  return here != nullptr && here->owner == &owner ? static_cast<worker*>(here) : nullptr;
}

void pool_core::submit(work& w) noexcept { hand_in(w, &worker::push); }
void pool_core::submit_soon(work& w) noexcept { hand_in(w, &worker::push_soon); }
void pool_core::submit_next_turn(work& w) noexcept { hand_in(w, &worker::push_next_turn); }

// To the worker that the calling thread is, the way that it wants; else to all.
void pool_core::hand_in(work& w, void (worker::*push)(work&) noexcept) noexcept {
  if (worker* me = current(); me != nullptr) return (me->*push)(w);
  const visit inside(*this);
  injected.push(w);
  wake_one();
}

void pool_core::wake_one() noexcept {
  if (const std::uint32_t sleeper = asleep.worker_to_wake_from_outside();
      sleeper != sleepers::nobody)
    workers[sleeper]->unpark();
}

void pool_core::add_timer(timer_node& node) noexcept {
  worker* const me = current();
  if (me == nullptr) return add_timer_from_outside(node);
  const std::int64_t deadline = node.deadline;
  if (!me->wheel.add(node)) return;
  // The wheel's expiry, then the look at waits_until_; partner: heavy in wait_for_events.
  base::asymmetric_barrier::light();
  if (waits_until_.load(std::memory_order_relaxed) > deadline) poller_.wake();
}

void pool_core::add_timer_from_outside(timer_node& node) noexcept {
  const visit inside(*this);
  const std::int64_t deadline = node.deadline;
  // relaxed: spreads the load, orders nothing
  const std::uint32_t turn = next_wheel_.fetch_add(1, std::memory_order_relaxed);
  if (!workers[turn % workers.size()]->wheel.add(node)) return;
  // release: the timer; see the field.
  if (waits_until_.fetch_add(0, std::memory_order_release) > deadline) poller_.wake();
}

bool pool_core::try_enter_poller() noexcept {
  bool expected = false;
  // acquire: partner of leave_poller's release; the poller's own state.
  if (poller_taken_.load(std::memory_order_relaxed) ||
      !poller_taken_.compare_exchange_strong(expected, true, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
    return false;
  }
  // Whoever adds a timer from here on wakes us; what was added before, the look after the barrier
  // sees.
  waits_until_.exchange(timer::timer_wheel::never, std::memory_order_acquire);  // see the field
  return true;
}

void pool_core::leave_poller() noexcept {
  waits_until_.exchange(not_waiting, std::memory_order_relaxed);  // see the field
  poller_taken_.store(false, std::memory_order_release);          // partner: try_enter_poller
}

std::int64_t pool_core::next_expiry() const noexcept {
  std::int64_t next = timer::timer_wheel::never;
  for (const auto& w : workers) next = std::min(next, w->wheel.next_expiry());
  return next;
}

void pool_core::fire_timers(std::int64_t now) noexcept {
  for (const auto& w : workers) {
    if (w->wheel.next_expiry() <= now) (void)w->wheel.expire(now, timers_at_once);
  }
}

void pool_core::wait_for_events(bool barrier_paid) noexcept {
  if (!barrier_paid)
    base::asymmetric_barrier::heavy();  // try_enter_poller's store, then the look at the timers
  const std::int64_t until = next_expiry();
  // An outdated read of it wakes us once for nothing.
  waits_until_.exchange(until, std::memory_order_relaxed);  // see the field
  poller_.wait(until);
}

void pool_core::handle_events() noexcept {
  poll_count_.fetch_add(1, std::memory_order_relaxed);
  (void)poller_.dispatch();
  if (next_expiry() != timer::timer_wheel::never) fire_timers(nanoseconds_now());
}

void pool_core::serve_events() noexcept {
  if (!try_enter_poller()) {  // someone waits in it, or looks at it just now
    if (next_expiry() != timer::timer_wheel::never) fire_timers(nanoseconds_now());
    return;
  }
  poller_.wait(0);
  handle_events();
  leave_poller();
}

bool pool_core::anything_to_do() const noexcept {
  if (!injected.empty_hint()) return true;
  return std::any_of(workers.begin(), workers.end(),
                     [](const auto& w) { return w->has_work_hint(); });
}

void pool_core::rouse_monitor() noexcept {
  base::asymmetric_barrier::light();  // off the list of sleepers, then this load; partner: heavy in
                                      // monitor()
  if (!monitor_asleep_.load(std::memory_order_relaxed)) return;
  monitor_asleep_.store(false, std::memory_order_relaxed);
  monitor_parker_.unpark();
}

void pool_core::monitor() noexcept {
  std::vector<std::uint64_t> seen(workers.size() + 1);
  std::int64_t period = monitor_period_min;
  int idle = 0;
  while (!stopping()) {
    idle = asleep.sleeping() == workers.size() ? idle + 1 : 0;
    if (idle < idle_periods_before_sleep) {
      (void)monitor_parker_.park_until(nanoseconds_now() + period);
      // Less and less often while the workers look after themselves.
      period = help_neglected(seen) ? monitor_period_min : std::min(period * 2, monitor_period_max);
      continue;
    }
    // A worker that has woken since is seen by the look after the barrier; one that wakes later
    // rouses us.
    monitor_asleep_.store(true, std::memory_order_relaxed);
    base::asymmetric_barrier::heavy();
    if (asleep.sleeping() == workers.size()) monitor_parker_.park();
    monitor_asleep_.store(false, std::memory_order_relaxed);
    idle = 0;
    period = monitor_period_min;
  }
}

// Who has not finished a unit of work for a whole period is stuck in one; what it would have run,
// others take over. True: there was something to do.
bool pool_core::help_neglected(std::vector<std::uint64_t>& seen) noexcept {
  if (asleep.sleeping() == 0) return false;
  bool neglected = false;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const std::uint64_t polls = workers[i]->polls.load(std::memory_order_relaxed);
    if (polls == seen[i] && workers[i]->release_neglected()) neglected = true;
    seen[i] = polls;
  }
  const std::uint64_t asked = poll_count_.load(std::memory_order_relaxed);
  const bool unattended = asked == seen.back() && !poller_taken_.load(std::memory_order_relaxed);
  seen.back() = asked;
  if (neglected || unattended) wake_one();
  return neglected || unattended;
}

}  // namespace jackdaw::work_stealing
