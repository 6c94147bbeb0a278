// SPDX-License-Identifier: MIT
// async_generator<T>: a coroutine that yields items one by one and may await between them.
//
// It runs in place, as part of the task that asks for the next item: `next` transfers to it, and
// `co_yield` transfers back. An item is built in its consumer's frame. A generator that is left
// early is not destroyed where it hangs: it is resumed, and `co_yield` throws, so that its frame
// unwinds like every other.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/cancellation/task_context.hpp>
#include <jackdaw/coroutine/dropped_tasks.hpp>
#include <jackdaw/coroutine/promise.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/services.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

template <class T>
class async_generator;

/// Where a generator that is dropped early leaves the cleanups that it registered with on_exit, for
/// the function that has consumed it; see src/structured/left_generator.cpp.
class left_cleanups;

/// The part of a generator's promise that does not depend on the type.
class generator_promise_base : public promise_base {
 public:
  class final_awaiter {
   public:
    final_awaiter() noexcept {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> h) const noexcept {
      generator_promise_base& p = h.promise();
      if (p.exits != nullptr || p.phase_ == phase::dropped) [[unlikely]]
        return p.end_slowly(h);
      const std::coroutine_handle<> next = p.continuation;
      h.destroy();
      return next;
    }
    void await_resume() const noexcept {}
  };
  final_awaiter final_suspend() const noexcept { return {}; }

  void return_void() noexcept { cell->set_value(); }
  void unhandled_exception() noexcept { cell->set_current_exception(); }

  template <class A>
    requires requires(promise_base& p, A&& a) { p.await_transform(std::forward<A>(a)); }
  decltype(auto) await_transform(A&& a) {
    refuse_when_dropped();
    return promise_base::await_transform(std::forward<A>(a));
  }
  template <class A>
    requires requires(A&& a, generator_promise_base& p, result_access r) {
      std::forward<A>(a).bind_function(p, r);
    }
  decltype(auto) await_transform(A&& a) {
    refuse_when_dropped();
    return std::forward<A>(a).bind_function(*this, result_access(*cell));
  }

  result_cell<void>* cell = nullptr;  // the present consumer's: how the generator ended

 protected:
  generator_promise_base() noexcept = default;
  ~generator_promise_base() = default;

  [[nodiscard]] bool left() const noexcept { return phase_ != phase::open; }
  [[noreturn]] static void throw_left();
  /// Back to whoever asked for an item.
  [[nodiscard]] std::coroutine_handle<> pause() noexcept {
    running_.store(false, std::memory_order_relaxed);  // see running()
    return continuation;
  }

 private:
  friend class generator_base;
  friend class left_cleanups;
  enum class phase : std::uint8_t { open, closing, dropped };

  /// Somebody waits for an item. A check for misuse, which orders nothing.
  [[nodiscard]] bool running() const noexcept { return running_.load(std::memory_order_relaxed); }
  void refuse_when_dropped() const {
    if (phase_ == phase::dropped) [[unlikely]]
      throw_left();
  }
  std::coroutine_handle<> end_slowly(std::coroutine_handle<> frame) noexcept;

  services* env_ = nullptr;                  // of the latest consumer
  std::shared_ptr<left_cleanups> cleanups_;  // once the generator has some
  phase phase_ = phase::open;
  base::atomic<bool> running_{false};  // written by the consumer; read by a second one
};

/// The part of a generator that does not depend on the type: its frame, and how to leave it.
class generator_base {
 public:
  generator_base(generator_base&& other) noexcept
      : frame_(std::exchange(other.frame_, nullptr)), promise_(other.promise_) {}
  generator_base& operator=(generator_base&& other) noexcept {
    generator_base taken(std::move(other));
    std::swap(frame_, taken.frame_);
    std::swap(promise_, taken.promise_);
    return *this;
  }

  /// Ends the generator now, if it has not ended: unwinds it, and awaits its cleanups. Throws what
  /// they throw. What it awaits while it unwinds is cancelled at once. No checkpoint. The generator
  /// must live until this has ended.
  [[nodiscard]] task<void> close() { return close_here(*this); }
  /// Has it ended?
  [[nodiscard]] bool ended() const noexcept { return !frame_; }

 protected:
  generator_base(std::coroutine_handle<> frame, generator_promise_base& p) noexcept
      : frame_(frame), promise_(&p) {}
  ~generator_base() {
    if (frame_) drop();
  }

  [[nodiscard]] bool running() const noexcept { return promise_->running(); }
  [[nodiscard]] generator_promise_base& promise() const noexcept { return *promise_; }

  /// Runs it for a consumer until it yields or ends.
  [[nodiscard]] std::coroutine_handle<> step(task_context& t, std::coroutine_handle<> consumer,
                                             result_cell<void>& cell) noexcept {
    promise_->running_.store(true, std::memory_order_relaxed);  // see running()
    promise_->context = &t;
    promise_->env_ = t.env;
    promise_->continuation = consumer;
    promise_->cell = &cell;
    return frame_;
  }
  /// Its frame is gone.
  void forget() noexcept { frame_ = nullptr; }

  /// It has cleanups: where it is dropped, `function` will await them at its end.
  [[nodiscard]] bool has_cleanups() const noexcept { return promise_->exits != nullptr; }
  void keep_cleanups_with(promise_base& function, result_access result) noexcept;

  [[noreturn]] static void throw_shared();

 private:
  class unwinding;
  static task<void> close_here(generator_base& g);
  void drop() noexcept;

  std::coroutine_handle<> frame_;
  generator_promise_base* promise_;
};

template <class T>
class generator_promise final : public generator_promise_base {
 public:
  async_generator<T> get_return_object() noexcept;

  class yielding {
   public:
    explicit yielding(generator_promise& p) noexcept : promise_(&p) {}
    bool await_ready() const noexcept { return promise_->left(); }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
      return promise_->pause();
    }
    void await_resume() const {
      if (promise_->left()) [[unlikely]]
        throw_left();
    }

   private:
    generator_promise* promise_;
  };

  template <class U = T>
    requires std::constructible_from<T, U>
  yielding yield_value(U&& value) {
    if (!left()) item->emplace(std::forward<U>(value));
    return yielding(*this);
  }

  std::optional<T>* item = nullptr;  // the present consumer's
};

/// A coroutine that yields a sequence of T: `jd::async_generator<page> pages(client& c) { ...
/// co_await ...; co_yield p; }`. Lazy: it runs while somebody waits for an item, as part of that
/// task, under its cancellation and deadlines. Consume it with for_each, or pull:
/// `while (auto item = co_await gen.next())`.
///
/// Left early, it is cancelled where it yielded: `co_yield` throws `cancelled`, its locals are
/// destroyed, and what it has registered with on_exit or attach is awaited (S54). for_each does all
/// of this before it returns. A pulled generator unwinds in its destructor, in which what it awaits
/// throws at once; its on_exit cleanups are awaited before the function that pulled it returns to
/// its caller, or, where it was pulled through a combinator or destroyed elsewhere, in the
/// background. So end it with `co_await gen.close()` where they use locals of the consumer.
///
/// There is no co_yield in an open group, timeout or cancel scope, as the bodies of those are
/// functions of their own. `resume_on` is refused: it would move the consumer.
///
/// Thread safety: one consumer at a time; from one item to the next it may be another task.
template <class T>
class [[nodiscard("a generator does nothing until it is consumed")]] async_generator final
    : public generator_base {
  static_assert(std::is_object_v<T> && !std::is_const_v<T>,
                "jackdaw: a generator yields values: to yield references, yield pointers");

 public:
  using promise_type = generator_promise<T>;
  using value_type = T;

  async_generator(async_generator&&) noexcept = default;
  async_generator& operator=(async_generator&&) noexcept = default;

  class [[nodiscard("write co_await gen.next()")]] pulling {
   public:
    explicit pulling(async_generator& g) noexcept : generator_(&g) {}

    class awaiter {
     public:
      awaiter(async_generator& g, task_context& t) noexcept : generator_(&g), task_(&t) {}
      awaiter(const awaiter&) = delete;
      awaiter& operator=(const awaiter&) = delete;

      bool await_ready() noexcept {
        if (generator_->ended()) return true;
        shared_ = generator_->running();
        return shared_;
      }
      template <class Consumer>
      std::coroutine_handle<> await_suspend(std::coroutine_handle<Consumer> h) noexcept {
        consumer_ = h;
        if constexpr (requires { result_access(*h.promise().cell); }) keep_ = keep_with<Consumer>;
        static_cast<promise_type&>(generator_->promise()).item = &item_;
        return generator_->step(*task_, h, cell_);
      }
      std::optional<T> await_resume() {
        if (shared_) [[unlikely]]
          throw_shared();
        if (item_.has_value()) {
          if (generator_->has_cleanups() && keep_ != nullptr) keep_(*generator_, consumer_);
          return std::move(item_);
        }
        if (cell_.kind() != outcome_kind::pending) {
          generator_->forget();
          cell_.take();
        }
        return std::nullopt;
      }

     private:
      template <class Consumer>
      static void keep_with(async_generator& g, std::coroutine_handle<> h) noexcept {
        auto& p = std::coroutine_handle<Consumer>::from_address(h.address()).promise();
        g.keep_cleanups_with(p, result_access(*p.cell));
      }

      async_generator* generator_;
      task_context* task_;
      std::coroutine_handle<> consumer_;
      void (*keep_)(async_generator&, std::coroutine_handle<>) noexcept = nullptr;
      bool shared_ = false;
      result_cell<void> cell_;
      std::optional<T> item_;
    };
    awaiter bind(task_context& t) const noexcept { return awaiter(*generator_, t); }

   private:
    async_generator* generator_;
  };

  /// Runs the generator up to its next item; empty when it has ended, and from then on. Throws what
  /// the generator throws; that ends it too, as does a cancel or a timeout that meets it while it
  /// waits. No checkpoint of its own. Throws std::logic_error if somebody else is waiting for an
  /// item of it. The generator must live until this has ended.
  pulling next() noexcept { return pulling(*this); }

 private:
  friend promise_type;
  explicit async_generator(std::coroutine_handle<promise_type> h) noexcept
      : generator_base(h, h.promise()) {}
};

template <class T>
async_generator<T> generator_promise<T>::get_return_object() noexcept {
  return async_generator<T>(std::coroutine_handle<generator_promise>::from_promise(*this));
}

}  // namespace jackdaw
