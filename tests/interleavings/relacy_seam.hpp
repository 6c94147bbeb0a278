// SPDX-License-Identifier: MIT
// The seam of base/atomic.hpp as the model checker Relacy wants it: the sources that ship, on
// simulated atomics, threads and futexes. Selected by -DJACKDAW_SEAM='"relacy_seam.hpp"'.
#pragma once

// Relacy defines macros over these headers' names, so they come first.
#include <atomic>
#include <cassert>
#include <cstdint>
#include <mutex>
#include <source_location>
#include <thread>
#include <utility>
#include <vector>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#endif
// clang-format off: in this order
#include <relacy/base.hpp>
#include <relacy/thread_local_ctx.hpp>
#include <relacy/context_base.hpp>
// C++20 has taken the later stores of a thread out of the release sequence that an earlier one
// heads. Relacy is of 2011: it goes on with the sequence if the value before is of the same thread.
// So that one is shown to it as somebody else's. What makes a store is private there.
#define virtual public: virtual
#include <relacy/thread.hpp>
#undef virtual
// clang-format on
namespace rl {
template <thread_id_t count>
class thread_of_2020 : public thread_info<count> {
 public:
  using thread_info<count>::thread_info;

 private:
  template <memory_order order>
  unsigned store(atomic_data* data) {
    auto& var = static_cast<atomic_data_impl<count>&>(*data);
    thread_id_t& writer = var.history_[var.current_index_ % atomic_history_size].thread_id_;
    const thread_id_t before = std::exchange(writer, static_cast<thread_id_t>(-1));
    const unsigned index = this->template atomic_store<order, false>(data);
    writer = before;
    return index;
  }
  unsigned atomic_store_relaxed(atomic_data* data) override { return store<mo_relaxed>(data); }
  unsigned atomic_store_release(atomic_data* data) override { return store<mo_release>(data); }
  unsigned atomic_store_seq_cst(atomic_data* data) override { return store<mo_seq_cst>(data); }
};
}  // namespace rl
#define thread_info thread_of_2020
// Relacy replaces operator new and delete by inline functions, which compilers mix with the
// library's. They ask is_ctx() whether to track the memory: no. So the heap is an ordinary one.
namespace rl {
inline bool tracks_heap() { return false; }
}  // namespace rl
#define is_ctx tracks_heap
#include <relacy/relacy.hpp>
#undef is_ctx
#undef thread_info
#if defined(__clang__)
#pragma clang diagnostic pop
#else
#pragma GCC diagnostic pop
#endif

// Our sources name the real ones.
#undef memory_order_relaxed
#undef memory_order_consume
#undef memory_order_acquire
#undef memory_order_release
#undef memory_order_acq_rel
#undef memory_order_seq_cst
#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef assert
#undef errno
#define assert RL_ASSERT

namespace jackdaw::base {

inline rl::debug_info where(const std::source_location& at) {
  return {at.function_name(), at.file_name(), at.line()};
}

constexpr rl::memory_order relacy_order(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed: return rl::mo_relaxed;
    case std::memory_order_consume: return rl::mo_consume;
    case std::memory_order_acquire: return rl::mo_acquire;
    case std::memory_order_release: return rl::mo_release;
    case std::memory_order_acq_rel: return rl::mo_acq_rel;
    case std::memory_order_seq_cst: return rl::mo_seq_cst;
  }
  return rl::mo_seq_cst;
}

/// Is an object alive? Who uses it while it is made or ends, or when it has ended, without an order
/// between the two, has a data race.
class lifetime {
 public:
  lifetime() : alive_(1) {}
  lifetime(const lifetime&) : lifetime() {}
  lifetime& operator=(const lifetime&) { return *this; }
  ~lifetime() {
    if (rl::context::is_instance()) alive_(RL_INFO).store(0);
  }
  void use(const std::source_location& at) const { (void)alive_(where(at)).load(); }

 private:
  rl::var<int> alive_;
};

/// One access to an atomic: others may come before it, and not between its look at the lifetime and
/// what follows.
class atomic_step {
 public:
  atomic_step(const lifetime& object, const std::source_location& at)
      : whole_((rl::ctx().sched(), rl::ctx())) {
    object.use(at);
  }

 private:
  rl::preemption_disabler whole_;
};

/// std::atomic's interface over rl::atomic, every order explicit. One that was never written to is
/// reported when it is read.
template <class T>
class simulated_atomic {
  using location = std::source_location;

 public:
  simulated_atomic() = default;
  simulated_atomic(T value) : cell_(value) {}
  simulated_atomic(const simulated_atomic&) = delete;
  simulated_atomic& operator=(const simulated_atomic&) = delete;

  T load(std::memory_order o, location at = location::current()) const {
    const atomic_step step(lifetime_, at);
    return cell_.load(relacy_order(o), where(at));
  }
  void store(T value, std::memory_order o, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    cell_.store(value, relacy_order(o), where(at));
  }
  T exchange(T value, std::memory_order o, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    return cell_.exchange(value, relacy_order(o), where(at));
  }
  T fetch_add(T value, std::memory_order o, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    return cell_.fetch_add(value, relacy_order(o), where(at));
  }
  T fetch_sub(T value, std::memory_order o, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    return cell_.fetch_sub(value, relacy_order(o), where(at));
  }
  T fetch_or(T value, std::memory_order o, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    return cell_.fetch_or(value, relacy_order(o), where(at));
  }
  T fetch_and(T value, std::memory_order o, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    return cell_.fetch_and(value, relacy_order(o), where(at));
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                               std::memory_order failure, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    return cell_.compare_exchange_strong(expected, desired, relacy_order(success), where(at),
                                         relacy_order(failure), where(at));
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                             std::memory_order failure, location at = location::current()) {
    const atomic_step step(lifetime_, at);
    return cell_.compare_exchange_weak(expected, desired, relacy_order(success), where(at),
                                       relacy_order(failure), where(at));
  }

  /// For the futex, whose waiters have a word that may end under them.
  rl::atomic<T>& cell() const { return cell_; }

 private:
  lifetime lifetime_;
  mutable rl::atomic<T> cell_;
};

template <class T>
class atomic : public simulated_atomic<T> {
 public:
  using simulated_atomic<T>::simulated_atomic;
};

/// A variable whose unsynchronised use is reported as a data race.
template <class T>
class plain {
 public:
  plain() = default;
  plain(T value) : cell_(value) {}
  plain(const plain& other) : cell_(static_cast<T>(other)) {}
  ~plain() {
    if (rl::context::is_instance()) cell_(RL_INFO).store(T{});
  }
  plain& operator=(const plain& other) { return *this = static_cast<T>(other); }
  plain& operator=(T value) {
    cell_(where(std::source_location::current())).store(value);
    return *this;
  }
  operator T() const { return cell_(where(std::source_location::current())).load(); }
  T operator->() const { return *this; }

 private:
  rl::var<T> cell_;
};

inline void pause() { rl::yield(1, RL_INFO); }

// The kernel compares and falls asleep in one step, hence no preemption between the two.
inline rl::unpark_reason relacy_futex_wait(const atomic<std::uint32_t>& word,
                                           std::uint32_t expected, bool timed) {
  rl::context& c = rl::ctx();
  c.sched();
  c.atomic_thread_fence_seq_cst();
  std::uint32_t seen = 0;
  {
    rl::preemption_disabler whole(c);
    seen = word.load(std::memory_order_relaxed);
  }
  if (seen != expected) return rl::unpark_reason_normal;
  // Spurious returns multiply an exhaustive search without end; the random schedules have them.
  const bool spurious_returns = c.is_random_sched();
  return word.cell().wait(c, timed, spurious_returns, RL_INFO);
}

inline void futex_wait(const atomic<std::uint32_t>& word, std::uint32_t expected) {
  relacy_futex_wait(word, expected, false);
}

[[nodiscard]] inline bool futex_wait_until(const atomic<std::uint32_t>& word,
                                           std::uint32_t expected, std::int64_t) {
  return relacy_futex_wait(word, expected, true) != rl::unpark_reason_timeout;
}

inline void futex_wake_one(const atomic<std::uint32_t>& word) {
  rl::context& c = rl::ctx();
  c.sched();
  c.atomic_thread_fence_seq_cst();
  word.cell().wake(c, 1, RL_INFO);
}

/// Relacy knows no asymmetric fence; what the protocols need of it is what two full fences give.
struct asymmetric_barrier {
  static inline bool light_is_free = true;  // false: a kernel without membarrier
  static void prepare() {}
  static void light() { rl::atomic_thread_fence(rl::mo_seq_cst, RL_INFO); }
  static bool light_if_free() {
    if (light_is_free) light();
    return light_is_free;
  }
  static void heavy() { rl::atomic_thread_fence(rl::mo_seq_cst, RL_INFO); }
};

}  // namespace jackdaw::base
