// SPDX-License-Identifier: MIT
// The injector's critical sections.
#include "work_stealing/injector.hpp"

#include <mutex>
#include <utility>

namespace jackdaw::work_stealing {

injector::~injector() {
  while (first_bundle_ != nullptr) delete std::exchange(first_bundle_, first_bundle_->next_bundle);
}

// Under the mutex.
void injector::resize(std::size_t more, std::size_t less) noexcept {
  const std::size_t size = size_.load(std::memory_order_relaxed) + more - less;
  size_.store(size, std::memory_order_relaxed);  // relaxed, both: see the field
}

void injector::push(work& w) noexcept {
  const std::lock_guard hold(mutex_);
  list_.push(w);
  resize(1, 0);
}

void injector::push_bundle(bundle& b) noexcept {
  const std::lock_guard hold(mutex_);
  list_.push(b);
  (first_bundle_ == nullptr ? first_bundle_ : last_bundle_->next_bundle) = &b;
  last_bundle_ = &b;
  resize(b.size(), 0);
}

void injector::push_all(work_list& list) noexcept {
  if (list.empty()) return;
  const std::lock_guard hold(mutex_);
  resize(list.size(), 0);
  list_.append(list);
}

work* injector::pop() noexcept { return take(1).pop(); }

injector::batch injector::take(std::size_t count) noexcept {
  batch taken;
  if (empty_hint()) return taken;
  const std::lock_guard hold(mutex_);
  while (taken.single.size() < count) {
    work* const w = list_.front();
    if (w == nullptr) break;
    if (!bundle::is_one(*w)) {
      taken.single.push(*list_.pop());
      continue;
    }
    if (!taken.single.empty()) break;
    auto& b = static_cast<bundle&>(*w);
    if (b.size() <= count) {
      list_.pop();
      first_bundle_ = b.next_bundle;
      taken.bundled.reset(&b);
      resize(0, b.size());
      return taken;
    }
    while (taken.single.size() != count) taken.single.push(b.pop());
  }
  resize(0, taken.single.size());
  return taken;
}

}  // namespace jackdaw::work_stealing
