// SPDX-License-Identifier: MIT
// Park, grant and cancel under the model checker: wait_word, park_on and park_published,
// resolve_claim, the walk, and scopes that are closed while others have pins on them.
//
// The task is in a shielded scope. It is resumed by a worker *beside* the thread that parks it, and
// its words are destroyed at once when it ends. A lost wake-up or cancel shows as a deadlock: the
// worker waits for ever.
#include <jackdaw/cancellation/park.hpp>

#include <optional>
#include <string>

#include "simulated_worker.hpp"

namespace {

using namespace jackdaw;

class parking_task final : public task_context {
 public:
  parking_task(scope& home_scope, any_executor& e, services& env)
      : task_context([](work&) noexcept {}, nullptr, home_scope, e, env) {}
};

// What a waiter has written before it parks, and whoever takes it out of its primitive reads.
class watched_waiter {
 protected:
  void write() { written_ = 1; }
  void read() const { RL_ASSERT(written_ == 1); }

 private:
  base::plain<int> written_{0};
};

// A primitive that one task may wait for, and that has room for one value.
class list_primitive {
 public:
  class entry final : public list_waiter, watched_waiter {
   public:
    entry(list_primitive& p, task_context& t)
        : list_waiter(t, &p, p.waiters_, "list"), primitive_(&p), from_list_(unlink_from) {
      unlink_from = [](waiter& w) noexcept {
        static_cast<entry&>(w).read();
        return static_cast<entry&>(w).from_list_(w);
      };
    }
    bool suspend(std::coroutine_handle<> h) {
      write();
      return park(h, [this] { return primitive_->available_; });
    }
    void see() const { read(); }

   private:
    list_primitive* primitive_;
    unlink_function from_list_;
  };

  /// So that no schedule differs in when a lock of the table is made.
  void prepare() {
    waiter_lock(this).lock();
    waiter_lock(this).unlock();
  }
  void grant_one(base::plain<int>& value) {
    base::backoff_mutex& lock = waiter_lock(this);
    lock.lock();
    waiter* const w = waiters_.pop_front();
    value = 1;
    if (w == nullptr) available_ = true;
    if (w != nullptr) static_cast<entry*>(w)->see();
    lock.unlock();
    if (w != nullptr) grant(*w);
  }

 private:
  waiter_list waiters_;
  bool available_ = false;
};

// The same as an I/O slot is: one word, emptied by an exchange.
class slot_primitive {
 public:
  class entry final : public waiter, watched_waiter {
   public:
    entry(slot_primitive& p, task_context& t) : waiter(t, unlink, "slot"), primitive_(&p) {}
    bool suspend(std::coroutine_handle<> h) {
      write();
      return park_published(*this, h, [this] {
        waiter* empty = nullptr;
        return primitive_->word_.compare_exchange_strong(empty, this, std::memory_order_acq_rel,
                                                         std::memory_order_acquire);
      });
    }

   private:
    static bool unlink(waiter& w) noexcept {
      waiter* mine = &w;
      static_cast<entry&>(w).read();
      return static_cast<entry&>(w).primitive_->word_.compare_exchange_strong(
          mine, nullptr, std::memory_order_acq_rel, std::memory_order_relaxed);
    }
    slot_primitive* primitive_;
  };

  slot_primitive() = default;
  void prepare() {}
  void grant_one(base::plain<int>& value) {
    value = 1;
    waiter* const w = word_.exchange(ready(), std::memory_order_acq_rel);
    if (w != nullptr) grant(*w);
  }

 private:
  static waiter* ready() { return reinterpret_cast<waiter*>(std::uintptr_t{1}); }
  base::atomic<waiter*> word_{nullptr};
};

// What one schedule consists of. Threads: 0 parks, 1 is the worker (or the same one is both), then
// granter, outer and inner canceller as far as they take part.
template <class Primitive, bool Granter, bool Outer, bool Inner, bool Worker = true>
class world {
 public:
  static constexpr unsigned threads = 1 + Worker + Granter + Outer + Inner;

  void prepare() {
    base::statics::begin();
    worker_.emplace();
    env_.emplace(*worker_);
    root_.emplace();
    task_.emplace(*root_, *worker_, *env_);
    shield_.emplace(&*root_, &*task_, scope::barrier::shield);
    task_->current = &*shield_;
    bystander_.emplace(*shield_, *worker_, *env_);
    if (Outer)
      bystander_->enrol();  // so that the walk of the outer request comes through the inner scope
    primitive_.emplace();
    primitive_->prepare();
    entry_.emplace(*primitive_, *task_);
    value_ = 0;
    if (Inner) shield_->pin();  // as a timer has one that may expire
  }

  void thread(unsigned index) {
    if (index == 0) {
      park();
      if (!Worker) work_off();
      return;
    }
    if (Worker && index == 1) return work_off();
    index -= 1 + Worker;
    if (Granter && index-- == 0) return primitive_->grant_one(value_);
    if (Outer && index-- == 0) {
      RL_ASSERT(root_->cancel(cancel_reason(cancel_kind::explicit_request)));
      return;
    }
    RL_ASSERT(shield_->cancel(cancel_reason(cancel_kind::deadline)));
    shield_->unpin();
  }

  void finish() {
    RL_ASSERT(!task_.has_value());
    entry_.reset();
    root_.reset();
    base::statics::end();
  }

 private:
  void park() {
    if (!entry_->suspend(std::noop_coroutine())) go_on();
  }
  void work_off() {
    while (work* const w = worker_->next()) {
      RL_ASSERT(w == &*task_);
      if (leaving_) {
        end();
        return;
      }
      go_on();
    }
  }
  // The task, after its wait.
  void go_on() {
    if (entry_->was_cancelled()) {
      RL_ASSERT(shield_->effective());  // no request of outside the shield got here
    } else {
      RL_ASSERT(Granter && value_ == 1);
    }
    entry_->unlink_from = [](waiter&) noexcept -> bool {
      RL_ASSERT(false);  // nobody comes after the wake-up
      return false;
    };
    if (Outer) bystander_->dismiss();
    task_->dismiss();
    leaving_ = true;
    if (shield_->close(*task_)) end();
  }
  void end() {
    shield_.reset();
    bystander_.reset();
    task_.reset();
    worker_->stop();
  }

  std::optional<simulated_worker> worker_;
  std::optional<no_services> env_;
  std::optional<scope> root_;
  std::optional<scope> shield_;
  std::optional<parking_task> task_;
  std::optional<parking_task> bystander_;
  std::optional<Primitive> primitive_;
  std::optional<typename Primitive::entry> entry_;
  base::plain<int> value_;
  base::plain<bool> leaving_{false};
};

template <class World>
struct suite : rl::test_suite<suite<World>, World::threads> {
  World world;

  void before() { world.prepare(); }
  void thread(unsigned index) { world.thread(index); }
  void after() { world.finish(); }
};

// Every party in every pair on both primitives; all of them at once.
template <class Primitive>
bool check_primitive(const std::string& name) {
  using interleavings::check;
  using interleavings::check_randomly;
  const auto on_it = [&](const char* claim) { return name + ": " + claim; };
  return check<suite<world<Primitive, true, false, false>>>(on_it("a grant wakes")) &&
         check<suite<world<Primitive, false, false, true>>>(on_it("a cancel wakes")) &&
         check<suite<world<Primitive, true, false, true>>>(
             on_it("grant against cancel: one of them wakes, once")) &&
         check<suite<world<Primitive, true, true, false, false>>>(
             on_it("the same worker, and a cancel that a shield stops takes no grant away")) &&
         check<suite<world<Primitive, false, true, true, false>>>(
             on_it("the same worker, and a cancel that a shield stops hides no other one"), 2) &&
         check<suite<world<Primitive, true, true, false>>>(
             on_it("a cancel that a shield stops takes no grant away"), 2) &&
         check<suite<world<Primitive, false, true, true>>>(
             on_it("a cancel that a shield stops hides no other one"), 2) &&
         check_randomly<suite<world<Primitive, true, true, true>>>(
             on_it("two cancellers and a granter"));
}

}  // namespace

int main() {
  return check_primitive<list_primitive>("list under a lock") &&
                 check_primitive<slot_primitive>("slot")
             ? 0
             : 1;
}
