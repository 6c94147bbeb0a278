// SPDX-License-Identifier: MIT
// A wait for a condition, under the model checker: against a notification and against a cancel.
//
// S32: who was notified returns normally; who was cancelled instead is inside the mutex again. A
// notification is never lost: with it and without a cancel the wait ends.
#include <jackdaw/sync/condition_variable.hpp>

#include <cstdint>
#include <optional>

#include "operation_pairs.hpp"

namespace jackdaw {

// Nothing here registers an exit: only the ends of whole tasks come here.
std::coroutine_handle<> promise_base::end_unusually(promise_base& p,
                                                    std::coroutine_handle<> frame) noexcept {
  RL_ASSERT(p.exits == nullptr);
  task_context& task = *p.context;
  frame.destroy();
  return task.finish(task);
}

}  // namespace jackdaw

namespace {

using namespace jackdaw;
using interleavings::make_lock_of;
using interleavings::simulated_task;

enum class notifier { inside_the_mutex, outside_of_it };

// Threads: the waiter, who is inside the mutex at first; the notifier; the canceller.
template <notifier Notifier, bool Cancels>
struct suite : rl::test_suite<suite<Notifier, Cancels>, 3> {
  std::optional<scope> scopes[2];
  std::optional<mutex> m;
  std::optional<condition_variable> changed;
  std::optional<simulated_task> tasks[2];
  mutex::guard inside;
  base::plain<int> happened{0};
  base::plain<int> in_mutex{0};
  bool ended = false;  // these two are the waiter's
  bool notified = false;

  void before() {
    base::statics::begin();
    m.emplace();
    changed.emplace();
    make_lock_of(&*m);
    make_lock_of(&*changed);
    for (std::size_t i = 0; i != 2; ++i) {
      scopes[i].emplace();
      tasks[i].emplace(*scopes[i], i);
    }
    inside = m->try_lock();
    ended = notified = false;
  }
  task<> wait() {
    try {
      co_await changed->wait(inside);
      notified = true;
    } catch (const cancelled&) {
    }
    RL_ASSERT(inside.owns_lock());
    in_mutex = in_mutex + 1;
    RL_ASSERT(!notified || happened == 1);
    inside.unlock();
    ended = true;
  }
  void notify() {
    auto guard = tasks[1]->await(m->lock());
    RL_ASSERT(guard.has_value());
    in_mutex = in_mutex + 1;
    happened = 1;
    if (Notifier == notifier::outside_of_it) guard->unlock();
    changed->notify_one();
  }
  void thread(unsigned index) {
    if (index == 0) {
      tasks[0]->run(wait(), ended);
      tasks[0]->end();
    } else if (index == 1) {
      notify();
      tasks[1]->end();
    } else if (Cancels) {
      (void)scopes[0]->cancel(cancel_reason(cancel_kind::explicit_request));
    }
  }
  void after() {
    RL_ASSERT(Cancels || notified);
    RL_ASSERT(in_mutex == 2 && m->try_lock().owns_lock());
    changed.reset();
    m.reset();
    for (std::size_t i = 0; i != 2; ++i) {
      tasks[i].reset();
      scopes[i].reset();
    }
    base::statics::end();
  }
};

}  // namespace

int main() {
  using interleavings::check;
  constexpr std::uint64_t random = 50'000;  // beside all with two preemptions
  return check<suite<notifier::inside_the_mutex, false>>("a notification ends the wait", 2,
                                                         random) &&
                 check<suite<notifier::outside_of_it, false>>("a notification from outside ends it",
                                                              2, random) &&
                 check<suite<notifier::inside_the_mutex, true>>("it meets a cancel (S32)", 2,
                                                                random) &&
                 check<suite<notifier::outside_of_it, true>>("it meets a cancel, from outside", 2,
                                                             random)
             ? 0
             : 1;
}
