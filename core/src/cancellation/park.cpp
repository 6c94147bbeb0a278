// SPDX-License-Identifier: MIT
#include <jackdaw/cancellation/park.hpp>

#include <array>

#include <jackdaw/base/cache_line.hpp>

namespace jackdaw {

namespace {

struct alignas(base::cache_line) lock_line {
  base::backoff_mutex lock;
};
constexpr std::size_t lock_count = 256;
constinit std::array<lock_line, lock_count> lock_table;

}  // namespace

base::backoff_mutex& waiter_lock(const void* address) noexcept {
  // Fibonacci hashing: primitives are often neighbours in memory, and the low bits of an address
  // say little.
  const auto key = reinterpret_cast<std::uintptr_t>(address) * std::uintptr_t{0x9E3779B97F4A7C15U};
  return lock_table[key >> 56].lock;
}

namespace base {

void resolve_claim(task_context& task, waiter& w) noexcept {
  for (;;) {
    if (!task.current->evaluate().effective) {
      switch (task.wait.resolve_ineffective()) {
        case wait_word::resolution::again: continue;
        case wait_word::resolution::schedule: task.schedule(); return;
        case wait_word::resolution::left: return;
      }
    }
    if (w.unlink_from(w)) {
      w.mark_cancelled();
      task.wait.resolve_unlinked();
      task.schedule();
    } else if (task.wait.resolve_overtaken() == wait_word::resolution::schedule) {
      task.schedule();
    }
    return;
  }
}

void try_cancel(task_context& task) noexcept {
  if (waiter* w = task.wait.claim(); w != nullptr) resolve_claim(task, *w);
}

}  // namespace base

bool list_waiter::unlink(waiter& w) noexcept {
  auto& self = static_cast<list_waiter&>(w);
  base::backoff_mutex& lock = waiter_lock(self.primitive_);
  lock.lock();
  const bool mine = w.linked;  // if not, a granter has it, and the primitive may be gone
  if (mine) {
    self.list_->erase(w);
    w.linked = false;
  }
  lock.unlock();
  return mine;
}

void waiter::throw_cancelled() const { throw cancelled(task_->current->effective_reason()); }

}  // namespace jackdaw
