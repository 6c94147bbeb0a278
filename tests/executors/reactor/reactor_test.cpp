// SPDX-License-Identifier: MIT
// The reactor as its pool and its sockets see it, without a runtime.
#include "reactor/reactor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <jackdaw/time/clock.hpp>

#include "reactor/slot_table.hpp"

namespace jackdaw::reactor {
namespace {

std::int64_t in_milliseconds(std::int64_t n) {
  return clock::now().time_since_epoch().count() + n * 1'000'000;
}

std::size_t poll(reactor& r, std::int64_t deadline) {
  r.wait(deadline);
  return r.dispatch();
}

TEST(reactor, a_wake_before_the_poll_ends_it_and_is_used_up) {
  reactor r;
  r.wake();
  r.wake();
  EXPECT_EQ(0U, poll(r, work_stealing::poller::no_deadline));
  const std::int64_t deadline = in_milliseconds(20);
  EXPECT_EQ(0U, poll(r, deadline));
  EXPECT_GE(in_milliseconds(0), deadline) << "nothing may end this poll before its deadline";
}

TEST(reactor, a_wake_from_another_thread_ends_a_poll_that_waits) {
  reactor r;
  for (int i = 0; i < 100; ++i) {
    std::thread waker([&] { r.wake(); });
    EXPECT_EQ(0U, poll(r, work_stealing::poller::no_deadline));
    waker.join();
  }
}

TEST(reactor, closes_its_descriptors_and_uses_their_slots_again) {
  reactor r;
  for (int i = 0; i < 3; ++i) {
    io::registration& counter = r.open_counter();
    const int fd = counter.fd;
    EXPECT_EQ(1U, r.descriptors());
    r.close(counter);
    r.close(counter);
    EXPECT_EQ(-1, ::fcntl(fd, F_GETFD));
    EXPECT_EQ(1U, r.descriptors()) << "its owner still has it";
    r.release(counter);
    EXPECT_EQ(0U, r.descriptors());
  }
}

TEST(reactor, leaves_a_borrowed_descriptor_open) {
  reactor r;
  std::array<int, 2> ends{};
  ASSERT_EQ(0, ::pipe(ends.data()));
  r.release(r.borrow(ends[0]));
  EXPECT_NE(-1, ::fcntl(ends[0], F_GETFD));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(slot_table, finds_a_slot_by_its_key_until_it_is_given_back) {
  slot_table table;
  std::vector<slot*> slots;
  for (int i = 0; i < 2000; ++i) slots.push_back(&table.take(i));
  for (slot* s : slots) EXPECT_EQ(s, table.find(slot_table::key(*s)));
  const std::uint64_t key = slot_table::key(*slots[1000]);
  table.give_back(*slots[1000]);
  EXPECT_EQ(nullptr, table.find(key));
  slot& again = table.take(7);
  EXPECT_EQ(slots[1000], &again);
  EXPECT_EQ(nullptr, table.find(key)) << "an event of the descriptor that had the slot before";
  EXPECT_EQ(&again, table.find(slot_table::key(again)));
}

}  // namespace
}  // namespace jackdaw::reactor
