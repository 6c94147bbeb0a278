// SPDX-License-Identifier: MIT
// A look at the tree of tasks while a group opens and closes, under the model checker: what is
// linked and pinned is alive, and nothing stays linked.
#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/structured/open_group.hpp>

#include <array>
#include <optional>

#include "simulated_worker.hpp"

namespace {

using namespace jackdaw;

class simulated_task final : public task_context {
 public:
  simulated_task(scope& home_scope, any_executor& e, services& env)
      : task_context([](work&) noexcept {}, nullptr, home_scope, e, env) {}
};

// Thread 0 runs a task without a group yet, opens one in it, closes both; twice. The others look.
template <unsigned Observers>
struct looks_while_groups_come_and_go
    : rl::test_suite<looks_while_groups_come_and_go<Observers>, 1 + Observers> {
  std::optional<simulated_worker> worker;
  std::optional<no_services> env;
  std::optional<scope> root;
  std::optional<simulated_task> owner;

  void before() {
    base::statics::begin();
    worker.emplace();
    env.emplace(*worker);
    root.emplace(nullptr, nullptr);
    owner.emplace(*root, *worker, *env);
  }
  void thread(unsigned index) {
    if (index != 0) return look();
    for (int i = 0; i != 2; ++i) {
      scope task(&*root, &*owner);
      {
        scope group(&task, &*owner);
        open_group known(group);
        known.forget();
        close(group);
      }
      if (!task.untouched()) close(task);
    }
  }
  void after() {
    root->for_each_member([](member&) { RL_ASSERT(false); });
    owner.reset();
    root.reset();
    env.reset();
    worker.reset();
    base::statics::end();
  }

 private:
  void close(scope& s) {
    if (!s.close(*owner)) RL_ASSERT(worker->next() == &*owner);
  }

  // As a snapshot does it: what a scope's list holds is pinned, then looked into.
  void look() {
    open_group::link_all();
    std::array<scope*, 2> found{};
    std::size_t n = 0;
    const auto take = [&](member& m) {
      auto& s = static_cast<scope&>(m);
      s.pin();
      found[n++] = &s;
    };
    root->for_each_member(take);
    if (n == 0) return;
    RL_ASSERT(n == 1);
    found[0]->for_each_member(take);
    while (n != 0) {
      RL_ASSERT(!found[--n]->requested());
      found[n]->unpin();
    }
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<looks_while_groups_come_and_go<1>>("a look while groups come and go", 2, 300'000) &&
                 check<looks_while_groups_come_and_go<2>>("two looks at a time", 2, 300'000)
             ? 0
             : 1;
}
