// SPDX-License-Identifier: MIT
// The join of gather under the model checker: fork_join with its deques, two thieves, children that
// park, and strands that pause.
//
// The awaiting coroutine goes on once, after every child, and sees what each of them wrote.
#include <jackdaw/structured/fork_join.hpp>

#include <exception>
#include <optional>

#include "simulated_worker.hpp"

// No function here has cleanups, so none are run.
std::coroutine_handle<> jackdaw::promise_base::end_unusually(promise_base&,
                                                             std::coroutine_handle<>) noexcept {
  RL_ASSERT(false);
  return std::noop_coroutine();
}

void jackdaw::base::report_never_awaited(const void*) noexcept {}  // what is dropped, is meant so

namespace {

using namespace jackdaw;

// The function that has called gather, reduced to what comes after it.
struct continuation {
  struct promise_type {
    continuation get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

class awaiting_task final : public task_context {
 public:
  awaiting_task(scope& s, any_executor& e, services& env)
      : task_context([](work&) noexcept {}, nullptr, s, e, env) {}
};

struct nothing_to_do final : work {
  nothing_to_do() : work([](work&) noexcept {}) {}
};

// Gives up the thread once: the task goes on with whoever takes work from there.
struct reschedule {
  struct awaiter {
    awaiter(any_executor& e, task_context& t) : where(&e), task(&t) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) {
      task->set_resume_point(h);
      where->submit(*task);
    }
    void await_resume() const {}
    any_executor* where;
    task_context* task;
  };
  awaiter bind(task_context& t) { return awaiter(*where, t); }
  any_executor* where;
};

enum class pausing { nobody, stolen_strand, first_strand };

struct setup {
  std::uint32_t children;
  std::uint32_t parking = 0;  // so many of them, the first ones
  bool first_fails = false;
  bool above_forks = false;          // of its own lane, which are older: the offers go to the stock
  pausing pauses = pausing::nobody;  // at the end of its first child
  std::int32_t budget = lane::operations_per_turn;  // of the others
};

// Thread 0 gathers. Thread 1 steals. Thread 2 steals, or serves the executor if a child parks; with
// a second one, or a strand that pauses, thread 1 does that as well, after it has stolen. If the
// first strand pauses, thread 1 goes on with both of those who park, one after the other.
template <setup Setup>
struct join : rl::test_suite<join<Setup>, 3> {
  static constexpr std::uint32_t children = Setup.children;
  static constexpr bool first_fails = Setup.first_fails;
  static constexpr bool first_pauses = Setup.pauses == pausing::first_strand;
  static constexpr bool stolen_pauses = Setup.pauses == pausing::stolen_strand;
  static constexpr bool thief_serves = (Setup.parking == 2 && !first_pauses) || stolen_pauses;

  std::optional<simulated_worker> workers[2];
  std::optional<no_services> env;
  std::optional<scope> root;
  std::optional<awaiting_task> parent;
  std::optional<lane> lanes[3];
  std::optional<fork_join> forks;
  std::optional<result_cell<int>> cells[children];
  base::plain<int> ran[children];
  base::plain<int> joined{0};
  continuation after_join{};
  nothing_to_do older[2];

  static task<int> parks(join& all, std::uint32_t index) {
    co_await reschedule(&*all.workers[stolen_pauses ? 1 : index]);
    RL_ASSERT(all.ran[index] == 0);
    all.ran[index] = 1;
    co_return static_cast<int>(index);
  }
  static task<int> runs(join& all, std::uint32_t index) {
    RL_ASSERT(all.ran[index] == 0);
    all.ran[index] = 1;
    if (first_fails && index == 0) throw 1;
    co_return static_cast<int>(index);
  }
  static continuation expect_all(join& all) {
    RL_ASSERT(all.joined == 0);
    all.joined = 1;
    for (std::uint32_t i = 0; i != children; ++i) {
      // After a failure the children that had not begun are dropped.
      if (!first_fails || i == 0) RL_ASSERT(all.ran[i] == 1);
      RL_ASSERT((all.cells[i]->kind() != outcome_kind::pending) == (all.ran[i] == 1));
    }
    RL_ASSERT(all.forks->decisive() == (first_fails ? 0 : fork_join::none));
    for (std::optional<simulated_worker>& w : all.workers) w->stop();
    co_return;
  }

  void before() {
    base::statics::begin();
    for (std::optional<simulated_worker>& w : workers) w.emplace();
    env.emplace(*workers[0]);
    root.emplace();
    parent.emplace(*root, *workers[0], *env);
    for (std::optional<lane>& l : lanes) l.emplace(*workers[0]);
    forks.emplace(*parent, fork_join::policy::first_error, children);
    for (std::uint32_t i = 0; i != children; ++i) {
      ran[i] = 0;
      cells[i].emplace();
    }
    after_join = expect_all(*this);
  }

  void thread(unsigned index) {
    lane& mine = *lanes[index];
    base::simulated_lanes[index] = &mine;
    mine.budget = stolen_pauses && index == 1 ? 0 : Setup.budget;
    if (index == 0) {
      run_gather();
    } else if (index == 2 && Setup.parking != 0 && !first_pauses) {
      serve(*workers[0], mine);
    } else if (work* const w = take_from(lanes[0]->forks)) {
      w->run(*w);
    } else if (work* const v = take_from(lanes[3 - index]->forks)) {
      v->run(*v);
    }
    if (index == 1 && thief_serves) serve(*workers[1], mine);
    if (index == 1 && first_pauses) {
      run_next(*workers[0], mine, 0);
      run_next(*workers[1], mine, Setup.budget);
    }
    drain(mine);
  }

  void after() {
    RL_ASSERT(joined == 1);
    for (std::uint32_t i = children; i-- != 0;) first_[i].~forked_child();
    ::operator delete(first_, std::align_val_t{alignof(forked_child)});
    forks.reset();
    parent.reset();
    root.reset();
    base::statics::end();
  }

 private:
  static work* take_from(base::fork_deque& victim) {
    return Setup.above_forks ? victim.raid() : victim.steal();
  }
  static void drain(lane& mine) {
    while (work* const w = mine.forks.pop()) w->run(*w);
  }
  static void run_next(simulated_worker& from, lane& mine, std::int32_t budget) {
    work* const w = from.next();
    mine.budget = budget;
    w->run(*w);
  }
  static void serve(simulated_worker& from, lane& mine) {
    while (work* const w = from.next()) {
      mine.budget = Setup.budget;
      w->run(*w);
      drain(mine);
    }
  }
  void run_gather() {
    if (Setup.above_forks) {
      for (work& w : older) RL_ASSERT(lanes[0]->forks.push(w) != base::fork_deque::pushed::failed);
    }
    // forked_child neither moves nor copies, and begin() wants an array.
    first_ = static_cast<forked_child*>(
        ::operator new(sizeof(forked_child) * children, std::align_val_t{alignof(forked_child)}));
    for (std::uint32_t i = 0; i != children; ++i) {
      auto* const c = ::new (static_cast<void*>(first_ + i)) forked_child;
      task<int> t = i < Setup.parking ? parks(*this, i) : runs(*this, i);
      c->take(t.release().promise(), *cells[i]);
    }
    forks->begin(first_, after_join.frame).resume();
  }

  forked_child* first_ = nullptr;
};

constexpr setup two{.children = 2};
constexpr setup three{.children = 3};
constexpr setup in_stock{.children = 3, .above_forks = true};
constexpr setup one_parks{.children = 3, .parking = 1};
constexpr setup two_park{.children = 3, .parking = 2};
constexpr setup two_park_in_stock{.children = 3, .parking = 2, .above_forks = true};
constexpr setup fails{.children = 3, .first_fails = true};
constexpr setup replaced{.children = 3, .parking = 1, .pauses = pausing::stolen_strand};
constexpr setup paused_both{
    .children = 3, .parking = 1, .pauses = pausing::stolen_strand, .budget = 0};
constexpr setup first_replaced{.children = 3, .parking = 2, .pauses = pausing::first_strand};

}  // namespace

int main() {
  using interleavings::check;
  return check<join<two>>("two children, one offer") &&
                 check<join<three>>("three children, and a thief of the thief") &&
                 check<join<in_stock>>("three children above older forks, and a raider", 2) &&
                 check<join<one_parks>>(
                     "a child that parks leaves its offer to its worker and to thieves") &&
                 check<join<two_park>>("two children that park, and go on with two workers", 2) &&
                 check<join<two_park_in_stock>>("the same above older forks, and a raider", 2) &&
                 check<join<fails>>("a child that fails: those not begun are dropped", 2) &&
                 check<join<replaced>>("a strand that pauses is replaced by one that was parked") &&
                 check<join<paused_both>>("the same, and that one pauses too") &&
                 check<join<first_replaced>>("the first strand pauses, and is replaced", 2)
             ? 0
             : 1;
}
