// SPDX-License-Identifier: MIT
// The timer wheel under the model checker: a timer that is stopped, or moved, while others let time
// pass, and a sleep and a deadline that are cancelled meanwhile.
#include "timer/timer_wheel.hpp"

#include <optional>

#include <jackdaw/time/deadline_scope.hpp>
#include <jackdaw/time/sleep.hpp>

#include "simulated_worker.hpp"

namespace {

using namespace jackdaw;
using timer::timer_wheel;

constexpr std::int64_t tick = std::int64_t{1} << timer_wheel::tick_bits;
constexpr std::size_t unlimited = 1000;

struct counted_timer final : timer_node {
  counted_timer() : timer_node(note) {}
  static void note(timer_node& node) noexcept {
    auto& self = static_cast<counted_timer&>(node);
    self.fired = self.fired + 1;  // a data race, if two threads fire it
  }
  base::plain<int> fired{0};
};

// A wheel as the runtime's timer service, whose time stands still unless somebody expires.
class wheel_service final : public timer_service {
 public:
  void add(timer_node& node) noexcept override { (void)wheel.add(node); }
  bool remove(timer_node& node) noexcept override { return wheel.remove(node); }
  [[nodiscard]] std::int64_t now() const noexcept override { return 0; }
  timer_wheel wheel{0};
};

class services_with_timers final : public services {
 public:
  services_with_timers(any_executor& e, timer_service& t)
      : services(e, t, reinterpret_cast<background_registry&>(nobody_)) {}
  void unhandled(const unhandled_error&) noexcept override { RL_ASSERT(false); }

 private:
  alignas(std::max_align_t) static inline char nobody_[16] = {};
};

// remove says whether the timer fires; it fires once, on one of two threads that let time pass.
struct stopped_against_expiry : rl::test_suite<stopped_against_expiry, 3> {
  std::optional<timer_wheel> wheel;
  std::optional<counted_timer> node;
  std::optional<counted_timer> other;
  bool stopped = false;

  void before() {
    base::statics::begin();
    stopped = false;
    wheel.emplace(0);
    node.emplace();
    other.emplace();
    node->deadline = 100 * tick;  // in a slot of the second level: spread first, then fired
    other->deadline = 101 * tick;
    (void)wheel->add(*node);
    (void)wheel->add(*other);
  }
  void thread(unsigned index) {
    if (index == 0) {
      stopped = wheel->remove(*node);
    } else {
      (void)wheel->expire(100 * tick, unlimited);
    }
  }
  void after() {
    RL_ASSERT(node->fired == (stopped ? 0 : 1));
    RL_ASSERT(other->fired == 0 && wheel->remove(*other));
    RL_ASSERT(wheel->next_expiry() == timer_wheel::never);
    node.reset();
    other.reset();
    wheel.reset();
    base::statics::end();
  }
};

// Who sleeps until the next expiry, and is woken if add says so, comes in time for every timer.
struct nobody_oversleeps : rl::test_suite<nobody_oversleeps, 3> {
  std::optional<timer_wheel> wheel;
  std::optional<counted_timer> nodes[2];
  base::plain<bool> wake[2];

  void before() {
    base::statics::begin();
    wheel.emplace(0);
    for (auto& n : nodes) n.emplace();
    for (auto& w : wake) w = false;
    nodes[0]->deadline = 5 * tick;
    nodes[1]->deadline = 3 * tick;
  }
  void thread(unsigned index) {
    if (index < 2) {
      wake[index] = wheel->add(*nodes[index]);
      return;
    }
    (void)wheel->expire(tick, unlimited);
  }
  void after() {
    RL_ASSERT(wake[0] || wake[1]);
    RL_ASSERT(wheel->next_expiry() <= 3 * tick);
    RL_ASSERT(wheel->expire(3 * tick, unlimited) == 1);
    RL_ASSERT(nodes[1]->fired == 1 && nodes[0]->fired == 0);
    RL_ASSERT(wheel->next_expiry() <= 5 * tick);
    RL_ASSERT(wheel->expire(5 * tick, unlimited) == 1);
    for (auto& n : nodes) n.reset();
    wheel.reset();
    base::statics::end();
  }
};

class simulated_task final : public task_context {
 public:
  simulated_task(scope& home_scope, any_executor& e, services& env)
      : task_context([](work&) noexcept {}, nullptr, home_scope, e, env) {}
};

// A task, its worker, and a runtime of one wheel.
template <class Suite, unsigned Threads>
struct task_suite : rl::test_suite<Suite, Threads> {
  std::optional<simulated_worker> worker;
  std::optional<wheel_service> timers;
  std::optional<services_with_timers> env;
  std::optional<scope> home;
  std::optional<simulated_task> task;

  void before() {
    base::statics::begin();
    worker.emplace();
    timers.emplace();
    env.emplace(*worker, *timers);
    home.emplace();
    task.emplace(*home, *worker, *env);
    home->pin();
  }
  void after() {
    home->unpin();
    RL_ASSERT(home->close(*task));
    task.reset();
    home.reset();
    timers.reset();
    worker.reset();
    base::statics::end();
  }
};

// S23: a sleep ends once, by its time or by the cancel, and its timer is not touched afterwards.
struct sleep_against_cancel : task_suite<sleep_against_cancel, 3> {
  std::optional<sleep_operation::awaiter> sleeping;

  void thread(unsigned index) {
    if (index == 0) {
      sleeping.emplace(clock::time_point(std::chrono::nanoseconds(tick)), *task);
      if (sleeping->await_suspend(std::noop_coroutine())) RL_ASSERT(worker->next() == &*task);
      const bool was_cancelled = sleeping->was_cancelled();
      sleeping.reset();
      task->dismiss();
      RL_ASSERT(home->effective() || !was_cancelled);
    } else if (index == 1) {
      (void)timers->wheel.expire(tick, unlimited);
    } else {
      RL_ASSERT(home->cancel(cancel_reason(cancel_kind::explicit_request)));
    }
  }
};

// S35, S39: a deadline that is moved, and fires, while its scope ends: its pin goes once, and what
// `expired` says is true.
struct deadline_against_end : task_suite<deadline_against_end, 3> {
  std::optional<deadline_scope> inner;

  void before() {
    task_suite::before();
    inner.emplace(*task, clock::time_point(std::chrono::nanoseconds(tick)));
    inner->enter();
    inner->inner().pin();  // whoever moves the deadline keeps the scope
  }
  void thread(unsigned index) {
    if (index == 0) {
      if (inner->inner().effective()) RL_ASSERT(inner->expired());  // whose request else
      inner->stop_clock();
      if (!inner->inner().close(*task)) RL_ASSERT(worker->next() == &*task);
      inner->restore();
      RL_ASSERT(inner->expired() == inner->inner().requested());
      inner.reset();
    } else if (index == 1) {
      (void)timers->wheel.expire(2 * tick, unlimited);
    } else {
      (void)inner->reschedule(clock::time_point(std::chrono::nanoseconds(2 * tick)));
      inner->inner().unpin();
    }
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<stopped_against_expiry>("a timer is stopped, or fires once") &&
                 check<nobody_oversleeps>("the next expiry is never too late") &&
                 check<sleep_against_cancel>("a sleep ends by its time or by a cancel", 2) &&
                 check<deadline_against_end>("a deadline fires, is moved, and its scope ends", 2)
             ? 0
             : 1;
}
