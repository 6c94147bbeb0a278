// SPDX-License-Identifier: MIT
// Long chains of scopes under the model checker (here one of two scopes is long already): two tasks
// park below the same chain, and link it, while a request walks down from its top.
//
// A cancel that misses a task which has parked shows as a deadlock: the task is never woken.
#include <jackdaw/cancellation/park.hpp>

#include <array>
#include <optional>

#include "simulated_worker.hpp"

namespace {

using namespace jackdaw;

constexpr std::size_t depth = 2;
constexpr std::size_t parkers = 2;

class simulated_task final : public task_context {
 public:
  simulated_task(scope& home_scope, any_executor& e, services& env)
      : task_context([](work&) noexcept {}, nullptr, home_scope, e, env) {}
};

// A wait for something that never comes, in nobody's list.
class endless_wait final : public waiter {
 public:
  explicit endless_wait(task_context& t) : waiter(t, unlink, "endless") {}
  bool suspend() {
    return park_published(*this, std::noop_coroutine(), [] { return true; });
  }

 private:
  static bool unlink(waiter&) noexcept { return true; }
};

// Goes on with a walk where it is: walk_interleavings.cpp hands it to others.
class same_thread final : public any_executor {
 public:
  void submit(work& w) noexcept override { w.run(w); }
};

// root <- 1 <- 2, below which both tasks park; or one of them below 1. The request is somebody
// else's, or that of the first task's worker when the task has parked.
template <bool SameHome, bool Canceller>
struct suite : rl::test_suite<suite<SameHome, Canceller>, parkers + Canceller> {
  std::array<std::optional<simulated_worker>, parkers> workers;
  same_thread here;
  std::optional<no_services> env;
  std::optional<scope> home;
  std::optional<simulated_task> owner;
  std::array<std::optional<scope>, depth + 1> chain;
  std::array<std::optional<simulated_task>, parkers> tasks;
  std::array<std::optional<endless_wait>, parkers> waits;

  void before() {
    base::statics::begin();
    for (auto& w : workers) w.emplace();
    env.emplace(here);
    home.emplace();
    owner.emplace(*home, *workers[0], *env);
    for (std::size_t i = 0; i <= depth; ++i)
      chain[i].emplace(i == 0 ? nullptr : &*chain[i - 1], &*owner);
    for (std::size_t i = 0; i != parkers; ++i) {
      scope& bottom = *chain[SameHome || i == 0 ? depth : depth - 1];
      tasks[i].emplace(bottom, *workers[i], *env);
      waits[i].emplace(*tasks[i]);
    }
  }
  void cancel() { RL_ASSERT(chain[0]->cancel(cancel_reason(cancel_kind::explicit_request))); }
  void thread(unsigned index) {
    if (index == parkers) return cancel();
    const bool parked = waits[index]->suspend();
    if (!Canceller && index == 0) cancel();
    if (parked) RL_ASSERT(workers[index]->next() == &*tasks[index]);
    RL_ASSERT(waits[index]->was_cancelled());
    tasks[index]->dismiss();
  }
  void after() {
    for (auto& w : waits) w.reset();
    for (auto& t : tasks) t.reset();
    for (std::size_t i = depth + 1; i-- != 0;) {
      RL_ASSERT(chain[i]->close(*owner));
      chain[i].reset();
    }
    owner.reset();
    home.reset();
    for (auto& w : workers) w.reset();
    base::statics::end();
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<suite<true, false>>("two tasks link one long chain, then one cancels it", 2) &&
                 check<suite<false, false>>("one joins it in the middle, then one cancels it", 2) &&
                 check<suite<true, true>>("two tasks link one long chain, a cancel walks down it",
                                          2) &&
                 check<suite<false, true>>("one of them joins the chain in the middle", 2)
             ? 0
             : 1;
}
