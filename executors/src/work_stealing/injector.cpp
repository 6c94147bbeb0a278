// SPDX-License-Identifier: MIT
// The injector's critical sections.
#include "work_stealing/injector.hpp"

#include <mutex>

namespace jackdaw::work_stealing {

void injector::push(work& w) noexcept {
  const std::lock_guard hold(mutex_);
  list_.push(w);
  size_.store(list_.size(), std::memory_order_relaxed);  // relaxed: see the field
}

void injector::push_all(work_list& list) noexcept {
  if (list.empty()) return;
  const std::lock_guard hold(mutex_);
  list_.append(list);
  size_.store(list_.size(), std::memory_order_relaxed);  // relaxed: see the field
}

work* injector::pop() noexcept { return take(1).pop(); }

work_list injector::take(std::size_t count) noexcept {
  work_list taken;
  if (empty_hint()) return taken;
  const std::lock_guard hold(mutex_);
  while (taken.size() < count) {
    work* const w = list_.pop();
    if (w == nullptr) break;
    taken.push(*w);
  }
  size_.store(list_.size(), std::memory_order_relaxed);  // relaxed: see the field
  return taken;
}

}  // namespace jackdaw::work_stealing
