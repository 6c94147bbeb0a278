// SPDX-License-Identifier: MIT
// A function call that runs on another thread on behalf of a task: the call, its outcome, and how
// it learns of a cancellation.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include <jackdaw/cancellation/reason.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/task.hpp>

namespace jackdaw {

/// The part that does not depend on the type: what `from_thread` asks. While a call runs, its
/// thread knows it as the current one.
class offloaded_call_base {
 public:
  enum class kind : std::uint8_t {
    thread,            ///< may block; a task waits for its end
    burst,             ///< must not block; a task waits for its end
    may_be_abandoned,  ///< may block; the task may be gone
  };

  offloaded_call_base(const offloaded_call_base&) = delete;
  offloaded_call_base& operator=(const offloaded_call_base&) = delete;

  /// Has the task that waits for the call, or waited, been cancelled? Asked by the running call.
  [[nodiscard]] virtual bool cancel_requested() noexcept = 0;
  [[nodiscard]] virtual cancel_reason reason() noexcept = 0;
  /// Starts a child of the waiting task, which then waits for its end too. Asked by the running
  /// call, unless it may be abandoned. Throws std::bad_alloc.
  virtual void spawn(task<void>&& t) = 0;

  [[nodiscard]] kind what() const noexcept { return kind_; }

  /// The call that the calling thread is running; null if none.
  [[nodiscard]] static offloaded_call_base* current() noexcept;

 protected:
  explicit offloaded_call_base(kind k) noexcept : kind_(k) {}
  ~offloaded_call_base() = default;

  /// Makes the call the current one for a while.
  class running {
   public:
    explicit running(offloaded_call_base& call) noexcept;
    running(const running&) = delete;
    running& operator=(const running&) = delete;
    ~running();

   private:
    offloaded_call_base* outer_;
  };

 private:
  kind kind_;
};

/// Call: a callable without parameters, which owns its arguments.
template <class Call>
class offloaded_call : public offloaded_call_base {
 public:
  using result_type = std::invoke_result_t<Call&>;

  [[nodiscard]] result_cell<result_type>& cell() noexcept { return cell_; }

 protected:
  offloaded_call(Call&& call, kind k) : offloaded_call_base(k), call_(std::move(call)) {}
  ~offloaded_call() = default;

  /// Runs the call and keeps its outcome; once, on any thread.
  void perform() noexcept {
    const running here(*this);
    try {
      if constexpr (std::is_void_v<result_type>) {
        call_();
        cell_.set_value();
      } else if constexpr (std::is_reference_v<result_type>) {
        cell_.set_value(std::addressof(call_()));
      } else {
        cell_.set_value(call_());
      }
    } catch (...) {
      cell_.set_current_exception();
    }
  }

 private:
  Call call_;
  result_cell<result_type> cell_;
};

}  // namespace jackdaw
