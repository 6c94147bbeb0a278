// SPDX-License-Identifier: MIT
// The join of gather under the model checker: fork_join with its deques, two thieves, and a child
// that parks.
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

// Gives up the thread once: the task goes on with whoever serves its executor.
struct reschedule {
  struct awaiter {
    explicit awaiter(task_context& t) : task(&t) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) {
      task->set_resume_point(h);
      task->schedule();
    }
    void await_resume() const {}
    task_context* task;
  };
  awaiter bind(task_context& t) { return awaiter(t); }
};

template <std::uint32_t Children, bool FirstParks, bool FirstFails>
struct join : rl::test_suite<join<Children, FirstParks, FirstFails>, 3> {
  std::optional<simulated_worker> worker;
  std::optional<no_services> env;
  std::optional<scope> root;
  std::optional<awaiting_task> parent;
  std::optional<lane> lanes[3];
  std::optional<fork_join> forks;
  std::optional<result_cell<int>> cells[Children];
  base::plain<int> ran[Children];
  base::plain<int> joined{0};
  continuation after_join{};

  static task<int> parks(join& all) {
    co_await reschedule();
    all.ran[0] = 1;
    co_return 0;
  }
  static task<int> runs(join& all, std::uint32_t index) {
    all.ran[index] = 1;
    if (FirstFails && index == 0) throw 1;
    co_return static_cast<int>(index);
  }
  static continuation expect_all(join& all) {
    RL_ASSERT(all.joined == 0);
    all.joined = 1;
    for (std::uint32_t i = 0; i != Children; ++i) {
      // After a failure the children that had not begun are dropped.
      if (!FirstFails || i == 0) RL_ASSERT(all.ran[i] == 1);
      RL_ASSERT((all.cells[i]->kind() != outcome_kind::pending) == (all.ran[i] == 1));
    }
    RL_ASSERT(all.forks->decisive() == (FirstFails ? 0 : fork_join::none));
    all.worker->stop();
    co_return;
  }

  void before() {
    base::statics::begin();
    worker.emplace();
    env.emplace(*worker);
    root.emplace();
    parent.emplace(*root, *worker, *env);
    for (std::optional<lane>& l : lanes) l.emplace(*worker);
    forks.emplace(*parent, fork_join::policy::first_error, Children);
    for (std::uint32_t i = 0; i != Children; ++i) {
      ran[i] = 0;
      cells[i].emplace();
    }
    after_join = expect_all(*this);
  }

  void thread(unsigned index) {
    base::simulated_lanes[index] = &*lanes[index];
    if (index == 0) {
      run_gather();
    } else if (index == 2 && FirstParks) {
      while (work* const w = worker->next()) w->run(*w);
    } else if (work* const w = lanes[0]->forks.steal()) {
      w->run(*w);
    } else if (work* const v = lanes[3 - index]->forks.steal()) {
      v->run(*v);
    }
    while (work* const w = lanes[index]->forks.pop()) w->run(*w);
  }
  void run_gather() {
    // forked_child neither moves nor copies, and begin() wants an array.
    first_ = static_cast<forked_child*>(
        ::operator new(sizeof(forked_child) * Children, std::align_val_t{alignof(forked_child)}));
    for (std::uint32_t i = 0; i != Children; ++i) {
      auto* const c = ::new (static_cast<void*>(first_ + i)) forked_child;
      task<int> t = FirstParks && i == 0 ? parks(*this) : runs(*this, i);
      c->take(t.release().promise(), *cells[i]);
    }
    forks->begin(first_, after_join.frame).resume();
  }

  void after() {
    RL_ASSERT(joined == 1);
    for (std::uint32_t i = Children; i-- != 0;) first_[i].~forked_child();
    ::operator delete(first_, std::align_val_t{alignof(forked_child)});
    forks.reset();
    parent.reset();
    root.reset();
    base::statics::end();
  }

 private:
  forked_child* first_ = nullptr;
};

}  // namespace

int main() {
  using interleavings::check;
  return check<join<2, false, false>>("two children, one offer") &&
                 check<join<3, false, false>>("three children, and a thief of the thief") &&
                 check<join<3, true, false>>(
                     "a child that parks leaves its offer to its worker and to thieves") &&
                 check<join<3, false, true>>("a child that fails: those not begun are dropped", 2)
             ? 0
             : 1;
}
