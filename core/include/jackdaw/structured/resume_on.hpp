// SPDX-License-Identifier: MIT
// resume_on: another executor for the rest of a function.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>

#include <jackdaw/coroutine/promise.hpp>
#include <jackdaw/coroutine/result_cell.hpp>
#include <jackdaw/executor.hpp>
#include <jackdaw/run_on.hpp>
#include <jackdaw/structured/on_exit.hpp>

namespace jackdaw {

class generator_promise_base;

/// `co_await jd::resume_on(executor)`: goes on there, to the end of this function body; whoever
/// awaits the function finds itself on the executor that it was on before. Cleanups of on_exit run
/// on the one that the body ended on. Locals of a spawned or gathered task included: what it starts
/// from here on runs there too, except the children of groups that were opened before. Throws
/// std::bad_alloc, and has then done nothing. No checkpoint. Prefer run_on where only one call
/// belongs elsewhere.
class [[nodiscard("nothing moves until this is awaited: write co_await")]] resume_on {
 public:
  explicit resume_on(any_executor& to) noexcept : to_(&to) {}

  class awaiter {
   public:
    awaiter(any_executor& to, promise_base& p, result_access r) : hop_(to, *p.context) {
      exit_list::of(p, r).return_to(*p.context->exec);
    }
    bool await_ready() const noexcept { return hop_.await_ready(); }
    void await_suspend(std::coroutine_handle<> h) noexcept { hop_.await_suspend(h); }
    void await_resume() const noexcept {}

   private:
    base::hop::awaiter hop_;
  };
  awaiter bind_function(promise_base& p, result_access r) const { return awaiter(*to_, p, r); }
  template <class Generator = void>
  awaiter bind_function(generator_promise_base&, result_access) const {
    static_assert(!std::is_void_v<Generator>,
                  "jackdaw: a generator cannot resume_on another executor, as its consumer would "
                  "find itself there: write co_await run_on(executor, part())");
    std::terminate();
  }

 private:
  any_executor* to_;
};

}  // namespace jackdaw
