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

#include <jackdaw/coroutine/run_into.hpp>
#include <jackdaw/structured/exception_group.hpp>
#include <jackdaw/structured/gather.hpp>

namespace jackdaw {

/// Options of race and first_success: `jd::race_options{.on_discard = hook}`. An aggregate for
/// designated initialisers.
///
/// `hook(value)` is called with the value, as an rvalue, of every loser that finished all the same,
/// before the race returns or throws, by the awaiting task; without it such values are destroyed
/// (S34). It is not called for void. What it throws goes to the runtime's on_unhandled.
template <class OnDiscard>
struct race_options {
  static_assert(std::is_trivially_destructible_v<OnDiscard>,
                "jackdaw: an on_discard hook captures by reference only, or is passed as "
                "std::ref(hook), as GCC 12 destroys other options twice");
  OnDiscard on_discard;
};

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
  static constexpr bool simple = false;

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

template <fork_join::policy Policy>
struct finish_race_settled {
  template <class... T>
  static constexpr bool simple = false;

  /// How all have ended, and who has won.
  template <class Outcomes>
  struct ended {
    std::uint32_t winner;
    Outcomes outcomes;
  };

  template <class... T>
  static auto finish(fork_join& join, std::tuple<result_cell<T>...>& cells) {
    std::apply(
        [&](auto&... cell) {
          const std::exception_ptr errors[] = {error_of(cell)...};
          const outcome_kind kinds[] = {cell.kind()...};
          settle(join, errors, kinds, sizeof...(T));
        },
        cells);
    return ended<std::tuple<outcome<T>...>>{join.decisive(), finish_settled::finish(join, cells)};
  }

  template <class T>
  static auto finish(fork_join& join, result_cell<T>* cells, std::size_t count) {
    std::vector<std::exception_ptr> errors;
    std::vector<outcome_kind> kinds;
    for (std::size_t i = 0; i < count; ++i) {
      errors.push_back(error_of(cells[i]));
      kinds.push_back(cells[i].kind());
    }
    settle(join, errors.data(), kinds.data(), static_cast<std::uint32_t>(count));
    return ended<std::vector<outcome<T>>>{join.decisive(),
                                          finish_settled::finish(join, cells, count)};
  }

 private:
  static void settle(fork_join& join, const std::exception_ptr* errors, const outcome_kind* kinds,
                     std::uint32_t count) {
    if (join.decisive() == fork_join::none) throw_all_failed(join, errors, kinds, count);
    if constexpr (Policy == fork_join::policy::first_end)
      report_losers(join, errors, kinds, count, join.decisive());
  }
};

template <class F, class T>
void hand_over(F& on_discard, outcome<T>& loser, task_context& me) noexcept {
  if constexpr (!std::is_void_v<T>) {
    if (!loser.has_value()) return;
    try {
      on_discard(std::move(loser).value());
    } catch (...) {
      me.env->unhandled({unhandled_error::source::race_loser, me.name, std::current_exception()});
    }
  }
}

template <class V, class... T, std::size_t... I>
V take_winner(std::size_t winner, std::tuple<outcome<T>...>& all, std::index_sequence<I...>) {
  using maker = V (*)(std::tuple<outcome<T>...>&);
  static constexpr maker makers[] = {[](std::tuple<outcome<T>...>& o) {
    return V(std::in_place_index<I>, std::move(std::get<I>(o)).value());
  }...};
  return makers[winner](all);
}

template <fork_join::policy Policy, class F, class... T>
task<std::variant<stored<T>...>> race_handing_over(race_options<F> options, task<T>... tasks) {
  task_context& me = co_await this_context();
  auto ended = co_await fork_tuple<Policy, finish_race_settled<Policy>, T...>(std::move(tasks)...);
  std::size_t i = 0;
  const auto unless_winner = [&](auto& o) {
    if (i++ != ended.winner) hand_over(options.on_discard, o, me);
  };
  std::apply([&](auto&... o) { (unless_winner(o), ...); }, ended.outcomes);
  co_return take_winner<std::variant<stored<T>...>>(ended.winner, ended.outcomes,
                                                    std::index_sequence_for<T...>{});
}

template <fork_join::policy Policy, class F, class T>
task<race_winner<T>> race_handing_over(race_options<F> options, std::vector<task<T>> tasks) {
  task_context& me = co_await this_context();
  auto ended = co_await fork_vector<Policy, finish_race_settled<Policy>, T>(std::move(tasks));
  for (std::size_t i = 0; i != ended.outcomes.size(); ++i) {
    if (i != ended.winner) hand_over(options.on_discard, ended.outcomes[i], me);
  }
  co_return race_winner<T>{ended.winner, std::move(ended.outcomes[ended.winner]).value()};
}

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
                           base::range_task_value<R>>(std::forward<R>(tasks));
}

/// The same, where a value that comes too late is handed over: `co_await
/// jd::race(jd::race_options{.on_discard = give_back}, connect(a), connect(b))`.
template <class F, awaitable... A>
  requires(sizeof...(A) > 0)
auto race(race_options<F> options, A&&... tasks) {
  return base::race_handing_over<fork_join::policy::first_end>(
      options, base::as_task(std::forward<A>(tasks))...);
}
template <class F, base::range_of_tasks R>
auto race(race_options<F> options, R&& tasks) {
  return base::race_handing_over<fork_join::policy::first_end>(
      options, base::collect_tasks(std::forward<R>(tasks)));
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
                           base::range_task_value<R>>(std::forward<R>(tasks));
}

template <class F, awaitable... A>
  requires(sizeof...(A) > 0)
auto first_success(race_options<F> options, A&&... tasks) {
  return base::race_handing_over<fork_join::policy::first_success>(
      options, base::as_task(std::forward<A>(tasks))...);
}
template <class F, base::range_of_tasks R>
auto first_success(race_options<F> options, R&& tasks) {
  return base::race_handing_over<fork_join::policy::first_success>(
      options, base::collect_tasks(std::forward<R>(tasks)));
}

}  // namespace jackdaw
