// SPDX-License-Identifier: MIT
#include <jackdaw/offload/visiting_tasks.hpp>

#include <utility>

#include <jackdaw/services.hpp>

namespace jackdaw {

void visiting_tasks::spawn(task<void>&& t) {
  task_context& host = host_->task();
  auto* c = child<void, owned_task<void>>::make(*this, *host.current, {host.exec, host.env},
                                                spawned_, owned_task<void>(std::move(t)));
  ++spawned_;
  c->name = "from_thread";
  present_.fetch_add(1, std::memory_order_relaxed);  // the caller is present; submission publishes
  c->drop_handle();
  c->schedule();
}

bool visiting_tasks::child_failed(child_base& c) noexcept {
  host_->task().env->unhandled({unhandled_error::source::handler, c.name, c.error()});
  return false;
}

std::coroutine_handle<> visiting_tasks::child_left() noexcept {
  leave();
  return std::noop_coroutine();
}

}  // namespace jackdaw
