// SPDX-License-Identifier: MIT
// The end of a spawned task under the model checker: child_base's one word against its handle
// (cancel, drop, await) and against a walk that has a pin on the child's scope.
//
// Each child ends once, tells its owner once, and its block is destroyed once, by the last of its
// two sides.
#include <jackdaw/structured/child.hpp>

#include <optional>

#include "simulated_worker.hpp"

namespace {

using namespace jackdaw;

// What a group is to its child.
class watching_owner final : public child_owner {
 public:
  explicit watching_owner(simulated_worker& w) : worker_(&w) {}
  bool child_failed(child_base&) noexcept override { return false; }
  std::coroutine_handle<> child_left() noexcept override {
    RL_ASSERT(left == 0);
    left = 1;
    worker_->stop();
    return std::noop_coroutine();
  }
  base::plain<int> left{0};

 private:
  simulated_worker* worker_;
};

// A child without a coroutine: the suite says when its body has ended.
class bodiless_child final : public child_base {
 public:
  bodiless_child(child_owner& o, scope& group, const inherited& from, base::plain<int>& destroyed)
      : child_base(o, group, from, 0), destroyed_(&destroyed) {}

  [[nodiscard]] const std::exception_ptr& error() const noexcept override { return none_; }
  /// The body has ended, with this result.
  void finish_body(int value) {
    result = value;
    (void)finish(*this);
  }
  [[nodiscard]] scope& own() { return *current; }

  base::plain<int> result{0};

 private:
  std::coroutine_handle<> begin() noexcept override { return {}; }
  void drop_body() noexcept override {}
  [[nodiscard]] outcome_kind kind() const noexcept override { return outcome_kind::value; }
  void set_cancelled_before_start() noexcept override {}
  void set_error(std::exception_ptr) noexcept override {}
  void destroy() noexcept override {
    RL_ASSERT(*destroyed_ == 0);
    *destroyed_ = 1;
    RL_ASSERT(result == 1);
    result = 0;  // a data race with whoever may still read it
    delete this;
  }

  base::plain<int>* destroyed_;
  const std::exception_ptr none_;
};

class awaiting_task final : public task_context {
 public:
  awaiting_task(scope& s, any_executor& e, services& env)
      : task_context([](work&) noexcept {}, nullptr, s, e, env) {}
};

// Threads: 0 runs the child; then the handle's holder, and others by the suite.
class world {
 public:
  void prepare() {
    base::statics::begin();
    worker_.emplace();
    env_.emplace(*worker_);
    group_.emplace();
    owner_.emplace(*worker_);
    destroyed_ = 0;
    child = new bodiless_child(*owner_, *group_, {&*worker_, &*env_}, destroyed_);
  }
  /// The child's worker: to the end of the body, and whatever it is scheduled for after that.
  void run_child() {
    child->finish_body(1);
    work_off();
  }
  void work_off() {
    while (work* const w = worker_->next()) {
      RL_ASSERT(owner_->left == 0);
      w->run(*w);
    }
  }
  /// The child was parked; its granter is its worker, for want of another thread.
  void wake_child() {
    if (!child->wait.grant()) RL_ASSERT(worker_->next() == child);
  }
  void end_group() { group_.reset(); }
  void finish() {
    RL_ASSERT(owner_->left == 1 && destroyed_ == 1);
    group_.reset();
    base::statics::end();
  }
  [[nodiscard]] scope& group() { return *group_; }
  [[nodiscard]] services& env() { return *env_; }

  bodiless_child* child = nullptr;

 private:
  std::optional<simulated_worker> worker_;
  std::optional<no_services> env_;
  std::optional<scope> group_;
  std::optional<watching_owner> owner_;
  base::plain<int> destroyed_;
};

template <class Suite, unsigned Threads>
struct suite : rl::test_suite<Suite, Threads> {
  world all;
  void before() { all.prepare(); }
  void after() { all.finish(); }
};

struct drop_against_end : suite<drop_against_end, 2> {
  void thread(unsigned index) {
    if (index == 0) return all.run_child();
    if (all.child->done()) RL_ASSERT(all.child->result == 1);
    all.child->drop_handle();
  }
};

struct cancel_against_end : suite<cancel_against_end, 2> {
  void thread(unsigned index) {
    if (index == 0) return all.run_child();
    (void)all.child->cancel(cancel_reason(cancel_kind::explicit_request));
    all.child->drop_handle();
  }
};

// The end that has met a cancel goes on with another worker.
struct end_on_two_workers : suite<end_on_two_workers, 3> {
  void thread(unsigned index) {
    if (index == 0) return all.child->finish_body(1);
    if (index == 1) return all.work_off();
    (void)all.child->cancel(cancel_reason(cancel_kind::explicit_request));
    all.child->drop_handle();
  }
};

// Two threads use the handle; the later of the two drops it.
struct two_cancels_against_end : suite<two_cancels_against_end, 3> {
  base::atomic<int> users{2};

  void thread(unsigned index) {
    if (index == 0) return all.run_child();
    (void)all.child->cancel(cancel_reason(cancel_kind::explicit_request));
    if (users.fetch_sub(1, std::memory_order_acq_rel) == 1) all.child->drop_handle();
  }
};

// A cancel through the handle looks at what is above the child, if a shield keeps it from the
// child: the group must not end meanwhile, which it does with its last child.
struct cancel_against_end_of_group : suite<cancel_against_end_of_group, 2> {
  struct entry final : waiter {
    explicit entry(task_context& t) : waiter(t, unlink, "shielded wait") {}
    static bool unlink(waiter&) noexcept {
      RL_ASSERT(false);
      return false;
    }
  };
  std::optional<scope> shield;
  std::optional<entry> waiting;

  void before() {
    all.prepare();
    shield.emplace(all.child->current, all.child, scope::barrier::shield);
    waiting.emplace(*all.child);
    all.child->current = &*shield;
    (void)all.child->wait.park(*waiting, [] { return true; });
  }
  void thread(unsigned index) {
    if (index == 1) {
      (void)all.child->cancel(cancel_reason(cancel_kind::explicit_request));
      all.child->drop_handle();
      return;
    }
    all.wake_child();
    waiting.reset();
    all.child->current = shield->parent();
    RL_ASSERT(shield->close(*all.child));
    shield.reset();
    all.run_child();
    all.end_group();
  }
};

// A walk of the group's request has found the child's scope, for something below it had parked: the
// end has to wait for its unpin.
template <bool CancelsToo>
struct walk_against_end : suite<walk_against_end<CancelsToo>, 3> {
  std::optional<awaiting_task> below;

  void before() {
    this->all.prepare();
    below.emplace(this->all.child->own(), *this->all.child->exec, this->all.env());
    below->enrol();
  }
  void thread(unsigned index) {
    if (index == 0) {
      below->dismiss();
      return this->all.run_child();
    }
    if (index == 1) {
      (void)this->all.group().cancel(cancel_reason(cancel_kind::deadline));
      return;
    }
    if (CancelsToo) (void)this->all.child->cancel(cancel_reason(cancel_kind::explicit_request));
    this->all.child->drop_handle();
  }
};

enum class beside { nobody, a_look, a_cancel };

// Somebody awaits the handle, reads the outcome, and drops the handle at once. Perhaps another one
// only looks, and the later of the two drops it; or the one that awaits is cancelled.
template <beside Other>
struct await_against_end : suite<await_against_end<Other>, Other == beside::nobody ? 3 : 4> {
  using suite<await_against_end<Other>, Other == beside::nobody ? 3 : 4>::all;

  struct entry final : child_base::done_awaiter {
    using done_awaiter::done_awaiter;
  };
  std::optional<simulated_worker> other;
  std::optional<scope> outside;
  std::optional<awaiting_task> task;
  std::optional<entry> waiting;
  std::optional<base::atomic<int>> users;

  void before() {
    all.prepare();
    users.emplace(Other == beside::a_look ? 2 : 1);
    other.emplace();
    outside.emplace();
    task.emplace(*outside, *other, all.env());
    waiting.emplace(*all.child, *task);
  }
  void thread(unsigned index) {
    if (index == 0) return all.run_child();
    if (index == 3 && Other == beside::a_cancel) {
      (void)outside->cancel(cancel_reason(cancel_kind::explicit_request));
      return;
    }
    if (index == 3) {
      if (all.child->done()) RL_ASSERT(all.child->result == 1);
      return let_go();
    }
    if (index == 2) {
      if (other->next() != nullptr) go_on();
      return;
    }
    if (!waiting->await_ready() && waiting->await_suspend(std::noop_coroutine())) return;
    go_on();
    other->stop();
  }
  void go_on() {
    if (task->enrolled) task->dismiss();
    if (waiting->was_cancelled()) {
      (void)all.child->done();  // so that the end of the child has something to come after
    } else {
      RL_ASSERT(all.child->result == 1);
    }
    let_go();
    waiting.reset();
    task.reset();
  }
  void let_go() {
    if (users->fetch_sub(1, std::memory_order_acq_rel) == 1) all.child->drop_handle();
  }
  void after() {
    users.reset();
    outside.reset();
    all.finish();
  }
};

}  // namespace

int main() {
  using interleavings::check;
  return check<drop_against_end>("the last side destroys") &&
                 check<cancel_against_end>("a cancel meets the end") &&
                 check<end_on_two_workers>("an end that meets a cancel goes on elsewhere") &&
                 check<two_cancels_against_end>("two cancels meet the end") &&
                 check<cancel_against_end_of_group>("a cancel lets go before the group ends") &&
                 check<walk_against_end<false>>("the end waits for a walk") &&
                 check<walk_against_end<true>>("the end waits for a walk and for a cancel") &&
                 check<await_against_end<beside::nobody>>(
                     "who awaits the end sees the outcome, and may drop the handle at once") &&
                 check<await_against_end<beside::a_look>>("so does who only looks", 2) &&
                 check<await_against_end<beside::a_cancel>>(
                     "who is cancelled while it awaits the end may drop the handle too", 2)
             ? 0
             : 1;
}
