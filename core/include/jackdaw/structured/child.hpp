// SPDX-License-Identifier: MIT
// A spawned task: its context, its own cancel scope, its outcome and whoever waits for it, in one
// block.
//
// Life of a block: it is owned by two parties, the running task and the handle; the last one to let
// go frees it. A failed task's share passes to its group, which reads the error after the join.
//
// `state_` (one word): done = the outcome is visible; waiting = someone waits in `waiters_`;
// dropped = the handle is gone; released = the task's side is gone; touched = a cancel through the
// handle has begun; ending = none may begin any more; upper part = cancels through the handle that
// are under way. Uncancelled and unawaited, the end is one compare-and-swap here and one
// subtraction in the group.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/coroutine/frame_allocator.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/structured/errors.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

class child_owner;

class child_base : public task_context {
 public:
  /// What a child takes over from where it is spawned.
  struct inherited {
    any_executor* exec;
    services* env;
  };

  child_base(const child_base&) = delete;
  child_base& operator=(const child_base&) = delete;

  [[nodiscard]] bool done() const noexcept {
    return (state_.load(std::memory_order_acquire) & done_bit) !=
           0;  // partner: the release in publish()
  }
  /// The handle's: requests cancellation of this task only. False if it has ended, or had a
  /// request.
  bool cancel(const cancel_reason& why) noexcept;
  /// The handle's, once.
  void drop_handle() noexcept;
  /// The owner's, for a child that was kept because it failed.
  void release() noexcept;

  /// Is this unit of work a child that has not begun? For introspection.
  [[nodiscard]] static bool begins(const work& w) noexcept { return w.run == start; }

  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  [[nodiscard]] virtual const std::exception_ptr& error() const noexcept = 0;

  /// The owner's, for children that it keeps: a chain through a field that an ended task does not
  /// need any more.
  [[nodiscard]] child_base* next_kept() const noexcept {
    return static_cast<child_base*>(resume_point.address());
  }
  void set_next_kept(child_base* c) noexcept {
    resume_point = std::coroutine_handle<>::from_address(c);
  }

  /// Waits for the end: the awaiter of handles.
  class done_awaiter : public list_waiter {
   public:
    done_awaiter(child_base& c, task_context& t) noexcept
        : list_waiter(t, &c, c.waiters_, "join_handle"), child_(&c) {}
    bool await_ready() noexcept { return stop_requested() || child_->done(); }
    bool await_suspend(std::coroutine_handle<> h) noexcept {
      return park(h, [c = child_] { return c->announce_waiter(); });
    }

   protected:
    ~done_awaiter() = default;

   private:
    child_base* child_;
  };

 protected:
  child_base(child_owner& owner, scope& group_scope, const inherited& from,
             std::size_t index) noexcept;
  ~child_base() = default;

  /// Creates the coroutine; null if that threw, then the cell holds the error. Called on the worker
  /// that starts the child.
  virtual std::coroutine_handle<> begin() noexcept = 0;
  /// Destroys callable and arguments.
  virtual void drop_body() noexcept = 0;
  [[nodiscard]] virtual outcome_kind kind() const noexcept = 0;
  virtual void set_cancelled_before_start() noexcept = 0;
  virtual void set_error(std::exception_ptr e) noexcept = 0;
  /// Destroys and frees the block.
  virtual void destroy() noexcept = 0;

  [[nodiscard]] bool observed() const noexcept {
    // relaxed: a hint, which decides whether an exception is worth making.
    return (state_.load(std::memory_order_relaxed) & dropped_bit) == 0;
  }

 private:
  enum class phase : std::uint8_t { running, body_dropped, closed };
  static constexpr std::uint32_t done_bit = 1;
  static constexpr std::uint32_t waiting_bit = 2;
  static constexpr std::uint32_t dropped_bit = 4;
  static constexpr std::uint32_t released_bit = 8;
  static constexpr std::uint32_t touched_bit = 16;
  static constexpr std::uint32_t ending_bit = 32;
  static constexpr std::uint32_t one_cancel = 256;

  static void start(work& w) noexcept;
  static void go_on_ending(work& w) noexcept;
  static std::coroutine_handle<> ended(task_context& t) noexcept;
  std::coroutine_handle<> end() noexcept;
  void leave_body() noexcept;
  [[nodiscard]] bool fence_off_cancels() noexcept;
  [[nodiscard]] bool publish() noexcept;
  [[nodiscard]] bool announce_waiter() noexcept;
  [[nodiscard]] bool publish_to_waiters(std::uint32_t& seen) noexcept;

 protected:
  bool body_alive_ = true;  // callable and arguments are there

 private:
  // Of whoever is at the end: the worker, a cancel through the handle that goes on with it, the
  // worker again.
  base::plain<phase> phase_{phase::running};
  bool kept_ = false;                     // the owner reads the error later
  base::atomic<std::uint32_t> state_{0};  // encoding and partners: see the head of this file
  scope own_;
  child_owner* owner_;
  waiter_list waiters_;  // guarded by waiter_lock(this)
  std::uint32_t index_;
};

/// Who a child reports its end to: a task group or the background tasks.
class child_owner {
 public:
  /// Before the end is visible: `error` is the child's error or its foreign `cancelled`. True: keep
  /// the block for me.
  virtual bool child_failed(child_base& c) noexcept = 0;
  /// After the end is visible; the last thing that the child does with its owner. Returns who may
  /// run next on this thread.
  virtual std::coroutine_handle<> child_left() noexcept = 0;

 protected:
  ~child_owner() = default;
};

/// The typed part: the outcome, and what has to run.
template <class T, class Body>
class child final : public child_base {
 public:
  [[nodiscard]] static child* make(child_owner& owner, scope& group_scope, const inherited& from,
                                   std::size_t index, Body&& body) {
    void* memory = frame_allocator::allocate(sizeof(child));
    try {
      return ::new (memory) child(owner, group_scope, from, index, std::move(body));
    } catch (...) {
      frame_allocator::deallocate(memory, sizeof(child));
      throw;
    }
  }

  [[nodiscard]] result_cell<T>& cell() noexcept { return cell_; }
  [[nodiscard]] const std::exception_ptr& error() const noexcept override { return cell_.error(); }

 private:
  child(child_owner& owner, scope& group_scope, const inherited& from, std::size_t index,
        Body&& body)
      : child_base(owner, group_scope, from, index), body_(std::move(body)) {}
  ~child() {
    if (body_alive_) body_.~Body();
  }

  std::coroutine_handle<> begin() noexcept override {
    try {
      const auto frame = body_().release();
      frame.promise().context = this;
      frame.promise().cell = &cell_;
      return frame;
    } catch (...) {
      cell_.set_current_exception();
      return {};
    }
  }
  void drop_body() noexcept override {
    body_.~Body();
    body_alive_ = false;
  }
  [[nodiscard]] outcome_kind kind() const noexcept override { return cell_.kind(); }
  void set_cancelled_before_start() noexcept override {
    cell_.set_cancelled(observed() ? std::make_exception_ptr(cancelled(current->effective_reason()))
                                   : nullptr);
  }
  void set_error(std::exception_ptr e) noexcept override { cell_.set_error(std::move(e)); }
  void destroy() noexcept override {
    this->~child();
    frame_allocator::deallocate(this, sizeof(child));
  }

  result_cell<T> cell_;
  union {
    Body body_;
  };
};

/// A body that owns a callable and its arguments, decayed, and makes the coroutine when it is
/// called.
template <class F, class... Args>
class owned_call {
 public:
  template <class G, class... As>
  explicit owned_call(std::in_place_t, G&& f, As&&... args)
      : parts_(std::forward<G>(f), std::forward<As>(args)...) {}

  decltype(auto) operator()() {
    return std::apply(
        [](F& f, Args&... args) -> decltype(auto) {
          return std::invoke(f, static_cast<std::unwrap_reference_t<Args>&&>(args)...);
        },
        parts_);
  }

 private:
  std::tuple<F, Args...> parts_;
};

/// A body that is a task already.
template <class T>
class owned_task {
 public:
  explicit owned_task(task<T>&& t) noexcept : task_(std::move(t)) {}
  owned_task(owned_task&&) noexcept = default;
  owned_task& operator=(owned_task&&) = delete;
  ~owned_task() { task_.discard(); }
  task<T> operator()() noexcept { return std::move(task_); }

 private:
  task<T> task_;
};

}  // namespace jackdaw
