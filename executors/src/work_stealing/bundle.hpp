// SPDX-License-Identifier: MIT
// Half a ring of work on its way through the injector.
#pragma once

#include <array>
#include <cstddef>
#include <new>

#include <jackdaw/work.hpp>

namespace jackdaw::work_stealing {

/// Work that an overfull worker has given away at once, in order. It stands in the injector's chain
/// as one unit, which is never run. An array, so that who takes it need not fetch each unit from
/// memory to learn where the next one is.
///
/// Thread safety: none; whoever has it in hand, or the injector's mutex.
class bundle final : public work {
 public:
  static constexpr std::size_t capacity = 129;  // half a ring, and what did not fit

  /// Null if there is no memory for one.
  [[nodiscard]] static bundle* make() noexcept { return new (std::nothrow) bundle; }
  [[nodiscard]] static bool is_one(const work& w) noexcept { return w.run == never; }

  /// At most `capacity` in all.
  void push(work& w) noexcept { items_[end_++] = &w; }
  /// Not if it is empty.
  [[nodiscard]] work& pop() noexcept { return *items_[first_++]; }
  [[nodiscard]] std::size_t size() const noexcept { return end_ - first_; }

  bundle* next_bundle = nullptr;  // the injector's

 private:
  bundle() noexcept : work(never) {}
  static void never(work&) noexcept {}

  std::size_t first_ = 0;
  std::size_t end_ = 0;
  std::array<work*, capacity> items_;
};

}  // namespace jackdaw::work_stealing
