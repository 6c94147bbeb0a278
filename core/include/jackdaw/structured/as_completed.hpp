// SPDX-License-Identifier: MIT
// as_completed: the outcomes of a number of tasks, in the order in which they end.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <jackdaw/base/atomic.hpp>
#include <jackdaw/structured/gather.hpp>
#include <jackdaw/structured/outcome.hpp>
#include <jackdaw/structured/task_group.hpp>
#include <jackdaw/sync/channel.hpp>

namespace jackdaw {

/// One of the tasks that were given to as_completed: its place among them, and how it ended.
template <class T>
struct completed {
  std::size_t index;
  jackdaw::outcome<T> outcome;
};

namespace base {

/// Where the outcomes of an as_completed meet; shared by the stream and the tasks.
template <class T>
struct completions {
  explicit completions(std::size_t count) : ended(count != 0 ? count : 1), running(count) {
    if (count == 0) ended.close();
  }
  channel<completed<T>> ended;  // has room for all
  // Tasks whose outcome is not in there yet. relaxed: each has sent under the channel's lock before
  // it counts, so the last one closes after all of them.
  atomic<std::size_t> running;
};

/// A task's duty to report, once: one that is destroyed without having been run was cancelled.
template <class T>
class completion_report {
 public:
  completion_report(std::shared_ptr<completions<T>> to, std::size_t index) noexcept
      : to_(std::move(to)), index_(index) {}
  completion_report(completion_report&&) noexcept = default;
  completion_report& operator=(completion_report&&) = delete;
  ~completion_report() {
    if (to_ != nullptr)
      send(outcome<T>::of_cancelled(std::make_exception_ptr(
          cancelled(cancel_reason(cancel_kind::explicit_request, "cancelled before its start")))));
  }

  void send(outcome<T> o) noexcept {
    const std::shared_ptr<completions<T>> to = std::move(to_);
    (void)to->ended.try_send(completed<T>{index_, std::move(o)});
    if (to->running.fetch_sub(1, std::memory_order_relaxed) == 1) to->ended.close();
  }

 private:
  std::shared_ptr<completions<T>> to_;
  std::size_t index_;
};

template <class T>
task<void> report_completion(completion_report<T> report, task<T> t) {
  task_context& me = co_await this_context();
  result_cell<T> cell;
  co_await run_into(std::move(t), cell);
  report.send(to_outcome(cell, me.current->effective_reason()));
}

}  // namespace base

/// The outcomes of as_completed. Destroying it early cancels the tasks that have not ended; their
/// group joins them (S34, S56). One consumer at a time.
template <class T>
class completion_stream {
 public:
  completion_stream(task_group& group, std::vector<task<T>> tasks)
      : state_(std::make_shared<base::completions<T>>(tasks.size())) {
    handles_.reserve(tasks.size());
    try {
      for (task<T>& t : tasks) {
        handles_.push_back(group.spawn(base::report_completion<T>(
            base::completion_report<T>(state_, handles_.size()), std::move(t))));
      }
    } catch (...) {
      leave();
      throw;
    }
  }
  completion_stream(completion_stream&&) noexcept = default;
  completion_stream& operator=(completion_stream&&) = delete;
  ~completion_stream() { leave(); }

  /// The next task that has ended, waiting for it; empty when all have been given out. A
  /// checkpoint; `cancelled` takes none.
  auto next() noexcept { return state_->ended.receive(); }

 private:
  void leave() noexcept {
    for (const auto& h : handles_) h.cancel("as_completed was left");
  }

  std::shared_ptr<base::completions<T>> state_;
  std::vector<join_handle<void>> handles_;
};

/// Spawns `tasks` in `group` and gives their outcomes in the order in which they end, each once:
/// `auto stream = jd::as_completed(group, std::move(tasks)); while (auto item = co_await
/// stream.next()) { item->index, item->outcome }`. A task that fails does not fail the group: its
/// error is in its outcome. Leaving the loop and the stream's scope cancels the rest, and the
/// group's end waits for it. Throws std::bad_alloc.
template <base::range_of_tasks R>
[[nodiscard]] auto as_completed(task_group& group, R&& tasks) {
  return completion_stream<base::range_task_value<R>>(group,
                                                      base::collect_tasks(std::forward<R>(tasks)));
}

}  // namespace jackdaw
