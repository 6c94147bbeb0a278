// SPDX-License-Identifier: MIT
// The blocking pool's decisions and the life of its threads.
#include <jackdaw/executors/blocking_pool.hpp>

#include <csignal>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <jackdaw/base/futex.hpp>
#include <jackdaw/lane.hpp>
#include <jackdaw/time/clock.hpp>

namespace jackdaw {

namespace {

constexpr std::chrono::microseconds patience{5};
constexpr int looks_between_clocks = 16;

}  // namespace

blocking_pool::blocking_pool(blocking_pool_options options) : options_(std::move(options)) {
  if (options_.threads_max == 0) {
    throw std::invalid_argument("jackdaw: a blocking pool needs threads_max of at least 1");
  }
}

blocking_pool::~blocking_pool() {
  lock_.lock();
  stopping_ = true;
  while (idle_thread* const t = idle_.pop_front()) {
    --idle_count_;
    wake(claim(*t));
  }
  lock_.unlock();
  // relaxed: the lock, which the last thread has held since it left, orders us behind it.
  while (const std::uint32_t live = threads_.load(std::memory_order_relaxed)) {
    base::futex_wait(threads_, live);
  }
  const std::lock_guard guard(lock_);  // the last thread may be inside still
  if (any_left_) pthread_join(last_left_, nullptr);
}

void blocking_pool::submit(work& w) noexcept {
  lock_.lock();
  const call c = call_thread();
  if (!c.answered) {
    lock_.unlock();
    w.run(w);
    return;
  }
  w.next = nullptr;
  (last_work_ != nullptr ? last_work_->next : first_work_) = &w;
  last_work_ = &w;
  ++queued_;
  lock_.unlock();
  follow(c);
}

bool blocking_pool::start(blocking_job& job) noexcept {
  lock_.lock();
  const call c = call_thread();
  if (c.answered) {
    jobs_.push_back(job);
    ++queued_;
  }
  lock_.unlock();
  if (lane* const here = base::this_lane(); here != nullptr) here->answer_due = true;
  follow(c);
  return c.answered;
}

bool blocking_pool::remove(blocking_job& job) noexcept {
  const std::lock_guard guard(lock_);
  if (!job.linked()) return false;
  base::intrusive_list<blocking_job>::erase(job);
  --queued_;
  return true;
}

// Under the lock, for what is queued or will be before it is let go of.
blocking_pool::call blocking_pool::call_thread() noexcept {
  if (coming_) return {.answered = true};
  if (!idle_.empty()) return call_idle_thread();
  const std::uint32_t live = threads_.load(std::memory_order_relaxed);  // under the lock
  if (live == options_.threads_max) return {.answered = true};
  // A refusal by the system is no failure as long as some thread will come to the queue; the first
  // one is made under the lock, so that nobody counts on it before it is there.
  if (live == 0 && !create_thread()) return {.answered = false};
  coming_ = true;
  threads_.fetch_add(1, std::memory_order_relaxed);  // under the lock
  return {.answered = true, .create = live != 0};
}

blocking_pool::call blocking_pool::call_idle_thread() noexcept {
  idle_thread* const t = idle_.pop_front();
  if (t == nullptr) return {.answered = true};
  --idle_count_;
  coming_ = true;
  return {.answered = true, .to_wake = claim(*t)};
}

// Without the lock: what takes its time. The pool may have ended, if there is no thread to make;
// else it waits for that one.
void blocking_pool::follow(call c) noexcept {
  wake(c.to_wake);
  if (!c.create || create_thread()) return;
  lock_.lock();
  coming_ = false;
  const call again = queued_ != 0 ? call_idle_thread() : call{};
  uncount_thread_and_unlock();
  wake(again.to_wake);
}

bool blocking_pool::create_thread() noexcept {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  (void)pthread_attr_setstacksize(&attributes, options_.stack_bytes);  // if refused: the default
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // inherited by the thread
  pthread_t thread{};
  const bool made = pthread_create(&thread, &attributes, thread_main, this) == 0;  // may be over
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return made;
}

void* blocking_pool::thread_main(void* pool) {
  auto& self = *static_cast<blocking_pool*>(pool);
  pthread_setname_np(pthread_self(), self.options_.name.c_str());
  if (self.options_.around) {
    self.options_.around([&self] { self.serve(); });
  } else {
    self.serve();
  }
  self.leave();
  return nullptr;
}

// Returns with the lock, so that nobody counts on a thread that is about to leave.
void blocking_pool::serve() noexcept {
  lock_.lock();
  coming_ = false;
  do {
    while (run_one()) {
    }
  } while (!stopping_ && await_claim());
}

// With the lock, given up for the run. False: there is nothing to do.
bool blocking_pool::run_one() noexcept {
  work_next_ = first_work_ != nullptr && (work_next_ || jobs_.empty());
  if (work_next_) {
    work_next_ = false;
    work* const w = std::exchange(first_work_, first_work_->next);
    if (first_work_ == nullptr) last_work_ = nullptr;
    give_up_lock();
    w->run(*w);
  } else if (blocking_job* const job = jobs_.pop_front(); job != nullptr) {
    work_next_ = true;
    give_up_lock();
    job->run(*job);
  } else {
    return false;
  }
  lock_.lock();
  return true;
}

// One job was taken. It may block: somebody else comes for the others.
void blocking_pool::give_up_lock() noexcept {
  const call c = --queued_ != 0 ? call_thread() : call{};
  lock_.unlock();
  follow(c);
}

// With the lock, given up for the sleep. False: nobody wanted the thread for as long as it is kept.
bool blocking_pool::await_claim() noexcept {
  idle_thread me;
  idle_.push_front(me);
  ++idle_count_;
  lock_.unlock();
  const std::int64_t deadline = (clock::now() + options_.keep_alive).time_since_epoch().count();
  bool waiting = looked_in_vain(me);
  // relaxed: the lock, which claim()'s caller held, orders us behind it.
  while (waiting && me.state.load(std::memory_order_relaxed) == idle_thread::asleep) {
    waiting = base::futex_wait_until(me.state, idle_thread::asleep, deadline);
  }
  lock_.lock();
  if (!me.linked()) {
    coming_ = false;
    return true;
  }
  base::intrusive_list<idle_thread>::erase(me);
  --idle_count_;
  return queued_ != 0;  // though somebody else was to come for it
}

// With the lock, for good.
void blocking_pool::leave() noexcept {
  const bool predecessor = std::exchange(any_left_, true);
  const pthread_t joined = std::exchange(last_left_, pthread_self());
  uncount_thread_and_unlock();
  if (predecessor) pthread_join(joined, nullptr);
}

// The pool may have ended when this returns.
void blocking_pool::uncount_thread_and_unlock() noexcept {
  const base::atomic<std::uint32_t>& word = threads_;
  const bool last =
      threads_.fetch_sub(1, std::memory_order_relaxed) == 1 && stopping_;  // under the lock
  lock_.unlock();
  if (last) base::futex_wake_one(word);
}

// Under the lock; `t` was taken off the stack. Null: it is awake, and sees it.
blocking_pool::idle_thread* blocking_pool::claim(idle_thread& t) noexcept {
  // relaxed: the lock publishes what was queued. A read-modify-write, as is the thread's step to
  // asleep: the second of the two sees the first.
  const std::uint32_t before = t.state.exchange(idle_thread::claimed, std::memory_order_relaxed);
  return before == idle_thread::asleep ? &t : nullptr;
}

// Whoever calls one function after the other wants the same thread again in a moment: for so long
// it costs less to look than to sleep and be woken. True: nobody has claimed it; it is asleep.
bool blocking_pool::looked_in_vain(idle_thread& me) noexcept {
  const auto until = clock::now() + patience;
  do {
    for (int i = 0; i != looks_between_clocks; ++i) {
      if (me.state.load(std::memory_order_relaxed) != idle_thread::looking)
        return false;  // as in await_claim()
      base::pause();
    }
  } while (clock::now() < until);
  std::uint32_t expected = idle_thread::looking;
  return me.state.compare_exchange_strong(expected, idle_thread::asleep, std::memory_order_relaxed,
                                          std::memory_order_relaxed);
}

void blocking_pool::wake(idle_thread* t) noexcept {
  if (t != nullptr) base::futex_wake_one(t->state);
}

std::size_t blocking_pool::threads() const noexcept {
  return threads_.load(std::memory_order_relaxed);  // a snapshot
}

std::size_t blocking_pool::idle_threads() const noexcept {
  const std::lock_guard guard(lock_);
  return idle_count_;
}

std::size_t blocking_pool::queued() const noexcept {
  const std::lock_guard guard(lock_);
  return queued_;
}

}  // namespace jackdaw
