// SPDX-License-Identifier: MIT
#include <jackdaw/offload/from_thread.hpp>

#include <jackdaw/cancellation/cancelled.hpp>
#include <jackdaw/offload/offloaded_call.hpp>

namespace jackdaw::from_thread {

bool cancel_requested() noexcept {
  offloaded_call_base* const call = offloaded_call_base::current();
  return call != nullptr && call->cancel_requested();
}

void check_cancelled() {
  if (cancel_requested()) throw cancelled(offloaded_call_base::current()->reason());
}

}  // namespace jackdaw::from_thread
