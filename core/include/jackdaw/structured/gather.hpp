// SPDX-License-Identifier: MIT
// gather: runs tasks at the same time and waits for all of them. The fork-join primitive.
#pragma once

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
#include <jackdaw/task.hpp>

namespace jackdaw {

namespace base {

/// Throws what a gather has to throw: the first error as it is; later ones go to on_unhandled, once
/// each (S14).
[[noreturn]] void throw_gathered(fork_join& join, const std::exception_ptr* errors,
                                 const outcome_kind* kinds, std::uint32_t count);

/// A fixed number of tasks that are to run at the same time. The tasks are moved once, to where
/// they will run. `Finish` turns the cells into the result.
template <fork_join::policy Policy, class Finish, class... T>
class [[nodiscard("nothing runs until this is awaited: write co_await")]] fork_tuple {
 public:
  static constexpr std::uint32_t count = sizeof...(T);

  explicit fork_tuple(task<T>&&... tasks) noexcept {
    forked_child* child = children_;
    (child++->take(std::move(tasks)), ...);
  }
  fork_tuple(fork_tuple&& other) noexcept {
    for (std::uint32_t i = 0; i != count; ++i) children_[i].take(other.children_[i]);
  }
  fork_tuple& operator=(const fork_tuple&) = delete;
  ~fork_tuple() {
    if (begun_) [[likely]] {
      join_.~fork_join();
    } else {
      forget();
    }
  }

  // By value, though it only points here: GCC 12 copies an awaiter that it gets by reference.
  class awaiter {
   public:
    explicit awaiter(fork_tuple& tasks) noexcept : tasks_(&tasks) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
      return tasks_->join_.begin(tasks_->children_, count, h);
    }
    decltype(auto) await_resume() { return Finish::finish(tasks_->join_, tasks_->cells_); }

   private:
    fork_tuple* tasks_;
  };

  awaiter bind(task_context& parent) && noexcept {
    ::new (static_cast<void*>(&join_)) fork_join(parent, Policy);
    begun_ = true;
    prepare(std::index_sequence_for<T...>{});
    return awaiter(*this);
  }

 private:
  template <std::size_t... I>
  void prepare(std::index_sequence<I...>) noexcept {
    (children_[I].prepare(join_, std::get<I>(cells_), fork_join::ending(Policy, I + 1 == count)),
     ...);
  }
  void forget() noexcept {
    for (forked_child& child : children_) child.forget();
  }

  bool begun_ = false;
  union {
    fork_join join_;  // once it is awaited
  };
  std::tuple<result_cell<T>...> cells_;
  forked_child children_[count];
};

/// The same over a number of tasks that is known only when it runs.
template <fork_join::policy Policy, class Finish, class T>
class forked_vector {
 public:
  forked_vector(std::vector<task<T>>& tasks, task_context& parent)
      : join_(parent, Policy),
        count_(tasks.size()),
        cells_(std::make_unique<result_cell<T>[]>(count_)),
        children_(static_cast<forked_child*>(::operator new(count_ * sizeof(forked_child)))) {
    for (std::size_t i = 0; i < count_; ++i) {
      forked_child& child = *::new (static_cast<void*>(children_.get() + i)) forked_child;
      child.take(std::move(tasks[i]));
      child.prepare(join_, cells_[i], fork_join::ending(Policy, i + 1 == count_));
    }
  }

  bool await_ready() const noexcept { return count_ == 0; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept {
    return join_.begin(children_.get(), static_cast<std::uint32_t>(count_), h);
  }
  decltype(auto) await_resume() { return Finish::finish(join_, cells_.get(), count_); }

 private:
  struct release {
    void operator()(forked_child* p) const noexcept {
      ::operator delete(p);
    }  // children need no destructor
  };

  fork_join join_;
  std::size_t count_;
  std::unique_ptr<result_cell<T>[]> cells_;
  std::unique_ptr<forked_child, release> children_;
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
struct finish_gather_array {
  template <class... T>
  static auto finish(fork_join& join, std::tuple<result_cell<T>...>& cells) {
    return std::apply([](auto&&... v) { return std::array{std::move(v)...}; },
                      finish_gather::finish(join, cells));
  }
};

struct finish_settled {
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

/// What is awaited: moves the tasks to where they will run when it learns who awaits.
template <fork_join::policy Policy, class Finish, class T>
class [[nodiscard("nothing runs until this is awaited: write co_await")]] fork_vector {
 public:
  explicit fork_vector(std::vector<task<T>>&& tasks) noexcept : tasks_(std::move(tasks)) {}
  forked_vector<Policy, Finish, T> bind(task_context& t) && {
    return forked_vector<Policy, Finish, T>(tasks_, t);
  }

 private:
  std::vector<task<T>> tasks_;
};

template <class R>
concept range_of_tasks =
    std::ranges::input_range<R> && is_task<std::ranges::range_value_t<R>>::value;

template <range_of_tasks R>
using range_task_value = typename std::ranges::range_value_t<R>::value_type;

/// Tasks of a range that may be emptied: an rvalue container, or a view.
template <range_of_tasks R>
std::vector<task<range_task_value<R>>> collect_tasks(R&& range) {
  static_assert(!std::is_lvalue_reference_v<R> || std::ranges::view<std::remove_cvref_t<R>>,
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
      base::collect_tasks(std::forward<R>(tasks)));
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
      base::collect_tasks(std::forward<R>(tasks)));
}

}  // namespace jackdaw
