// SPDX-License-Identifier: MIT
// Threads that may block, made on demand.
//
// Invariants, under `lock_`
//  1. While jobs are queued a thread is on its way to them (`coming_`): an idle one, claimed by
//     taking it off the stack, or a new one; or as many threads run jobs as may be. One at a time:
//     who comes and leaves jobs behind sends for the next before it runs its own, which may block.
//     So a job waits for a thread, but not for another job; and a thousand short ones are run by
//     the few threads that come while they last.
//  2. A thread is on the idle stack or on its way to the queue, which it looks at before it may
//     become idle or end. It ends only while the queue is empty.
//  3. A job can be removed until a thread takes it off the queue; a claimed thread that finds
//     nothing becomes idle again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <pthread.h>
#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/intrusive_list.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/blocking.hpp>
#include <jackdaw/executor.hpp>

namespace jackdaw {

struct blocking_pool_options {
  std::size_t threads_max = 512;
  std::chrono::nanoseconds keep_alive = std::chrono::seconds(10);  ///< of an idle thread
  std::size_t stack_bytes = std::size_t{1} << 20;                  ///< of each thread
  std::string name = "jd-blocking";  ///< of the threads; 15 characters
  /// Called on each thread with all that the thread will do, which it must call once; must not
  /// throw. Empty: nothing surrounds it.
  std::function<void(const std::function<void()>& serve)> around = {};
};

/// A pool of threads for functions that block: `jd::to_thread` uses the runtime's. A thread is made
/// when there is work, none is idle and none on its way; the one that became idle last works first,
/// and one that had nothing to do for `keep_alive` ends. Signals are blocked in all of them.
///
/// As an executor it runs tasks on those threads, in no promised order; for tasks that compute use
/// work_stealing_pool or tbb_executor. The destructor runs what is queued and waits for all
/// threads; it must not be called on one of them.
///
/// Thread safety: every member from any thread.
class blocking_pool final : public any_executor, public blocking_service {
 public:
  explicit blocking_pool(blocking_pool_options options = {});
  blocking_pool(const blocking_pool&) = delete;
  blocking_pool& operator=(const blocking_pool&) = delete;
  ~blocking_pool();

  /// If there is no thread and none can be made, the work is run before it returns.
  void submit(work& w) noexcept override;

  [[nodiscard]] bool start(blocking_job& job) noexcept override;
  [[nodiscard]] bool remove(blocking_job& job) noexcept override;

  /// Snapshots.
  [[nodiscard]] std::size_t threads() const noexcept;
  [[nodiscard]] std::size_t idle_threads() const noexcept;
  [[nodiscard]] std::size_t queued() const noexcept;

 private:
  struct idle_thread : base::list_node<> {
    static constexpr std::uint32_t looking = 0;  // on the stack, awake
    static constexpr std::uint32_t asleep = 1;   // on the stack, in the kernel or on its way there
    static constexpr std::uint32_t claimed = 2;  // off the stack
    // Set to asleep by the thread itself, to claimed under the lock by who takes it off.
    base::atomic<std::uint32_t> state{looking};
  };
  /// What is left to do, without the lock, so that a thread comes for what is queued.
  struct call {
    bool answered = false;  // somebody will come
    idle_thread* to_wake = nullptr;
    bool create = false;
  };

  [[nodiscard]] call call_thread() noexcept;
  [[nodiscard]] call call_idle_thread() noexcept;
  void follow(call c) noexcept;
  [[nodiscard]] bool create_thread() noexcept;
  static void* thread_main(void* pool);
  void serve() noexcept;
  [[nodiscard]] bool run_one() noexcept;
  void give_up_lock() noexcept;
  [[nodiscard]] bool await_claim() noexcept;
  void leave() noexcept;
  void uncount_thread_and_unlock() noexcept;
  [[nodiscard]] static idle_thread* claim(idle_thread& t) noexcept;
  [[nodiscard]] static bool looked_in_vain(idle_thread& me) noexcept;
  static void wake(idle_thread* t) noexcept;

  const blocking_pool_options options_;

  mutable base::small_mutex lock_;  // guards everything below
  base::intrusive_list<blocking_job> jobs_;
  work* first_work_ = nullptr;  // submitted as to an executor, linked by `next`
  work* last_work_ = nullptr;
  bool work_next_ = false;                  // the two queues take turns
  std::size_t queued_ = 0;                  // in both
  base::intrusive_list<idle_thread> idle_;  // a stack: front is the last to become idle
  std::size_t idle_count_ = 0;
  bool coming_ = false;  // a thread was claimed or is being made, and has not come to the queue
  bool stopping_ = false;
  pthread_t last_left_{};  // each thread that ends joins the one that ended before it
  bool any_left_ = false;
  // Live threads, and the one that is being made. Written under the lock; the destructor waits for
  // 0 on it without, and then takes the lock.
  base::atomic<std::uint32_t> threads_{0};
};

}  // namespace jackdaw
