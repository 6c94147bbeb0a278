// SPDX-License-Identifier: MIT
#include <jackdaw/offload/from_thread.hpp>

#include <stdexcept>

#include <jackdaw/base/futex.hpp>
#include <jackdaw/base/simulated_thread.hpp>

namespace jackdaw {

namespace base {

void end_of_task::wait() noexcept {
  while (ended_.load(std::memory_order_acquire) == 0)
    wait_for_task(ended_, 0);  // partner: announce()
}

void end_of_task::announce() noexcept {
  const atomic<std::uint32_t>& word = ended_;
  ended_.store(1, std::memory_order_release);  // partner: wait()
  futex_wake_one(word);                        // by address only: whoever waits may be gone already
}

offloaded_call_base& call_that_may_post() {
  offloaded_call_base* const call = offloaded_call_base::current();
  if (call == nullptr) {
    throw std::logic_error(
        "jackdaw: from_thread::run() and post() work inside a function of jd::to_thread; in a task "
        "use co_await, on a thread of your own use jd::runtime::submit()");
  }
  if (call->what() == offloaded_call_base::kind::may_be_abandoned) {
    throw std::logic_error(
        "jackdaw: from_thread::run() or post() in a function that may be abandoned, whose task may "
        "be gone; send it with jd::on_cancel::wait");
  }
  return *call;
}

offloaded_call_base& call_that_may_run() {
  offloaded_call_base& call = call_that_may_post();
  if (call.what() == offloaded_call_base::kind::burst) {
    throw std::logic_error(
        "jackdaw: a burst of jd::offload must not wait: end it, await in the task and offload the "
        "rest; or send it with jd::to_thread");
  }
  return call;
}

void throw_not_begun(offloaded_call_base& call) { throw cancelled(call.reason()); }

}  // namespace base

namespace from_thread {

bool cancel_requested() noexcept {
  offloaded_call_base* const call = offloaded_call_base::current();
  return call != nullptr && call->cancel_requested();
}

void check_cancelled() {
  if (cancel_requested()) throw cancelled(offloaded_call_base::current()->reason());
}

}  // namespace from_thread
}  // namespace jackdaw
