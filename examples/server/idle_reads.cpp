// SPDX-License-Identifier: MIT
#include "idle_reads.hpp"

#include <cstdint>

namespace server {

idle_reads::stripe& idle_reads::stripe_of(const entry* one) {
  return stripes_[(reinterpret_cast<std::uintptr_t>(one) >> 8) % stripes_.size()];
}

idle_reads::entry::entry(idle_reads& all, jackdaw::timeout_scope& deadline)
    : all_(all), deadline_(deadline) {
  stripe& mine = all_.stripe_of(this);
  const std::lock_guard lock(mine.mutex);
  previous_ = &mine.first;
  next_ = mine.first;
  if (next_ != nullptr) next_->previous_ = &next_;
  mine.first = this;
  // Acquire pairs with the release in stop(); see stopped_.
  if (all_.stopped_.load(std::memory_order_acquire)) deadline_.reschedule(jackdaw::clock::now());
}

idle_reads::entry::~entry() {
  const std::lock_guard lock(all_.stripe_of(this).mutex);
  *previous_ = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

void idle_reads::stop() {
  // Release pairs with the acquire loads of entries and of stopped().
  stopped_.store(true, std::memory_order_release);
  const jackdaw::clock::time_point now = jackdaw::clock::now();
  for (stripe& one : stripes_) {
    const std::lock_guard lock(one.mutex);
    for (entry* each = one.first; each != nullptr; each = each->next_)
      each->deadline_.reschedule(now);
  }
}

}  // namespace server
