// SPDX-License-Identifier: MIT
// What becomes of a generator that is left before its end.
//
// close() resumes it in a scope that is cancelled. Its destructor cannot await: it resumes it with
// every await refused, so that its locals are gone when it returns. What the generator has
// registered with on_exit is left then; it is awaited by the function that has pulled from it, at
// that function's end, or by a task in the background if there is no such function.
#include <jackdaw/async_generator.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/background_tasks.hpp>
#include <jackdaw/structured/on_exit.hpp>

namespace jackdaw {

namespace {

cancel_reason left_early() noexcept {
  return cancel_reason(cancel_kind::explicit_request, "the generator's consumer has left");
}

}  // namespace

/// The place between a generator and a function that has pulled from it.
class left_cleanups {
 public:
  /// The frame of a generator that has unwound; it is at its end, with cleanups to run.
  class frame {
   public:
    frame(std::coroutine_handle<> h, generator_promise_base& p) noexcept
        : handle_(h), promise_(&p) {}
    frame(frame&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr)), promise_(other.promise_) {}
    frame& operator=(frame&&) = delete;
    ~frame() {
      if (handle_) discard();
    }
    [[nodiscard]] services& env() const noexcept { return *promise_->env_; }

    /// Awaits the cleanups.
    class running {
     public:
      running(frame& f, task_context& t) noexcept : frame_(&f), task_(&t) {}
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
        generator_promise_base& p = *frame_->promise_;
        p.phase_ = generator_promise_base::phase::closing;
        p.context = task_;
        p.continuation = h;
        p.cell = &cell_;
        cell_.set_value();
        return p.end_slowly(std::exchange(frame_->handle_, nullptr));
      }
      void await_resume() { cell_.take(); }

     private:
      frame* frame_;
      task_context* task_;
      result_cell<void> cell_;
    };
    running bind(task_context& t) noexcept { return running(*this, t); }

   private:
    void discard() noexcept {
      promise_->exits->discard();
      handle_.destroy();
    }

    std::coroutine_handle<> handle_;
    generator_promise_base* promise_;
  };

  static task<void> run(frame f) { co_await f; }

  /// The generator's: false, with `f` untouched, if the function has ended.
  [[nodiscard]] bool leave(frame&& f) noexcept {
    const std::lock_guard guard(lock_);
    if (closed_) return false;
    left_.emplace(std::move(f));
    return true;
  }
  [[nodiscard]] bool closed() const noexcept {
    const std::lock_guard guard(lock_);
    return closed_;
  }

  /// The function's.
  [[nodiscard]] bool filled() const noexcept {
    const std::lock_guard guard(lock_);
    return left_.has_value();
  }
  [[nodiscard]] task<void> run_left() { return run(take()); }
  /// Nothing is taken any more. Returns what came after it had looked for the last time.
  [[nodiscard]] std::optional<frame> close() noexcept {
    const std::lock_guard guard(lock_);
    closed_ = true;
    std::optional<frame> late;
    if (left_.has_value()) late.emplace(std::move(*left_));
    left_.reset();
    return late;
  }

 private:
  [[nodiscard]] frame take() noexcept {
    const std::lock_guard guard(lock_);
    frame taken(std::move(*left_));
    left_.reset();
    return taken;
  }

  mutable base::small_mutex lock_;
  bool closed_ = false;  // guarded by lock_, as is left_
  std::optional<frame> left_;
};

namespace {

/// A task that awaits cleanups in the background. It begins whatever is cancelled meanwhile, and
/// the runtime waits for its end.
class late_cleanup final : public task_context {
 public:
  /// Throws std::bad_alloc; then `f` is untouched or gone.
  static void begin(services& env, left_cleanups::frame&& f) {
    auto* const owner = new background_core(env);
    try {
      (void)owner->enter();
      try {
        auto* const self = new late_cleanup(env, *owner, left_cleanups::run(std::move(f)));
        self->schedule();
      } catch (...) {
        owner->abandon_entry();
        throw;
      }
    } catch (...) {
      owner->leave();
      throw;
    }
    owner->leave();
  }

 private:
  late_cleanup(services& env, background_core& owner, task<void>&& t) noexcept
      : task_context(start, ended, scope_, env.executor, env),
        scope_(&owner.tasks_scope(), this, scope::barrier::shield),
        owner_(&owner) {
    const auto body = t.release();
    body.promise().context = this;
    body.promise().cell = &cell_;
    first_ = body;
    name = "async_generator";
  }

  static void start(work& w) noexcept { static_cast<late_cleanup&>(w).first_.resume(); }
  static std::coroutine_handle<> ended(task_context& t) noexcept {
    auto& self = static_cast<late_cleanup&>(t);
    self.dismiss();
    if (self.cell_.kind() == outcome_kind::error)
      self.env->unhandled({unhandled_error::source::background, self.name, self.cell_.error()});
    self.run = go_on_ending;
    if (self.scope_.close(self)) self.end();
    return std::noop_coroutine();
  }
  static void go_on_ending(work& w) noexcept { static_cast<late_cleanup&>(w).end(); }
  void end() noexcept {
    background_core& owner = *owner_;
    delete this;
    owner.abandon_entry();
  }

  block_scope scope_;
  background_core* owner_;
  std::coroutine_handle<> first_;
  result_cell<void> cell_;
};

void run_in_background(services& env, left_cleanups::frame&& f) noexcept {
  try {
    late_cleanup::begin(env, std::move(f));
  } catch (...) {
    env.unhandled(
        {unhandled_error::source::background, "async_generator", std::current_exception()});
  }
}

/// The function's end of it.
class left_generator final : public exit_action {
 public:
  explicit left_generator(std::shared_ptr<left_cleanups> c)
      : exit_action(std::nullopt), cleanups_(std::move(c)) {}
  ~left_generator() override {
    std::optional<left_cleanups::frame> late = cleanups_->close();
    if (late.has_value()) run_in_background(late->env(), std::move(*late));
  }
  [[nodiscard]] bool due() const noexcept override { return cleanups_->filled(); }

 private:
  task<void> run() override { return cleanups_->run_left(); }

  std::shared_ptr<left_cleanups> cleanups_;
};

}  // namespace

void generator_promise_base::throw_left() { throw cancelled(left_early()); }

void generator_base::throw_shared() {
  throw std::logic_error(
      "jackdaw: two consumers wait for an item of one async_generator; give each its own, or let "
      "one of them read it and send the items through a channel");
}

// The end of a generator that has cleanups to run, or whose frame its destructor still needs.
std::coroutine_handle<> generator_promise_base::end_slowly(std::coroutine_handle<> frame) noexcept {
  if (phase_ == phase::dropped) return std::noop_coroutine();
  exits->report_to(result_access(*cell));
  return run_exits(*this, frame);
}

void generator_base::keep_cleanups_with(promise_base& function, result_access result) noexcept {
  std::shared_ptr<left_cleanups>& mine = promise_->cleanups_;
  if (mine != nullptr && !mine->closed()) return;
  try {
    auto fresh = std::make_shared<left_cleanups>();
    exit_list::of(function, result).push(std::make_unique<left_generator>(fresh));
    mine = std::move(fresh);
  } catch (...) {  // no memory: then they will run in the background
    mine = nullptr;
  }
}

// Resumes the generator where it has yielded, for the last time.
class generator_base::unwinding {
 public:
  unwinding(generator_base& g, result_cell<void>& cell) noexcept : generator_(&g), cell_(&cell) {}

  class awaiter {
   public:
    awaiter(generator_base& g, result_cell<void>& cell, task_context& t) noexcept
        : generator_(&g), cell_(&cell), task_(&t) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
      return generator_->step(*task_, h, *cell_);
    }
    void await_resume() const noexcept { generator_->forget(); }

   private:
    generator_base* generator_;
    result_cell<void>* cell_;
    task_context* task_;
  };
  awaiter bind(task_context& t) const noexcept { return awaiter(*generator_, *cell_, t); }

 private:
  generator_base* generator_;
  result_cell<void>* cell_;
};

task<void> generator_base::close_here(generator_base& g) {
  if (g.ended()) co_return;
  if (g.running()) throw_shared();
  if (g.promise_->env_ == nullptr) {  // not begun
    g.drop();
    g.forget();
    co_return;
  }
  task_context& me = co_await base::this_context();
  block_scope left(me.current, &me);
  left.mark_failed(left_early());  // nothing else lives in it
  g.promise_->phase_ = generator_promise_base::phase::closing;
  result_cell<void> cell;
  me.current = &left;
  co_await unwinding(g, cell);
  co_await base::close_scope(left);
  me.current = left.parent();
  if (cell.kind() == outcome_kind::error) cell.take();
}

void generator_base::drop() noexcept {
  generator_promise_base& p = *promise_;
  if (p.env_ == nullptr) return base::drop_unstarted(frame_, p);
  if (p.running()) {
    std::fputs(
        "jackdaw: an async_generator was destroyed while somebody waits for an item of it; keep it "
        "alive until next() has returned\n",
        stderr);
    std::abort();
  }
  result_cell<void> cell;
  p.phase_ = generator_promise_base::phase::dropped;
  p.continuation = std::noop_coroutine();
  p.cell = &cell;
  frame_.resume();  // it stops at its end
  if (cell.kind() == outcome_kind::error)
    p.env_->unhandled({unhandled_error::source::background, "async_generator", cell.error()});
  if (!has_cleanups()) return frame_.destroy();
  left_cleanups::frame left(frame_, p);
  const std::shared_ptr<left_cleanups> place = p.cleanups_;
  if (place == nullptr || !place->leave(std::move(left)))
    run_in_background(*p.env_, std::move(left));
}

}  // namespace jackdaw
