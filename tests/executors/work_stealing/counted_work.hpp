// SPDX-License-Identifier: MIT
// Work that counts how often it was taken.
#pragma once

#include <atomic>

#include <jackdaw/work.hpp>

struct counted_work : jackdaw::work {
  counted_work() : work([](work&) noexcept {}) {}
  std::atomic<int> taken{0};
};
