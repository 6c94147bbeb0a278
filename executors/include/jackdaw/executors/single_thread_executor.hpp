// SPDX-License-Identifier: MIT
// One thread that runs work in the order in which it was submitted.
#pragma once

#include <cstdint>
#include <string>

#include <pthread.h>
#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/executor.hpp>

namespace jackdaw {

/// Runs work on a thread of its own, first in, first out: for a library that must always be called
/// on the same thread. Where it only must not be called twice at a time, a `strand` needs no
/// thread.
///
/// The destructor runs what was submitted and ends the thread; it must not be called on that
/// thread.
///
/// Thread safety: `submit` and `on_thread` from any thread.
class single_thread_executor final : public any_executor {
 public:
  /// `name` of the thread: at most 15 characters are kept. Throws std::system_error.
  explicit single_thread_executor(const std::string& name = "jd-single");
  single_thread_executor(const single_thread_executor&) = delete;
  single_thread_executor& operator=(const single_thread_executor&) = delete;
  ~single_thread_executor();

  void submit(work& w) noexcept override;

  /// Is the caller on the executor's thread?
  [[nodiscard]] bool on_thread() const noexcept {
    return pthread_equal(thread_, pthread_self()) != 0;
  }

 private:
  static void* thread_main(void* self);
  void serve() noexcept;
  [[nodiscard]] work* take_all() noexcept;

  base::small_mutex lock_;  // guards first_, last_, stopping_
  work* first_ = nullptr;   // linked by `next`
  work* last_ = nullptr;
  bool stopping_ = false;
  // 1 while the thread sleeps or is about to. Set by the thread, reset by who wakes it, both under
  // the lock; the kernel compares it.
  base::atomic<std::uint32_t> asleep_{0};
  pthread_t thread_{};
};

}  // namespace jackdaw
