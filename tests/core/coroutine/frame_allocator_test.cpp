// SPDX-License-Identifier: MIT
// Tests of frame_allocator: blocks of every size, and blocks that are freed on other threads.
#include <jackdaw/coroutine/frame_allocator.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

using jackdaw::frame_allocator;

struct piece {
  std::byte* at;
  std::size_t size;
};

piece take(std::size_t size) {
  auto* const at = static_cast<std::byte*>(frame_allocator::allocate(size));
  std::memset(at, 0x5a, size);
  return {at, size};
}

void give_back(std::vector<piece>& all) {
  for (const piece& p : all) frame_allocator::deallocate(p.at, p.size);
  all.clear();
}

// Aligned, and no two share a byte.
void expect_apart(std::vector<piece> all) {
  std::ranges::sort(all, {}, &piece::at);
  for (std::size_t i = 0; i != all.size(); ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(all[i].at) % 16, 0U);
    if (i != 0) {
      EXPECT_LE(all[i - 1].at + all[i - 1].size, all[i].at);
    }
  }
}

TEST(FrameAllocator, BlocksOfAllSizesAreAlignedAndApart) {
  std::vector<piece> all;
  for (int round = 0; round != 3; ++round) {
    for (std::size_t size = 1; size < 1200; size += 7) {
      for (int i = 0; i != 5; ++i) all.push_back(take(size));
    }
    expect_apart(all);
    give_back(all);
  }
}

TEST(FrameAllocator, WhatOneThreadAllocatesOthersFree) {
  constexpr std::size_t count = 10'000;
  std::vector<piece> all;
  for (int round = 0; round != 4; ++round) {
    for (std::size_t i = 0; i != count; ++i) all.push_back(take(200));
    expect_apart(all);
    std::thread([&] { give_back(all); }).join();
  }
}

// A thread that ends leaves its blocks to the others, whole magazines and loose ones.
TEST(FrameAllocator, ThreadsThatEndLoseNothing) {
  for (int round = 0; round != 20; ++round) {
    std::thread([] {
      std::vector<piece> all;
      for (std::size_t i = 0; i != 75; ++i) all.push_back(take(96));
      expect_apart(all);
      give_back(all);
    }).join();
  }
  std::vector<piece> all;
  for (std::size_t i = 0; i != 500; ++i) all.push_back(take(96));
  expect_apart(all);
  give_back(all);
}

}  // namespace
