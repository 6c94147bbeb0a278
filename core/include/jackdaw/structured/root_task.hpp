// SPDX-License-Identifier: MIT
// The outermost task of a run: the root of a tree of scopes, whose end a thread outside waits for.
#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/scope_roots.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// The part that does not depend on the type.
///
/// Thread safety: `cancel`, `poke` and `done` from any thread as long as the object lives; the
/// waits and `detach` from one at a time.
class root_base : public task_context {
 public:
  /// Takes over a root that has ended and that nobody waits for.
  using heir = void (*)(root_base&) noexcept;

  root_base(any_executor& e, services& env) noexcept;
  root_base(const root_base&) = delete;
  root_base& operator=(const root_base&) = delete;

  /// Blocks the calling thread until the task has ended and nothing of it is touched by another
  /// thread any more.
  void wait() noexcept;
  /// The same until `deadline` (nanoseconds on jd::clock). False: not yet.
  [[nodiscard]] bool wait_until(std::int64_t deadline) noexcept;
  /// The same until `poke` is called. False: not yet, but poked.
  [[nodiscard]] bool wait_or_poke() noexcept;
  /// Ends a wait_or_poke, this one or the next. A signal handler may call it.
  void poke() noexcept;
  [[nodiscard]] bool done() const noexcept;
  /// False if it has ended or was cancelled before.
  bool cancel(const cancel_reason& why) noexcept;
  bool cancel_hard(const cancel_reason& why) noexcept;

  /// Is this unit of work a root that has not begun? For introspection.
  [[nodiscard]] static bool begins(const work& w) noexcept { return w.run == start; }

  [[nodiscard]] scope& root_scope() noexcept { return scope_; }

 protected:
  ~root_base() = default;

  /// Nobody waits from now on: at its end, which may be before this returns, `h` gets it.
  void detach(heir h) noexcept;

  std::coroutine_handle<> first_;

 private:
  static constexpr std::uint32_t ended_bit = 1;
  static constexpr std::uint32_t poked_bit = 2;
  static constexpr std::uint32_t detached_bit = 4;
  static constexpr std::uint32_t awaited_bit = 8;

  static void start(work& w) noexcept;
  static void go_on_ending(work& w) noexcept;
  static std::coroutine_handle<> ended(task_context& t) noexcept;
  void end() noexcept;

  [[nodiscard]] std::uint32_t announce_wait() noexcept;
  bool request(const cancel_reason& why, bool hard) noexcept;

  block_scope scope_;
  scope_root known_{scope_, "run"};
  base::small_mutex gate_;  // guards closed_: no cancel begins once the end has
  bool closed_ = false;
  heir heir_ = nullptr;  // written before detached_bit, read by the end that sees it
  // The bits above; waited for as a futex. ended: set by the task's last step (release), read by
  // those who wait (acquire). detached: set by the owner's last step, seen by the task's or seeing
  // it. poked: set by anyone, cleared by who waits; orders nothing. awaited: set, once and for all,
  // by who is about to sleep; who changes the word without it need wake nobody.
  base::atomic<std::uint32_t> state_{0};
};

template <class T>
class root_task : public root_base {
 public:
  root_task(any_executor& e, services& env, task<T>&& t) noexcept : root_base(e, env) {
    const auto frame = t.release();
    frame.promise().context = this;
    frame.promise().cell = &cell_;
    first_ = frame;
  }

  T take() { return cell_.take(); }
  [[nodiscard]] result_cell<T>& cell() noexcept { return cell_; }

 private:
  result_cell<T> cell_;
};

}  // namespace jackdaw
