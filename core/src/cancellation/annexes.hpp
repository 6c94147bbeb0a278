// SPDX-License-Identifier: MIT
// Where members of a group enrol if many do so at once: each worker in a scope of its own, so that
// they do not meet at one lock and at the ends of one list.
//
// To requests an annex is a scope like any other, linked to the group's and walked after it; to
// those who look at the members it is part of the group's. It has no task of its own: what is below
// the members has the group's scope as its parent. From its close on it holds a pin on the group's,
// which it lets go with its own last one.
#pragma once

#include <cstddef>
#include <utility>

#include <jackdaw/base/bound.hpp>
#include <jackdaw/base/cache_line.hpp>
#include <jackdaw/cancellation/scope.hpp>
#include <jackdaw/lane.hpp>

namespace jackdaw {

class annexes {
 public:
  static constexpr std::size_t count = base::bound(8, 2);

  explicit annexes(scope& of) noexcept : annexes(of, std::make_index_sequence<count>{}) {}
  annexes(const annexes&) = delete;
  annexes& operator=(const annexes&) = delete;

  [[nodiscard]] scope& of_this_thread() noexcept {
    const lane* const here = base::this_lane();
    return all_[here != nullptr ? here->number % count : 0];
  }

  template <class Visit>
  void for_each(Visit visit) {
    for (scope& each : all_) visit(each);
  }

 private:
  struct alignas(base::cache_line) annex final : scope {
    explicit annex(scope& of) noexcept : scope(of, *of.owner()) { mark_annex(); }
  };

  template <std::size_t... I>
  annexes(scope& of, std::index_sequence<I...>) noexcept
      : all_{(static_cast<void>(I), annex(of))...} {}

  annex all_[count];
};

}  // namespace jackdaw
