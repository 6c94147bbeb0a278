// SPDX-License-Identifier: MIT
#include <jackdaw/structured/cancel_scope.hpp>

#include <mutex>

namespace jackdaw {

bool cancel_handle::cancel(reason_text why, std::uint64_t asking) const noexcept {
  scope* target = nullptr;
  {
    const std::lock_guard guard(control_->lock);
    target = control_->target;
    if (target == nullptr) return false;
    target->pin();
  }
  const bool first = target->cancel(cancel_reason(cancel_kind::explicit_request, why, asking));
  target->unpin();
  return first;
}

void cancel_scope::detach_handle() noexcept {
  if (handle_ == nullptr) return;
  const std::lock_guard guard(handle_->control_->lock);
  handle_->control_->target = nullptr;
}

}  // namespace jackdaw
