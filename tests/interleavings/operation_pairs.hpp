// SPDX-License-Identifier: MIT
// Checks a primitive by pairs: every two of its operations at the same time, by two tasks, with and
// without somebody who cancels both.
#pragma once

#include <array>
#include <coroutine>
#include <iostream>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/task.hpp>

#include "simulated_worker.hpp"

namespace interleavings {

/// A task that one simulated thread runs: the thread does the work of its worker too, so that a
/// lost wake-up shows as a deadlock.
class simulated_task {
 public:
  simulated_task(jackdaw::scope& s, std::size_t index)
      : env_(worker_), task_(s, worker_, env_), index_(index) {}

  /// 0 or 1, and who is the other one.
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] std::size_t other() const { return 1 - index_; }

  /// Awaits an operation; empty if it was cancelled.
  template <class Operation>
  auto await(Operation&& operation) {
    auto awaiter = std::forward<Operation>(operation).bind(task_);
    using result = decltype(awaiter.await_resume());
    using value = std::conditional_t<std::is_void_v<result>, std::monostate, result>;
    if (!awaiter.await_ready() && awaiter.await_suspend(std::noop_coroutine())) {
      RL_ASSERT(worker_.next() == &task_);
    }
    std::optional<value> got;
    if (awaiter.was_cancelled()) return got;
    if constexpr (std::is_void_v<result>) {
      awaiter.await_resume();
      got.emplace();
    } else {
      got.emplace(awaiter.await_resume());
    }
    return got;
  }
  /// Runs a coroutine, which says when it has `ended`.
  void run(jackdaw::task<> body, const bool& ended) {
    auto awaiter = std::move(body).bind(task_);
    awaiter.await_suspend(std::noop_coroutine()).resume();
    while (!ended) {
      RL_ASSERT(worker_.next() == &task_);
      task_.run(task_);
    }
  }
  void end() { task_.dismiss(); }

 private:
  class context final : public jackdaw::task_context {
   public:
    context(jackdaw::scope& s, jackdaw::any_executor& e, jackdaw::services& env)
        : task_context([](jackdaw::work&) noexcept {}, nullptr, s, e, env) {}
  };

  simulated_worker worker_;
  no_services env_;
  context task_;
  std::size_t index_;
};

/// What one of the two tasks does.
template <class World>
struct operation {
  const char* name;
  void (*run)(World&, simulated_task&);
  unsigned waits = 0;  ///< it waits for one of these (bits), for ever if nobody brings it
  unsigned brings = 0;
  int side = 0;  ///< if not 0: not beside another operation of this side, nor beside itself
};

/// `World`: a primitive and what the operations note. It is made from the two operations, has a
/// table `operations()`, and its `check` is called when all is over.
template <class World>
struct pair_suite : rl::test_suite<pair_suite<World>, 3> {
  static inline operation<World> pair[2];
  static inline bool cancels;

  std::optional<jackdaw::scope> root;
  std::optional<World> world;
  std::optional<simulated_task> tasks[2];

  void before() {
    jackdaw::base::statics::begin();
    root.emplace();
    world.emplace(pair[0], pair[1]);
    for (std::size_t i = 0; i != 2; ++i) tasks[i].emplace(*root, i);
  }
  void thread(unsigned index) {
    using jackdaw::cancel_kind;
    if (index < 2) {
      pair[index].run(*world, *tasks[index]);
      tasks[index]->end();
    } else if (cancels) {
      (void)root->cancel(jackdaw::cancel_reason(cancel_kind::explicit_request));
    }
  }
  void after() {
    world->check();
    world.reset();
    for (auto& t : tasks) t.reset();
    root.reset();
    jackdaw::base::statics::end();
  }
};

/// False if some schedule of some pair fails: of those with two preemptions, or so many random
/// ones.
template <class World>
bool check_pairs(const char* primitive, std::uint64_t schedules = 20'000) {
  using suite = pair_suite<World>;
  const auto search_pair = [&](const char* canceller) {
    const std::string sentence = std::string(primitive) + ": " + suite::pair[0].name + " beside " +
                                 suite::pair[1].name + canceller;
    return check<suite>(sentence, 2, schedules);
  };
  const auto operations = World::operations();
  for (std::size_t i = 0; i != operations.size(); ++i) {
    for (std::size_t j = i; j != operations.size(); ++j) {
      const operation<World>& a = suite::pair[0] = operations[i];
      const operation<World>& b = suite::pair[1] = operations[j];
      if (a.side != 0 && a.side == b.side) continue;
      const bool ends = (a.waits == 0 || (a.waits & b.brings) != 0) &&
                        (b.waits == 0 || (b.waits & a.brings) != 0);
      suite::cancels = false;
      if (ends && !search_pair("")) return false;
      suite::cancels = true;
      if (!search_pair(", and a cancel")) return false;
    }
  }
  return true;
}

/// So that no schedule differs in when a lock of the table is made.
inline void make_lock_of(const void* primitive) {
  jackdaw::waiter_lock(primitive).lock();
  jackdaw::waiter_lock(primitive).unlock();
}

}  // namespace interleavings
