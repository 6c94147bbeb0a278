// SPDX-License-Identifier: MIT
#include <jackdaw/structured/task_group.hpp>

#include <algorithm>
#include <string>

#include <jackdaw/lane.hpp>

namespace jackdaw {

namespace {

bool is_fatal(const std::exception_ptr& e) noexcept {
  try {
    std::rethrow_exception(e);
  } catch (const fatal_error&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

task_group::~task_group() {
  child_base* c = failed_.load(std::memory_order_relaxed);  // after the join: nobody else is left
  while (c != nullptr) {
    child_base* const next = c->next_kept();
    c->release();
    c = next;
  }
}

std::size_t task_group::size() const noexcept { return members_.live(); }

group_handle task_group::handle() {
  if (handle_.control_ == nullptr) handle_ = group_handle(*this);
  return handle_;
}

void task_group::abandon_entry() noexcept {
  if (members_.leave()) parent_->schedule();
}

std::coroutine_handle<> task_group::child_left() noexcept {
  task_context& waiting = *parent_;
  if (!members_.leave()) return std::noop_coroutine();
  const lane* here = base::this_lane();
  if (here != nullptr && here->owner == waiting.exec) return waiting.resume_point;
  waiting.schedule();
  return std::noop_coroutine();
}

bool task_group::join::awaiter::await_suspend(std::coroutine_handle<> h) noexcept {
  task_->set_resume_point(h);
  return !group_->members_.body_left();
}

void task_group::fail() noexcept {
  const cancel_reason why(cancel_kind::sibling_error, {}, parent_->id_hint());
  // Through a handle somebody may be spawning just now.
  if (members_.only_one() && handle_.control_ == nullptr) {
    scope_.mark_failed(why);
  } else {
    scope_.cancel(why);
  }
}

bool task_group::child_failed(child_base& c) noexcept {
  child_base* latest = failed_.load(std::memory_order_relaxed);
  do {
    c.set_next_kept(latest);
    // relaxed: the children are read after the join, which leave() orders.
  } while (!failed_.compare_exchange_weak(latest, &c, std::memory_order_relaxed,
                                          std::memory_order_relaxed));
  fail();
  return true;
}

void task_group::body_ended(outcome_kind how) noexcept {
  failed_before_body_ = failed_.load(std::memory_order_relaxed);  // a position only
  body_cancelled_unasked_ = how == outcome_kind::cancelled && !scope_.effective_now();
  if (how == outcome_kind::error || body_cancelled_unasked_) fail();
}

void task_group::detach_handle() noexcept {
  if (handle_.control_ == nullptr) return;
  const std::lock_guard guard(handle_.control_->lock);
  handle_.control_->group = nullptr;
}

std::vector<exception_group::leaf> task_group::collect_errors(
    const std::exception_ptr& body_error) {
  std::vector<exception_group::leaf> leaves;
  const auto add_body = [&] {
    if (body_error != nullptr) leaves.push_back({body_error, exception_group::body, {}});
  };
  // The stack has the latest first: built backwards, then turned round.
  // relaxed: after the join.
  for (child_base* c = failed_.load(std::memory_order_relaxed); c != nullptr; c = c->next_kept()) {
    if (c == failed_before_body_) add_body();
    if (c->error() != body_error) leaves.push_back({c->error(), c->index(), std::string(c->name)});
  }
  if (failed_before_body_ == nullptr) add_body();
  std::reverse(leaves.begin(), leaves.end());
  return leaves;
}

void task_group::finish(const result_cell_base& body, const std::exception_ptr& body_error,
                        bool value_expected) {
  const bool asked = body.kind() == outcome_kind::cancelled && !body_cancelled_unasked_;
  std::exception_ptr own_error = body.kind() == outcome_kind::error ? body_error : nullptr;
  if (body_cancelled_unasked_) own_error = base::as_foreign(body_error, "the body of a task group");
  std::vector<exception_group::leaf> errors = collect_errors(own_error);
  for (const exception_group::leaf& leaf : errors) {
    if (is_fatal(leaf.error)) std::rethrow_exception(leaf.error);
  }
  if (!errors.empty()) throw exception_group(std::move(errors));
  if (!asked) return;
  if (scope_.parent_effective_now()) std::rethrow_exception(body_error);
  if (value_expected) {
    const cancel_reason why = scope_.own_reason();
    throw no_result("jackdaw: the task group was cancelled before its body returned a value (" +
                    std::string(to_string(why.kind())) + (why.text().empty() ? "" : ": ") +
                    std::string(why.text()) + ")");
  }
}

bool group_handle::cancel(reason_text why, std::uint64_t asking) const noexcept {
  if (control_ == nullptr) return false;
  scope* s = nullptr;
  {
    const std::lock_guard guard(control_->lock);
    if (control_->group == nullptr) return false;
    s = &control_->group->scope_;
    s->pin();
  }
  const bool first = s->cancel(cancel_reason(cancel_kind::explicit_request, why, asking));
  s->unpin();
  return first;
}

}  // namespace jackdaw
