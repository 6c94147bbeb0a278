// SPDX-License-Identifier: MIT
#include "cancellation/cancel_walk.hpp"

#include <algorithm>
#include <memory>

#include <jackdaw/cancellation/park.hpp>
#include <jackdaw/cancellation/task_context.hpp>

namespace jackdaw {

void cancel_walk::start(scope& s) noexcept {
  cancel_walk walk;
  s.pin();
  walk.begin(s);
  walk.run();
}

void cancel_walk::resume(scope& s) noexcept {
  cancel_walk walk;
  s.walk_.next = nullptr;
  walk.pending_ = &s.walk_;
  walk.run();
}

// The owner may be parked in the scope without being a member of it; the pin keeps it there.
void cancel_walk::try_cancel_owner(scope& s) noexcept {
  if (s.owner_ != nullptr) base::try_cancel(*s.owner_);
}

// Takes over the pin that the caller has put on `s`.
void cancel_walk::begin(scope& s) noexcept {
  s.lock_.lock();
  if (!s.walked_) {
    std::construct_at(&s.walk_, s);
    s.walked_ = true;
  }
  if (s.walk_.under_way) {
    s.walk_.again = true;
    s.lock_.unlock();
    try_cancel_owner(s);  // the walk that is under way may have met it when no request reached it
    s.unpin();
    return;
  }
  s.walk_.under_way = true;
  s.walk_.visiting.take_all(s.members_);
  s.lock_.unlock();
  try_cancel_owner(s);
  s.walk_.next = pending_;
  pending_ = &s.walk_;
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
    member* m = s.walk_.visiting.pop_front();
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
  if (s.walk_.visiting.empty() && s.walk_.again) {
    s.walk_.again = false;
    s.walk_.visiting.take_all(s.members_);
  }
  const bool more = !s.walk_.visiting.empty();
  s.walk_.under_way = more;
  s.lock_.unlock();

  left_ -= std::min(left_, visited + 1);
  for (std::size_t i = 0; i < tasks; ++i) base::resolve_claim(*claimed[i].task, *claimed[i].node);
  for (std::size_t i = 0; i < scopes; ++i) begin(*inner[i]);
  return more;
}

void cancel_walk::run() noexcept {
  while (pending_ != nullptr) {
    scope& s = *static_cast<scope::walk_state&>(*pending_).self;
    pending_ = pending_->next;
    if (left_ == 0) {
      s.owner_->env->executor.submit(s.walk_);
      continue;
    }
    if (visit_batch(s)) {
      s.walk_.next = pending_;
      pending_ = &s.walk_;
    } else {
      s.unpin();
    }
  }
}

}  // namespace jackdaw
