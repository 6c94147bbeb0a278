// SPDX-License-Identifier: MIT
// Walks of many batches under the model checker (a batch is one member here): continued by workers,
// while the tasks that they have met leave, others arrive, and the scopes close.
//
// Every task is woken once and ends; the last one closes the scopes, and everything is destroyed at
// once. A lost cancel or a lost unpin shows as a deadlock: the workers wait for ever.
#include <jackdaw/cancellation/park.hpp>

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

// Who asks for what, beside the workers. The outer scope has one task, the inner one the others.
struct parties {
  unsigned tasks;           // of the inner scope
  bool outer;               // somebody asks the outer scope to stop
  bool inner;               // somebody asks the inner one
  bool late;                // the last task parks meanwhile; the others have parked before
  scope::barrier boundary;  // of the inner scope
  unsigned workers = 2;
};

template <parties Who>
class world {
 public:
  static constexpr unsigned threads = Who.workers + Who.outer + Who.inner + Who.late;

  void prepare() {
    base::statics::begin();
    pool_.emplace();
    env_.emplace(*pool_);
    home_.emplace();
    owner_.emplace(*home_, *pool_, *env_);
    outer_.emplace(nullptr, &*owner_);
    inner_.emplace(&*outer_, &*owner_, Who.boundary);
    owner_->current = &*inner_;
    nothing_.prepare();
    for (auto& t : tasks_) {
      t.emplace(*inner_, *pool_, *env_);
      const auto i = static_cast<std::size_t>(&t - tasks_.data());
      entries_[i].emplace(nothing_, *t);
      if (!(Who.late && i == 0)) RL_ASSERT(entries_[i]->suspend());
    }
    left_ = new base::atomic<unsigned>(Who.tasks);
    if (Who.outer) outer_->pin();
    if (Who.inner) inner_->pin();
  }

  void thread(unsigned index) {
    if (index < Who.workers) return work_off();
    index -= Who.workers;
    if (Who.outer && index-- == 0) return ask(*outer_, cancel_kind::deadline);
    if (Who.inner && index-- == 0) return ask(*inner_, cancel_kind::explicit_request);
    if (!entries_[0]->suspend()) leave(0);
  }

  void finish() {
    RL_ASSERT(!outer_.has_value());
    delete left_;
    for (auto& e : entries_) e.reset();
    home_.reset();
    pool_.reset();
    base::statics::end();
  }

 private:
  static void ask(scope& s, cancel_kind why) {
    RL_ASSERT(s.cancel(cancel_reason(why)));
    s.unpin();
  }
  void work_off() {
    while (work* const w = pool_->next()) {
      if (w == &*owner_) {
        go_on_closing();
      } else if (!is_task(w)) {
        w->run(*w);  // more of a walk
      }
    }
  }
  bool is_task(work* w) {
    for (std::size_t i = 0; i != Who.tasks; ++i) {
      if (tasks_[i].has_value() && w == &*tasks_[i]) {
        leave(i);
        return true;
      }
    }
    return false;
  }
  void leave(std::size_t i) {
    RL_ASSERT(entries_[i]->was_cancelled() && inner_->effective());
    tasks_[i]->dismiss();
    if (left_->fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    for (auto& t : tasks_) t.reset();
    closing_inner_ = true;
    if (inner_->close(*owner_)) go_on_closing();
  }
  void go_on_closing() {
    if (closing_inner_) {
      closing_inner_ = false;
      inner_.reset();
      if (!outer_->close(*owner_)) return;
    }
    outer_.reset();
    owner_.reset();
    pool_->stop(Who.workers);
  }

  std::optional<simulated_pool> pool_;
  std::optional<no_services> env_;
  std::optional<scope> home_;  // of the owner
  std::optional<scope> outer_;
  std::optional<scope> inner_;
  std::optional<simulated_task> owner_;
  nothing nothing_;
  std::array<std::optional<simulated_task>, Who.tasks> tasks_;
  std::array<std::optional<nothing::entry>, Who.tasks> entries_;
  base::atomic<unsigned>* left_ = nullptr;
  base::plain<bool> closing_inner_{false};
};

template <parties Who>
struct suite : rl::test_suite<suite<Who>, world<Who>::threads> {
  world<Who> all;
  void before() { all.prepare(); }
  void thread(unsigned index) { all.thread(index); }
  void after() { all.finish(); }
};

constexpr auto plain = scope::barrier::none;
constexpr auto shield = scope::barrier::shield;

}  // namespace

int main() {
  using interleavings::check;
  using interleavings::check_randomly;
  return check<suite<parties{2, false, true, false, plain}>>("two tasks, a batch each") &&
                 check<suite<parties{2, false, true, true, plain, 1}>>(
                     "one parks meanwhile, one worker") &&
                 check<suite<parties{2, true, true, false, shield, 1}>>(
                     "two requests, of which a shield stops one, one worker", 2) &&
                 check<suite<parties{3, true, false, false, plain}>>(
                     "three tasks below an inner scope, a batch each", 2) &&
                 check<suite<parties{2, false, true, true, plain}>>("one parks meanwhile", 2) &&
                 check_randomly<suite<parties{2, true, false, true, plain}>>(
                     "one parks meanwhile, deeper") &&
                 check_randomly<suite<parties{2, true, true, false, plain}>>(
                     "two requests, one way") &&
                 check<suite<parties{2, true, true, false, shield}>>(
                     "two requests, of which a shield stops one", 2) &&
                 check_randomly<suite<parties{3, true, true, true, shield}>>("all of it")
             ? 0
             : 1;
}
