// SPDX-License-Identifier: MIT
#include <jackdaw/structured/open_group.hpp>

#include <cstddef>
#include <mutex>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/base/small_mutex.hpp>
#include <jackdaw/cancellation/scope.hpp>

namespace jackdaw {

struct alignas(base::cache_line) open_group::list {
  base::small_mutex lock;  // guards groups
  base::intrusive_list<open_group> groups;

  /// The calling thread's; threads share one when there are more of them than lists.
  static list& mine() noexcept {
    thread_local constinit list* chosen = nullptr;
    if (chosen == nullptr) [[unlikely]]
      // relaxed: spreads the threads, orders nothing
      chosen = &all[next.fetch_add(1, std::memory_order_relaxed) % count];
    return *chosen;
  }

  static constexpr std::size_t count = 64;
  static list all[count];
  static inline base::atomic<std::size_t> next{0};  // round robin
};

open_group::list open_group::list::all[count];

open_group::open_group(scope& s) noexcept : scope_(&s), known_in_(&list::mine()) {
  const std::lock_guard guard(known_in_->lock);
  known_in_->groups.push_back(*this);
}

void open_group::forget() noexcept {
  if (known_in_ == nullptr) return;
  const std::lock_guard guard(known_in_->lock);
  known_in_->groups.erase(*this);
  known_in_ = nullptr;
}

void open_group::link_all() noexcept {
  for (list& some : list::all) {
    const std::lock_guard guard(some.lock);  // none of these is closed meanwhile, nor one above it
    for (open_group* g = some.groups.front(); g != nullptr; g = some.groups.after(*g))
      g->scope_->link();
  }
}

}  // namespace jackdaw
