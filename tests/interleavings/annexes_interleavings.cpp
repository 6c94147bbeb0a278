// SPDX-License-Identifier: MIT
// Annexes of a group's scope under the model checker: tasks enrol at the same time, and so may meet
// at the lock and make annexes, while a request walks over whatever there is, and the last of them
// closes the group.
//
// Every task is woken once and ends; the last one closes the group, and everything is destroyed at
// once. A lost cancel or a lost unpin shows as a deadlock: the worker waits for ever.
#include <jackdaw/cancellation/group_scope.hpp>
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/lane.hpp>

#include <array>
#include <optional>

#include "simulated_pool.hpp"

namespace {

using namespace jackdaw;

class simulated_task final : public task_context {
 public:
  simulated_task(scope& home_scope, any_executor& e, services& env)
      : task_context([](work&) noexcept {}, nullptr, home_scope, e, env) {}
};

// Something that never comes.
class nothing {
 public:
  class entry final : public list_waiter {
   public:
    entry(nothing& n, task_context& t) : list_waiter(t, &n, n.waiters_, "nothing") {}
    bool suspend() {
      return park(std::noop_coroutine(), [] { return false; });
    }
  };

  /// So that no schedule differs in when a lock of the table is made.
  void prepare() {
    waiter_lock(this).lock();
    waiter_lock(this).unlock();
  }

 private:
  waiter_list waiters_;
};

struct nobody_counts {
  [[nodiscard]] std::size_t live() const noexcept { return 0; }
};

// Who is there, beside one worker and one who cancels the group.
struct parties {
  unsigned tasks;       // that park at the same time
  bool lanes = false;   // each on a worker's thread of its own, and so with an annex of its own
  bool looker = false;  // somebody looks at the members meanwhile, and pins what is there
};

template <parties Who>
struct suite : rl::test_suite<suite<Who>, Who.tasks + 2 + Who.looker> {
  std::optional<simulated_pool> pool;
  std::optional<no_services> env;
  std::optional<scope> home;  // of the owner
  std::optional<simulated_task> owner;
  nobody_counts count;
  std::optional<group_scope> group;
  nothing never;
  std::array<std::optional<lane>, Who.tasks> lanes;
  std::array<std::optional<simulated_task>, Who.tasks> tasks;
  std::array<std::optional<nothing::entry>, Who.tasks> entries;
  base::atomic<unsigned>* left = nullptr;

  void before() {
    base::statics::begin();
    pool.emplace();
    env.emplace(*pool);
    home.emplace();
    owner.emplace(*home, *pool, *env);
    group.emplace(&*home, &*owner, count);
    owner->current = &*group;
    never.prepare();
    for (std::size_t i = 0; i != Who.tasks; ++i) {
      if (Who.lanes) lanes[i].emplace(*pool, static_cast<std::uint32_t>(i));
      tasks[i].emplace(*group, *pool, *env);
      entries[i].emplace(never, *tasks[i]);
    }
    left = new base::atomic<unsigned>(Who.tasks);
    group->pin();  // the canceller's
    if (Who.looker) group->pin();
  }

  void thread(unsigned index) {
    if (index < Who.tasks) return park(index);
    index -= Who.tasks;
    if (index == 0) return work_off();
    if (index == 1) return cancel();
    look();
  }

  void after() {
    RL_ASSERT(!group.has_value());
    delete left;
    for (auto& e : entries) e.reset();
    for (auto& l : lanes) l.reset();
    owner.reset();
    home.reset();
    pool.reset();
    base::statics::end();
  }

 private:
  void park(unsigned i) {
    if (Who.lanes) base::install_lane(&*lanes[i]);
    const bool parked = entries[i]->suspend();
    if (Who.lanes) base::install_lane(nullptr);
    if (!parked) leave(i);
  }
  void cancel() {
    RL_ASSERT(group->cancel(cancel_reason(cancel_kind::explicit_request)));
    group->unpin();
  }
  void look() {
    std::size_t found = 0;
    group->for_each_member([&](member& m) {
      RL_ASSERT(m.what() == member::kind::task);  // no annex is shown
      ++found;
    });
    RL_ASSERT(found <= Who.tasks);
    group->unpin();
  }
  void work_off() {
    while (work* const w = pool->next()) {
      if (w == &*owner) {
        end();
      } else if (!is_task(w)) {
        w->run(*w);  // more of a walk
      }
    }
  }
  bool is_task(work* w) {
    for (std::size_t i = 0; i != Who.tasks; ++i) {
      if (tasks[i].has_value() && w == &*tasks[i]) {
        leave(i);
        return true;
      }
    }
    return false;
  }
  void leave(std::size_t i) {
    RL_ASSERT(entries[i]->was_cancelled() && group->effective());
    tasks[i]->dismiss();
    if (left->fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    for (auto& t : tasks) t.reset();
    if (group->close(*owner)) end();
  }
  void end() {
    group.reset();
    pool->stop(1);
  }
};

}  // namespace

int main() {
  using interleavings::check;
  using interleavings::check_randomly;
  return check_randomly<suite<parties{2}>>("two tasks in one annex") &&
                 check<suite<parties{2, true}>>("two tasks, two workers' threads", 2) &&
                 check_randomly<suite<parties{2, true, true}>>("two tasks, and somebody looks") &&
                 check_randomly<suite<parties{3, true}>>("three tasks")
             ? 0
             : 1;
}
