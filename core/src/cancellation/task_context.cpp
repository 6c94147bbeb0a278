// SPDX-License-Identifier: MIT
#include <jackdaw/cancellation/task_context.hpp>

namespace jackdaw {

namespace {

constexpr std::uint64_t ids_per_block = 4096;
base::atomic<std::uint64_t> next_block{
    0};  // written by any thread that runs out of ids; numbers only, orders nothing

}  // namespace

std::uint64_t task_context::assign_id() noexcept {
  thread_local std::uint64_t next = 0;
  thread_local std::uint64_t end = 0;
  if (next == end) {
    next = next_block.fetch_add(ids_per_block, std::memory_order_relaxed) + 1;
    end = next + ids_per_block;
  }
  std::uint64_t known = 0;
  // relaxed: a number, orders nothing
  return id_.compare_exchange_strong(known, next, std::memory_order_relaxed,
                                     std::memory_order_relaxed)
             ? next++
             : known;
}

}  // namespace jackdaw
