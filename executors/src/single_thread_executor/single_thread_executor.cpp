// SPDX-License-Identifier: MIT
#include <jackdaw/executors/single_thread_executor.hpp>

#include <csignal>
#include <mutex>
#include <system_error>
#include <utility>

#include <jackdaw/base/futex.hpp>

namespace jackdaw {

single_thread_executor::single_thread_executor(const std::string& name) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // inherited: signals are not for this thread
  const int failed = pthread_create(&thread_, nullptr, thread_main, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed != 0) {
    throw std::system_error(failed, std::generic_category(),
                            "jackdaw: the thread of a single_thread_executor could not be started");
  }
  pthread_setname_np(thread_, name.substr(0, 15).c_str());
}

single_thread_executor::~single_thread_executor() {
  {
    const std::lock_guard guard(lock_);
    stopping_ = true;
    asleep_.store(0, std::memory_order_relaxed);  // under the lock; the kernel compares the value
    base::futex_wake_one(asleep_);
  }
  pthread_join(thread_, nullptr);
}

void single_thread_executor::submit(work& w) noexcept {
  w.next = nullptr;
  bool wake = false;
  {
    const std::lock_guard guard(lock_);
    (last_ != nullptr ? last_->next : first_) = &w;
    last_ = &w;
    wake = asleep_.load(std::memory_order_relaxed) != 0;  // under the lock
    if (wake)
      asleep_.store(0, std::memory_order_relaxed);  // the thread takes the lock before it looks
  }
  if (wake) base::futex_wake_one(asleep_);
}

void* single_thread_executor::thread_main(void* self) {
  static_cast<single_thread_executor*>(self)->serve();
  return nullptr;
}

void single_thread_executor::serve() noexcept {
  while (work* next = take_all()) {
    while (next != nullptr) {
      work& w = *std::exchange(next, next->next);
      w.run(w);
    }
  }
}

// Sleeps while there is nothing. Null: it is to end.
work* single_thread_executor::take_all() noexcept {
  for (;;) {
    {
      const std::lock_guard guard(lock_);
      if (first_ != nullptr) {
        last_ = nullptr;
        return std::exchange(first_, nullptr);
      }
      if (stopping_) return nullptr;
      asleep_.store(1, std::memory_order_relaxed);  // under the lock
    }
    // relaxed: the lock that is taken next orders what was submitted.
    while (asleep_.load(std::memory_order_relaxed) != 0) base::futex_wait(asleep_, 1);
  }
}

}  // namespace jackdaw
