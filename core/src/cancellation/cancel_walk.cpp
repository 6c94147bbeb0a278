// SPDX-License-Identifier: MIT
#include "cancellation/cancel_walk.hpp"

#include <algorithm>
#include <new>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/task_context.hpp>

namespace jackdaw {

namespace {

// What is left of a walk in a scope, on its way to another worker.
struct rest_of_walk final : work {
  explicit rest_of_walk(scope& s) noexcept : work(go_on), where(&s) {}
  static void go_on(work& w) noexcept {
    auto* const self = static_cast<rest_of_walk*>(&w);
    scope& s = *self->where;
    delete self;
    cancel_walk::resume(s);
  }
  scope* where;
};

}  // namespace

void cancel_walk::start(scope& s) noexcept {
  cancel_walk walk;
  s.pin();
  walk.begin(s);
  walk.run();
}

void cancel_walk::resume(scope& s) noexcept {
  cancel_walk walk;
  s.next_walked_ = nullptr;
  walk.pending_ = &s;
  walk.run();
}

// The owner may be parked in the scope without being a member of it; the pin keeps it there.
void cancel_walk::try_cancel_owner(scope& s) noexcept {
  if (s.owner_ != nullptr) base::try_cancel(*s.owner_);
}

// Takes over the pin that the caller has put on `s`.
void cancel_walk::begin(scope& s) noexcept {
  s.lock_.lock();
  if (s.walked_) {
    s.walk_again_ = true;
    s.lock_.unlock();
    try_cancel_owner(s);  // the walk that is under way may have met it when no request reached it
    s.unpin();
    return;
  }
  s.walked_ = true;
  s.visiting_.take_all(s.members_);
  s.lock_.unlock();
  try_cancel_owner(s);
  s.next_walked_ = pending_;
  pending_ = &s;
}

// True: there is more to visit in `s`.
bool cancel_walk::visit_batch(scope& s) noexcept {
  struct claimed_task {
    task_context* task;
    waiter* node;
  };
  claimed_task claimed[batch];
  scope* inner[batch];
  std::size_t tasks = 0;
  std::size_t scopes = 0;

  s.lock_.lock();
  std::size_t visited = 0;
  for (; visited < batch; ++visited) {
    member* m = s.visiting_.pop_front();
    if (m == nullptr) break;
    s.members_.push_back(*m);
    if (m->what() == member::kind::task) {
      auto& task = static_cast<task_context&>(*m);
      if (waiter* node = task.wait.claim(); node != nullptr) claimed[tasks++] = {&task, node};
    } else {
      // Shields are entered too: resolve_claim asks for each task whether the request reaches it.
      auto& child = static_cast<scope&>(*m);
      child.pin();
      inner[scopes++] = &child;
    }
  }
  if (s.visiting_.empty() && s.walk_again_) {
    s.walk_again_ = false;
    s.visiting_.take_all(s.members_);
  }
  const bool more = !s.visiting_.empty();
  s.walked_ = more;
  s.lock_.unlock();

  left_ -= std::min(left_, visited + 1);
  for (std::size_t i = 0; i < tasks; ++i) base::resolve_claim(*claimed[i].task, *claimed[i].node);
  for (std::size_t i = 0; i < scopes; ++i) begin(*inner[i]);
  return more;
}

// False: there is no memory for it. Then this thread goes on.
bool cancel_walk::hand_over(scope& s) noexcept {
  auto* const rest = new (std::nothrow) rest_of_walk(s);
  if (rest == nullptr) return false;
  s.owner_->env->executor.submit(*rest);
  return true;
}

void cancel_walk::run() noexcept {
  while (pending_ != nullptr) {
    scope& s = *pending_;
    pending_ = s.next_walked_;
    if (left_ == 0 && hand_over(s)) continue;
    if (visit_batch(s)) {
      s.next_walked_ = pending_;
      pending_ = &s;
    } else {
      s.unpin();
    }
  }
}

}  // namespace jackdaw
