// SPDX-License-Identifier: MIT
// What the runtime knows of a task that may park on its own: run's root, a spawned child, a child
// of gather.
//
// Functions that are awaited in place share the context of their awaiter: a promise holds one
// unowned pointer to it.
//
// Thread safety: fields belong to whoever runs the task; while the task is parked they belong to
// whoever holds its wait word (granter or claiming canceller, see wait_word.hpp).
#pragma once

#include <coroutine>
#include <cstdint>
#include <string_view>

#include <jackdaw/cancellation/member.hpp>
#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/cancellation/wait_word.hpp>
#include <jackdaw/executor.hpp>
#include <jackdaw/services.hpp>

namespace jackdaw {

class task_context : public work, public member {
 public:
  /// What happens when the outermost coroutine of the task has ended; returns who runs next on this
  /// thread.
  using ending = std::coroutine_handle<> (*)(task_context&) noexcept;

  task_context(work::function start, ending end, scope& s, any_executor& e, services& env) noexcept
      : work(start),
        member(member::kind::task),
        home(&s),
        current(&s),
        exec(&e),
        env(&env),
        finish(end) {}
  /// A child that inherits executor and services.
  task_context(work::function start, ending end, scope& s, const task_context& parent) noexcept
      : task_context(start, end, s, *parent.exec, *parent.env) {}

  /// Submits the task to its executor, to go on at `resume_point`.
  void schedule() noexcept { exec->submit(*this); }
  /// The same, by someone who has just made the task ready and is likely to pause.
  void wake() noexcept { exec->submit_soon(*this); }

  /// The task, which runs, has used up its turn at `h`: it goes on there when others have run.
  void end_turn(std::coroutine_handle<> h) noexcept {
    set_resume_point(h);
    exec->submit_next_turn(*this);
  }

  /// The task suspends at `h`: the next submission goes on there.
  void set_resume_point(std::coroutine_handle<> h) noexcept {
    resume_point = h;
    run = resume;
  }

  /// Is this unit of work a task that goes on where it was suspended? For introspection.
  [[nodiscard]] static bool goes_on(const work& w) noexcept { return w.run == resume; }

  /// Makes the task known to its home scope, so that cancellers find it. Once per task, before its
  /// first park.
  void enrol() noexcept {
    if (!enrolled) home->enrol(*this);
  }
  /// Before the task's end is made known to anyone.
  void dismiss() noexcept {
    if (enrolled) home->dismiss(*this);
  }

  /// Unique in the process; assigned at the first call. Any thread that keeps the task alive.
  [[nodiscard]] std::uint64_t id() noexcept {
    const std::uint64_t known = id_hint();
    return known != 0 ? known : assign_id();
  }
  /// The same, 0 if nobody has asked for it yet.
  [[nodiscard]] std::uint64_t id_hint() const noexcept {
    return id_.load(std::memory_order_relaxed);  // a number, orders nothing
  }

  wait_word wait;
  std::coroutine_handle<> resume_point;
  scope* home;     // whose member list the task is in once enrolled
  scope* current;  // the innermost scope that the task is in
  any_executor* exec;
  services* env;
  ending finish;
  std::string_view name;  // storage outlives the task
  base::atomic<const char*> waiting_for{
      ""};  // a literal, for introspection; written before a park, orders nothing

 protected:
  ~task_context() = default;

 private:
  static void resume(work& w) noexcept { static_cast<task_context&>(w).resume_point.resume(); }
  std::uint64_t assign_id() noexcept;

  base::atomic<std::uint64_t> id_{0};  // set once, by whoever asks first; a number, orders nothing

 public:
  bool enrolled = false;  // the last field: what derives from it goes on in the same word
};

}  // namespace jackdaw
