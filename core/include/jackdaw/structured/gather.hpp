// SPDX-License-Identifier: MIT
// gather: runs tasks at the same time and waits for all of them. The fork-join primitive.
#pragma once

#include <algorithm>
#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <jackdaw/coroutine/awaitable.hpp>
#include <jackdaw/structured/fork_join.hpp>
#include <jackdaw/structured/outcome.hpp>
#include <jackdaw/structured/task_array.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

namespace base {

/// Throws what a gather has to throw: the first error as it is; later ones go to on_unhandled, once
/// each (S14).
[[noreturn]] void throw_gathered(fork_join& join, const std::exception_ptr* errors,
                                 const outcome_kind* kinds, std::uint32_t count);

/// A fixed number of tasks that run at the same time, in the awaiting frame. `Finish` turns the
/// cells into the result.
template <fork_join::policy Policy, class Finish, class... T>
class forked_tuple {
 public:
  static constexpr std::uint32_t count = sizeof...(T);

  /// Takes over the tasks.
  [[gnu::always_inline]] forked_tuple(task_context& parent, promise<T>*... tasks) noexcept
      : running_(parent) {
    take(std::index_sequence_for<T...>{}, tasks...);
  }
  forked_tuple(const forked_tuple&) = delete;
  forked_tuple& operator=(const forked_tuple&) = delete;

  bool await_ready() const noexcept { return false; }
  [[gnu::always_inline]] std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
    return running_.join.begin(running_.children, h);
  }
  /// Everything ends here, not with this object: so the awaiting function has nothing to clean up,
  /// neither when it unwinds nor when its frame is destroyed.
  [[gnu::always_inline]] auto await_resume() {
    if constexpr (Finish::template simple<T...>) {
      if (!Finish::all_well(running_.cells)) [[unlikely]]
        throw_error();
      auto result = Finish::finish(running_.join, running_.cells);
      running_.join.~fork_join();
      return result;
    } else {
      return take_result();
    }
  }
  [[gnu::always_inline]] ~forked_tuple() {}

 private:
  struct running {
    [[gnu::always_inline]] explicit running(task_context& parent) noexcept
        : join(parent, Policy, count) {}

    fork_join join;
    forked_child children[count];
    std::tuple<result_cell<T>...> cells;
  };

  [[gnu::noinline]] auto take_result() {
    struct ending {
      explicit ending(running& r) noexcept : all(&r) {}
      ~ending() { std::destroy_at(all); }
      running* all;
    };
    const ending here(running_);
    return Finish::finish(running_.join, running_.cells);
  }
  [[noreturn, gnu::noinline, gnu::cold]] void throw_error() {
    take_result();
    __builtin_unreachable();  // not all are well
  }
  template <std::size_t... I>
  [[gnu::always_inline]] void take(std::index_sequence<I...>, promise<T>*... tasks) noexcept {
    (running_.children[I].take(*tasks, std::get<I>(running_.cells)), ...);
  }

  union {
    running running_;
  };
};

/// What is awaited: gives the tasks to where they will run when it learns who awaits. Of pointers,
/// which the optimiser sees through, where it would keep a tuple of tasks in the awaiting frame.
template <fork_join::policy Policy, class Finish, class... T>
class [[nodiscard("nothing runs until this is awaited: write co_await")]] fork_tuple {
 public:
  [[gnu::always_inline]] explicit fork_tuple(task<T>&&... tasks) noexcept
      : tasks_{&tasks.release().promise()...} {}
  [[gnu::always_inline]] fork_tuple(fork_tuple&& other) noexcept {
    for (std::size_t i = 0; i != sizeof...(T); ++i)
      tasks_[i] = std::exchange(other.tasks_[i], nullptr);
  }
  fork_tuple& operator=(const fork_tuple&) = delete;
  [[gnu::always_inline]] ~fork_tuple() {
    for (promise_base* const p : tasks_)
      if (p != nullptr) drop_forgotten(std::coroutine_handle<promise_base>::from_promise(*p), *p);
  }

  [[gnu::always_inline]] forked_tuple<Policy, Finish, T...> bind(task_context& parent) && noexcept {
    return bind_each(parent, std::index_sequence_for<T...>{});
  }

 private:
  template <std::size_t... I>
  [[gnu::always_inline]] forked_tuple<Policy, Finish, T...> bind_each(
      task_context& parent, std::index_sequence<I...>) noexcept {
    return forked_tuple<Policy, Finish, T...>(
        parent, static_cast<promise<T>*>(std::exchange(tasks_[I], nullptr))...);
  }

  promise_base* tasks_[sizeof...(T)];
};

/// The same over a number of tasks that is known only when it runs.
template <fork_join::policy Policy, class Finish, class T>
class forked_vector {
 public:
  forked_vector(task_array<T>&& tasks, task_context& parent) noexcept
      : join_(parent, Policy, static_cast<std::uint32_t>(tasks.count())),
        count_(tasks.count()),
        tasks_(std::move(tasks)) {
    for (std::size_t i = 0; i != count_; ++i)
      tasks_.children()[i].template take<T>(*::new (static_cast<void*>(tasks_.cells() + i))
                                                result_cell<T>);
    tasks_.clear();
  }
  forked_vector(const forked_vector&) = delete;
  forked_vector& operator=(const forked_vector&) = delete;
  ~forked_vector() { std::destroy_n(tasks_.cells(), count_); }

  bool await_ready() const noexcept { return count_ == 0; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
    return join_.begin(tasks_.children(), h);
  }
  decltype(auto) await_resume() { return Finish::finish(join_, tasks_.cells(), count_); }

 private:
  fork_join join_;
  std::size_t count_;
  task_array<T> tasks_;
};
static_assert(std::is_trivially_destructible_v<forked_child>);

template <class T>
const std::exception_ptr& error_of(result_cell<T>& cell) noexcept {
  static const std::exception_ptr nothing;
  return cell.kind() == outcome_kind::pending || cell.kind() == outcome_kind::value ? nothing
                                                                                    : cell.error();
}

template <class T>
stored<T> take_value(result_cell<T>& cell) {
  return std::move(cell.value());
}

struct finish_gather {
  /// Can the results be taken with nothing that throws, and nothing left behind?
  template <class... T>
  static constexpr bool simple = (std::is_trivially_copyable_v<stored<T>> && ...);
  template <class... T>
  [[gnu::always_inline]] static bool all_well(std::tuple<result_cell<T>...>& cells) noexcept {
    return std::apply([](auto&... cell) { return ((cell.kind() == outcome_kind::value) && ...); },
                      cells);
  }

  template <class... T>
  static std::tuple<stored<T>...> finish(fork_join& join, std::tuple<result_cell<T>...>& cells) {
    return std::apply(
        [&](auto&... cell) {
          if (((cell.kind() != outcome_kind::value) || ...)) [[unlikely]]
            fail(join, cell...);
          return std::tuple<stored<T>...>(take_value(cell)...);
        },
        cells);
  }

  template <class T>
  static auto finish(fork_join& join, result_cell<T>* cells, std::size_t count) {
    bool all = true;
    for (std::size_t i = 0; i < count; ++i) all = all && cells[i].kind() == outcome_kind::value;
    if (!all) [[unlikely]] {
      std::vector<std::exception_ptr> errors;
      std::vector<outcome_kind> kinds;
      for (std::size_t i = 0; i < count; ++i) {
        errors.push_back(error_of(cells[i]));
        kinds.push_back(cells[i].kind());
      }
      throw_gathered(join, errors.data(), kinds.data(), static_cast<std::uint32_t>(count));
    }
    if constexpr (!std::is_void_v<T>) {
      std::vector<stored<T>> values;
      values.reserve(count);
      for (std::size_t i = 0; i < count; ++i) values.push_back(std::move(cells[i].value()));
      return values;
    }
  }

 private:
  // Apart from finish, which would not be inlined otherwise.
  template <class... T>
  [[noreturn, gnu::noinline, gnu::cold]] static void fail(fork_join& join,
                                                          result_cell<T>&... cell) {
    const std::exception_ptr errors[] = {error_of(cell)...};
    const outcome_kind kinds[] = {cell.kind()...};
    throw_gathered(join, errors, kinds, sizeof...(T));
  }
};

/// The same for tasks of one type whose number is part of theirs.
struct finish_gather_array : finish_gather {
  template <class... T>
  static auto finish(fork_join& join, std::tuple<result_cell<T>...>& cells) {
    return std::apply([](auto&&... v) { return std::array{std::move(v)...}; },
                      finish_gather::finish(join, cells));
  }
};

struct finish_settled {
  template <class... T>
  static constexpr bool simple = false;

  template <class... T>
  static std::tuple<outcome<T>...> finish(fork_join& join, std::tuple<result_cell<T>...>& cells) {
    const cancel_reason why = join.group().effective_reason();
    return std::apply(
        [&](auto&... cell) { return std::tuple<outcome<T>...>(to_outcome(cell, why)...); }, cells);
  }
  template <class T>
  static std::vector<outcome<T>> finish(fork_join& join, result_cell<T>* cells, std::size_t count) {
    const cancel_reason why = join.group().effective_reason();
    std::vector<outcome<T>> all;
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) all.push_back(to_outcome(cells[i], why));
    return all;
  }
};

template <class R>
concept range_of_tasks =
    std::ranges::input_range<R> && is_task<std::ranges::range_value_t<R>>::value;

template <range_of_tasks R>
using range_task_value = typename std::ranges::range_value_t<R>::value_type;

template <class R>
concept given_away = !std::is_lvalue_reference_v<R> || std::ranges::view<std::remove_cvref_t<R>>;

/// What is awaited: tasks of a range that may be emptied, an rvalue container or a view.
template <fork_join::policy Policy, class Finish, class T>
class [[nodiscard("nothing runs until this is awaited: write co_await")]] fork_vector {
 public:
  template <range_of_tasks R>
  explicit fork_vector(R&& range) : tasks_(expected(range)) {
    static_assert(given_away<R>,
                  "jackdaw: tasks can be awaited once, so a container of them must be given away: "
                  "write std::move(tasks)");
    for (auto&& t : range) tasks_.add(std::move(t));
  }
  forked_vector<Policy, Finish, T> bind(task_context& t) && {
    return forked_vector<Policy, Finish, T>(std::move(tasks_), t);
  }

 private:
  template <class R>
  static std::size_t expected(R& range) {
    constexpr std::size_t unknown = 14;
    if constexpr (std::ranges::sized_range<R>) {
      return std::max(static_cast<std::size_t>(std::ranges::size(range)), std::size_t{1});
    } else {
      return unknown;
    }
  }

  task_array<T> tasks_;
};

template <range_of_tasks R>
std::vector<task<range_task_value<R>>> collect_tasks(R&& range) {
  static_assert(given_away<R>,
                "jackdaw: tasks can be awaited once, so a container of them must be given away: "
                "write std::move(tasks)");
  std::vector<task<range_task_value<R>>> tasks;
  if constexpr (std::ranges::sized_range<R>) tasks.reserve(std::ranges::size(range));
  for (auto&& t : range) tasks.push_back(std::move(t));
  return tasks;
}

template <fork_join::policy Policy, class Finish, class T, std::size_t... I>
auto fork_array(std::array<task<T>, sizeof...(I)>&& tasks, std::index_sequence<I...>) {
  return fork_tuple<Policy, Finish, std::enable_if_t<(I < sizeof...(I)), T>...>(
      std::move(tasks[I])...);
}

}  // namespace base

/// Runs all at the same time, waits for all of them, and returns their results in the order of the
/// arguments: a tuple (void as std::monostate), for a range a vector, for an array an array, for a
/// range of task<void> nothing. Written for forks by the million: a gather whose children are not
/// stolen and do not wait costs no allocation beyond their frames and no lock.
///
/// Throws the first error as it is, after the others have been cancelled and have ended; later
/// errors go to the runtime's on_unhandled hook (S14). Cancellation from outside reaches all
/// children and is thrown on when they have ended; children that have not begun are destroyed, not
/// run. Starting is no checkpoint. Children run on the executor of the awaiting task.
template <awaitable... A>
  requires(sizeof...(A) > 0)
auto gather(A&&... tasks) {
  return base::fork_tuple<fork_join::policy::first_error, base::finish_gather,
                          base::task_result<A>...>(base::as_task(std::forward<A>(tasks))...);
}
template <base::range_of_tasks R>
auto gather(R&& tasks) {
  using value = base::range_task_value<R>;
  return base::fork_vector<fork_join::policy::first_error, base::finish_gather, value>(
      std::forward<R>(tasks));
}
template <class T, std::size_t N>
  requires(N > 0)
auto gather(std::array<task<T>, N>&& tasks) {
  return base::fork_array<fork_join::policy::first_error, base::finish_gather_array>(
      std::move(tasks), std::make_index_sequence<N>{});
}

/// As gather, but lets everyone finish, and returns how each ended: outcomes in a tuple or a
/// vector. Never throws for a child.
template <awaitable... A>
  requires(sizeof...(A) > 0)
auto gather_settled(A&&... tasks) {
  return base::fork_tuple<fork_join::policy::never, base::finish_settled, base::task_result<A>...>(
      base::as_task(std::forward<A>(tasks))...);
}
template <base::range_of_tasks R>
auto gather_settled(R&& tasks) {
  using value = base::range_task_value<R>;
  return base::fork_vector<fork_join::policy::never, base::finish_settled, value>(
      std::forward<R>(tasks));
}

}  // namespace jackdaw
