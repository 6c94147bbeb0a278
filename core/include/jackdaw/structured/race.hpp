// SPDX-License-Identifier: MIT
// race and first_success: several ways to the same end, of which one is enough.
#pragma once

#include <cstddef>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <jackdaw/structured/exception_group.hpp>
#include <jackdaw/structured/gather.hpp>

namespace jackdaw {

/// The winner of a race over a range.
template <class T>
struct race_winner {
  std::size_t index;
  base::stored<T> value;
};

namespace base {

/// An error of a loser is reported, once; a value of a loser is destroyed with its cell.
void report_losers(fork_join& join, const std::exception_ptr* errors, const outcome_kind* kinds,
                   std::uint32_t count, std::uint32_t winner);
[[noreturn]] void throw_all_failed(fork_join& join, const std::exception_ptr* errors,
                                   const outcome_kind* kinds, std::uint32_t count);

template <fork_join::policy Policy>
struct finish_race {
  template <class... T>
  static std::variant<stored<T>...> finish(fork_join& join, std::tuple<result_cell<T>...>& cells) {
    const std::uint32_t winner = join.decisive();
    return std::apply(
        [&](auto&... cell) {
          const std::exception_ptr errors[] = {error_of(cell)...};
          const outcome_kind kinds[] = {cell.kind()...};
          settle_race(join, errors, kinds, sizeof...(T), winner);
          return pick<std::variant<stored<T>...>>(winner, cells, std::index_sequence_for<T...>{});
        },
        cells);
  }

  template <class T>
  static race_winner<T> finish(fork_join& join, result_cell<T>* cells, std::size_t count) {
    const std::uint32_t winner = join.decisive();
    std::vector<std::exception_ptr> errors;
    std::vector<outcome_kind> kinds;
    for (std::size_t i = 0; i < count; ++i) {
      errors.push_back(error_of(cells[i]));
      kinds.push_back(cells[i].kind());
    }
    settle_race(join, errors.data(), kinds.data(), static_cast<std::uint32_t>(count), winner);
    return {winner, std::move(cells[winner].value())};
  }

 private:
  static void settle_race(fork_join& join, const std::exception_ptr* errors,
                          const outcome_kind* kinds, std::uint32_t count, std::uint32_t winner) {
    if (winner == fork_join::none) throw_all_failed(join, errors, kinds, count);
    if constexpr (Policy == fork_join::policy::first_end)
      report_losers(join, errors, kinds, count, winner);
    if (kinds[winner] != outcome_kind::value) std::rethrow_exception(errors[winner]);
  }

  template <class V, class Cells, std::size_t... I>
  static V pick(std::size_t winner, Cells& cells, std::index_sequence<I...>) {
    using maker = V (*)(Cells&);
    static constexpr maker makers[] = {
        [](Cells& c) { return V(std::in_place_index<I>, std::move(std::get<I>(c).value())); }...};
    return makers[winner](cells);
  }
};

}  // namespace base

/// Runs all at the same time until the first one ends, by value or by error; the others are
/// cancelled and have ended before this returns or throws. A std::variant by argument (void as
/// std::monostate), for a range {index, value}. A loser's error goes to on_unhandled; a loser's
/// value is destroyed (S34).
template <awaitable... A>
  requires(sizeof...(A) > 0)
auto race(A&&... tasks) {
  return base::fork_tuple<fork_join::policy::first_end,
                          base::finish_race<fork_join::policy::first_end>, base::task_result<A>...>(
      base::as_task(std::forward<A>(tasks))...);
}
template <base::range_of_tasks R>
auto race(R&& tasks) {
  return base::fork_vector<fork_join::policy::first_end,
                           base::finish_race<fork_join::policy::first_end>,
                           base::range_task_value<R>>(base::collect_tasks(std::forward<R>(tasks)));
}

/// As race, but errors do not win: the first value; exception_group if all fail. The range must not
/// be empty.
template <awaitable... A>
  requires(sizeof...(A) > 0)
auto first_success(A&&... tasks) {
  return base::fork_tuple<fork_join::policy::first_success,
                          base::finish_race<fork_join::policy::first_success>,
                          base::task_result<A>...>(base::as_task(std::forward<A>(tasks))...);
}

template <base::range_of_tasks R>
auto first_success(R&& tasks) {
  return base::fork_vector<fork_join::policy::first_success,
                           base::finish_race<fork_join::policy::first_success>,
                           base::range_task_value<R>>(base::collect_tasks(std::forward<R>(tasks)));
}

}  // namespace jackdaw
