// SPDX-License-Identifier: MIT
#include <jackdaw/offload/offloaded_call.hpp>

namespace jackdaw {

namespace {

thread_local constinit offloaded_call_base* current_call = nullptr;

}  // namespace

offloaded_call_base* offloaded_call_base::current() noexcept { return current_call; }

offloaded_call_base::running::running(offloaded_call_base& call) noexcept
    : outer_(std::exchange(current_call, &call)) {}

offloaded_call_base::running::~running() { current_call = outer_; }

}  // namespace jackdaw
